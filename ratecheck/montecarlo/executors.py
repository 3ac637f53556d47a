"""Where cells are computed: in this process, or in worker processes of joblib (loky).

An executor takes groups of cells and yields outcomes in the order in which they are ready.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

from ratecheck.montecarlo import rows
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.signals import deaf_children
from ratecheck.montecarlo.threads import single_thread
from ratecheck.types import Row

Compute: TypeAlias = Callable[[Any, Cell, int], list[Row]]
"""``compute(study, cell, seed)`` gives the rows of a cell; pure, so that order is free."""


SCRIPT: Final = "ratecheck_script_"
"""Prefix of the module name of a study file: workers cannot import it and get it by value."""


class WorkerLostError(Exception):
    """A worker process died; raised to the runner, which sends the lost cells again."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What a worker needs beside the cells: the function, the studies by name, the seed."""

    compute: Compute
    studies: tuple[tuple[str, Any], ...]
    seed: int

    def run(self, cell: Cell) -> Outcome:
        """Compute one cell; an error becomes an outcome, an interrupt does not."""
        start = time.perf_counter()
        try:
            study = dict(self.studies)[cell.study]
            found = tuple(rows.values(row) for row in self.compute(study, cell, self.seed))
            return Outcome(cell=cell, rows=found, seconds=time.perf_counter() - start)
        except Exception:
            return Outcome(
                cell=cell,
                rows=(rows.failed(cell.study, cell.size, cell.replicate),),
                seconds=time.perf_counter() - start,
                error=traceback.format_exc(),
            )

    def only(self, cells: Iterable[Cell]) -> Job:
        """Return the same job with no more studies than these cells need."""
        names = {cell.study for cell in cells}
        kept = tuple((name, study) for name, study in self.studies if name in names)
        return Job(compute=self.compute, studies=kept, seed=self.seed)


def serial(job: Job, groups: Iterable[tuple[Cell, ...]]) -> Generator[Outcome]:
    """Compute in this process, one cell after the other."""
    with single_thread():
        for group in groups:
            yield from map(job.run, group)


def processes(job: Job, groups: Iterable[tuple[Cell, ...]], workers: int) -> Generator[Outcome]:
    """Compute in worker processes.

    Raises
    ------
    WorkerLostError
        If a worker dies (out of memory, killed).
    """
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky import get_reusable_executor
    from joblib.externals.loky.backend import resource_tracker
    from joblib.externals.loky.process_executor import BrokenProcessPool

    _send_scripts_by_value()
    start = {"initializer": _prepare_worker, "initargs": (os.getpid(),)}
    with parallel_config(backend="loky", inner_max_num_threads=1, **start):
        pool = Parallel(
            n_jobs=workers,
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch=f"{workers + 2}",
            max_nbytes=None,
        )
        calls = (delayed(_work)(job.only(group), group, settings()) for group in groups)
        with deaf_children(resource_tracker.ensure_running):
            results = pool(calls)
    try:
        for outcomes in results:
            yield from outcomes
    except BrokenProcessPool as error:
        raise WorkerLostError(str(error)) from error
    except BaseException:
        # Interrupted: what the workers still compute is of no use.
        get_reusable_executor().shutdown(wait=True, kill_workers=True)
        # Closed here, where joblib's complaint about the lost tasks can be left unsaid.
        with contextlib.suppress(Exception):
            results.close()
        raise


def _send_scripts_by_value() -> None:
    try:  # joblib < 1.6 brings its own copy, later ones use the distribution
        from joblib.externals.cloudpickle import register_pickle_by_value
    except ModuleNotFoundError:
        from cloudpickle import register_pickle_by_value  # type: ignore[import-untyped] # no stubs
    for name in [name for name in sys.modules if name.startswith(SCRIPT)]:
        register_pickle_by_value(sys.modules[name])


def settings() -> dict[str, str]:
    """Return our variables of the environment: a worker may have been started before they were."""
    return {name: value for name, value in os.environ.items() if name.startswith("RATECHECK_")}


def _work(job: Job, group: tuple[Cell, ...], settings: dict[str, str]) -> list[Outcome]:
    os.environ.update(settings)
    return [job.run(cell) for cell in group]


def _prepare_worker(owner: int) -> None:
    """Start of a worker: one thread for good, Ctrl-C left to the parent, no life without it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(owner,), daemon=True).start()
    single_thread().__enter__()


def _follow(owner: int) -> None:
    """End this worker soon after its parent was killed; loky would keep it for minutes."""
    while os.getppid() == owner:
        time.sleep(0.2)
    os._exit(1)
