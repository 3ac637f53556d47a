"""How long a cell takes: measured where it was run, extrapolated by n log n elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, final

from ratecheck.montecarlo.plan import Cell

SECONDS_PER_TASK: Final = 0.2
"""Small cells are grouped into tasks of about this length, so that sending them costs < 1 %."""

SECONDS_PER_WORK: Final = 2.4e-8
"""Of a cell that was never measured: 0.5 s at n = 2^20, a bare transform."""

_BASE: Final = 2.0**17  # work of a cell of any size: 3 ms in Python itself


def work(size: int) -> float:
    """Return the work of a cell in arbitrary units: a constant plus n log2 n."""
    return _BASE + size * math.log2(max(size, 2))


@final
class CostModel:
    """Seconds per cell; learns while a run goes on."""

    def __init__(self) -> None:
        self._measured: dict[str, dict[int, tuple[int, float]]] = {}

    def observe(self, cell: Cell, seconds: float) -> None:
        """Note that a cell took so many seconds."""
        sizes = self._measured.setdefault(cell.study, {})
        count, total = sizes.get(cell.size, (0, 0.0))
        sizes[cell.size] = (count + 1, total + seconds)

    def knows(self, study: str) -> bool:
        """Whether a cell of the study was measured."""
        return study in self._measured

    def estimate(self, cell: Cell) -> float:
        """Return the expected seconds of a cell."""
        # A copy, because joblib asks from another thread than the one that observes.
        sizes = dict(self._measured.get(cell.study, {}))
        if not sizes:
            return SECONDS_PER_WORK * work(cell.size)
        near = min(sizes, key=lambda size: abs(math.log(size / cell.size)))
        count, total = sizes[near]
        return total / count * work(cell.size) / work(near)


def tasks(
    cells: Iterable[Cell], cost: CostModel, seconds: float = SECONDS_PER_TASK
) -> Iterator[tuple[Cell, ...]]:
    """Yield groups of neighbouring cells that are expected to take up to ``seconds`` together.

    The groups are formed when they are asked for, with what the model knows by then; cells of
    a study that was not measured yet go alone.
    """
    group: list[Cell] = []
    total = 0.0
    for cell in cells:
        expected = cost.estimate(cell) if cost.knows(cell.study) else seconds
        if group and total + expected > seconds:
            yield tuple(group)
            group, total = [], 0.0
        group.append(cell)
        total += expected
    if group:
        yield tuple(group)
