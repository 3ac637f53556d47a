"""Covariance and tangent kernel of ReLU layers at all pairs of points, and their gradients."""

from __future__ import annotations

import numpy as np

from ratecheck.kernels import arcs
from ratecheck.kernels.geometry import halves, polar, with_column
from ratecheck.kernels.tiling import Tiles
from ratecheck.types import Array

Polar = tuple[Array, Array]  # lengths (n, 1) and directions (n, d)


def of_halves(t: Array, v: Array, depth: int, bias: float) -> tuple[Array, Array]:
    """Return both kernels for unit vectors with inner products 1 - t = v - 1."""
    if bias == 0:
        return arcs.layers(t, v, depth)
    size = np.full((1,) * np.ndim(t), 1.0 + bias)
    first, second = t / (1.0 + bias), (v + 2.0 * bias) / (1.0 + bias)
    return arcs.biased_layers(first, second, size, size, depth, bias)


def layer_tiles(depth: int, bias: float, which: int) -> Tiles[Polar]:
    """Return the tiles of covariance (0) or tangent kernel (1)."""
    return Tiles(
        prepare=lambda X: polar(with_column(X, bias**0.5) if bias else X),
        evaluate=lambda P, Q: of_points(P, Q, depth, bias)[which],
    )


def of_points(P: Polar, Q: Polar, depth: int, bias: float) -> tuple[Array, Array]:
    """Return both kernels (n, m) for points as `layer_tiles` prepares them."""
    (p, x), (q, y) = P, Q
    t, v = halves(x, y)
    if bias != 0:
        return arcs.biased_layers(t, v, *_squares(p, q.T), depth, bias)
    nngp, ntk = arcs.layers(t, v, depth)
    size = p * q.T
    return np.multiply(nngp, size, out=nngp), np.multiply(ntk, size, out=ntk)


def _squares(p: Array, q: Array) -> tuple[Array, Array]:
    """Return the squares, as (1, 1) arrays where all lengths agree to rounding (spheres)."""
    low, high = min(p.min(), q.min()), max(p.max(), q.max())
    if high - low <= 1e-15 * high:
        p = q = np.full((1, 1), 0.5 * (low + high))
    return p * p, q * q


def gradient_of_points(
    X: Array, Y: Array, W: Array, depth: int, bias: float
) -> tuple[Array, Array]:
    """Return the gradients (n, d) of covariance and tangent kernel; zero at x = 0 without bias."""
    (p, x), (q, y) = (polar(with_column(Z, bias**0.5)) for Z in (X, Y))
    full = np.where(p == 0, 1.0, p)
    slopes = arcs.layer_slopes(*halves(x, y), full**2, q.T**2, depth, bias)
    rows = [(W * s[0]) @ Y + 2.0 * np.sum(W * s[1], axis=1, keepdims=True) * X for s in slopes]
    return np.where(p == 0, 0.0, rows[0]), np.where(p == 0, 0.0, rows[1])
