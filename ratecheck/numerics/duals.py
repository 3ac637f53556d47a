"""Dual activations E[phi(U) phi(V)] by general methods, for any activation.

(U, V) is centred Gaussian with variances p^2, q^2 and correlation u. The closed forms live in
`ratecheck.kernels.dual`; these are the general route, and the second route of the tests.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np

from ratecheck.numerics import hermite
from ratecheck.numerics.activations import Activation, activation
from ratecheck.types import Array, UnsupportedError

LONGEST = 4096  # Hermite coefficients at most
NEGLIGIBLE = 1e-16  # share of the sum that the dropped terms may have
ROUNDING = 2e-16  # Chebyshev coefficients below it are noise
_NODES = 512


def by_series(
    name: str | Activation, u: Array, p: Array, q: Array, i: int = 0, j: int = 0
) -> Array:
    """Return E[phi^(i)(U) phi^(j)(V)] = sum_k a_k(phi^(i)(p .)) a_k(phi^(j)(q .)) u^k.

    Parameters
    ----------
    name : str or Activation
        A smooth activation.
    u : array of shape (n, m)
        Correlations.
    p, q : array of shape (n,) and (m,)
        Standard deviations.
    i, j : int
        Orders of the derivatives.

    Raises
    ------
    UnsupportedError
        When `LONGEST` coefficients do not suffice: standard deviations too large.
    """
    low, high = min(p.min(), q.min()), max(p.max(), q.max())
    if high - low <= 8e-16 * high:  # one variance: a function of one variable
        return np.asarray(np.polynomial.chebyshev.chebval(u, _univariate(name, float(p[0]), i, j)))
    count = max(length(name, float(high), order) for order in {i, j})
    a, b = hermite.of_scales(name, p, count, i), hermite.of_scales(name, q, count, j)
    out = np.zeros(u.shape)
    for k in range(count - 1, -1, -1):  # Horner
        out *= u
        out += a[:, k, None] * b[:, k]
    return out


def second_moments(name: str | Activation, p: Array, j: int = 0) -> Array:
    """Return E phi^(j)(p Z)^2 for each standard deviation, shape (n,), by the trapezoidal rule."""
    z = np.arange(-12.0, 12.0 + 1 / 32, 1 / 16)
    mass = np.exp(-0.5 * z * z) / (16.0 * np.sqrt(2.0 * np.pi))
    phi, out = activation(name).derivatives[j], np.empty(len(p))
    for start in range(0, len(p), 1024):  # bounds the memory
        part = slice(start, start + 1024)
        out[part] = phi(np.multiply.outer(p[part], z)) ** 2 @ mass
    return out


def by_quadrature(
    name: str | Activation,
    u: float,
    p: float = 1.0,
    q: float = 1.0,
    derivative: int = 0,
) -> float:
    """Return E[phi^(j)(U) phi^(j)(V)] by the trapezoidal rule in two dimensions.

    >>> bool(np.isclose(by_quadrature("square", 0.5), 1 + 2 * 0.5**2))
    True
    """
    z = np.arange(-12.0, 12.0 + 1 / 32, 1 / 16)
    mass = np.exp(-0.5 * z * z) / (16.0 * np.sqrt(2.0 * np.pi))
    phi = activation(name).derivatives[derivative]
    second = phi(q * (u * z[:, None] + np.sqrt(max(0.0, 1.0 - u * u)) * z[None, :]))
    return float((mass * phi(p * z)) @ second @ mass)


def length(name: str | Activation, scale: float, order: int = 0) -> int:
    """Return how many coefficients carry all but `NEGLIGIBLE` of E phi^(order)(scale Z)^2.

    Raises
    ------
    UnsupportedError
        When they are more than `LONGEST`: tanh above a scale of 4, softplus above 8, about.
    """
    return _length(name, ceil(8.0 * scale) / 8.0, order)  # rounded up: few distinct scales


@lru_cache(maxsize=256)
def _length(name: str | Activation, scale: float, order: int) -> int:
    square = hermite.coefficients(name, LONGEST, derivative=order, scale=scale) ** 2
    tail = np.cumsum(square[::-1])[::-1]
    if tail[-LONGEST // 16] > NEGLIGIBLE * tail[0]:
        raise UnsupportedError(
            f"{activation(name).name} at standard deviation {scale:.3g} needs more than {LONGEST} "
            "Hermite coefficients: scale the points down"
        )
    return max(1, int(np.count_nonzero(tail > NEGLIGIBLE * tail[0])))


@lru_cache(maxsize=256)
def _univariate(name: str | Activation, scale: float, i: int, j: int) -> Array:
    """Return Chebyshev coefficients in u of the dual for equal variances."""
    from scipy.fft import dct

    count = max(length(name, scale, order) for order in {i, j})
    a, b = (hermite.coefficients(name, count, derivative=k, scale=scale) for k in (i, j))
    nodes = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
    series = np.asarray(dct(np.polynomial.polynomial.polyval(nodes, a * b), type=2)) / _NODES
    series[0] *= 0.5
    keep = np.flatnonzero(np.abs(series) > ROUNDING * np.max(np.abs(series)))
    return np.asarray(series[: keep[-1] + 1]) if keep.size else np.zeros(1)
