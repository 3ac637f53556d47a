"""How far distances and angles to the centres can change within a region."""

from __future__ import annotations

import numpy as np

from ratecheck.kernels.geometry import halves, polar
from ratecheck.kernels.radial import distances
from ratecheck.risk.attack.balls import EuclideanBall, MaximumBall
from ratecheck.risk.attack.region import Region
from ratecheck.types import Array, UnsupportedError

Range = tuple[Array, Array]  # low and high, each (m, n)


def distance_range(X: Array, Y: Array, region: Region) -> Range:
    """Return the range (m, n) of |x' - y_j|_2 over the region of each x_i in R^d.

    A box is left out of account: that can only widen the range.
    """
    r = region.radius
    if isinstance(region, MaximumBall):
        low, high = np.zeros((len(X), len(Y))), np.zeros((len(X), len(Y)))
        for k in range(X.shape[1]):
            gap = np.abs(X[:, [k]] - Y[:, k])
            low += np.maximum(gap - r, 0.0) ** 2
            high += (gap + r) ** 2
        return np.sqrt(low), np.sqrt(high)
    gap = distances(X, Y)
    return np.maximum(gap - r, 0.0), gap + r


def angle_range(X: Array, Y: Array, reach: float | Array) -> Range:
    """Return the range (m, n) of the angle to y_j of vectors within an angle of x_i."""
    t, v = halves(polar(X)[1], polar(Y)[1])
    theta = 2.0 * np.arctan2(np.sqrt(t), np.sqrt(v))
    return np.maximum(theta - reach, 0.0), np.minimum(theta + reach, np.pi)


def euclidean_reach(region: Region, dimension: int) -> float:
    """Return the largest |x' - x|_2 in a region of R^d."""
    if isinstance(region, MaximumBall):
        return float(region.radius * np.sqrt(dimension))
    if isinstance(region, EuclideanBall):
        return region.radius
    raise UnsupportedError(f"{region!r} is no region of R^d")


def lifted_reach(p: Array, reach: float) -> Array:
    """Return the largest angle between vectors of length p and those within a distance of them."""
    return np.where(reach < p, np.arcsin(np.minimum(reach / np.where(p > 0, p, 1.0), 1.0)), np.pi)
