"""Arithmetics in which a kernel's own formula is evaluated exactly: symbols and series.

A zonal kernel offers ``exact_profile(u, field)``: its formula, with pi, sqrt, acos, ... taken from
the field. `SymbolField` gives the formula back as a sympy expression, `SeriesField` expands it at
an end of [-1, 1], `MpmathField` evaluates it to many digits. Ball arithmetic is in
`ratecheck.theory.enclosures`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import count
from typing import Any, Protocol, final

import sympy as sp

from ratecheck.theory import arccosine
from ratecheck.theory.puiseux import Expr, Series, is_zero
from ratecheck.types import UnsupportedError

_X = sp.Symbol("x", real=True)


class Zonal(Hashable, Protocol):
    """What this package asks of a kernel: its profile on [-1, 1] over any field."""

    def exact_profile(self, u: Any, field: Any) -> Any:
        """Return the profile at ``u``, computed with the field's operations."""


@final
class SymbolField:
    """sympy expressions; the arc-cosine kernels stay unevaluated functions."""

    pi = sp.pi
    sqrt = staticmethod(sp.sqrt)
    exp, cosh, sinh = staticmethod(sp.exp), staticmethod(sp.cosh), staticmethod(sp.sinh)
    acos, asin = staticmethod(sp.acos), staticmethod(sp.asin)
    kappa0, kappa1, kappa2 = arccosine.kappa0, arccosine.kappa1, arccosine.kappa2

    def number(self, value: Fraction) -> Expr:
        """Return the rational number."""
        return sp.Rational(value)

    def power(self, x: Expr, exponent: Fraction) -> Expr:
        """Return ``x`` to a rational power."""
        return x ** sp.Rational(exponent)

    def gamma(self, x: Fraction) -> Expr:
        """Return Euler's gamma function."""
        return sp.gamma(sp.Rational(x))

    def besselk(self, order: Fraction, x: Expr) -> Expr:
        """Return the modified Bessel function of the second kind."""
        return sp.besselk(sp.Rational(order), x)


@final
class SeriesField:
    """Series in the distance ``t`` to an end of [-1, 1], known below the power ``cap``."""

    def __init__(self, cap: Fraction) -> None:
        self.cap = cap

    def variable(self, end: int) -> Series:
        """Return ``u = 1 - t`` (end = 1) or ``u = -1 + t`` (end = -1)."""
        terms = {Fraction(0): sp.Integer(end), Fraction(1): sp.Integer(-end)}
        return Series.make(terms, self.cap, True)

    @property
    def pi(self) -> Series:
        """Return the circle number."""
        return Series.constant(sp.pi, self.cap)

    def number(self, value: Fraction) -> Series:
        """Return the rational number."""
        return Series.constant(sp.Rational(value), self.cap)

    def gamma(self, x: Fraction) -> Series:
        """Return Euler's gamma function."""
        return Series.constant(sp.gamma(sp.Rational(x)), self.cap)

    def sqrt(self, x: Series) -> Series:
        """Return the square root."""
        return x.power(Fraction(1, 2))

    def power(self, x: Series, exponent: Fraction) -> Series:
        """Return ``x`` to a rational power."""
        return x.power(exponent)

    def exp(self, x: Series) -> Series:
        """Return the exponential."""
        return _analytic(sp.exp, x)

    def cosh(self, x: Series) -> Series:
        """Return the hyperbolic cosine."""
        return _analytic(sp.cosh, x)

    def sinh(self, x: Series) -> Series:
        """Return the hyperbolic sine."""
        return _analytic(sp.sinh, x)

    def acos(self, x: Series) -> Series:
        """Return the angle in [0, pi]."""
        return _acos(x) if _is_end(x) else _analytic(sp.acos, x)

    def asin(self, x: Series) -> Series:
        """Return the angle in [-pi/2, pi/2]."""
        return sp.pi / 2 - _acos(x) if _is_end(x) else _analytic(sp.asin, x)

    def kappa0(self, u: Series) -> Series:
        """Return the arc-cosine kernel of order 0."""
        return _kappa(0, u) if _is_end(u) else _analytic(arccosine.kappa0, u)

    def kappa1(self, u: Series) -> Series:
        """Return the arc-cosine kernel of order 1."""
        return _kappa(1, u) if _is_end(u) else _analytic(arccosine.kappa1, u)

    def kappa2(self, u: Series) -> Series:
        """Return the arc-cosine kernel of order 2."""
        return _kappa(2, u) if _is_end(u) else _analytic(arccosine.kappa2, u)

    def besselk(self, order: Fraction, x: Series) -> Series:
        """Return K_order(x): by its power series where x vanishes, else by Taylor's."""
        if x.valuation() == 0:
            return _analytic(lambda z: sp.besselk(sp.Rational(order), z), x)
        if order.denominator == 1:
            raise UnsupportedError(
                f"the Bessel function of integer order {order} brings t^{order} log t, to which "
                "the theorem on half-integer powers does not apply: choose a fractional order"
            )
        half = sp.pi / (2 * sp.sin(sp.pi * sp.Rational(order)))
        result: Series = (_bessel_i(-order, x) - _bessel_i(order, x)) * half
        return result


