"""Where ascents start: the point itself, one gradient step away, centres of the fit, at random."""

from __future__ import annotations

import numpy as np

from ratecheck.risk.attack.record import Record
from ratecheck.risk.attack.region import Region
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, BoolArray, IntArray


def candidates(
    fits: Expansion,
    X: Array,
    region: Region,
    anchors: IntArray,
    counts: tuple[int, int],
    rng: np.random.Generator,
) -> Array:
    """Return admissible points (m, C, d) for each row of X (m, d).

    Parameters
    ----------
    anchors : ndarray of int
        Functions of the expansion whose gradient at x gives two points each.
    counts : (int, int)
        How many of the nearest centres (moved into the region), and how many random points.
    """
    nearest, random = counts
    steps = [
        s * region.direction(X, fits.gradients(X, _same(a, X))) for a in anchors for s in (1, -1)
    ]
    far = [X + region.radius * step for step in steps]
    known = region.images(fits.centres)
    centres = known[_nearest(X, known, nearest)]  # (m, k, d)
    moved = [region.project(Z, X) for Z in (*far, *np.moveaxis(centres, 1, 0))]
    drawn = [region.draw(X, rng) for _ in range(random)]
    return np.stack([X, *moved, *drawn], axis=1)


def see_centres(record: Record, fits: Expansion, X: Array, region: Region) -> None:
    """Let the record know the values of the fits at all centres inside the regions.

    These cost no kernel rows per test point: the values at the centres are computed once.
    """
    centres = region.images(fits.centres)
    values = np.tile(fits.at_centres, (len(centres) // len(fits.centres), 1))
    for i, x in enumerate(X):
        inside = _admitted(region, centres, x)
        if inside.any():
            part = Record(
                high=record.high[i : i + 1], low=record.low[i : i + 1],
                high_points=record.high_points[i : i + 1], low_points=record.low_points[i : i + 1],
            )  # fmt: skip
            part.see(centres[None, inside], values[None, inside])


def _admitted(region: Region, centres: Array, x: Array) -> BoolArray:
    near = region.distance(centres, x[None, :]) <= region.radius
    return np.asarray(np.logical_and(near, region.inside(centres)))


def _same(column: int, X: Array) -> IntArray:
    return np.full(len(X), column, dtype=np.int64)


def _nearest(X: Array, centres: Array, count: int) -> IntArray:
    """Return the indices (m, k) of the nearest centres, k at most ``count``."""
    from scipy.spatial import cKDTree  # lazy: slow to import

    k = min(count, len(centres))
    if k == 0:
        return np.empty((len(X), 0), dtype=np.int64)
    return np.asarray(cKDTree(centres).query(X, k=np.arange(1, k + 1))[1])
