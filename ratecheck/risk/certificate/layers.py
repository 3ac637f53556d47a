"""Networks with bias, three layers and more: interval Taylor expansions of the recursion.

Off the sphere such a kernel is K = F(S, q), S = <x, y> + b and q = |x|^2 + b, for each y. The
recursion of theory note A1 is run on Taylor polynomials of degree three in (S, q) with intervals
as coefficients: they hold the coefficients at every x' in the region. With a region of radius 0
they are the coefficients at x.
"""

from __future__ import annotations

from math import prod

import numpy as np

from ratecheck.kernels import NNGP, NTK
from ratecheck.kernels.geometry import polar, with_column
from ratecheck.risk.certificate.jets import arc_jet
from ratecheck.risk.certificate.ranges import angle_range, lifted_reach
from ratecheck.types import Array

DEGREE = 3
Interval = Array  # (2, m, n): ends
Poly = dict[tuple[int, int], Interval]  # coefficient of dS^i dq^j, i + j <= 3; absent: zero


def expanded(kernel: NNGP | NTK, X: Array, Y: Array, reach: float) -> Poly:
    """Return the coefficients of K(x', y_j) at all x' within a Euclidean distance of x_i.

    Where the kernel has its kink in the region, they are infinite or not a number.
    """
    b = kernel.bias
    (p, x), (p_y, y) = (polar(with_column(Z, b**0.5)) for Z in (X, Y))
    q_y, square = p_y.T**2, _square(p, b, reach)
    low, high = angle_range(x, y, lifted_reach(p, reach))
    spread = reach * np.linalg.norm(Y, axis=1)
    S = X @ Y.T + b
    sigma: Poly = {(0, 0): np.stack([S - spread, S + spread]), (1, 0): np.ones((2, 1, 1))}
    tangent, rho_range = sigma, np.stack([np.cos(high), np.cos(low)])
    with np.errstate(all="ignore"):
        for layer in range(kernel.depth - 1):
            size = _power(square + layer * b, 0.5, np.sqrt(q_y + layer * b))
            rho = _times(sigma, _power(square + layer * b, -0.5, 1.0 / np.sqrt(q_y + layer * b)))
            rho[0, 0] = _clipped(rho[0, 0], rho_range)
            steps = _powers(rho)
            sigma = _times(size, _composed(1, steps))
            sigma[0, 0] = sigma[0, 0] + b
            tangent = _plus(_times(tangent, _composed(0, steps)), sigma)
            rho_range = np.array([-1.0, 1.0])[:, None, None]
    found = tangent if isinstance(kernel, NTK) else sigma
    return {(i, j): found.get((i, j), np.zeros((2, *S.shape))) for i, j in _indices()}


def _square(p: Array, b: float, reach: float) -> Interval:
    """Return the range of |x'|^2 + b, shape (2, m, 1), for p = (|x|^2 + b)^(1/2)."""
    length = np.sqrt(np.maximum(p * p - b, 0.0))
    return np.stack([np.maximum(length - reach, 0.0) ** 2, (length + reach) ** 2]) + b


def _indices() -> list[tuple[int, int]]:
    return [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]


def _product(a: Interval, b: Interval) -> Interval:
    corners = np.stack(np.broadcast_arrays(a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]))
    return np.stack([corners.min(axis=0), corners.max(axis=0)])


def _plus(a: Poly, b: Poly) -> Poly:
    zero = np.zeros((2, 1, 1))
    return {k: a.get(k, zero) + b.get(k, zero) for k in {**a, **b}}


def _times(a: Poly, b: Poly) -> Poly:
    out: Poly = {}
    for (i, j), first in a.items():
        for (k, m), second in b.items():
            if i + j + k + m <= DEGREE:
                at, term = (i + k, j + m), _product(first, second)
                out[at] = out[at] + term if at in out else term
    return out


def _power(base: Interval, exponent: float, scale: Array) -> Poly:
    """Return scale (q + c)^exponent around ``base`` > 0: coefficients binom(e, k) base^(e - k)."""
    out: Poly = {}
    for k in range(DEGREE + 1):
        binomial = prod(exponent - i for i in range(k)) / prod(range(1, k + 1))
        ends = binomial * base ** (exponent - k) * scale
        out[0, k] = np.stack([ends.min(axis=0), ends.max(axis=0)])
    return out


def _clipped(values: Interval, within: Interval) -> Interval:
    return np.clip(values, within[0], within[1])


def _powers(rho: Poly) -> list[Poly]:
    """Return rho and the powers 1, 2, 3 of rho without its constant term."""
    first = {k: c for k, c in rho.items() if k != (0, 0)}
    second = _times(first, first)
    return [rho, first, second, _times(second, first)]


def _composed(order: int, steps: list[Poly]) -> Poly:
    """Return kappa_order(rho), order 0 or 1."""
    values = _arc_range(order, steps[0][0, 0])
    out: Poly = {(0, 0): values[0]}
    for k, step in enumerate(steps[1:], start=1):
        factor = values[k] / float(prod(range(1, k + 1)))
        out = _plus(out, {key: _product(factor, c) for key, c in step.items()})
    return out


def _arc_range(order: int, u: Interval) -> list[Interval]:
    """Return the ranges of kappa and of three derivatives: each rises in u, or in |u| (even)."""
    largest = np.abs(u).max(axis=0)
    least = np.where((u[0] <= 0) & (u[1] >= 0), 0.0, np.abs(u).min(axis=0))
    size = np.stack([least, largest])
    signed, even = arc_jet(order, 1.0 - u, 1.0 + u), arc_jet(order, 1.0 - size, 1.0 + size)
    # kappa_0 and kappa_1 rise, and so does kappa_1' = kappa_0; then even and odd ones alternate
    rising = (0, 2) if order == 0 else (0, 1, 3)
    return [signed[k] if k in rising else even[k] for k in range(DEGREE + 1)]
