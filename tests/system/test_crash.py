"""Runs that are killed at any moment and resumed give the bytes of a run in one go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ratecheck.montecarlo.journal import read_journal
from ratecheck.montecarlo.plan import Plan
from ratecheck.montecarlo.records import rows_of, to_csv
from ratecheck.types import ResultsError
from tests.unit.montecarlo.fakes import FakeStudy, run

STUDIES = (
    FakeStudy(name="a", pause=0.06, replicates=8),
    FakeStudy(name="b", pause=0.04, sizes=(8, 512), replicates=8),
)
CELLS = 40
TABLES = 30_000  # bytes of the write-ahead log once the empty tables are made


def start(path: Path, workers: int) -> subprocess.Popen[str]:
    program = f"""
from pathlib import Path
from tests.system.test_crash import STUDIES, run
run(Path({str(path)!r}), *STUDIES, workers={workers})
"""
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def records(path: Path) -> bytes:
    with read_journal(path) as journal:
        return to_csv(rows_of(Plan.of(STUDIES), journal.outcomes()))


def finished(path: Path) -> int:
    with read_journal(path) as journal:
        return len(journal.finished())


def wait_for(path: Path, process: subprocess.Popen[str], size: int) -> None:
    """Wait until the run has journalled something (its write-ahead log has grown)."""
    log = path.with_name(path.name + "-wal")
    while process.poll() is None and not (log.exists() and log.stat().st_size > size):
        time.sleep(0.001)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "journal.sqlite"
    run(path, *STUDIES)
    return records(path)


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_random_moments_and_resumed(
    tmp_path: Path, reference: bytes, workers: int
) -> None:
    path = tmp_path / "journal.sqlite"
    rng = np.random.default_rng(workers)
    counts = [0]
    for _ in range(4):
        process = start(path, workers)
        wait_for(path, process, size=int(rng.integers(TABLES, TABLES + 80_000)))
        time.sleep(rng.uniform(0, 0.004))
        process.kill()
        process.communicate(timeout=10)  # ends when the last worker has closed its stderr
        counts.append(finished(path))
    process = start(path, workers)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert counts == sorted(counts)  # nothing that was finished is lost
    assert counts[-1] > 0
    assert finished(path) == CELLS
    assert records(path) == reference


def test_killed_before_anything_was_written(tmp_path: Path, reference: bytes) -> None:
    """Start-up itself, when file and tables are made, is cut at several moments."""
    path = tmp_path / "journal.sqlite"
    for delay in (0.0, 0.001, 0.003):
        process = start(path, 1)
        while process.poll() is None and not path.exists():
            time.sleep(0.0002)
        time.sleep(delay)
        process.kill()
        process.communicate()
    run(path, *STUDIES)
    assert records(path) == reference


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_says_how_to_resume(tmp_path: Path, reference: bytes, workers: int) -> None:
    path = tmp_path / "journal.sqlite"
    process = start(path, workers)
    wait_for(path, process, size=TABLES)
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does: workers get it too
    _, errors = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "cells are kept" in errors
    assert "run the same command again" in errors
    assert errors.count("Traceback") == 1, errors  # the parent's own, none from a worker
    assert 0 < finished(path) < CELLS
    run(path, *STUDIES, workers=workers)
    assert records(path) == reference


def test_a_second_process_is_refused_while_the_first_one_runs(
    tmp_path: Path, reference: bytes
) -> None:
    path = tmp_path / "journal.sqlite"
    first = start(path, 1)
    wait_for(path, first, size=0)
    os.kill(first.pid, signal.SIGSTOP)  # held in the middle, lock and all
    try:
        with pytest.raises(ResultsError, match="another run is writing"):
            run(path, *STUDIES)
    finally:
        os.kill(first.pid, signal.SIGCONT)
    _, errors = first.communicate()
    assert first.returncode == 0, errors
    assert records(path) == reference
