"""The interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.charts import Chart, CosineChart
from ratecheck.domains.base import Domain
from ratecheck.types import Array, BoolArray, InputError


@final
@dataclass(frozen=True, slots=True)
class Interval(Domain):
    """The interval ``[low, high]``; radii are in the coordinate.

    Examples
    --------
    >>> Interval(-1, 1).grid(4).ravel()
    array([-0.75, -0.25,  0.25,  0.75])
    """

    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """Validate ``low < high``."""
        object.__setattr__(self, "low", check.number("low", self.low))
        object.__setattr__(self, "high", check.number("high", self.high))
        if not self.low < self.high:
            raise InputError(f"low must be below high, got low={self.low}, high={self.high}")

    @property
    def dimension(self) -> int:
        """One."""
        return 1

    @property
    def ambient(self) -> int:
        """Coordinates of a point: one."""
        return 1

    @property
    def periodic(self) -> bool:
        """False: an interval has two ends."""
        return False

    @property
    def length(self) -> float:
        """``high - low``."""
        return self.high - self.low

    @property
    def chart(self) -> Chart:
        """Cosines, whose derivatives vanish at both ends."""
        return CosineChart(low=self.low, high=self.high)

    def _uniform(self, n: int, rng: np.random.Generator) -> Array:
        return self._stretched(np.sort(rng.random(n)))

    def _regular(self, n: int) -> Array:
        return self._stretched((np.arange(n) + 0.5) / n)

    def _inside(self, X: Array) -> BoolArray:
        return np.logical_and(X[:, 0] >= self.low, X[:, 0] <= self.high)

    def _stretched(self, unit: Array) -> Array:
        unit *= self.length
        unit += self.low
        # the rounded length may carry the last point past the end
        return np.minimum(unit, self.high, out=unit)[:, None]
