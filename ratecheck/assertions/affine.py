"""Means that are an affine function of an exact abscissa, with a claimed slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck import check
from ratecheck.assertions.base import Assertion, Judgement, outcome, span
from ratecheck.assertions.intervals import chosen
from ratecheck.assertions.readings import Readings
from ratecheck.slopes.affine import affine_slope
from ratecheck.theory.claims import Statement
from ratecheck.types import InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Affine(Assertion):
    """E value = a + slope * x(n): weighted least squares of the means on x, a is free.

    CONSISTENT when the interval of the slope lies within ``margin`` of the claimed one, REFUTED
    when it lies outside.

    Parameters
    ----------
    statement : Statement
    series, quantity : str
    abscissae : tuple of (size, x)
    slope, margin : float
    wrong : Assertion, optional
    """

    statement: Statement
    series: str
    quantity: str
    abscissae: tuple[tuple[int, float], ...]
    slope: float = 1.0
    margin: float = 0.05
    wrong: Assertion | None = None

    def __post_init__(self) -> None:
        """Validate the claim."""
        check.positive("margin", self.margin)
        check.number("slope", self.slope)
        if len({x for _, x in self.abscissae}) < 2:
            raise InputError(f"at least two different abscissae are needed, got {self.abscissae}")

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The one pair."""
        return ((self.series, self.quantity),)

    def judge(self, readings: Readings) -> Judgement:
        """Fit the line and compare its slope."""
        x = dict(self.abscissae)
        levels = chosen(readings.levels(self.series, self.quantity), tuple(x))
        found = affine_slope([x[n] for n in levels], list(levels.values()))
        low, high = self.slope - self.margin, self.slope + self.margin
        return Judgement(
            outcome=outcome(
                holds=low <= found.low and found.high <= high,
                fails=found.high < low or found.low > high,
            ),
            measured=str(found),
            window=span(levels),
            reason=f"slope {found} on the abscissa, claimed {self.slope:g} +- {self.margin:g}",
        )
