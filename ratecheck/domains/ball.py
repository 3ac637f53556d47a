"""The ball."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.charts import Chart
from ratecheck.domains.base import Domain, one_dimension_only, several
from ratecheck.types import Array, BoolArray

_ROUNDING = 1e-12


@final
@dataclass(frozen=True, slots=True)
class Ball(Domain):
    """The closed unit ball of R^d, ``d >= 2``, with the uniform probability measure."""

    d: int = 2

    def __post_init__(self) -> None:
        """Validate ``d >= 2``."""
        object.__setattr__(self, "d", several("Ball", self.d, "Interval(-1, 1)"))

    @property
    def dimension(self) -> int:
        """Dimension d of the ball."""
        return self.d

    @property
    def ambient(self) -> int:
        """Coordinates of a point: d."""
        return self.d

    @property
    def periodic(self) -> bool:
        """False: a ball has a boundary."""
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
        directions = rng.standard_normal((n, self.d))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        return np.asarray(directions * rng.random((n, 1)) ** (1 / self.d))

    def _regular(self, n: int) -> Array:
        one_dimension_only(self, "a grid")

    def _inside(self, X: Array) -> BoolArray:
        return np.asarray(np.linalg.norm(X, axis=1) <= 1 + _ROUNDING)
