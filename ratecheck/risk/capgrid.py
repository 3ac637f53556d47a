"""Largest and smallest values over caps of S^2 from one fine grid that all caps share.

For the caps around the nodes of one ring, and one ring of the fine grid, the cap holds a window of
columns: a sliding maximum along the ring serves all nodes of the first ring at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from ratecheck.numerics.spherical import ProductGrid
from ratecheck.types import Array

_MOST_RINGS = 1500


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SharedGrid:
    """A fine grid over the whole sphere, ``factor`` times as fine as that of the caps' centres."""

    centres: ProductGrid
    factor: int

    @staticmethod
    def within(centres: ProductGrid, spacing: float) -> SharedGrid:
        """Return a grid with a node within ``spacing`` of every point, if that is affordable."""
        factor = max(1, math.ceil(3.0 / (spacing * centres.rings)))
        most = max(1, _MOST_RINGS // centres.rings)
        return SharedGrid(centres=centres, factor=min(factor, most))

    @property
    def fine(self) -> ProductGrid:
        """The fine grid; its columns contain those of the centres."""
        return ProductGrid(
            rings=self.factor * self.centres.rings, columns=self.factor * self.centres.columns
        )

    @property
    def reach(self) -> float:
        """Distance within which every point of the sphere has a node."""
        theta = self.fine.colatitudes
        gap = max(float(np.diff(theta).max()) / 2, float(theta[0]))
        return math.hypot(gap, math.pi / self.fine.columns)

    def extremes(self, c: Array, radius: float) -> tuple[Array, Array]:
        """Return maximum and minimum of sum_i c_i e_i over the nodes in the cap of each centre."""
        values = self.fine.synthesise(c)
        high = np.full((self.centres.rings, self.centres.columns), -np.inf)
        low = np.full_like(high, np.inf)
        fine = self.fine.colatitudes
        for i, theta in enumerate(self.centres.colatitudes):
            for j in np.flatnonzero(np.abs(fine - theta) <= radius):
                width = _window(theta, fine[j], radius, self.fine.columns)
                _widen(high[i], low[i], values[j], width, self.factor)
        return high.ravel(), low.ravel()


def _window(theta: float, other: float, radius: float, columns: int) -> int:
    """Return how many columns to each side lie in the cap, or -1 for none."""
    height = math.cos(radius) - math.cos(theta) * math.cos(other)
    across = math.sin(theta) * math.sin(other)
    if height >= across:
        return -1
    half = math.pi if height <= -across else math.acos(height / across)
    return min(int(half * columns / (2 * math.pi)), columns // 2)


def _widen(high: Array, low: Array, row: Array, width: int, factor: int) -> None:
    """Widen the ranges (C,) by the windows of a fine row (factor C,)."""
    if width < 0:
        return
    size = 2 * width + 1
    if size >= row.size:
        np.maximum(high, row.max(), out=high)
        np.minimum(low, row.min(), out=low)
        return
    np.maximum(high, maximum_filter1d(row, size, mode="wrap")[::factor], out=high)
    np.minimum(low, minimum_filter1d(row, size, mode="wrap")[::factor], out=low)
