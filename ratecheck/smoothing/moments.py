"""Gaussian means of functions of one variable, in closed form (theory note E).

Everything is built from ``J_p(u) = E[(u + s Z)_+^p exp(-c (u + s Z))]``, Z standard normal. Tilting
the Gaussian gives ``J_p = exp(-c u + c^2 s^2 / 2) M_p`` with ``M_p = E(m + s Z)_+^p`` and
``m = u - c s^2``, hence ``J_p = m J_{p-1} + (p - 1) s^2 J_{p-2}``; scaled like this, no factor
overflows.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erfcx

from ratecheck.types import Array

_ROOT_TWO = np.sqrt(2.0)


def density(v: Array) -> Array:
    """Return the standard normal density at v."""
    return np.asarray(np.exp(-0.5 * v * v) / np.sqrt(2.0 * np.pi))


def half_exponential(u: Array, s: float, c: float) -> Array:
    """Return J_0 = E[exp(-c (u + s Z)); u + s Z > 0] for s > 0 and c >= 0, any shape.

    Equals exp(-c u + c^2 s^2 / 2) Phi(u/s - c s); written with the scaled complementary error
    function, so that neither factor overflows.
    """
    a = u / s - c * s
    tail = 0.5 * np.exp(-0.5 * (u / s) ** 2) * erfcx(np.abs(a) / _ROOT_TWO)
    exponent = np.where(a > 0, c * (0.5 * c * s * s - u), 0.0)  # negative where a > 0 is large
    return np.asarray(np.where(a > 0, np.exp(exponent) - tail, tail))


def half_moments(order: int, u: Array, s: float, c: float = 0.0) -> list[Array]:
    """Return J_0 ... J_order at u.

    Relative rounding errors of J_p grow like (c s)^{2 p}: see `ratecheck.smoothing.radial`.
    """
    found = [half_exponential(u, s, c)]
    m = u - c * s * s
    if order >= 1:
        found.append(m * found[0] + s * density(u / s))
    for p in range(2, order + 1):
        found.append(m * found[-1] + (p - 1) * s * s * found[-2])
    return found


def smoothed_exponential(u: Array, s: float, c: float) -> Array:
    """Return E exp(-c |u + s Z|).

    >>> smoothed_exponential(np.array([0.2]), 0.3, 2.0)
    array([0.60590159])
    """
    return half_exponential(u, s, c) + half_exponential(-u, s, c)


def smoothed_relu(u: Array, s: float) -> Array:
    """Return E (u + s Z)_+ = u Phi(u/s) + s phi(u/s).

    >>> smoothed_relu(np.array([0.2]), 0.3)
    array([0.24533589])
    """
    return np.maximum(u, 0.0) + kink_excess(u, s)


def smoothed_absolute(u: Array, s: float) -> Array:
    """Return E |u + s Z|.

    >>> smoothed_absolute(np.array([0.2]), 0.3)
    array([0.29067179])
    """
    return np.abs(u) + 2.0 * kink_excess(u, s)


def kink_excess(u: Array, s: float) -> Array:
    """Return E (u + s Z)_+ - u_+ = s (phi(v) - |v| Phi(-|v|)), v = u/s: even, gone at |v| > 9."""
    v = np.abs(u) / s
    upper = 0.5 * np.exp(-0.5 * v * v) * erfcx(v / _ROOT_TWO)  # Phi(-v)
    return np.asarray(s * (density(v) - v * upper))
