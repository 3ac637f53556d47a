"""One quantity above another, replicate by replicate; and quantities that rise or fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import final

from ratecheck import check
from ratecheck.assertions.base import Assertion, Judgement, outcome, span
from ratecheck.assertions.intervals import Interval, chosen, of_difference, of_mean
from ratecheck.assertions.readings import Readings
from ratecheck.theory.claims import Statement
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Exceeds(Assertion):
    """E above > factor * E below + by at every size; replicates are paired (common randomness).

    Parameters
    ----------
    statement : Statement
    above, below : (series, quantity)
    factor, by : float
    sizes : tuple of int, optional
        All by default.
    index, below_index : int, optional
        Places on curves over time.
    wrong : Assertion, optional
    """

    statement: Statement
    above: tuple[str, str]
    below: tuple[str, str]
    factor: float = 1.0
    by: float = 0.0
    sizes: tuple[int, ...] | None = None
    index: int | None = None
    below_index: int | None = None
    wrong: Assertion | None = None

    def __post_init__(self) -> None:
        """Validate the factor and the offset."""
        check.number("factor", self.factor)
        check.number("by", self.by)

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """Both pairs."""
        return (self.above, self.below)

    def judge(self, readings: Readings) -> Judgement:
        """Compare the joint intervals of the paired differences with ``by``."""
        tops = chosen(readings.levels(*self.above, self.index), self.sizes)
        bases = readings.levels(*self.below, self.below_index)
        found = {n: self._interval(n, v, bases, len(tops)) for n, v in tops.items()}
        worst = min(found, key=lambda n: found[n].low)
        top, base = float(tops[worst].mean()), float(bases[worst].mean())
        return Judgement(
            outcome=outcome(
                holds=found[worst].low > self.by,
                fails=any(i.high < self.by for i in found.values()),
            ),
            measured=f"{top:.4g} against {base:.4g} at {worst}",
            window=span(found),
            reason=(
                f"least clear at {worst}: {top:.4g} against {base:.4g}; first less {self.factor:g} "
                f"times second is {found[worst]}, claimed above {self.by:g}"
            ),
        )

    def _interval(
        self, n: int, top: Array, bases: Mapping[int, Array], comparisons: int
    ) -> Interval:
        if n not in bases or bases[n].shape != top.shape:
            raise InputError(f"replicates at {n} are not paired: {self.above} and {self.below}")
        return of_mean(top - self.factor * bases[n], comparisons)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Monotone(Assertion):
    """The mean rises (or falls) with the size.

    REFUTED when a step between neighbouring sizes goes surely the wrong way; CONSISTENT when none
    does and the change from the first to the last size surely goes the right way by ``least``.

    Parameters
    ----------
    statement : Statement
    series, quantity : str
    rising : bool
    least : float
        Change claimed between the ends, >= 0.
    sizes : tuple of int, optional
    index : int, optional
        Place on a curve over time.
    wrong : Assertion, optional
    """

    statement: Statement
    series: str
    quantity: str
    rising: bool = True
    least: float = 0.0
    sizes: tuple[int, ...] | None = None
    index: int | None = None
    wrong: Assertion | None = None

    def __post_init__(self) -> None:
        """Validate the change."""
        check.nonnegative("least", self.least)

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The one pair."""
        return ((self.series, self.quantity),)

    def judge(self, readings: Readings) -> Judgement:
        """Look at every step, and at the whole way."""
        levels = chosen(readings.levels(self.series, self.quantity, self.index), self.sizes)
        if len(levels) < 2:
            raise InputError("at least two sizes are needed to see a trend")
        sign = 1.0 if self.rising else -1.0
        signed = {n: sign * values for n, values in levels.items()}
        steps = {
            (a, b): of_difference(signed[a], signed[b], len(levels)) for a, b in pairwise(signed)
        }
        first, *_, last = signed
        whole = of_difference(signed[first], signed[last], len(levels))
        worst = min(steps, key=lambda pair: steps[pair].high)
        way = "rise" if self.rising else "fall"
        return Judgement(
            outcome=outcome(
                holds=whole.low > self.least,
                fails=steps[worst].high < 0 or whole.high < self.least,
            ),
            measured=f"{way} of {whole}",
            window=span(levels),
            reason=(
                f"{way} of {whole} from {first} to {last} (claimed above {self.least:g}); smallest "
                f"step {steps[worst]} from {worst[0]} to {worst[1]}"
            ),
        )
