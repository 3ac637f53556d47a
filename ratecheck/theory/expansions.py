"""Expansions of a zonal profile at u = +1 and u = -1, and its exact parity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, final

import sympy as sp

from ratecheck.theory.fields import SeriesField, SymbolField, Zonal
from ratecheck.theory.puiseux import Expr, Series
from ratecheck.types import UnsupportedError

_CAPS = tuple(Fraction(c, 2) for c in (3, 5, 7, 10, 14, 20))
_CONSTANTS_ONLY = Fraction(1, 2)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Expansion:
    """``kappa(end (1 - t)) = p(t) + c t^nu + ...`` with p a polynomial.

    Attributes
    ----------
    end : int
        +1 or -1.
    terms : tuple of (Fraction, expression)
        All terms found, by increasing power.
    nu : Fraction or None
        Lowest power that is no integer; None if the profile is analytic at this end.
    c : expression
        Its coefficient, 0 if there is none.
    """

    end: int
    terms: tuple[tuple[Fraction, Expr], ...]
    nu: Fraction | None
    c: Expr

    def coefficient(self, power: Fraction) -> Expr:
        """Return the coefficient of one power among the terms found."""
        return dict(self.terms).get(power, sp.Integer(0))


@lru_cache(maxsize=512)
def expansion(kernel: Zonal, end: int, beyond: Fraction = Fraction(0)) -> Expansion:
    """Expand the kernel's profile at an end, far enough to show its first fractional power.

    Parameters
    ----------
    kernel : Zonal
        Anything with ``exact_profile(u, field)``.
    end : {1, -1}
        Where to expand.
    beyond : Fraction
        Look for the first fractional power above this one.

    Raises
    ------
    UnsupportedError
        If no fractional power shows below t^10 although the formula is not analytic, or the
        formula brings a logarithm.
    """
    if _is_smooth(kernel, end):
        return Expansion(end=end, terms=(), nu=None, c=sp.Integer(0))
    for cap in _CAPS:
        series = _series(kernel, end, cap)
        first = _first_fractional(series, beyond)
        if first is not None:
            return Expansion(end=end, terms=tuple(series.terms.items()), nu=first[0], c=first[1])
    raise UnsupportedError(
        f"{kernel!r} shows no fractional power below t^{_CAPS[-1]} at u = {end:+d}: "
        "its decay is not decided by the theorem on half-integer powers"
    )


def even_part_degree(kernel: Zonal, sign: int) -> int | None:
    """Return the degree of ``kappa(u) + sign kappa(-u)`` if it is a polynomial, else None.

    A polynomial means that the eigenvalues of that parity vanish above its degree. The zero
    polynomial has degree -1 here.
    """
    u, field = sp.Symbol("u", real=True), SymbolField()
    part = kernel.exact_profile(u, field) + sign * kernel.exact_profile(-u, field)
    part = sp.expand(part)
    if part == 0:
        return -1
    return int(sp.degree(part, u)) if part.is_polynomial(u) else None


def _is_smooth(kernel: Zonal, end: int) -> bool:
    """Whether only analytic operations are met; a probe that carries constants alone."""
    try:
        return _series(kernel, end, _CONSTANTS_ONLY).smooth
    except UnsupportedError:  # needs more terms, so that something singular was met
        return False


def _series(kernel: Zonal, end: int, cap: Fraction) -> Series:
    field = SeriesField(cap)
    result: Any = kernel.exact_profile(field.variable(end), field)
    series = result if isinstance(result, Series) else Series.constant(result, cap)
    series.at_zero()  # refuses an unbounded profile
    return series


def _first_fractional(series: Series, beyond: Fraction) -> tuple[Fraction, Expr] | None:
    later = {p: c for p, c in series.terms.items() if p > beyond}
    return Series(later, series.order, series.smooth).fractional()
