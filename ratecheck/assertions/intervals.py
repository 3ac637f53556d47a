"""Intervals of means over replicates, joint over several comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from ratecheck.assertions.base import LEVEL
from ratecheck.types import Array, InputError

_SYMMETRIC = 1e-3  # skewness below which the correction is below a thousandth of an error


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A mean, its standard error, and its interval."""

    mean: float
    error: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}]"


def of_mean(values: Array, comparisons: int = 1, errors: float | None = None) -> Interval:
    """Return the interval of the mean of (R,) replicates, Bonferroni over comparisons.

    With ``errors`` given, the interval of the level that so many standard errors have for a normal
    mean of known variance (three: 99.73 %).

    Notes
    -----
    Student's t, corrected for skewness by Hall's cubic transformation (J. R. Stat. Soc. B 54,
    1992), whose inverse is explicit: risks are skewed to the right, and plain intervals of their
    means miss the truth above three times as often as they should.

    Raises
    ------
    InputError
        With fewer than two replicates.
    """
    count = enough(values, 2)
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(count))
    tail = (1 - LEVEL) / (2 * comparisons) if errors is None else float(norm.sf(errors))
    quantile = float(student.isf(tail, count - 1))
    low, high = (mean - error * _skewed(values, q) for q in (quantile, -quantile))
    return Interval(mean=mean, error=error, low=low, high=high)


def _skewed(values: Array, quantile: float) -> float:
    """Return the quantile of (mean - truth) / error that belongs to a symmetric one."""
    count, spread = values.size, float(values.std())
    skew = float(np.mean((values - values.mean()) ** 3)) / spread**3 if spread else 0.0
    if abs(skew) < _SYMMETRIC:
        return quantile
    root = np.sqrt(count)
    inner = 1 + skew * (quantile / root - skew / (6 * count))
    return float(3 * root / skew * (np.cbrt(inner) - 1))


def of_difference(first: Array, second: Array, comparisons: int = 1) -> Interval:
    """Return Welch's interval of mean(second) - mean(first) for independent replicates."""
    counts = np.array([enough(first, 2), enough(second, 2)])
    parts = np.array([first.var(ddof=1), second.var(ddof=1)]) / counts
    mean, error = float(second.mean() - first.mean()), float(np.sqrt(parts.sum()))
    spread = float((parts**2 / (counts - 1)).sum())
    freedom = float(parts.sum()) ** 2 / spread if spread else np.inf
    half = float(student.ppf(1 - (1 - LEVEL) / (2 * comparisons), freedom)) * error
    return Interval(mean=mean, error=error, low=mean - half, high=mean + half)


def enough(values: Array, fewest: int) -> int:
    """Return the number of replicates, or raise `InputError` if they are too few."""
    if (count := int(values.shape[0])) < fewest:
        raise InputError(f"{count} replicates are too few: at least {fewest} are needed")
    return count


def chosen(levels: Mapping[int, Array], sizes: tuple[int, ...] | None) -> Mapping[int, Array]:
    """Return the levels at the sizes asked for that were run (a profile may have fewer)."""
    if sizes is None:
        return levels
    if not (kept := {n: v for n, v in levels.items() if n in sizes}):
        raise InputError(f"none of the sizes {sizes} was run: there are {tuple(levels)}")
    return kept
