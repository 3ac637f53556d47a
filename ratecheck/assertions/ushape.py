"""Curves over training time that fall and rise again, with simultaneous bands over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.assertions.bands import Contrasts, contrasts
from ratecheck.assertions.base import Assertion, Judgement, outcome
from ratecheck.assertions.readings import Curve, Readings
from ratecheck.theory.claims import Statement
from ratecheck.types import Array, BoolArray, InputError

_LARGEST: Final = float(np.log(np.finfo(float).max))  # logarithms beyond have no exponential


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class UShape(Assertion):
    """At some time between, the risk lies below its first and its last value.

    With R(t) the mean curve: CONSISTENT when at one and the same time t both R(first)/R(t) and
    R(last)/R(t) surely exceed 1 + excess; REFUTED when at every t one of them surely does not. All
    limits are joint over t and over both ends (studentised bootstrap of the largest deviation over
    replicates), so that t need not be known beforehand.

    Parameters
    ----------
    statement : Statement
    series, quantity : str
    size : int
    excess : float
        By how much, relative to the minimum.
    upper : str
        Quantity that bounds the risk from above at t (a certificate), where ``quantity`` bounds it
        from below (an attack): the statement is then about the risk in between.
    beginning, end : bool
        Which ends must lie above; the other one is not looked at.
    overlap : float
        Test over training rows where replicates are random splits of one data set: the statement
        is then about the population behind it, with the limits of Nadeau and Bengio (see
        `contrasts`). With 0 it is about all splits of this data set.
    wrong : Assertion, optional
    """

    statement: Statement
    series: str
    quantity: str
    size: int
    excess: float = 0.0
    upper: str = ""
    beginning: bool = True
    end: bool = True
    overlap: float = 0.0
    wrong: Assertion | None = None

    def __post_init__(self) -> None:
        """Validate what is looked at."""
        check.nonnegative("excess", self.excess)
        check.nonnegative("overlap", self.overlap)
        if not (self.beginning or self.end):
            raise InputError("beginning or end must be looked at: set one of them")

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The curve, and the bound at its minimum."""
        upper = ((self.series, self.upper),) if self.upper else ()
        return ((self.series, self.quantity), *upper)

    def judge(self, readings: Readings) -> Judgement:
        """Look for a time that is surely better than the ends."""
        curve = readings.curve(self.series, self.quantity, self.size)
        bound = readings.curve(self.series, self.upper or self.quantity, self.size)
        found = contrasts(self._ends(curve), bound.values, self.overlap)
        allowed = np.log1p(self.excess)
        # what the risk inside the brackets could be at most: its ends high, its minimum low
        most = contrasts(self._ends(bound), curve.values, self.overlap) if self.upper else found
        low, high = found.low.min(axis=0), most.high.min(axis=0)  # over the ends
        best = int(np.argmax(low))
        minimum = int(np.argmin(bound.values.mean(axis=0)))
        return Judgement(
            outcome=outcome(holds=bool(low[best] > allowed), fails=bool((high <= allowed).all())),
            measured=_measured(found, best, self._sides),
            window=f"t = {curve.times[0]:.3g}..{curve.times[-1]:.3g} at {self.size}",
            reason=(
                f"clearest at t = {curve.times[best]:.4g} (minimum at {curve.times[minimum]:.4g}): "
                f"{_measured(found, best, self._sides)}, each claimed above {1 + self.excess:g}"
            ),
        )

    @property
    def _sides(self) -> tuple[str, ...]:
        return ("first",) * self.beginning + ("last",) * self.end

    def _ends(self, curve: Curve) -> Array:
        """Return the replicates at the ends looked at, shape (ends, R)."""
        wanted: BoolArray = np.array([self.beginning, self.end])
        return np.asarray(curve.values[:, [0, -1]].T[wanted])


def Rises(
    *,
    statement: Statement,
    series: str,
    quantity: str,
    size: int,
    excess: float = 0.0,
    upper: str = "",
    wrong: Assertion | None = None,
) -> UShape:
    """Return the assertion that the last value lies above some earlier one: over-training hurts."""
    return UShape(
        statement=statement, series=series, quantity=quantity, size=size, excess=excess,
        upper=upper, beginning=False, wrong=wrong,
    )  # fmt: skip


def _measured(found: Contrasts, at: int, sides: tuple[str, ...]) -> str:
    ratios = _exponential(np.array([found.value[:, at], found.low[:, at], found.high[:, at]]).T)
    return ", ".join(
        f"{side}/best {value:.3g} [{low:.3g}, {high:.3g}]"
        for side, (value, low, high) in zip(sides, ratios, strict=True)
    )


def _exponential(logs: Array) -> Array:
    """Return e^logs, infinite beyond the largest double: an upper limit that says nothing."""
    return np.where(logs > _LARGEST, np.inf, np.exp(np.minimum(logs, _LARGEST)))
