"""The slope of mean values on exact abscissae (no logarithms), with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.slopes.intervals import sampled
from ratecheck.slopes.regression import functional
from ratecheck.slopes.results import Estimate
from ratecheck.slopes.samples import Sample
from ratecheck.types import Array, InputError

_RESAMPLES = 2000


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Means(Sample):
    """Replicates at one abscissa, reduced to their mean."""

    level: float
    variance: float
    count: int
    values: Array

    @staticmethod
    def of(x: float, values: Array) -> Means:
        """Check the replicates and reduce them."""
        row = check.values(f"values at {x:g}", values)
        if row.size < 2:
            raise InputError(f"one replicate at {x:g}: at least 2 are needed")
        variance = float(row.var(ddof=1) / row.size)
        return Means(level=float(row.mean()), variance=variance, count=row.size, values=row)

    @property
    def powers(self) -> Array:
        """First and second powers of the values, around their mean."""
        centred = self.values - self.level
        return np.column_stack([centred, centred**2])

    def levels(self, means: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return bootstrap means and their variances."""
        first, square = means.T
        return self.level + first, np.maximum(square - first**2, 0) / (self.count - 1)


def affine_slope(x: Sequence[float], replicates: Sequence[Array], level: float = 0.95) -> Estimate:
    """Return the weighted least-squares slope of mean values on x.

    Parameters
    ----------
    x : sequence of float
        Exact abscissae, at least two different ones.
    replicates : sequence of ndarray
        Measured values at each abscissa, at least two.
    level : float
        Coverage of the interval: the wider of Student's t and, from 8 replicates on, the symmetric
        studentised bootstrap over replicates.

    Raises
    ------
    InputError
        Too few abscissae or replicates, NaN.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(0).normal(size=(3, 40))
    >>> affine_slope([1.0, 2.0, 4.0], [3 * x + e for x, e in zip([1, 2, 4], noise)]).value > 2.5
    True
    """
    points = check.values("x", list(x), length=len(replicates))
    if np.unique(points).size < 2:
        raise InputError(f"x needs at least two different values, got {points.tolist()}")
    samples = [Means.of(a, values) for a, values in zip(points, replicates, strict=True)]
    spread = np.array([s.variance for s in samples])
    if not spread.all():
        raise InputError("replicates must differ: weights are inverse variances of their means")
    row = functional(points, 1 / spread, np.ones(points.size, dtype=bool), 1)
    slope = row @ np.array([s.level for s in samples])
    found = sampled(samples, row[None], level=level, resamples=_RESAMPLES, seed=0)
    return found.estimates(np.array([slope]), 1.0)[0]
