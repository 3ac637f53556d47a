"""Upper bounds of a quadratic model g's + s'Hs/2 over the displacements of an adversary."""

from __future__ import annotations

import numpy as np

from ratecheck.risk.attack.balls import MaximumBall
from ratecheck.risk.attack.region import Region
from ratecheck.types import Array

_HALVINGS = 40


def largest(g: Array, H: Array, region: Region) -> Array:
    """Return upper bounds (...) of the model over the region, for g (..., D) and H (..., D, D).

    Euclidean balls and caps: Lagrangian duality, l r^2/2 + g'(l - H)^{-1} g/2 for any
    l >= max(largest eigenvalue, 0); the best l is found by bisection, and any l is safe.
    Maximum norm: r |g|_1 + r^2/2 times the smaller of d max(largest eigenvalue, 0) and
    sum_i max(H_ii, 0) + sum_{i != j} |H_ij|.
    """
    values, vectors = np.linalg.eigh(H)
    r = region.radius
    if isinstance(region, MaximumBall):
        negative = np.minimum(np.diagonal(H, axis1=-2, axis2=-1), 0.0)
        entries = np.abs(H).sum(axis=(-2, -1)) + negative.sum(axis=-1)
        curved = np.minimum(H.shape[-1] * np.maximum(values[..., -1], 0.0), entries)
        return np.asarray(r * np.abs(g).sum(axis=-1) + 0.5 * r * r * curved)
    loads = np.einsum("...ji,...j->...i", vectors, g)
    return _dual(values, loads**2, r)


def _dual(values: Array, square: Array, r: float) -> Array:
    least = np.maximum(values[..., -1:], 0.0)
    if r == 0:
        return np.zeros(values.shape[:-1])
    low, high = least, least + np.sqrt(square.sum(axis=-1, keepdims=True)) / r
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        long = _quotient(square, (middle - values) ** 2) > r * r
        low, high = np.where(long, middle, low), np.where(long, high, middle)
    return np.asarray(0.5 * (r * r * high[..., 0] + _quotient(square, high - values)[..., 0]))


def _quotient(square: Array, by: Array) -> Array:
    """Return the sum of square / by along the last axis, with 0 / 0 = 0."""
    with np.errstate(divide="ignore"):
        inverse = np.where(by > 0, 1.0 / np.where(by > 0, by, 1.0), np.inf)
    terms = np.where(square > 0, square * np.where(square > 0, inverse, 0.0), 0.0)
    return np.asarray(terms.sum(axis=-1, keepdims=True))
