"""Intervals that certainly contain an eigenvalue, by ball arithmetic (python-flint's Arb).

Every rounding and the quadrature error are bounded by Arb: the adaptive rule encloses the
integrand on complex neighbourhoods of each piece, and a piece on which the integrand cannot be
shown analytic is halved again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import log10
from typing import Any, final

from ratecheck.theory.exact import dimension
from ratecheck.theory.fields import Zonal
from ratecheck.types import InputError, MissingExtraError, UnsupportedError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """An interval [low, high] with dyadic ends that contains mu_k.

    Attributes
    ----------
    degree : int
        k.
    low, high : Fraction
        Exact ends.
    """

    degree: int
    low: Fraction
    high: Fraction

    @property
    def width(self) -> Fraction:
        """Length of the interval."""
        return self.high - self.low

    def __contains__(self, x: Fraction) -> bool:
        return self.low <= x <= self.high


def enclose(
    kernel: Zonal, d: int, degrees: Iterable[int], *, width: float = 1e-20
) -> tuple[Enclosure, ...]:
    """Return an interval for each mu_k on S^d, none wider than ``width``.

    Parameters
    ----------
    kernel : Zonal
        A kernel made of the arc-cosine functions, roots, exponentials: NTK, NNGP, Laplace, ...
    d : int
        Dimension of the sphere in R^{d+1}.
    degrees : iterable of int
        Degrees k >= 0.
    width : float
        Largest length allowed, at least 1e-60.

    Raises
    ------
    MissingExtraError
        If python-flint is not installed.
    UnsupportedError
        If the adaptive rule does not reach the width.

    Examples
    --------
    >>> from ratecheck.kernels import NTK
    >>> third, = enclose(NTK(depth=2), 2, [3])
    >>> Fraction(0) in third, third.width < 1e-20
    (True, True)
    """
    if not 1e-60 <= width < 1:
        raise InputError(f"width must lie in [1e-60, 1), got {width!r}")
    wanted = tuple(degrees)
    if any(k < 0 for k in wanted):
        raise InputError(f"degrees must be >= 0, got {wanted}")
    flint = _flint()
    bits = int(-3.33 * log10(width)) + 60
    with flint.ctx.workprec(bits):
        return tuple(_enclose_one(flint, kernel, dimension(d), k, width) for k in wanted)


@final
class BallField:
    """Arb's complex balls; refuses (by a non-finite ball) where a branch cut is touched.

    ``angle`` is the variable of integration: the angle of the first layer's ``u = cos(angle)`` is
    known, and its continuation beyond the ends of [0, pi] is analytic, unlike acos.
    """

    def __init__(self, flint: Any, angle: Any, analytic: bool) -> None:
        self._acb, self._arb, self._analytic = flint.acb, flint.arb, analytic
        middle = angle.mid()
        self._angle, self.sine = angle, angle.sin()
        self.cosine = middle.cos() - self.sine * (angle - middle)  # mean-value form, see kappa1

    @property
    def pi(self) -> Any:
        """Return the circle number."""
        return self._acb(self._arb.pi())

    def number(self, value: Fraction) -> Any:
        """Return the rational number."""
        return self._acb(value.numerator) / value.denominator

    def sqrt(self, x: Any) -> Any:
        """Return the square root, cut along the negative axis."""
        return x.sqrt(analytic=self._analytic)

    def power(self, x: Any, exponent: Fraction) -> Any:
        """Return ``x`` to a rational power."""
        return x.pow(self.number(exponent), analytic=self._analytic)

    def multiple(self, j: int) -> Any:
        """Return cos(j angle)."""
        return (self._angle * j).cos()

    def exp(self, x: Any) -> Any:
        """Return the exponential."""
        return x.exp()

    def cosh(self, x: Any) -> Any:
        """Return the hyperbolic cosine."""
        return x.cosh()

    def sinh(self, x: Any) -> Any:
        """Return the hyperbolic sine."""
        return x.sinh()

    def acos(self, x: Any) -> Any:
        """Return the angle; known where ``x`` is the first layer's cosine."""
        if x is self.cosine:
            return self._angle
        return self._acb("nan") if self._analytic and self._on_cut(x) else x.acos()

    def asin(self, x: Any) -> Any:
        """Return the complement of the angle."""
        return self.pi / 2 - self.acos(x)

    def gamma(self, x: Fraction) -> Any:
        """Return Euler's gamma function."""
        return self.number(x).gamma()

    def besselk(self, order: Fraction, x: Any) -> Any:
        """Return the Bessel function; its cut is not checked, hence refused."""
        raise UnsupportedError(f"no enclosure for the Bessel function of order {order}")

    def kappa0(self, u: Any) -> Any:
        """Return the arc-cosine kernel of order 0."""
        return 1 - self.acos(u) / self.pi

    def kappa1(self, u: Any) -> Any:
        """Return the arc-cosine kernel of order 1, in mean-value form.

        ``f(Z)`` lies in ``f(m) + f'(Z) (Z - m)``: near u = 1, where kappa_1 is flat in the angle,
        the closed form would widen the ball too much for the next layer's acos.
        """
        if u is self.cosine:
            middle = self._angle.mid()
            slope = -self.sine * self.kappa0(u)
            return self._closed1(middle.cos(), middle, middle.sin()) + slope * (
                self._angle - middle
            )
        middle = u.mid()
        value = self._closed1(middle, self.acos(middle), self.sqrt(1 - middle * middle))
        return value + self.kappa0(u) * (u - middle)

    def kappa2(self, u: Any) -> Any:
        """Return the arc-cosine kernel of order 2."""
        return 3 * u * self._sine_of(u) / self.pi + self.kappa0(u) * (1 + 2 * u * u)

    def _closed1(self, u: Any, angle: Any, sine: Any) -> Any:
        return u * (1 - angle / self.pi) + sine / self.pi

    def _sine_of(self, u: Any) -> Any:
        return self.sine if u is self.cosine else self.sqrt(1 - u * u)

    def _on_cut(self, x: Any) -> bool:
        """Whether the ball may meet the real axis outside (-1, 1), where acos is cut."""
        return bool(x.imag.contains(0) and not abs(x.real) < 1)


