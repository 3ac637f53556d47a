"""Many tiny cells through Dask while workers are killed: every cell exactly once in the journal.

``python -m tests.benchmarks.soak_cluster --cells 100000 --kills 40`` takes some minutes. Workers
are killed (SIGKILL) after random numbers of cells; at the end the journal is compared with a
computation in this process.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ratecheck.montecarlo.cluster.connection import Cluster, connected
from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import Journal, open_journal
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.rows import COLUMNS
from ratecheck.montecarlo.runner import execute
from ratecheck.streams import generator
from ratecheck.types import Row, Status
from tests.benchmarks.harness import store
from tests.system.processes import dask_workers

LATER = 20  # cells after which a kill that found no worker is tried again


@dataclass(frozen=True, kw_only=True, slots=True)
class Tiny:
    """A study of random numbers."""

    replicates: int
    name: str = "soak"
    sizes: tuple[int, ...] = (4, 5, 6, 7)

    def replicates_at(self, n: int) -> int:
        """Return the replicates, the same at each size."""
        return self.replicates if n else 0


def compute(study: Tiny, cell: Cell, seed: int) -> list[Row]:
    """Return one row with a random number of the cell's own stream."""
    rng = generator(seed, study.name, cell.size, cell.replicate, role="noise")
    known = {"study": cell.study, "size": cell.size, "replicate": cell.replicate}
    drawn = {"value": float(rng.standard_normal()), "status": Status.CONVERGED}
    return [{**dict.fromkeys(COLUMNS), **known, **drawn}]


@dataclass(kw_only=True)
class Killing:
    """A cluster one of whose workers is killed after certain numbers of cells."""

    cluster: Cluster
    moments: set[int]
    rng: np.random.Generator
    killed: list[int] = field(default_factory=list)

    @property
    def threads(self) -> int:
        """Cells at once."""
        return self.cluster.threads

    def compute(self, job: Job, groups: Iterable[tuple[Cell, ...]]) -> Generator[Outcome]:
        """Yield outcomes; kill in between."""
        for count, outcome in enumerate(self.cluster.compute(job, groups)):
            if count in self.moments and not self.kill():
                self.moments.add(count + LATER)
            yield outcome

    def kill(self) -> bool:
        """Kill one worker; False if there is none, because the last is just being replaced."""
        if not (alive := dask_workers(os.getpid())):
            return False
        os.kill(alive[int(self.rng.integers(len(alive)))], signal.SIGKILL)
        self.killed.append(len(alive))
        return True


def problems(journal: Journal, job: Job, plan: Plan) -> list[str]:
    """Say what is wrong with the journal."""
    found = journal.outcomes()
    wrong = [c.key for c in plan.cells if found.get(c.key) is None]
    wrong += [key for key, outcome in found.items() if outcome.rows != job.run(outcome.cell).rows]
    # A cell written twice would have left a gap in the numbers of the rows.
    (last,) = journal._connection.execute("SELECT max(rowid) FROM cells").fetchone()
    if last != len(plan.cells) or len(found) != len(plan.cells):
        wrong.append(f"{len(found)} cells in {last} rows written, {len(plan.cells)} planned")
    return wrong


def soak(path: Path, cells: int, kills: int, workers: int, seed: int) -> dict[str, float]:
    """Run the soak and return its figures, or raise `SystemExit` with what is wrong."""
    study = Tiny(replicates=cells // 4)
    plan = Plan.of([study])
    job = Job(compute=compute, studies=((study.name, study),), seed=seed)
    rng = np.random.default_rng(seed)
    moments = {int(m) for m in rng.choice(len(plan.cells) - 1, kills, replace=False)}
    design = Design(text=repr(study), profile="soak", seed=seed, versions=())
    start = time.perf_counter()
    with connected(f"local:{workers}") as cluster, open_journal(path, design) as journal:
        killing = Killing(cluster=cluster, moments=moments, rng=rng)
        execute(plan, job, journal, cluster=killing)
        seconds = time.perf_counter() - start
        if wrong := problems(journal, job, plan):
            raise SystemExit(f"{len(wrong)} problems: {wrong[:10]}")
    return {"cells": len(plan.cells), "killed": len(killing.killed), "seconds": seconds}


def main() -> None:
    """Run it and print the figures; a full soak is stored beside the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in {"cells": 100_000, "kills": 40, "workers": 2, "seed": 0}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    given = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder) / "journal.sqlite", **given)
    print(
        f"{found['cells']} cells, each once and with the rows of a serial run; "
        f"{found['killed']} workers killed; {found['seconds']:.0f} s"
    )
    if found["cells"] >= 100_000:
        store("soak_cluster", {**given, **found, "seconds": round(found["seconds"], 1)})


if __name__ == "__main__":
    main()
