"""Matern kernels after Gaussian smoothing, in any dimension.

A Matern kernel is a mixture of Gaussian kernels: with u of the Gamma(nu) law,

    K(x, y) = E exp(-|x - y|^2 / (2 tau)),    tau = length^2 u / nu.

Smoothing each Gaussian is exact (theory note E), so that in R^d

    E K(x + s Z, y) = E (tau/(tau + s^2))^{d/2} exp(-|x - y|^2 / (2 (tau + s^2))),

a positive semi-definite kernel again. In log u the mean is an integral of an analytic function
over the line: the trapezoid rule converges geometrically. On the line, half-integer nu has the
closed forms of `moments`, which are used as long as they keep their digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.kernels import Kernel
from ratecheck.kernels.field import exact
from ratecheck.kernels.radial import LONGEST, distances, half_integer, radial_gradient
from ratecheck.smoothing.moments import half_moments
from ratecheck.types import Array, InputError

_STEP = 0.2  # of log u: the trapezoid rule errs by about exp(-pi^2/0.2) times 10^nu
_NEGLIGIBLE = -40.0  # log of the integrand below which a node is dropped
_KNOTS = 2**12  # of the table of the profile in log(1 + r/s): error 1e-12 of K(x, x) = 1
_CLOSED_UP_TO = 5.0  # c s beyond which the closed form with p >= 1 loses more than two digits


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SmoothedMatern(Kernel):
    """The kernel (x, y) -> E K(x + sigma Z, y), K a Matern kernel and Z standard normal in R^d.

    Parameters
    ----------
    nu, length : float
        Of the Matern kernel; nu = 1/2 is ``Laplace(scale=length)``.
    sigma : float
        Standard deviation of each coordinate of the noise, > 0.
    dimension : int
        d, the number of columns of the points.

    Examples
    --------
    >>> kernel = SmoothedMatern(nu=0.5, length=0.5, sigma=0.3, dimension=1)
    >>> kernel(np.array([[0.2]]), np.array([[0.0]]))
    array([[0.60590159]])
    """

    nu: float
    length: float
    sigma: float
    dimension: int

    def __post_init__(self) -> None:
        """Check the parameters."""
        for name in ("nu", "length", "sigma"):
            check.positive(name, getattr(self, name))
        check.integer("dimension", self.dimension, low=1)

    def smoothed(self, sigma: float) -> SmoothedMatern:
        """Return the kernel smoothed once more: variances add."""
        return replace(self, sigma=float(np.hypot(self.sigma, sigma)))

    def _gram(self, X: Array, Y: Array) -> Array:
        return self.at(distances(X, Y))

    def _diagonal(self, X: Array) -> Array:
        return np.full(len(X), self.at(np.zeros(1))[0])

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        if self._is_closed:
            slope = _closed_slope(self, X - Y.T)
            return np.asarray(np.sum(W * slope, axis=1, keepdims=True))
        return radial_gradient(X, Y, W, lambda r: _table(self, _reach(r), 1).at(self._scaled(r)))

    def _admit(self, name: str, X: Array) -> None:
        if X.shape[1] != self.dimension:
            raise InputError(
                f"{name} must have {self.dimension} columns for this kernel, got {X.shape[1]}"
            )

    def _zonal(self, t: Array, v: Array) -> Array:
        return self.at(np.sqrt(2.0 * t))

    def at(self, r: Array) -> Array:
        """Return the kernel at distances r >= 0, any shape."""
        if self._is_closed:
            return _closed(self, r)
        return _table(self, _reach(r), 0).at(self._scaled(r))

    def _scaled(self, r: Array) -> Array:
        return np.log1p(r / self.sigma)

    @property
    def rate(self) -> float:
        """The factor of |x - y| in the Bessel function."""
        return float((2.0 * self.nu) ** 0.5 / self.length)

    @property
    def _is_closed(self) -> bool:
        nu = exact(self.nu)
        polynomial = nu.denominator == 2 and nu < LONGEST
        safe = self.nu == 0.5 or self.rate * self.sigma <= _CLOSED_UP_TO
        return self.dimension == 1 and polynomial and safe


def _closed(kernel: SmoothedMatern, u: Array) -> Array:
    """Return sum_p a_p c^p (J_p(u) + J_p(-u))."""
    a = _polynomial(kernel)
    both = (half_moments(a.size - 1, sign * u, kernel.sigma, kernel.rate) for sign in (1, -1))
    return np.asarray(sum(a[p] * J[p] for J in both for p in range(a.size)))


def _closed_slope(kernel: SmoothedMatern, u: Array) -> Array:
    """Return the derivative; J_p' = p J_{p-1} - c J_p, and the density of J_0' cancels."""
    a, c = _polynomial(kernel), kernel.rate
    out = np.zeros_like(u)
    for sign in (1.0, -1.0):
        J = half_moments(a.size - 1, sign * u, kernel.sigma, c)
        for p in range(a.size):
            lower = p * J[p - 1] if p else 0.0
            out += sign * a[p] * (lower - c * J[p])
    return out


def _polynomial(kernel: SmoothedMatern) -> Array:
    """Return a with K = sum_p a_p |u|^p exp(-c |u|)."""
    coefficients = np.array([float(x) for x in half_integer(exact(kernel.nu))])
    return np.asarray(coefficients * kernel.rate ** np.arange(coefficients.size))


def _reach(r: Array) -> float:
    """Return a power of two that no distance exceeds, so that few tables are made."""
    return float(2.0 ** np.ceil(np.log2(max(float(r.max(initial=0.0)), 1e-3))))


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Table:
    """A cubic spline on equispaced knots, where no interval has to be searched.

    Attributes
    ----------
    step : float
        Distance of the knots; the first is 0.
    coefficients : tuple of ndarray, each (K,)
        Of the powers 3, 2, 1, 0 of the place within an interval, from 0 to 1.
    """

    step: float
    coefficients: tuple[Array, ...]

    @staticmethod
    def of(step: float, values: Array) -> Table:
        """Return the not-a-knot spline through values at the knots 0, step, 2 step, ..."""
        from scipy.interpolate import CubicSpline

        spline = CubicSpline(step * np.arange(values.size), values)
        scale = step ** np.arange(3, -1, -1)
        return Table(step=step, coefficients=tuple(scale[:, None] * spline.c))

    def at(self, t: Array) -> Array:
        """Return the values at t >= 0, any shape; beyond the last knot the last cubic goes on."""
        place = t / self.step
        interval = np.minimum(place.astype(np.intp), self.coefficients[0].size - 1)
        place -= interval
        cubic, *lower = self.coefficients
        out: Array = cubic.take(interval)
        for c in lower:
            out *= place
            out += c.take(interval)
        return out


@lru_cache(maxsize=256)  # 128 KiB each
def _table(kernel: SmoothedMatern, reach: float, order: int) -> Table:
    """Return the profile k (order 0) or k'(r)/r (order 1) as a spline in log(1 + r/s)."""
    step = float(np.log1p(reach / kernel.sigma)) / _KNOTS
    r = kernel.sigma * np.expm1(step * np.arange(_KNOTS + 1))
    weights, variances = mixture(kernel)
    if order:
        weights = -weights / variances
    return Table.of(step, np.exp(-0.5 * np.square(r)[:, None] / variances) @ weights)


def mixture(kernel: SmoothedMatern) -> tuple[Array, Array]:
    """Return weights w and variances v with K = sum_q w_q exp(-r^2 / (2 v_q)), to rounding."""
    from scipy.special import gammaln

    nu, half = kernel.nu, 0.5 * kernel.dimension
    low = min(_NEGLIGIBLE / nu, 0.0) - 5.0
    x = np.arange(low, 6.0, _STEP)
    tau = kernel.length**2 / nu * np.exp(x)
    logs = nu * x - np.exp(x) - gammaln(nu) + half * np.log(tau / (tau + kernel.sigma**2))
    kept = logs > _NEGLIGIBLE + logs.max()
    return _STEP * np.exp(logs[kept]), tau[kept] + kernel.sigma**2