def _enclose_one(flint: Any, kernel: Zonal, d: int, k: int, width: float) -> Enclosure:
    def integrand(angle: Any, analytic: bool) -> Any:
        field = BallField(flint, angle, analytic)
        density = field.sine ** (d - 1) if d > 1 else 1
        return kernel.exact_profile(field.cosine, field) * density * _polynomial(d, k, field)

    integrand(flint.acb(1), False)  # errors of the kernel surface here, not inside Arb's loop
    pi, half = flint.arb.pi(), flint.arb(d) / 2
    factor = (half + flint.arb(0.5)).gamma() / (pi.sqrt() * half.gamma())
    total = flint.acb.integral(integrand, 0, pi, rel_tol=0, abs_tol=flint.arb(width) / 64)
    return _checked((total.real * factor), k, width)


def _polynomial(d: int, k: int, field: BallField) -> Any:
    """Return P_k(cos angle) as a mean of cosines of multiples: stable on wide balls."""
    terms = (field.multiple(j) * field.number(w) for j, w in _cosine_weights(d, k))
    return sum(terms, field.number(Fraction(0)))


@lru_cache(maxsize=256)
def _cosine_weights(d: int, k: int) -> tuple[tuple[int, Fraction], ...]:
    """Return (frequency, weight) pairs of P_k(cos): weights are >= 0 and add up to 1.

    ``C_k^a(cos t) = sum_j (a)_j (a)_{k-j} / (j! (k-j)!) cos((k-2j) t)`` with a = (d-1)/2.

    >>> _cosine_weights(2, 2)
    ((2, Fraction(3, 4)), (0, Fraction(1, 4)))
    """
    if d == 1:
        return ((k, Fraction(1)),)
    rising = [Fraction(1)]
    for i in range(k):
        rising.append(rising[-1] * (Fraction(d - 1, 2) + i) / (i + 1))
    total = sum(rising[j] * rising[k - j] for j in range(k + 1))
    pairs = ((k - 2 * j, rising[j] * rising[k - j] / total) for j in range(k // 2 + 1))
    return tuple((f, w * (2 if f else 1)) for f, w in pairs)


def _checked(ball: Any, k: int, width: float) -> Enclosure:
    if not ball.is_finite():
        raise UnsupportedError(f"no finite enclosure of the eigenvalue of degree {k}")
    low, high = (_rational(end) for end in (ball.lower(), ball.upper()))
    if high - low > Fraction(width):
        raise UnsupportedError(
            f"the enclosure of degree {k} has width {float(high - low):.1e}: allow more than that"
        )
    return Enclosure(degree=k, low=low, high=high)


def _rational(x: Any) -> Fraction:
    mantissa, exponent = x.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _flint() -> Any:
    try:
        import flint
    except ImportError:
        raise MissingExtraError(
            "enclosures need python-flint: pip install 'ratecheck[balls]'"
        ) from None
    return flint
