"""Closed forms of dual activations for any covariance (theory note A5).

(U, V) is centred Gaussian with variances s, q and covariance c. Each function returns
E[phi(U) phi(V)] with its derivatives in c and in s: kernel values and what a gradient needs.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import pi

import numpy as np

from ratecheck.kernels.field import Field, Value
from ratecheck.types import Array

Triple = tuple[Array, Array, Array]
Closed = Callable[[Array, Array, Array], Triple]


def _erf(c: Array, s: Array, q: Array) -> Triple:
    a, _, det = _erf_parts(c, s, q)
    root = np.sqrt(det)
    slope = (4.0 / pi) / root
    # atan2 instead of asin(2 c / sqrt(a b)): no loss where the ratio is near 1
    return (2.0 / pi) * np.arctan2(2.0 * c, root), slope, -slope * c / a


def _erf_slope(c: Array, s: Array, q: Array) -> Triple:
    _, b, det = _erf_parts(c, s, q)
    value = (4.0 / pi) / np.sqrt(det)
    return value, value * 4.0 * c / det, -value * b / det


def _erf_parts(c: Array, s: Array, q: Array) -> Triple:
    a, b = 1.0 + 2.0 * s, 1.0 + 2.0 * q
    return a, b, 1.0 + 2.0 * (s + q) + 4.0 * np.maximum(s * q - c * c, 0.0)


def _cos(c: Array, s: Array, q: Array) -> Triple:
    even, odd = _waves(c, s, q)
    return even, odd, -0.5 * even


def _sin(c: Array, s: Array, q: Array) -> Triple:
    even, odd = _waves(c, s, q)
    return odd, even, -0.5 * odd


def _waves(c: Array, s: Array, q: Array) -> tuple[Array, Array]:
    """Return e^{-(s + q)/2} cosh c and sinh c, neither of which overflows."""
    minus = np.exp(np.minimum(c - 0.5 * (s + q), 0.0))
    plus = np.exp(np.minimum(-c - 0.5 * (s + q), 0.0))
    return 0.5 * (minus + plus), 0.5 * (minus - plus)


def _square(c: Array, s: Array, q: Array) -> Triple:
    return s * q + 2.0 * c * c, 4.0 * c, q + 0.0 * c


def _twice(c: Array, s: Array, q: Array) -> Triple:
    return 4.0 * c, np.full_like(c, 4.0), np.zeros_like(c)


CLOSED: dict[tuple[str, bool], Closed] = {
    ("erf", False): _erf,
    ("erf", True): _erf_slope,
    ("cos", False): _cos,
    ("cos", True): _sin,
    ("square", False): _square,
    ("square", True): _twice,
}

# The same on unit vectors, over any field; key (activation, tangent).
EXACT: dict[tuple[str, bool], Callable[[Value, Field], Value]] = {
    ("erf", False): lambda u, f: 2 * f.asin(2 * u / 3) / f.pi,
    ("erf", True): lambda u, f: 4 / (f.pi * f.sqrt(9 - 4 * u * u)),
    ("cos", False): lambda u, f: f.cosh(u) / f.exp(f.number(Fraction(1))),
    ("cos", True): lambda u, f: f.sinh(u) / f.exp(f.number(Fraction(1))),
    ("square", False): lambda u, f: 1 + 2 * u * u,
    ("square", True): lambda u, f: 4 * u,
    ("relu", False): lambda u, f: f.kappa1(u) / 2,
    ("relu", True): lambda u, f: f.kappa0(u) / 2,
    ("abs", False): lambda u, f: f.kappa1(u) + f.kappa1(-u),
    ("abs", True): lambda u, f: f.kappa0(u) - f.kappa0(-u),
}
