"""Checked input of a fit: per size, a log level and its Monte Carlo error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike

from ratecheck import check
from ratecheck.types import Array, InputError


class Sample(ABC):
    """The risks at one size, reduced to log(mean) (or to a difference of two such logs).

    Attributes
    ----------
    level : float
        The log of the mean risk, or of the ratio of two mean risks.
    variance : float
        Variance of ``level`` by the delta method.
    count : int
        Number of replicates; 0 when only a mean and an error are known.
    """

    level: float
    variance: float
    count: int

    @property
    @abstractmethod
    def powers(self) -> Array:
        """The (count, m) functions of one replicate whose resampled means make a level."""

    @abstractmethod
    def levels(self, means: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return levels and their delta-method variances, both (times,), from (times, m) means."""


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Summary(Sample):
    """A mean with a known error: levels are resampled from the normal law."""

    level: float
    variance: float
    count: int = 0

    @property
    def powers(self) -> Array:
        return np.zeros((0, 0))

    def levels(self, means: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        noise = rng.standard_normal(len(means)) * np.sqrt(self.variance)
        return self.level + noise, np.full(len(means), self.variance)


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Replicates(Sample):
    """Relative deviations d = x / mean(x) - 1 of one row of replicates.

    Attributes
    ----------
    deviations : Array
        (R,).
    """

    level: float
    variance: float
    count: int
    deviations: Array

    @property
    def powers(self) -> Array:
        return np.column_stack([self.deviations, self.deviations**2])

    def levels(self, means: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        first, square = means.T
        top = 1 + first
        spread = square / top**2 - (1 - 1 / top) ** 2
        return self.level + np.log(top), second_order(np.maximum(spread, 0) / (self.count - 1))


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pairs(Sample):
    """Relative deviations of paired rows: e of the denominators, d + e of the numerators.

    With d the difference, what the rows share cancels before anything is rounded: the influence
    of a replicate on log(mean above / mean below) is (d - (1 + e) mean(d) / below) / above.

    Attributes
    ----------
    differences, deviations : Array
        d and e, both (R,).
    """

    level: float
    variance: float
    count: int
    differences: Array
    deviations: Array

    @property
    def powers(self) -> Array:
        d, e = self.differences, self.deviations
        return np.column_stack([d, e, d**2, d * e, e**2])

    def levels(self, means: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        d, e, dd, de, ee = means.T
        share = d / (1 + e)
        spread = dd - 2 * share * (d + de) + share**2 * (1 + 2 * e + ee)
        spread = np.maximum(spread, 0) / (1 + d + e) ** 2
        return self.level + np.log1p(share), second_order(spread / (self.count - 1))


def second_order(variance: Array) -> Array:
    """Correct the delta method for the curvature of the log and the skewness of risks.

    For gamma-distributed risks (sums of squares are nearly so) with v = CV^2 / R the variance of
    log(mean) is v (1 + v / 2) and the empirical CV^2 is too small by 1 / (1 + v), to first order.
    """
    return variance * (1 + 1.5 * variance)


def of_replicates(sizes: Array, risks: Sequence[ArrayLike]) -> tuple[Sample, ...]:
    """Reduce one row of replicates a size; one replicate everywhere means exact numbers."""
    if len(risks) != sizes.size:
        raise InputError(f"risks must have one entry a size ({sizes.size}), got {len(risks)}")
    rows = [_row(n, r) for n, r in zip(sizes, risks, strict=True)]
    if all(row.size == 1 for row in rows):
        return tuple(Summary(level=float(np.log(row[0])), variance=0.0) for row in rows)
    _several(sizes, rows)
    return tuple(_replicates(row) for row in rows)


def _replicates(row: Array) -> Replicates:
    deviations, level = row / row.mean() - 1, float(np.log(row.mean()))
    return Replicates(
        level=level, variance=_variance(deviations), count=row.size, deviations=deviations
    )


def _variance(spread: Array) -> float:
    return float(second_order(spread @ spread / (spread.size * (spread.size - 1))))


def of_pairs(
    sizes: Array, above: Sequence[ArrayLike], below: Sequence[ArrayLike]
) -> tuple[Sample, ...]:
    """Reduce paired replicates (common random numbers) or exact pairs to a log ratio of means."""
    if not len(above) == len(below) == sizes.size:
        raise InputError(f"both risks need {sizes.size} rows, got {len(above)} and {len(below)}")
    tops = [_row(n, r) for n, r in zip(sizes, above, strict=True)]
    bases = [_row(n, r) for n, r in zip(sizes, below, strict=True)]
    if all(row.size == 1 for row in (*tops, *bases)):
        ratios = (float(np.log(t[0] / b[0])) for t, b in zip(tops, bases, strict=True))
        return tuple(Summary(level=ratio, variance=0.0) for ratio in ratios)
    _several(sizes, tops)
    return tuple(_pair(n, t, b) for n, t, b in zip(sizes, tops, bases, strict=True))


def _pair(size: float, top: Array, base: Array) -> Sample:
    if top.size != base.size:
        raise InputError(
            f"pairs at n = {size:g} need equal counts, got {top.size} and {base.size}: pass the "
            "replicates that both rules have"
        )
    above, below = top.mean(), base.mean()
    deviations = base / below - 1
    differences = top / above - 1 - deviations
    return Pairs(
        level=float(np.log(above / below)),
        variance=_variance(differences),
        count=int(top.size),
        differences=differences,
        deviations=deviations,
    )


def of_means(
    sizes: Array, means: Sequence[ArrayLike], errors: ArrayLike | None
) -> tuple[Sample, ...]:
    """Reduce mean risks with standard errors (None: exact numbers)."""
    level = check.values("risks", means, length=sizes.size)
    error = np.zeros_like(level) if errors is None else check.values("errors", errors)
    if error.size != level.size or np.any(error < 0):
        raise InputError(f"errors must be {level.size} numbers >= 0, got {errors!r}")
    for size, value in zip(sizes, level, strict=True):
        _row(size, [value])
    return tuple(
        Summary(level=float(np.log(value)), variance=float(e / value) ** 2)
        for value, e in zip(level, error, strict=True)
    )


def _row(size: float, risks: ArrayLike) -> Array:
    row = check.values(f"risks at n = {size:g}", risks)
    if np.any(row <= 0):
        raise InputError(f"risks at n = {size:g} must be positive, got {row.min():g}: no log")
    return row


def _several(sizes: Array, rows: Sequence[Array]) -> None:
    lonely = [f"{n:g}" for n, row in zip(sizes, rows, strict=True) if row.size == 1]
    if lonely:
        raise InputError(f"one replicate at n = {', '.join(lonely)}: at least 2 are needed")
