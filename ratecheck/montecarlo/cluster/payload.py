"""What travels between client and workers, and the function that a worker runs."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TypeAlias

from ratecheck.montecarlo.design import numeric_versions
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import SCRIPT, Job
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.threads import single_thread
from ratecheck.types import ResultsError

Group: TypeAlias = tuple[Cell, ...]
Versions: TypeAlias = tuple[tuple[str, str], ...]
Reply: TypeAlias = tuple[Versions, list[Outcome]]


def packed(job: Job, group: Group) -> bytes:
    """Return job and cells as bytes; Dask itself might send a study file by its name."""
    import cloudpickle  # type: ignore[import-untyped] # no stubs

    for name in [name for name in sys.modules if name.startswith(SCRIPT)]:
        cloudpickle.register_pickle_by_value(sys.modules[name])
    sent: bytes = cloudpickle.dumps((job.only(group), group))
    return sent


def work(sent: bytes, variables: dict[str, str]) -> Reply:
    """Compute, on a worker, the cells that `packed` packed."""
    import cloudpickle

    os.environ.update(variables)
    _one_thread()
    job, group = cloudpickle.loads(sent)
    return _versions(), [job.run(cell) for cell in group]


def outcomes(reply: Reply) -> list[Outcome]:
    """Return a worker's outcomes, or raise `ResultsError` if it has other numerics than we."""
    theirs, found = reply
    if theirs != _versions():
        here = dict(_versions())
        odd = [f"{name} {v} (here {here.get(name)})" for name, v in theirs if here.get(name) != v]
        raise ResultsError(
            f"a worker has {', '.join(odd)}, which may change the last digits: install the same "
            "versions on all machines (the finished cells are kept)"
        )
    return found


@cache
def _one_thread() -> None:
    """Hold the libraries of this worker to one thread for good."""
    single_thread().__enter__()


@cache
def _versions() -> Versions:
    return numeric_versions()
