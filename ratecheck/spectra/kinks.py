"""Odd derivatives of a zonal kernel in the angle, at angle 0 and pi: the size of its kinks."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from ratecheck.kernels import Kernel, MpmathField
from ratecheck.types import Array, UnsupportedError

ORDERS = 8  # derivatives 1, 3, ..., 15
_POINTS = 40  # Chebyshev points next to each end
_WIDTHS = (20, 200, 2000)  # inverse lengths of their interval, for ever shorter length scales
_DIGITS = 90
_DECAYED = 1e-18  # the last term of the interpolant relative to K(x, x)
_ZERO = 1e-12  # derivatives below this share of K(x, x) vanish exactly


@lru_cache(maxsize=64)
def odd_derivatives(kernel: Kernel) -> Array:
    """Return g^{(2j+1)}(0) and g^{(2j+1)}(pi), j < 8, of g(theta) = K at angle theta; (2, 8).

    From the kernel's own definition in mpmath: a Chebyshev interpolant next to each end. A
    kernel without an exact profile is a Hermite series in cos theta, which has no kinks.

    Raises
    ------
    UnsupportedError
        If the kernel is not analytic in the angle at 0 or pi, as Matern with 2 nu not odd.
    """
    try:
        kernel.exact_profile(MpmathField().number(_half()), MpmathField())
    except UnsupportedError:
        return _no_kinks(kernel)
    ends = [_at_end(kernel, end) for end in (1, -1)]
    ends[1] = -ends[1]  # d/dtheta is minus the derivative in the distance from pi
    return np.stack(ends)


def _no_kinks(kernel: Kernel) -> Array:
    if not kernel.is_zonal:
        raise UnsupportedError(f"{kernel!r} is not zonal: it has no kinks in an angle")
    return np.zeros((2, ORDERS))


def _half() -> Fraction:
    return Fraction(1, 2)


def _at_end(kernel: Kernel, end: int) -> Array:
    """Return the odd derivatives, in the distance from angle 0 (end = 1) or pi (end = -1)."""
    from mpmath import mp

    with mp.workdps(_DIGITS):
        scale = abs(kernel.exact_profile(mp.mpf(1), MpmathField()))
        for inverse in _WIDTHS:
            taylor = _taylor(kernel, end, inverse)
            if abs(taylor[-1]) <= _DECAYED * scale * mp.mpf(inverse) ** (_POINTS - 1):
                odd = [taylor[2 * j + 1] * mp.factorial(2 * j + 1) for j in range(ORDERS)]
                return np.array([float(c) if abs(c) > _ZERO * scale else 0.0 for c in odd])
    raise UnsupportedError(
        f"{kernel!r} is not analytic in the angle at {'0' if end == 1 else 'pi'} (Matern kernels "
        "need half-integer nu), or it varies on less than a thousandth of it: use "
        "sphere_eigenvalues with d=1, or a larger length scale"
    )


def _taylor(kernel: Kernel, end: int, inverse: int) -> list[Any]:
    """Return Taylor coefficients in the distance x from the end, by interpolation on a width."""
    from mpmath import mp

    field, half = MpmathField(), mp.mpf(1) / 2
    nodes = [(1 - mp.cos(mp.pi * (j + half) / _POINTS)) / (2 * inverse) for j in range(_POINTS)]
    return _monomials(nodes, [kernel.exact_profile(end * mp.cos(x), field) for x in nodes])


def _monomials(nodes: list[Any], values: list[Any]) -> list[Any]:
    """Return the coefficients of the interpolating polynomial (Newton's form, expanded)."""
    table = list(values)
    for order in range(1, len(nodes)):
        for i in range(len(nodes) - 1, order - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - order])
    out = [table[-1]]
    for i in range(len(nodes) - 2, -1, -1):
        shifted = [0 * out[0], *out]
        lowered = [c * nodes[i] for c in out]
        out = [a - b for a, b in zip(shifted, [*lowered, 0 * out[0]], strict=True)]
        out[0] += table[i]
    return out
