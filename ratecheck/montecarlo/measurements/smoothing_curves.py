"""Risks against the level of smoothing, and the gains that they amount to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.montecarlo.measured import Reading
from ratecheck.types import Array, InputError

INTERPOLANT: Final = "interpolant"
STOPPED: Final = "early stopped"
SHRUNK: Final = "interpolant, shrunk only"
ADVERSARIAL: Final = "adversarial"
AMPLITUDE: Final = "amplitude factor"
BEST_GAIN: Final = "best gain"
OVER_SHRINKING: Final = "best gain over shrinking"
LOWEST: Final = "lowest adversarial"


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Curves:
    """Adversarial risks of several fits at the same levels of smoothing, the first one none.

    Attributes
    ----------
    levels : ndarray, shape (S,)
        Stands in the column of times.
    radius : float
    """

    levels: Array
    radius: float
    values: dict[str, Array] = field(default_factory=dict)
    errors: dict[str, Array] = field(default_factory=dict)

    def add(self, series: str, values: Array, errors: Array) -> None:
        """Add the risks (S,) of one fit with their errors (S,)."""
        self.values[series], self.errors[series] = values, errors

    def readings(self, factors: Array | None = None) -> list[Reading]:
        """Return all curves, each fit's lowest risk and best gain max_s R(0)/R(s).

        ``factors`` (S,) are the amplitude factors behind the curve of the shrunk interpolant; the
        gain over shrinking is its lowest risk over that of the smoothed interpolant.
        """
        found = list(self._curves())
        for series, values in self.values.items():
            low = float(values.min())
            numbers = {BEST_GAIN: float(values[0]) / low, LOWEST: low}
            found += [
                Reading(series=series, quantity=quantity, value=value, radius=self.radius)
                for quantity, value in numbers.items()
            ]
        if factors is not None:
            found += list(self._curve(SHRUNK, AMPLITUDE, factors, np.zeros_like(factors)))
            ratio = float(self.values[SHRUNK].min() / self.values[INTERPOLANT].min())
            found.append(Reading(series=INTERPOLANT, quantity=OVER_SHRINKING, value=ratio))
        return found

    def _curves(self) -> Iterator[Reading]:
        for series, values in self.values.items():
            yield from self._curve(series, ADVERSARIAL, values, self.errors[series])

    def _curve(self, series: str, quantity: str, values: Array, errors: Array) -> Iterator[Reading]:
        rows = zip(self.levels, values, errors, strict=True)
        for index, (level, value, error) in enumerate(rows):
            yield Reading(
                series=series, quantity=quantity, value=float(value), error=float(error),
                radius=self.radius, time=float(level), index=index,
            )  # fmt: skip


def checked_levels(name: str, levels: tuple[float, ...]) -> None:
    """Raise `InputError` unless the levels start with 0 and increase."""
    array = check.values(name, levels)
    if array[0] != 0 or array.size < 2 or np.any(np.diff(array) <= 0):
        raise InputError(f"{name} must start with 0 and increase, got {levels!r}")
