"""A study that costs nothing, for tests of what surrounds the mathematics."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import open_journal
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.runner import execute
from ratecheck.streams import generator
from ratecheck.types import Row, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class FakeStudy:
    name: str = "fake"
    sizes: tuple[int, ...] = (16, 64, 256)
    replicates: int = 4
    pause: float = 0.0
    broken: tuple[str, ...] = ()  # keys of the cells that raise
    deadly: str = ""  # a file: the cell that finds it removes it and kills its own process

    def replicates_at(self, n: int) -> int:
        return self.replicates if n else 0


def compute(study: FakeStudy, cell: Cell, seed: int) -> list[Row]:
    if cell.key in study.broken:
        raise ValueError(f"broken on purpose: {cell.key}")
    if study.deadly and Path(study.deadly).exists():
        Path(study.deadly).unlink()
        os.kill(os.getpid(), 9)
    time.sleep(study.pause)
    rng = generator(seed, cell.study, cell.size, cell.replicate, role="noise")
    # A matrix product of this size is where the number of BLAS threads shows.
    matrix = rng.standard_normal((4 * 64, cell.size))
    product = matrix @ matrix.T
    return [
        {
            "study": cell.study,
            "size": cell.size,
            "replicate": cell.replicate,
            "stopping": stopping,
            "risk": "Clean",
            "radius": None,
            "value": float(product[index, -1]) / 3,
            "error": 1e-17 * index,
            "time": 0.1 + index,
            "index": index,
            "status": Status.CONVERGED,
            "noise_level": float(abs(product).sum()),
        }
        for index, stopping in enumerate(("TheoryTime", "Lepski"))
    ]


def design(*studies: FakeStudy, seed: int = 0) -> Design:
    return Design(text=repr(studies), profile="smoke", seed=seed, versions=(("numpy", "2"),))


def run(path: Path, *studies: FakeStudy, workers: int = 1, seed: int = 0) -> None:
    job = Job(compute=compute, studies=tuple((s.name, s) for s in studies), seed=seed)
    with open_journal(path, design(*studies, seed=seed)) as journal:
        execute(Plan.of(studies), job, journal, workers=workers)
