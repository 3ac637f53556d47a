"""Functions of the distance, and the gradient of kernels k(|x - y|)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, comb, factorial, sqrt

import numpy as np

from ratecheck.kernels.field import Field, Value
from ratecheck.types import Array

Radial = Callable[[Array], Array]
SMOOTH = 20  # above this order the power series is exact to rounding for z < 2
LONGEST = 20  # highest degree of the polynomial form of a half-integer Matern kernel


def distances(X: Array, Y: Array) -> Array:
    """Return |x_i - y_j| from exact differences, shape (n, m)."""
    from scipy.spatial.distance import cdist  # lazy: slow to import

    return np.asarray(cdist(X, Y))


def radial_gradient(X: Array, Y: Array, W: Array, ratio: Radial) -> Array:
    """Return sum_j W_ij grad_x k(|x_i - y_j|); ``ratio`` is k'(r)/r, with 0 at a kink r = 0."""
    A = W * ratio(distances(X, Y))
    if X.shape[1] == 1:
        return np.asarray(np.sum(A * (X - Y.T), axis=1, keepdims=True))
    centre = Y.mean(axis=0)
    return np.asarray(A.sum(axis=1, keepdims=True) * (X - centre) - A @ (Y - centre))


def inverse(r: Array) -> Array:
    """Return 1/r, and 0 at r = 0."""
    positive = r > 0
    return np.where(positive, 1.0 / np.where(positive, r, 1.0), 0.0)


def matern(nu: Fraction, z: Array) -> Array:
    """Return 2^{1-nu}/Gamma(nu) z^nu K_nu(z), 1 at z = 0, for nu > 0."""
    if nu.denominator == 2 and nu < LONGEST:
        values = np.polynomial.polynomial.polyval(z, [float(c) for c in half_integer(nu)])
        return np.asarray(values * np.exp(-z))
    return _bessel(float(nu), z)


def matern_ratio(nu: Fraction, z: Array) -> Array:
    """Return M_nu'(z)/z, with M_nu = `matern`; 0 at z = 0 where it is infinite (nu <= 1)."""
    if nu > 1:
        return -matern(nu - 1, z) / (2.0 * (float(nu) - 1.0))
    from scipy.special import gamma, kv

    order, positive = float(nu), z > 0
    safe = np.where(positive, z, 1.0)
    value = -(2.0 ** (1 - order)) / gamma(order) * safe ** (order - 1) * kv(order - 1, safe)
    return np.where(positive, value, 0.0)


def half_integer(nu: Fraction) -> list[Fraction]:
    """Return the coefficients of the polynomial M_nu(z) e^z for nu = p + 1/2.

    M_nu(z) e^z = p!/(2p)! sum_i (p + i)!/(i! (p - i)!) (2 z)^{p-i}.
    """
    p = int(nu - Fraction(1, 2))
    lead = Fraction(factorial(p) ** 2, factorial(2 * p))
    up = [lead * comb(p + i, i) * Fraction(2 ** (p - i), factorial(p - i)) for i in range(p + 1)]
    return up[::-1]


def exact_matern(nu: Fraction, z: Value, field: Field) -> Value:
    """Return the same function over a field."""
    if nu.denominator == 2:
        total = field.number(Fraction(0))
        for c in reversed(half_integer(nu)):
            total = total * z + field.number(c)
        return total * field.exp(-z)
    lead = field.power(field.number(Fraction(2)), 1 - nu) / field.gamma(nu)
    return lead * field.power(z, nu) * field.besselk(nu, z)


def _bessel(nu: float, z: Array) -> Array:
    from scipy.special import gammaln, kve

    safe = np.where(z > 0, z, 1.0)
    with np.errstate(over="ignore"):  # K_nu at small z: replaced below
        scaled = kve(nu, safe)
    tiny = ~np.isfinite(scaled) | (z < (2.0 if nu > SMOOTH else sqrt(nu) * 1e-9))
    logs = nu * np.log(0.5 * safe) - gammaln(nu) - safe
    values = 2.0 * np.exp(logs) * np.where(tiny, 0.0, scaled)
    # Never above M_nu(0) = 1: rounding there would make close points' Gram matrix indefinite.
    return np.minimum(np.where(tiny, _near_zero(nu, z), values), 1.0)


def _near_zero(nu: float, z: Array) -> Array:
    """Return the first terms at z = 0: 1 + z^2/(4 (1 - nu)) + ... or 1 - c z^{2 nu}."""
    from scipy.special import gamma

    if nu < 1:
        return np.asarray(1.0 - gamma(1 - nu) / gamma(1 + nu) * (z / 2.0) ** (2 * nu))
    total = term = np.ones_like(z)
    for k in range(1, min(ceil(nu), SMOOTH)):  # the terms z^{2 nu} come after these
        term = term * (z * z / (4.0 * k * (k - nu)))
        total = total + term
    return total