@final
class MpmathField:
    """mpmath numbers at the precision in force."""

    def __init__(self) -> None:
        import mpmath

        self._mp: Any = mpmath.mp

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Hand sqrt, exp, cosh, sinh, acos, asin to mpmath."""
        function: Callable[..., Any] = getattr(self._mp, name)
        return function

    @property
    def pi(self) -> Any:
        """Return the circle number."""
        return +self._mp.pi

    def number(self, value: Fraction) -> Any:
        """Return the rational number, rounded once."""
        return self._mp.mpf(value.numerator) / value.denominator

    def power(self, x: Any, exponent: Fraction) -> Any:
        """Return ``x`` to a rational power."""
        return self._mp.power(x, self.number(exponent))

    def gamma(self, x: Fraction) -> Any:
        """Return Euler's gamma function."""
        return self._mp.gamma(self.number(x))

    def besselk(self, order: Fraction, x: Any) -> Any:
        """Return the modified Bessel function of the second kind."""
        return self._mp.besselk(self.number(order), x)

    def kappa0(self, u: Any) -> Any:
        """Return the arc-cosine kernel of order 0."""
        return 1 - self._mp.acos(u) / self._mp.pi

    def kappa1(self, u: Any) -> Any:
        """Return the arc-cosine kernel of order 1."""
        return u * self.kappa0(u) + self._mp.sqrt(1 - u * u) / self._mp.pi

    def kappa2(self, u: Any) -> Any:
        """Return the arc-cosine kernel of order 2."""
        root = self._mp.sqrt(1 - u * u)
        return 3 * u * root / self._mp.pi + self.kappa0(u) * (1 + 2 * u * u)


def _is_end(x: Series) -> bool:
    value = x.at_zero()
    return bool(is_zero(value - 1) or is_zero(value + 1))


def _acos(x: Series) -> Series:
    """Return acos at +-1."""
    result: Series = sp.pi - _kappa(0, x) * sp.pi
    return result


def _kappa(order: int, x: Series) -> Series:
    """Return kappa_order at +-1, by its expansion in ``y = 1 - x``, reflected at -1.

    kappa_0(1 - y) is ``1 - acos(1 - y)/pi``; the others follow by integrating kappa_1' = kappa_0
    and kappa_2' = 4 kappa_1 term by term, which loses no order where ``y`` is itself truncated.
    """
    if is_zero(x.at_zero() + 1):
        v = -x
        polynomial = (1, v, 1 + 2 * v * v)[order]
        return (polynomial - _kappa(order, v)) * (-1 if order == 1 else 1)
    y = 1 - x
    singular = y.compose(_acos_coefficients(order)) * y.power(Fraction(2 * order + 1, 2))
    regular = (sp.Integer(1), 1 - y, 3 - 4 * y + 2 * y * y)[order]
    result: Series = regular + singular * (sp.sqrt(2) / sp.pi)
    return result


def _acos_coefficients(order: int) -> Iterator[Expr]:
    """Coefficients of ``y^(j + 1/2 + order)``; acos(1-y) = sqrt(2y) sum C(2j,j) (y/8)^j/(2j+1)."""
    for j in count():
        a = sp.binomial(2 * j, j) / sp.Integer(8) ** j / (2 * j + 1)
        first, second = sp.Rational(2 * j + 3, 2), sp.Rational(2 * j + 5, 2)
        yield (-a, a / first, -4 * a / (first * second))[order]


def _analytic(function: Callable[[Expr], Expr], x: Series) -> Series:
    """Return the function of a series, by Taylor's formula about its value at t = 0."""
    centre = x.at_zero()
    rest = x - centre
    if rest.valuation() >= rest.order:
        return Series(Series.constant(function(centre), x.order).terms, x.order, x.smooth)
    result: Series = rest.compose(_taylor(function, centre))
    return result


def _taylor(function: Callable[[Expr], Expr], centre: Expr) -> Iterator[Expr]:
    for j in count():
        yield _derivative(function, j).subs(_X, centre) / sp.factorial(j)


@lru_cache(maxsize=256)
def _derivative(function: Callable[[Expr], Expr], j: int) -> Expr:
    return sp.diff(function(_X), _X, j)


def _bessel_i(order: Fraction, x: Series) -> Series:
    """Return ``I_order(x) = (x/2)^order sum_j (x/2)^{2j} / (j! Gamma(order + j + 1))``."""
    half, nu = x * sp.Rational(1, 2), sp.Rational(order)
    coefficients = (1 / (sp.factorial(j) * sp.gamma(nu + j + 1)) for j in count())
    result: Series = (half * half).compose(coefficients) * half.power(order)
    return result
