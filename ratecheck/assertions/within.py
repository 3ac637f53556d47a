"""Means between exact bounds at every size, and means inside one interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.assertions.base import Assertion, Judgement, outcome, span
from ratecheck.assertions.intervals import chosen, of_mean
from ratecheck.assertions.readings import Readings
from ratecheck.theory.claims import Statement
from ratecheck.types import InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Within(Assertion):
    """low(n) <= mean <= high(n) at every size, up to some standard errors.

    REFUTED when a mean lies outside by more than ``errors`` standard errors (corrected for few and
    for skewed replicates); CONSISTENT when none does and every mean is known to a relative
    precision of ``resolution`` (``errors`` standard errors); INCONCLUSIVE otherwise. For exact
    bounds that the truth may touch.

    Parameters
    ----------
    statement : Statement
    series, quantity : str
    bounds : tuple of (size, low, high)
        Infinite where there is no bound.
    errors : float
        Standard errors allowed.
    resolution : float
        Largest relative error at which staying inside still says something.
    index : int, optional
        Place on a curve over time.
    wrong : Assertion, optional
    """

    statement: Statement
    series: str
    quantity: str
    bounds: tuple[tuple[int, float, float], ...]
    errors: float = 3.0
    resolution: float = 0.1
    index: int | None = None
    wrong: Assertion | None = None

    def __post_init__(self) -> None:
        """Validate the bounds."""
        check.positive("errors", self.errors)
        check.positive("resolution", self.resolution)
        for size, low, high in self.bounds:
            if not low <= high:
                raise InputError(f"bounds at {size} must be ordered, got {low!r} and {high!r}")

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The one pair."""
        return ((self.series, self.quantity),)

    def judge(self, readings: Readings) -> Judgement:
        """Compare every mean with its bounds."""
        bounds = {size: (low, high) for size, low, high in self.bounds}
        levels = chosen(readings.levels(self.series, self.quantity, self.index), tuple(bounds))
        means = {n: of_mean(values, errors=self.errors) for n, values in levels.items()}
        outside = [m.high < bounds[n][0] or m.low > bounds[n][1] for n, m in means.items()]
        beyond = {
            n: max(bounds[n][0] - m.mean, m.mean - bounds[n][1]) / max(m.error, 1e-300)
            for n, m in means.items()
        }
        coarse = max(self.errors * m.error / max(abs(m.mean), 1e-300) for m in means.values())
        worst = max(beyond, key=lambda n: beyond[n])
        low, high = bounds[worst]
        return Judgement(
            outcome=outcome(holds=coarse <= self.resolution, fails=any(outside)),
            measured=f"{means[worst].mean:.4g} +- {means[worst].error:.2g} at {worst}",
            window=span(means),
            reason=(
                f"nearest to leaving its bounds at {worst}: {means[worst].mean:.4g} in "
                f"[{low:.4g}, {high:.4g}], {max(beyond[worst], 0.0):.1f} standard errors beyond "
                f"({self.errors:g} allowed); means known to {coarse:.1%} or better"
            ),
        )


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Level(Assertion):
    """The mean lies in [low, high] at every size: an equivalence test.

    Parameters
    ----------
    statement : Statement
    series, quantity : str
    low, high : float
        May be infinite.
    sizes : tuple of int, optional
        All by default.
    index : int, optional
        Place on a curve over time.
    wrong : Assertion, optional
    """

    statement: Statement
    series: str
    quantity: str
    low: float
    high: float
    sizes: tuple[int, ...] | None = None
    index: int | None = None
    wrong: Assertion | None = None

    def __post_init__(self) -> None:
        """Validate the interval."""
        if not self.low <= self.high or np.isinf([self.low, self.high]).all():
            raise InputError(f"low and high must bound something, got {self.low!r}, {self.high!r}")

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The one pair."""
        return ((self.series, self.quantity),)

    def judge(self, readings: Readings) -> Judgement:
        """Compare the joint intervals of the means with the claimed interval."""
        levels = chosen(readings.levels(self.series, self.quantity, self.index), self.sizes)
        found = {n: of_mean(values, len(levels)) for n, values in levels.items()}
        room = {n: min(i.low - self.low, self.high - i.high) for n, i in found.items()}
        worst = min(room, key=lambda n: room[n])
        fails = any(i.high < self.low or i.low > self.high for i in found.values())
        return Judgement(
            outcome=outcome(holds=room[worst] >= 0, fails=fails),
            measured=f"{found[worst]} at {worst}",
            window=span(found),
            reason=f"worst at {worst}: mean {found[worst]}, claimed [{self.low:g}, {self.high:g}]",
        )
