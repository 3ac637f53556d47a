"""The sphere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.charts import Chart
from ratecheck.domains.base import Domain, one_dimension_only, several, unit_length
from ratecheck.types import Array, BoolArray


@final
@dataclass(frozen=True, slots=True)
class Sphere(Domain):
    """The unit sphere S^d in R^{d+1}, ``d >= 2``, with the uniform probability measure."""

    d: int = 2

    def __post_init__(self) -> None:
        """Validate ``d >= 2``."""
        object.__setattr__(self, "d", several("Sphere", self.d, "Circle()"))

    @property
    def dimension(self) -> int:
        """Dimension d of the sphere."""
        return self.d

    @property
    def ambient(self) -> int:
        """Coordinates of a point: d + 1, a unit vector."""
        return self.d + 1

    @property
    def periodic(self) -> bool:
        """True: a sphere has no boundary."""
        return True

    @property
    def length(self) -> float:
        """Refused: a length exists in one dimension only (`UnsupportedError`)."""
        one_dimension_only(self, "a length")

    @property
    def chart(self) -> Chart:
        """Refused: a chart exists in one dimension only (`UnsupportedError`)."""
        one_dimension_only(self, "a chart")

    def _uniform(self, n: int, rng: np.random.Generator) -> Array:
        directions = rng.standard_normal((n, self.d + 1))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        return directions

    def _regular(self, n: int) -> Array:
        one_dimension_only(self, "a grid")

    def _inside(self, X: Array) -> BoolArray:
        return unit_length(X)
