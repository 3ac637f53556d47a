"""What the journal adds to a cell of 0.1 s, against the bare computation in the same run."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import open_journal
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.runner import execute
from ratecheck.streams import generator
from ratecheck.types import Row, Status
from tests.benchmarks.harness import Ratio, write
from tests.benchmarks.soak_cluster import Tiny

CELLS = 40
RULES = 20  # rows of a cell: five stopping rules and four risks
SHARE = 0.01


def bare(study: Tiny, cell: Cell, seed: int) -> list[Row]:
    """Return rows after about 0.1 s of computing."""
    rng = generator(seed, study.name, cell.size, cell.replicate, role="noise")
    matrix = rng.standard_normal((300, 300))
    until = time.process_time() + 0.1
    while time.process_time() < until:
        matrix = np.tanh(matrix)
    known = {"study": cell.study, "size": cell.size, "replicate": cell.replicate}
    fixed = {"radius": 0.1, "error": 1e-9, "time": 3.25, "index": 4, "noise_level": 0.5}
    return [
        {**known, **fixed, "stopping": f"rule{i}", "risk": "Clean", "status": Status.CONVERGED}
        | {"value": float(matrix[i, i])}
        for i in range(RULES)
    ]


def whole(job: Job, plan: Plan) -> float:
    """Return the CPU seconds of a run with plan, progress and journal, less its cells' own."""
    design = Design(text="bench", profile="bench", seed=0, versions=())
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        with open_journal(Path(folder) / "journal.sqlite", design) as journal:
            execute(plan, job, journal)
        return time.process_time() - start


def alone(job: Job, plan: Plan) -> float:
    """Return the CPU seconds of the same cells without anything around them."""
    start = time.process_time()
    for cell in plan.cells:
        job.run(cell)
    return time.process_time() - start


def append_seconds(job: Job, plan: Plan) -> float:
    """Return the wall seconds of one append, the median of many, disk and all."""
    outcome = job.run(plan.cells[0])
    design = Design(text="bench", profile="bench", seed=0, versions=())
    taken = []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_journal(Path(folder) / "journal.sqlite", design) as journal,
    ):
        for cell in plan.cells * 10:
            entry = Outcome(cell=cell, rows=outcome.rows, seconds=0.1)
            start = time.perf_counter()
            journal.append(entry)
            taken.append(time.perf_counter() - start)
    return median(taken)


def main() -> None:
    """Measure and write the table."""
    study = Tiny(replicates=CELLS // 4)
    job = Job(compute=bare, studies=((study.name, study),), seed=0)
    plan = Plan.of([study])
    pairs = [(alone(job, plan), whole(job, plan)) for _ in range(5)]
    peer, ours = (median(times) / CELLS for times in zip(*pairs, strict=True))
    append = append_seconds(job, plan)
    write(
        "journal",
        [
            Ratio(
                name="a cell of 0.1 s in a run with journal, CPU time",
                peer="the bare computation",
                ours_seconds=ours,
                peer_seconds=peer,
                ratio=ours / peer,
                wanted=f"<= {1 + SHARE}",
                remark=f"{CELLS} cells, medians of 5",
            ),
            Ratio(
                name="one append of 20 rows to the journal, wall time",
                peer="a cell of 0.1 s",
                ours_seconds=append,
                peer_seconds=peer,
                ratio=append / peer,
                wanted=f"<= {SHARE}",
                remark="median of 400",
            ),
        ],
    )


if __name__ == "__main__":
    main()
