"""Angles between rows, without loss of digits at angle 0 and pi.

A pair of directions with inner product u is carried as t = 1 - u and v = 1 + u. Where one of
them is small it is |x - y|^2/2 (or |x + y|^2/2) from exact differences: arccos(<x, y>) would lose
half the digits there (theory note A1, numerics).
"""

from __future__ import annotations

import numpy as np

from ratecheck.types import Array

FEW_COLUMNS = 4  # up to here distances cost no more than the matrix product
NEAR = 0.01  # 1 - |u| below which the matrix product is replaced: angle 0.14, error 7 eps


def with_column(X: Array, value: float) -> Array:
    """Return the points (x, value), shape (n, d + 1)."""
    return np.column_stack((X, np.full(len(X), value)))


def polar(X: Array) -> tuple[Array, Array]:
    """Return lengths (n, 1) and unit rows (n, d); a zero row keeps direction zero."""
    size = np.max(np.abs(X), axis=1, keepdims=True)
    Z = X / np.where(size == 0, 1.0, size)  # so that no square over- or underflows
    length = np.sqrt(np.einsum("ij,ij->i", Z, Z))[:, None]
    return size * length, Z / np.where(length == 0, 1.0, length)


def halves(x: Array, y: Array) -> tuple[Array, Array]:
    """Return t = 1 - u and v = 1 + u, shape (n, m), of unit (or zero, u = 0) rows."""
    t, v = _by_distance(x, y) if x.shape[1] <= FEW_COLUMNS else _by_product(x, y)
    for empty, index in ((~x.any(axis=1), 0), (~y.any(axis=1), 1)):
        if empty.any():
            where = (empty, slice(None)) if index == 0 else (slice(None), empty)
            t[where] = v[where] = 1.0
    return t, v


def _half_square(x: Array, y: Array) -> Array:
    from scipy.spatial.distance import cdist  # lazy: slow to import

    out: Array = cdist(x, y, "sqeuclidean")
    out *= 0.5
    return out


def _by_distance(x: Array, y: Array) -> tuple[Array, Array]:
    return _half_square(x, y), _half_square(x, -y)


def _by_product(x: Array, y: Array) -> tuple[Array, Array]:
    t = x @ y.T
    v = 1.0 + t
    np.subtract(1.0, t, out=t)
    _refine(t, v, x, y)
    _refine(v, t, x, -y)
    return t, v


def _refine(small: Array, large: Array, x: Array, y: Array) -> None:
    """Replace entries of ``small`` below `NEAR` by half squared distances, in place."""
    if small.min() >= NEAR:
        return
    i, j = np.nonzero(small < NEAR)
    if i.size > small.size // 8:
        small[...] = _half_square(x, y)
        np.copyto(large, 2.0 - small, where=small < 1.0)  # elsewhere ``large`` is the better one
        return
    difference = x[i] - y[j]
    small[i, j] = 0.5 * np.einsum("ij,ij->i", difference, difference)
    large[i, j] = 2.0 - small[i, j]
