"""Truncated series in fractional powers of one small variable, with exact coefficients.

The expansion of a kernel's profile at an end of [-1, 1] is such a series in ``t``, the distance to
the end. General series expansion in sympy is far too slow for the recursion of a deep network;
carrying only the powers below a cap through each layer takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile
from typing import Any, TypeAlias, final

import sympy as sp

from ratecheck.theory.evaluate import value
from ratecheck.types import UnsupportedError

Expr: TypeAlias = Any  # sympy ships no annotations
_ZERO_DIGITS = 30


def is_zero(x: Expr) -> bool:
    """Decide whether an exact expression is zero; raise where neither answer is proved."""
    if (x := sp.expand(x)) == 0:
        return True
    if abs(value(x, _ZERO_DIGITS)) > 10.0 ** (5 - _ZERO_DIGITS):
        return False
    if sp.simplify(x.doit()) == 0:
        return True
    raise UnsupportedError(f"cannot decide whether the coefficient {x} vanishes")


@final
@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """``sum_p terms[p] t^p + O(t^order)`` with rational powers p.

    Attributes
    ----------
    terms : mapping from Fraction to expression
        Nonzero coefficients, by power.
    order : Fraction
        Power from which on nothing is known.
    smooth : bool
        True if the series came from analytic operations only, so that no fractional power can
        appear at any order.
    """

    terms: Mapping[Fraction, Expr]
    order: Fraction
    smooth: bool

    @staticmethod
    def make(terms: Mapping[Fraction, Expr], order: Fraction, smooth: bool) -> Series:
        """Return the series without vanishing coefficients and without powers beyond the order."""
        kept = {p: sp.expand(c) for p, c in terms.items() if p < order}
        return Series({p: kept[p] for p in sorted(kept) if kept[p] != 0}, order, smooth)

    @staticmethod
    def constant(c: Expr, order: Fraction) -> Series:
        """Return the constant ``c``, known to the order."""
        return Series.make({Fraction(0): sp.sympify(c)}, order, True)

    def at_zero(self) -> Expr:
        """Return the value at t = 0, or raise if the series has a negative power."""
        if self.valuation() < 0:
            raise UnsupportedError("the profile is unbounded at an end of [-1, 1]")
        return self.terms.get(Fraction(0), sp.Integer(0))

    def valuation(self) -> Fraction:
        """Return the lowest power present (the order, if none is)."""
        return min((p for p, c in self.terms.items() if not is_zero(c)), default=self.order)

    def fractional(self) -> tuple[Fraction, Expr] | None:
        """Return the lowest power that is no integer, with its coefficient; None if none shows."""
        for p, c in self.terms.items():
            if p.denominator > 1 and not is_zero(c):
                return p, c
        return None

    def shifted(self, power: Fraction, factor: Expr) -> Series:
        """Return the series times ``factor t^power``."""
        terms = {p + power: c * factor for p, c in self.terms.items()}
        return Series.make(terms, self.order + power, self.smooth and power.denominator == 1)

    def compose(self, taylor: Iterable[Expr]) -> Series:
        """Return ``sum_j taylor_j self^j``; the series must vanish at t = 0."""
        step = self.valuation()
        if step <= 0:
            raise UnsupportedError("only a series that vanishes at t = 0 can be inserted")
        total, power = self._like(0), self._like(1)
        for a, _ in zip(
            taylor, takewhile(lambda j: j * step < self.order, _naturals()), strict=False
        ):
            total, power = total + power * a, power * self
        return Series(total.terms, self.order, self.smooth)

    def power(self, q: Fraction) -> Series:
        """Return the series to a rational power, by the binomial series about its lowest term."""
        v = self.valuation()
        if v >= self.order and q > 0:
            return Series({}, self.order * q, self.smooth and q.denominator == 1)
        if v >= self.order:
            raise UnsupportedError("division by a series of which no term is known")
        lead = self.terms[v]
        rest = self.shifted(-v, 1 / lead) - 1
        root = rest.compose(_binomials(q)).shifted(v * q, lead ** sp.Rational(q))
        return Series(root.terms, root.order, self.smooth and (v == 0 or q.denominator == 1))

    def __add__(self, other: object) -> Series:
        right = self._coerced(other)
        terms = dict(self.terms)
        for p, c in right.terms.items():
            terms[p] = terms.get(p, 0) + c
        return Series.make(terms, min(self.order, right.order), self.smooth and right.smooth)

    def __mul__(self, other: object) -> Series:
        if not isinstance(other, Series):
            return self.shifted(Fraction(0), sp.sympify(other))
        terms: dict[Fraction, Expr] = {}
        order = min(self.order + other._lowest(), other.order + self._lowest())
        for p, a in self.terms.items():
            for q, b in other.terms.items():
                if p + q < order:
                    terms[p + q] = terms.get(p + q, 0) + a * b
        return Series.make(terms, order, self.smooth and other.smooth)

    def __truediv__(self, other: object) -> Series:
        return self * self._coerced(other).power(Fraction(-1))

    def __rtruediv__(self, other: object) -> Series:
        return self.power(Fraction(-1)) * other

    def __sub__(self, other: object) -> Series:
        return self + self._coerced(other) * -1

    def __rsub__(self, other: object) -> Series:
        return self * -1 + other

    def __neg__(self) -> Series:
        return self * -1

    __radd__ = __add__
    __rmul__ = __mul__

    def _lowest(self) -> Fraction:
        return min(self.terms, default=self.order)

    def _like(self, c: int) -> Series:
        return Series.constant(c, self.order)

    def _coerced(self, other: object) -> Series:
        if isinstance(other, Series):
            return other
        return Series.constant(other, max(self.order, Fraction(1)))


def _naturals() -> Iterator[int]:
    j = 0
    while True:
        yield j
        j += 1


def _binomials(q: Fraction) -> Iterator[Expr]:
    return (sp.binomial(sp.Rational(q), j) for j in _naturals())
