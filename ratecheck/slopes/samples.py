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

_CHUNK = 2**16  # numbers resampled at once: stays in the second-level cache


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

    @abstractmethod
    def resample(self, times: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return ``times`` bootstrap levels and their delta-method variances, both (times,)."""


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Summary(Sample):
    """A mean with a known error: levels are resampled from the normal law."""

    level: float
    variance: float
    count: int = 0

    def resample(self, times: int, rng: np.random.Generator) -> tuple[Array, Array]:
        noise = rng.standard_normal(times) * np.sqrt(self.variance)
        return self.level + noise, np.full(times, self.variance)


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Replicates(Sample):
    """Relative deviations d = x / mean(x) - 1 of one or two (paired) rows of replicates.

    Attributes
    ----------
    deviations : Array
        (1, R), or (2, R) for numerator and denominator of a ratio.
    """

    level: float
    variance: float
    count: int
    deviations: Array

    def resample(self, times: int, rng: np.random.Generator) -> tuple[Array, Array]:
        rows = max(1, _CHUNK // self.count)
        parts = [self._moments(rng, min(rows, times - start)) for start in range(0, times, rows)]
        levels, variances = (np.concatenate(p) for p in zip(*parts, strict=True))
        return self.level + levels, variances

    def _moments(self, rng: np.random.Generator, rows: int) -> tuple[Array, Array]:
        draws = rng.integers(self.count, size=(rows, self.count))
        first = self.deviations[0].take(draws)
        top = 1 + first.mean(axis=1)
        if len(self.deviations) == 1:
            spread = np.einsum("ij,ij->i", first, first) / self.count / top**2 - (1 - 1 / top) ** 2
            return np.log(top), _second_order(np.maximum(spread, 0) / (self.count - 1))
        second = self.deviations[1].take(draws)
        below = 1 + second.mean(axis=1)
        spread = ((1 + first) / top[:, None] - (1 + second) / below[:, None]) ** 2
        return np.log(top / below), _second_order(spread.mean(axis=1) / (self.count - 1))


def _second_order(variance: Array) -> Array:
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
    return tuple(_replicates(float(np.log(r.mean())), r[None]) for r in rows)


def _replicates(level: float, rows: Array) -> Replicates:
    deviations = rows / rows.mean(axis=1, keepdims=True) - 1
    spread = deviations[0] - deviations[1:].sum(axis=0)
    count = int(spread.size)
    variance = float(_second_order(spread @ spread / (count * (count - 1))))
    return Replicates(level=level, variance=variance, count=count, deviations=deviations)


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
    return _replicates(float(np.log(top.mean() / base.mean())), np.stack([top, base]))


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
