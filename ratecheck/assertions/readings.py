"""What an assertion looks at: the measured values of one study, sorted into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.types import Array, InputError, IntArray


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One measured value: method, quantity, address, and place on a curve (-1 off curves)."""

    series: str
    quantity: str
    size: int
    replicate: int
    value: float
    is_good: bool
    index: int = -1
    time: float = float("nan")


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Curve:
    """Replicates of a curve over time at one size.

    Attributes
    ----------
    times : ndarray, shape (T,)
    values : ndarray, shape (R, T)
    """

    times: Array
    values: Array


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Readings:
    """All entries of a study.

    Attributes
    ----------
    entries : sequence of Entry
    failures : int
        Cells that raised an error: they count against everything.
    """

    entries: Sequence[Entry]
    failures: int = 0

    def levels(self, series: str, quantity: str, index: int | None = None) -> Mapping[int, Array]:
        """Return the replicates (R,) at each size, in the order of the sizes.

        Parameters
        ----------
        series, quantity : str
        index : int, optional
            Place on the curve; a quantity that is no curve has none. Negative: from the end.

        Raises
        ------
        InputError
            If nothing was measured under these names.
        """
        own = self._of(series, quantity)
        sizes = sorted({entry.size for entry in own})
        return {n: self._level([e for e in own if e.size == n], quantity, index) for n in sizes}

    def curve(self, series: str, quantity: str, size: int) -> Curve:
        """Return the curve over time at a size, or raise `InputError` where there is none."""
        own = [e for e in self._of(series, quantity) if e.size == size and e.index >= 0]
        replicates: dict[int, dict[int, float]] = {}
        for entry in own:
            replicates.setdefault(entry.replicate, {})[entry.index] = entry.value
        indices = sorted({entry.index for entry in own})
        if not own or any(len(found) != len(indices) for found in replicates.values()):
            raise InputError(f"{series}, {quantity} has no complete curve over time at {size}")
        times = {entry.index: entry.time for entry in own}
        return Curve(
            times=np.array([times[i] for i in indices]),
            values=np.array([[replicates[r][i] for i in indices] for r in sorted(replicates)]),
        )

    def bad_share(self, series: str, quantity: str) -> float:
        """Return the share of entries whose status is not good, failed cells included."""
        own = [e for e in self.entries if (e.series, e.quantity) == (series, quantity)]
        bad = sum(not entry.is_good for entry in own)
        return (bad + self.failures) / max(len(own) + self.failures, 1)

    def _of(self, series: str, quantity: str) -> list[Entry]:
        own = [e for e in self.entries if (e.series, e.quantity) == (series, quantity)]
        if not own:
            known = sorted({f"{e.series}, {e.quantity}" for e in self.entries})
            raise InputError(f"nothing was measured as {series!r}, {quantity!r}: there is {known}")
        return own

    @staticmethod
    def _level(own: list[Entry], quantity: str, index: int | None) -> Array:
        places: IntArray = np.unique([entry.index for entry in own])
        if index is None and places.size > 1:
            raise InputError(f"{quantity} is a curve over time: give the index of a place on it")
        place = int(places[-1 if index is None else index])
        held = sorted((e.replicate, e.value) for e in own if e.index == place)
        return np.array([value for _, value in held])
