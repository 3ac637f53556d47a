"""Throughput of two workers against one on the flagship, wall time of the same cells."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace

import ratecheck as rc
from studies.torus_rate import STUDY
from tests.benchmarks.harness import Ratio, write


def portion() -> rc.Suite:
    """Return the flagship with 18 replicates: the start of the workers hardly counts."""
    simulated = (study for study in STUDY.studies if isinstance(study, rc.RateStudy))
    studies = tuple(replace(study, replicates=18) for study in simulated)
    return replace(STUDY, name="portion", studies=studies)


def wall(workers: int) -> float:
    """Return the wall seconds of a run from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        rc.run(portion(), results=folder, workers=workers)
        return time.perf_counter() - start


def main() -> None:
    """Run both and write the table."""
    two, one = wall(2), wall(1)
    write(
        "workers",
        [
            Ratio(
                name="two workers on the flagship (18 replicates), wall time",
                peer="one worker",
                ours_seconds=two,
                peer_seconds=one,
                ratio=one / two,
                wanted=">= 1.8",
            )
        ],
    )


if __name__ == "__main__":
    main()
