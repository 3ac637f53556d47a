"""Networks with bias, three layers and more: Taylor expansions and majorants of the recursion.

Off the sphere such a kernel is K = p G(u, v) for each y, with p = |x~|, x~ = (x, b^(1/2)), v = 1/p
and u the cosine of the angle of x~ and y~. With s_l^2 = (|x~|^2 + (l - 1) b)(|y~|^2 + (l - 1) b)
the recursion of theory note A1 reads, for rho_l = Sigma_l/s_l and theta_l = Theta_l/s_l,

    rho_1 = theta_1 = u,   rho_{l+1} = (s_l/s_{l+1}) kappa_1(rho_l) + b/s_{l+1},
    theta_{l+1} = (s_l/s_{l+1}) theta_l kappa_0(rho_l) + rho_{l+1},   K = s_L theta_L,

and s_l/s_{l+1}, which is near one, and b/s_{l+1}, which is small, are functions of v alone.
"""

from __future__ import annotations

from math import factorial, prod

import numpy as np

from ratecheck.kernels import NNGP, NTK, arcs
from ratecheck.kernels.geometry import halves, polar, with_column
from ratecheck.risk.certificate.jets import arc_jet
from ratecheck.risk.certificate.reach import Range, angle_range, lifted_reach
from ratecheck.types import Array

DEGREE = 3
Layered = NNGP | NTK
Poly = dict[tuple[int, int], Array]  # coefficient (m, n) of du^i dv^j, i + j <= 3; absent: zero
Series = Array  # (4, 2, m, 1): ranges of the coefficients of dv^j


def derivatives(kernel: Layered, X: Array, Y: Array) -> Poly:
    """Return the derivatives of G at each x_i, shape (m, n) each."""
    (p, x), (q, y) = (polar(with_column(Z, kernel.bias**0.5)) for Z in (X, Y))
    t, w = halves(x, y)
    inverse = 1.0 / p
    return _run(kernel, 1.0 - t, (t, w), np.stack([inverse, inverse]), q.T, majorant=False)


def majorants(kernel: Layered, X: Array, Y: Array, reach: float) -> Poly:
    """Return bounds of the absolute derivatives of G within a Euclidean distance of each x_i.

    For fixed v all quantities are power series in u with coefficients >= 0. Run at the largest |u|,
    with the absolute Taylor coefficients in v of s_l/s_{l+1} and b/s_{l+1} at their largest, the
    recursion therefore bounds every derivative. Where the kernel has its kink in the region they
    are infinite or not a number.
    """
    (p, x), (q, y) = (polar(with_column(Z, kernel.bias**0.5)) for Z in (X, Y))
    low, high = angle_range(x, y, lifted_reach(p, reach))
    half = 0.5 * np.minimum(low, np.pi - high)
    halved = 2.0 * np.sin(half) ** 2, 2.0 * np.cos(half) ** 2
    v = 1.0 / lengths(p, kernel.bias, reach)[::-1]
    return _run(kernel, 1.0 - halved[0], halved, v, q.T, majorant=True)


def layered_range(kernel: Layered, X: Array, Y: Array, reach: float) -> Range:
    """Return bounds (m, n) of K(x', y_j) by intervals through the recursion."""
    b, depth = kernel.bias, kernel.depth
    (p, x), (q, y) = (polar(with_column(Z, b**0.5)) for Z in (X, Y))
    low, high = angle_range(x, y, lifted_reach(p, reach))
    rho = theta = np.stack([np.cos(high), np.cos(low)])
    square, own = lengths(p, b, reach) ** 2, q.T**2
    for layer in range(1, depth):
        before, after = (layer - 1) * b, layer * b
        ratio = np.sqrt((square + before) / (square + after) * (own + before) / (own + after))
        step = arcs.kappa(0, 1.0 - rho, 1.0 + rho)  # rises with rho, as kappa_1 does
        grown = b / np.sqrt((square[::-1] + after) * (own + after))
        rho = np.minimum(ratio * arcs.kappa(1, 1.0 - rho, 1.0 + rho) + grown, 1.0)
        theta = _scaled(ratio * step, theta) + rho
    last = (depth - 1) * b
    found = _scaled(
        np.sqrt((square + last) * (own + last)), theta if isinstance(kernel, NTK) else rho
    )
    return found[0], found[1]


def lengths(p: Array, b: float, reach: float) -> Array:
    """Return the range of (|x'|^2 + b)^(1/2), shape (2, m, 1), for p = (|x|^2 + b)^(1/2)."""
    size = np.sqrt(np.maximum(p * p - b, 0.0))
    return np.sqrt(np.stack([np.maximum(size - reach, 0.0) ** 2, (size + reach) ** 2]) + b)


def _scaled(factor: Array, values: Array) -> Array:
    """Return the interval of products for a factor >= 0; ends along the first axis."""
    low = np.where(values[0] >= 0, factor[0], factor[1]) * values[0]
    return np.stack([low, np.where(values[1] >= 0, factor[1], factor[0]) * values[1]])


