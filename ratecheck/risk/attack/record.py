"""The extremes that an attack has seen: per test point and function, with where they were."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np

from ratecheck.types import Array, IntArray


@final
@dataclass(kw_only=True, eq=False, slots=True)
class Record:
    """Largest and smallest values seen (m, T), and their points (m, T, d); grows in place."""

    high: Array
    low: Array
    high_points: Array
    low_points: Array
    rows: float = field(default=0.0)  # kernel rows per test point

    @classmethod
    def empty(cls, X: Array, count: int) -> Record:
        """Return the record of an attack that has seen nothing yet on points X (m, d)."""
        points = np.repeat(X[:, None, :], count, axis=1)
        shape = points.shape[:2]
        return cls(
            high=np.full(shape, -np.inf), low=np.full(shape, np.inf),
            high_points=points, low_points=points.copy(),
        )  # fmt: skip

    def see(self, points: Array, values: Array) -> None:
        """Take in the values (m, S, T) at S points (m, S, d) of each region."""
        _raise(self.high, self.high_points, points, values, 1.0)
        _raise(self.low, self.low_points, points, values, -1.0)

    def losses(self, against: Array) -> Array:
        """Return max |f_t(x') - against|^2 over what was seen, shape (m, T)."""
        worst = np.maximum(self.high - against[:, None], against[:, None] - self.low)
        return np.asarray(worst**2)

    def extreme_points(self, columns: IntArray) -> Array:
        """Return the points (m, 2 C, d) of the largest and smallest values of C functions."""
        return np.concatenate([self.high_points[:, columns], self.low_points[:, columns]], axis=1)

    def worst_points(self, against: Array) -> tuple[Array, Array]:
        """Return the points (m, T, d) of the larger losses, and their signs (m, T)."""
        up = self.high - against[:, None] >= against[:, None] - self.low
        points = np.where(up[:, :, None], self.high_points, self.low_points)
        return points, np.where(up, 1.0, -1.0)


def _raise(best: Array, best_points: Array, points: Array, values: Array, sign: float) -> None:
    """Replace, in place, what is exceeded in the direction of the sign."""
    at = np.argmax(sign * values, axis=1)  # (m, T)
    found = np.take_along_axis(values, at[:, None, :], axis=1)[:, 0]
    rows, columns = np.nonzero(sign * found > sign * best)
    best[rows, columns] = found[rows, columns]
    best_points[rows, columns] = points[rows, at[rows, columns]]
