"""Fields: the arithmetic over which a kernel's own definition can be evaluated.

A zonal kernel writes its profile once, as ``exact_profile(u, field)``; the field says what a number
is. Over mpmath the profile has any number of digits, over sympy it is an expression to expand, over
ball arithmetic it is an enclosure.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol, TypeAlias, final

Value: TypeAlias = Any  # an element of the field: mpmath, sympy and arb share no base class


class Field(Protocol):
    """Numbers with ``+ - * /`` and the functions that the zonal kernels are made of."""

    @property
    def pi(self) -> Value:
        """Return the circle number."""

    def number(self, value: Fraction) -> Value:
        """Return the element equal to a rational number."""

    def sqrt(self, x: Value) -> Value:
        """Return the square root."""

    def power(self, x: Value, exponent: Fraction) -> Value:
        """Return ``x`` to a rational power."""

    def exp(self, x: Value) -> Value:
        """Return the exponential."""

    def cosh(self, x: Value) -> Value:
        """Return the hyperbolic cosine."""

    def sinh(self, x: Value) -> Value:
        """Return the hyperbolic sine."""

    def acos(self, x: Value) -> Value:
        """Return the angle in [0, pi] with cosine ``x``."""

    def asin(self, x: Value) -> Value:
        """Return the angle in [-pi/2, pi/2] with sine ``x``."""

    def gamma(self, x: Fraction) -> Value:
        """Return Euler's gamma function of a rational number."""

    def besselk(self, order: Fraction, x: Value) -> Value:
        """Return the modified Bessel function of the second kind."""

    def kappa0(self, u: Value) -> Value:
        """Return the arc-cosine kernel of order 0; `arc_cosine` has the closed form."""

    def kappa1(self, u: Value) -> Value:
        """Return the arc-cosine kernel of order 1."""

    def kappa2(self, u: Value) -> Value:
        """Return the arc-cosine kernel of order 2."""


def exact(value: float | Fraction) -> Fraction:
    """Return the rational number that a parameter stands for: a float is its shortest decimal.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    return value if isinstance(value, Fraction) else Fraction(repr(float(value)))


def arc_cosine(order: int, u: Value, field: Field) -> Value:
    """Return kappa_order(u), order 0, 1 or 2, from the closed forms of theory note A1."""
    angle = field.pi - field.acos(u)
    if order == 0:
        return angle / field.pi
    sine = field.sqrt(1 - u * u)
    if order == 1:
        return (u * angle + sine) / field.pi
    return (3 * u * sine + angle * (1 + 2 * u * u)) / field.pi


@final
class MpmathField:
    """The field of mpmath floats at the working precision of the caller.

    >>> import mpmath
    >>> with mpmath.workdps(30):
    ...     print(MpmathField().kappa1(mpmath.mpf(0)))
    0.318309886183790671537767526745
    """

    def __init__(self) -> None:
        import mpmath  # lazy: only exact checks need it

        self._mp = mpmath

    @property
    def pi(self) -> Value:
        """Return the circle number at the working precision."""
        return +self._mp.pi

    def number(self, value: Fraction) -> Value:
        """Return the rational number, rounded once."""
        return self._mp.mpf(value.numerator) / value.denominator

    def sqrt(self, x: Value) -> Value:
        """Return the square root."""
        return self._mp.sqrt(x)

    def power(self, x: Value, exponent: Fraction) -> Value:
        """Return ``x`` to a rational power."""
        return self._mp.power(x, self.number(exponent))

    def exp(self, x: Value) -> Value:
        """Return the exponential."""
        return self._mp.exp(x)

    def cosh(self, x: Value) -> Value:
        """Return the hyperbolic cosine."""
        return self._mp.cosh(x)

    def sinh(self, x: Value) -> Value:
        """Return the hyperbolic sine."""
        return self._mp.sinh(x)

    def acos(self, x: Value) -> Value:
        """Return the angle in [0, pi] with cosine ``x``."""
        return self._mp.acos(x)

    def asin(self, x: Value) -> Value:
        """Return the angle in [-pi/2, pi/2] with sine ``x``."""
        return self._mp.asin(x)

    def gamma(self, x: Fraction) -> Value:
        """Return Euler's gamma function."""
        return self._mp.gamma(self.number(x))

    def besselk(self, order: Fraction, x: Value) -> Value:
        """Return the modified Bessel function of the second kind."""
        return self._mp.besselk(self.number(order), x)

    def kappa0(self, u: Value) -> Value:
        """Return the arc-cosine kernel of order 0."""
        return arc_cosine(0, u, self)

    def kappa1(self, u: Value) -> Value:
        """Return the arc-cosine kernel of order 1."""
        return arc_cosine(1, u, self)

    def kappa2(self, u: Value) -> Value:
        """Return the arc-cosine kernel of order 2."""
        return arc_cosine(2, u, self)
