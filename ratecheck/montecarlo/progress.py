"""Progress on stderr: a bar on a screen, a line a minute in the log of a batch job."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Final, final

from ratecheck.montecarlo.cost import CostModel
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.plan import Cell

if TYPE_CHECKING:
    from rich.progress import Progress

_REFRESH: Final = 0.25  # seconds
_LINE: Final = 60.0  # seconds between two lines of a log


@final
class ProgressBar:
    """Counts cells, and tells the time left from what the remaining cells are expected to cost."""

    def __init__(
        self, title: str, remaining: Iterable[Cell], cost: CostModel, *, done: int, workers: int
    ) -> None:
        self._cost = cost
        self._workers = workers
        # Cells of one study and size cost the same: count those, not single cells.
        self._left = Counter((cell.study, cell.size) for cell in remaining)
        self._done, self._spent, self._failed = done, 0.0, 0
        self._total = done + self._left.total()
        self._drawn, self._told = -_REFRESH, time.monotonic()
        self._title = title
        self._bar: Progress | None = None

    def __enter__(self) -> ProgressBar:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        if console.is_terminal and self._left:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[cells]} cells"),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}"),
            )
            self._bar = Progress(*columns, console=console, refresh_per_second=1 / _REFRESH)
            self._bar.add_task(self._title, total=1.0, cells=self.cells, left="")
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._draw(self._bar)
            self._bar.stop()

    @property
    def cells(self) -> str:
        """How many cells are finished, and how many failed."""
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._done}/{self._total}{failed}"

    @property
    def seconds_left(self) -> float:
        """Expected wall-clock seconds until the last cell is finished."""
        seconds = sum(
            count * self._cost.estimate(Cell(study=study, size=size, replicate=0))
            for (study, size), count in self._left.items()
        )
        return seconds / self._workers

    def advance(self, outcome: Outcome) -> None:
        """Count one finished cell."""
        self._left[outcome.cell.study, outcome.cell.size] -= 1
        self._done += 1
        self._spent += outcome.seconds
        self._failed += outcome.error is not None
        now = time.monotonic()
        if self._bar is not None and now - self._drawn > _REFRESH:
            self._draw(self._bar)
        elif self._bar is None and now - self._told > _LINE:
            self._told = now
            left = timedelta(seconds=round(self.seconds_left))
            print(f"{self._title}: {self.cells} cells, {left} left", file=sys.stderr, flush=True)

    def _draw(self, bar: Progress) -> None:
        left = self.seconds_left
        share = self._spent / (self._spent + left * self._workers or 1.0)
        text = f"{timedelta(seconds=round(left))} left"
        bar.update(bar.task_ids[0], completed=share, cells=self.cells, left=text)
        self._drawn = time.monotonic()
