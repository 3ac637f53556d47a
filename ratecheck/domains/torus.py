"""The torus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.charts import Chart, TorusChart
from ratecheck.domains.base import Domain, one_dimension_only
from ratecheck.types import Array, BoolArray


@final
@dataclass(frozen=True, slots=True)
class Torus(Domain):
    """The torus ``[0, 1)^d`` with opposite faces glued; radii are in the coordinate.

    Examples
    --------
    >>> Torus(d=1).grid(4).ravel()
    array([0.  , 0.25, 0.5 , 0.75])
    """

    d: int = 1

    def __post_init__(self) -> None:
        """Validate ``d >= 1``."""
        object.__setattr__(self, "d", check.integer("d", self.d, low=1))

    @property
    def dimension(self) -> int:
        """Dimension d of the torus."""
        return self.d

    @property
    def ambient(self) -> int:
        """Coordinates of a point: d, each in [0, 1)."""
        return self.d

    @property
    def periodic(self) -> bool:
        """True: opposite faces are the same points."""
        return True

    @property
    def length(self) -> float:
        """Length of the period, 1; for d > 1 refused (`UnsupportedError`)."""
        return 1.0 if self.d == 1 else one_dimension_only(self, "a length")

    @property
    def chart(self) -> Chart:
        """Exponentials of whole frequencies; for d > 1 refused (`UnsupportedError`)."""
        return TorusChart() if self.d == 1 else one_dimension_only(self, "a chart")

    def _uniform(self, n: int, rng: np.random.Generator) -> Array:
        sample = rng.random((n, self.d))
        if self.d == 1:
            sample[:, 0].sort()
        return sample

    def _regular(self, n: int) -> Array:
        if self.d > 1:
            one_dimension_only(self, "a grid")
        return np.arange(n)[:, None] / n

    def _inside(self, X: Array) -> BoolArray:
        return np.asarray(np.logical_and(X >= 0, X < 1).all(axis=1))
