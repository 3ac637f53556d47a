"""Intervals for linear functionals of the log levels: studentised bootstrap or Student's t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.slopes.regression import residual_variance
from ratecheck.slopes.results import Estimate
from ratecheck.slopes.samples import Sample
from ratecheck.types import Array, BoolArray

FEWEST = 12  # replicates a size, below which a bootstrap cannot see the tails


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Quantiles:
    """Standard errors (p,) of functionals, and quantiles (p,) of (estimate - truth) / error."""

    error: Array
    low: Array
    high: Array
    method: str

    def estimates(self, values: Array, inflation: float) -> tuple[Estimate, ...]:
        """Return one interval a value; ``inflation`` widens them all."""
        error = self.error * inflation
        table = np.column_stack(
            [values, error, values - self.high * error, values - self.low * error]
        )
        return tuple(
            Estimate(value=v, standard_error=e, low=a, high=b) for v, e, a, b in table.tolist()
        )


def sampled(
    samples: Sequence[Sample],
    rows: Array,
    *,
    level: float,
    resamples: int,
    rng: np.random.Generator,
) -> Quantiles:
    """Return the quantiles that Monte Carlo noise gives.

    Parameters
    ----------
    samples : sequence of Sample
        One a size.
    rows : Array
        (p, k) functionals of the k log levels.
    level : float
        Coverage.
    resamples : int
        Number of bootstrap resamples.
    rng : Generator
        Randomness of the resampling.

    Notes
    -----
    Bootstrap: t* = a (y* - y) / sqrt(sum a_i^2 v_i*), over replicates redrawn within each size.
    With few replicates: Student's t with Welch and Satterthwaite's degrees of freedom.
    """
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    error = np.sqrt(rows**2 @ np.array([s.variance for s in samples]))
    if min(s.count for s in samples) < FEWEST:
        high = _welch(samples, rows, tails[1])
        return Quantiles(error=error, low=-high, high=high, method="Student's t")
    ratios = _studentised(samples, rows, resamples, rng)
    low, high = np.quantile(ratios, tails, axis=1)
    return Quantiles(error=error, low=low, high=high, method="studentised bootstrap")


def _studentised(
    samples: Sequence[Sample], rows: Array, resamples: int, rng: np.random.Generator
) -> Array:
    drawn = [s.resample(resamples, rng) for s in samples]
    shifts = np.stack([d[0] - s.level for d, s in zip(drawn, samples, strict=True)])
    spread = np.sqrt(rows**2 @ np.stack([d[1] for d in drawn]))
    ratios = np.zeros_like(spread)
    return np.divide(rows @ shifts, spread, out=ratios, where=spread > 0)


def _welch(samples: Sequence[Sample], rows: Array, tail: float) -> Array:
    from scipy.stats import t

    parts = rows**2 * np.array([s.variance for s in samples])
    freedom = np.array([s.count - 1 if s.count else np.inf for s in samples])
    below = (parts**2 / freedom).sum(axis=1)
    whole = parts.sum(axis=1) ** 2
    degrees = np.divide(whole, below, out=np.full_like(whole, np.inf), where=below > 0)
    return np.asarray(t.ppf(tail, degrees))


def residual(x: Array, y: Array, keep: BoolArray, rows: Array, level: float) -> Quantiles:
    """Return the quantiles for exact levels: what is left around the curve is all the error.

    Row 1 is the curvature and has the parabola's residuals; the rows from 4 on are local slopes,
    exact between exact numbers.
    """
    from scipy.stats import t

    degrees = np.ones(len(rows), dtype=np.int64)
    degrees[1] = 2
    spread = np.array([residual_variance(x[keep], y[keep], degree) for degree in (1, 2)])
    error = np.sqrt((rows**2).sum(axis=1) * spread[degrees - 1])
    error[4:] = 0
    high = np.asarray(t.ppf((1 + level) / 2, np.maximum(keep.sum() - degrees - 1, 1)))
    return Quantiles(error=error, low=-high, high=high, method="residuals, Student's t")
