"""Computes the cells of a plan that the journal does not hold yet."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Sequence
from typing import Final, Protocol

from ratecheck import check
from ratecheck.montecarlo.cost import CostModel, tasks
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job, WorkerLostError, processes, serial
from ratecheck.montecarlo.journal import Journal
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.progress import ProgressBar
from ratecheck.types import ResultsError

_LOSSES: Final = 3
"""How often dead workers are replaced before the run gives up."""


class Remote(Protocol):
    """Workers on other machines, such as `ratecheck.montecarlo.cluster.connection.Cluster`."""

    @property
    def threads(self) -> int:
        """How many cells are computed at once."""

    def compute(self, job: Job, groups: Iterable[tuple[Cell, ...]]) -> Generator[Outcome]:
        """Yield outcomes as they arrive."""


def execute(
    plan: Plan,
    job: Job,
    journal: Journal,
    *,
    workers: int = 1,
    title: str = "",
    cluster: Remote | None = None,
) -> None:
    """Compute every cell of the plan that has not succeeded yet, and journal each as it arrives.

    Parameters
    ----------
    plan : Plan
    job : Job
        Function, studies and seed.
    journal : Journal
        Open for writing; its rows do not depend on ``workers`` or on interruptions.
    workers : int
        1 computes in this process.
    title : str
        Text before the progress bar.
    cluster : Remote, optional
        Computes instead of worker processes of this machine.

    Raises
    ------
    KeyboardInterrupt
        With a note that says how many cells are kept and how to go on.
    ResultsError
        If the journal cannot be written, or workers keep dying.
    """
    check.integer("workers", workers, low=1)
    cost = CostModel()
    finished = journal.finished()
    for key, seconds in finished.items():
        cost.observe(Cell.parse(key), seconds)
    left = plan.without(finished)
    done = len(plan.cells) - len(left)
    threads = cluster.threads if cluster else workers
    with ProgressBar(title, left, cost, done=done, workers=threads) as bar:
        try:
            for outcome in _compute(job, left, cost, workers, cluster):
                journal.append(outcome)
                cost.observe(outcome.cell, outcome.seconds)
                bar.advance(outcome)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                f"interrupted: {bar.cells} cells are kept in {journal.path}; "
                "run the same command again to compute the rest"
            )
            raise


def _compute(
    job: Job, cells: Sequence[Cell], cost: CostModel, workers: int, cluster: Remote | None
) -> Generator[Outcome]:
    if cluster is not None:
        with contextlib.closing(cluster.compute(job, tasks(cells, cost))) as outcomes:
            yield from outcomes
        return
    if workers == 1:
        with contextlib.closing(serial(job, tasks(cells, cost))) as outcomes:
            yield from outcomes
        return
    left = {cell.key: cell for cell in cells}
    for _ in range(_LOSSES):
        groups = tasks(tuple(left.values()), cost)
        with contextlib.closing(processes(job, groups, workers)) as outcomes:
            try:
                for outcome in outcomes:
                    del left[outcome.cell.key]
                    yield outcome
            except WorkerLostError:
                continue
        return
    raise ResultsError(
        f"worker processes died {_LOSSES} times (out of memory?): {len(left)} cells are missing, "
        "the finished ones are kept; run again with --workers 1"
    )
