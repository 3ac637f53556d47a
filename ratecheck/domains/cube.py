"""The cube."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.charts import Chart
from ratecheck.domains.base import Domain, one_dimension_only, several
from ratecheck.types import Array, BoolArray


@final
@dataclass(frozen=True, slots=True)
class Cube(Domain):
    """The cube ``[0, 1]^d``, ``d >= 2``, with its boundary."""

    d: int = 2

    def __post_init__(self) -> None:
        """Validate ``d >= 2``."""
        object.__setattr__(self, "d", several("Cube", self.d, "Interval()"))

    @property
    def dimension(self) -> int:
        """Dimension d of the cube."""
        return self.d

    @property
    def ambient(self) -> int:
        """Coordinates of a point: d."""
        return self.d

    @property
    def periodic(self) -> bool:
        """False: a cube has a boundary."""
        return False

    @property
    def length(self) -> float:
        """Refused: a length exists in one dimension only (`UnsupportedError`)."""
        one_dimension_only(self, "a length")

    @property
    def chart(self) -> Chart:
        """Refused: a chart exists in one dimension only (`UnsupportedError`)."""
        one_dimension_only(self, "a chart")

    def _uniform(self, n: int, rng: np.random.Generator) -> Array:
        return rng.random((n, self.d))

    def _regular(self, n: int) -> Array:
        one_dimension_only(self, "a grid")

    def _inside(self, X: Array) -> BoolArray:
        return np.asarray(np.logical_and(X >= 0, X <= 1).all(axis=1))