def _run(
    kernel: Layered, u: Array, halved: tuple[Array, Array], v: Array, q: Array, majorant: bool
) -> Poly:
    """Return the derivatives of G from the recursion on Taylor polynomials in (u, v)."""
    b, depth = kernel.bias, kernel.depth
    rho: Poly = {(0, 0): u, (1, 0): np.ones((1, 1))}
    theta = rho
    with np.errstate(all="ignore"):
        for layer in range(1, depth - 1):
            ratio, small = _factors((layer - 1) * b, layer * b, b, v, q, majorant)
            step, grown = _both(rho, halved)
            rho = _plus(_times(ratio, grown), small)
            rho[0, 0] = np.minimum(rho[0, 0], 1.0)
            theta = _plus(_times(ratio, _times(theta, step)), rho)
            halved = 1.0 - rho[0, 0], 1.0 + rho[0, 0]
        step, grown = _both(rho, halved)
        tangent = _plus(_times(theta, step), grown) if isinstance(kernel, NTK) else grown
        last = (depth - 2) * b  # G = (s_{L-1}/p) (theta kappa_0 + kappa_1) + b v
        scale = _in_v(_root(last, v, 0.5), np.sqrt(q * q + last), majorant)
        G = _plus(_times(scale, tangent), _in_v(_identity(v), b * np.ones((1, 1)), majorant))
    zero = np.zeros_like(u)
    keys = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    return {(i, j): factorial(i) * factorial(j) * G.get((i, j), zero) + zero for i, j in keys}


def _factors(
    before: float, after: float, b: float, v: Array, q: Array, majorant: bool
) -> tuple[Poly, Poly]:
    """Return s_l/s_{l+1} and b/s_{l+1} as functions of v."""
    shrink = _series_product(_root(before, v, 0.5), _root(after, v, -0.5))
    ratio = _in_v(shrink, np.sqrt((q * q + before) / (q * q + after)), majorant)
    small = _series_product(_identity(v), _root(after, v, -0.5))
    return ratio, _in_v(small, b / np.sqrt(q * q + after), majorant)


def _both(rho: Poly, halved: tuple[Array, Array]) -> tuple[Poly, Poly]:
    """Return kappa_0(rho) and kappa_1(rho); ``halved`` are 1 - rho and 1 + rho."""
    powers = _powers(rho)
    return _after(arc_jet(0, *halved), powers), _after(arc_jet(1, *halved), powers)


def _root(c: float, v: Array, exponent: float) -> Series:
    """Return the coefficients in dv of (1 + c v^2)^exponent over the range of v."""
    base = 1.0 + c * v * v
    z = np.zeros((DEGREE + 1, *v.shape))  # c (v + dv)^2 - c v^2
    z[1], z[2] = 2.0 * c * v, c
    total, power = np.zeros_like(z), np.zeros_like(z)
    power[0] = 1.0
    for k in range(DEGREE + 1):
        binomial = prod(exponent - i for i in range(k)) / factorial(k)
        ends = binomial * base ** (exponent - k)
        total += np.stack([_interval_product(_sorted(ends), part) for part in power])
        power = _series_product(power, z)
    return total


def _identity(v: Array) -> Series:
    out = np.zeros((DEGREE + 1, *v.shape))
    out[0], out[1] = v, 1.0
    return out


def _series_product(a: Series, b: Series) -> Series:
    out = np.zeros(np.broadcast_shapes(a.shape, b.shape))
    for i in range(DEGREE + 1):
        for j in range(DEGREE + 1 - i):
            out[i + j] += _interval_product(a[i], b[j])
    return out


def _interval_product(a: Array, b: Array) -> Array:
    corners = np.stack([a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]])
    return np.stack([corners.min(axis=0), corners.max(axis=0)])


def _sorted(ends: Array) -> Array:
    return np.stack([ends.min(axis=0), ends.max(axis=0)])


def _in_v(series: Series, scale: Array, majorant: bool) -> Poly:
    """Return a function of v alone: its coefficients, or their largest absolute values."""
    values = np.abs(series).max(axis=1) if majorant else series[:, 0]
    return {(0, k): scale * value for k, value in enumerate(values)}


def _plus(a: Poly, b: Poly) -> Poly:
    zero = np.zeros((1, 1))
    return {k: a.get(k, zero) + b.get(k, zero) for k in {**a, **b}}


def _times(a: Poly, b: Poly) -> Poly:
    out: Poly = {}
    for (i, j), first in a.items():
        for (k, m), second in b.items():
            if i + j + k + m <= DEGREE:
                at, term = (i + k, j + m), first * second
                out[at] = out[at] + term if at in out else term
    return out


def _powers(rho: Poly) -> list[Poly]:
    """Return the powers 0 ... 3 of rho without its constant term."""
    first = {k: c for k, c in rho.items() if k != (0, 0)}
    second = _times(first, first)
    return [{(0, 0): np.ones((1, 1))}, first, second, _times(second, first)]


def _after(jet: Array, powers: list[Poly]) -> Poly:
    """Return the polynomial of F(rho) from the jet of F at the constant term of rho."""
    out: Poly = {}
    for k, power in enumerate(powers):
        out = _plus(out, {key: jet[k] / factorial(k) * c for key, c in power.items()})
    return out
