from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from ratecheck.montecarlo import executors
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import open_journal, read_journal
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.records import rows_of, to_csv
from ratecheck.montecarlo.runner import execute
from ratecheck.montecarlo.threads import VARIABLES, single_thread
from ratecheck.types import InputError, ResultsError, Row
from tests.unit.montecarlo.fakes import FakeStudy, compute, design, run

STUDIES = (FakeStudy(name="a"), FakeStudy(name="b", sizes=(8, 512), replicates=3))


def records(path: Path, *studies: FakeStudy) -> bytes:
    with read_journal(path) as journal:
        return to_csv(rows_of(Plan.of(studies), journal.outcomes()))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("one") / "journal.sqlite"
    run(path, *STUDIES, workers=1)
    return records(path, *STUDIES)


def test_two_workers_give_the_same_bytes(tmp_path: Path, reference: bytes) -> None:
    run(tmp_path / "journal.sqlite", *STUDIES, workers=2)
    assert records(tmp_path / "journal.sqlite", *STUDIES) == reference


def test_another_seed_gives_other_bytes(tmp_path: Path, reference: bytes) -> None:
    run(tmp_path / "journal.sqlite", *STUDIES, seed=1)
    assert records(tmp_path / "journal.sqlite", *STUDIES) != reference


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, reference: bytes) -> None:
    path = tmp_path / "journal.sqlite"
    calls: list[str] = []

    def interrupted(study: FakeStudy, cell: Cell, seed: int) -> list[Row]:
        if len(calls) == 7:
            raise KeyboardInterrupt
        calls.append(cell.key)
        return compute(study, cell, seed)

    job = Job(compute=interrupted, studies=tuple((s.name, s) for s in STUDIES), seed=0)
    with (
        open_journal(path, design(*STUDIES)) as journal,
        pytest.raises(KeyboardInterrupt) as caught,
    ):
        execute(Plan.of(STUDIES), job, journal)
    assert "7/18 cells are kept" in caught.value.__notes__[0]
    assert "run the same command again" in caught.value.__notes__[0]
    with read_journal(path) as journal:
        assert list(journal.finished()) == calls
    run(path, *STUDIES)
    assert records(path, *STUDIES) == reference


def test_failures_are_rows_and_the_run_goes_on(tmp_path: Path) -> None:
    study = FakeStudy(broken=("fake/64/1", "fake/16/3"))
    run(tmp_path / "journal.sqlite", study)
    with read_journal(tmp_path / "journal.sqlite") as journal:
        outcomes = journal.outcomes()
    assert len(outcomes) == 12
    failed = {key for key, outcome in outcomes.items() if outcome.error}
    assert failed == set(study.broken)
    assert "broken on purpose: fake/64/1" in (outcomes["fake/64/1"].error or "")
    assert outcomes["fake/64/1"].rows[0][10] == "FAILED"


def test_rows_of_the_wrong_shape_are_a_failure() -> None:
    job = Job(compute=lambda *_: [{"value": 1.0}], studies=(("fake", None),), seed=0)
    outcome = job.run(Plan.of([FakeStudy()]).cells[0])
    assert outcome.error
    assert "missing or unknown columns" in outcome.error


def test_a_killed_worker_is_replaced_and_no_cell_is_lost(tmp_path: Path, reference: bytes) -> None:
    del reference
    flag = tmp_path / "deadly"
    flag.touch()
    study = FakeStudy(pause=0.01, deadly=str(flag))
    run(tmp_path / "journal.sqlite", study, workers=2)
    run(tmp_path / "calm.sqlite", FakeStudy(), workers=1)
    assert not flag.exists()
    assert records(tmp_path / "journal.sqlite", study) == records(tmp_path / "calm.sqlite", study)


def test_workers_that_keep_dying_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: object) -> Generator[Outcome]:
        yield from ()
        raise executors.WorkerLostError

    monkeypatch.setattr("ratecheck.montecarlo.runner.processes", dying)
    with pytest.raises(ResultsError, match=r"died 3 times.*--workers 1"):
        run(tmp_path / "journal.sqlite", FakeStudy(), workers=2)


@pytest.mark.parametrize("workers", [0, -1, 1.5])
def test_a_bad_number_of_workers_is_refused(tmp_path: Path, workers: int) -> None:
    with pytest.raises(InputError, match="workers"):
        run(tmp_path / "journal.sqlite", FakeStudy(), workers=workers)


def test_one_thread_inside_and_the_earlier_setting_after(monkeypatch: pytest.MonkeyPatch) -> None:
    from threadpoolctl import threadpool_info

    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with single_thread():
        assert {os.environ[name] for name in VARIABLES} == {"1"}
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_workers_hold_one_thread_and_ignore_the_interrupt() -> None:
    job = Job(compute=_tell, studies=(("fake", FakeStudy()),), seed=0)
    cells = Plan.of([FakeStudy(sizes=(4,), replicates=4)]).cells
    outcomes = list(executors.processes(job, [(cell,) for cell in cells], 2))
    assert all(
        outcome.error and "threads {1} ignored True" in outcome.error for outcome in outcomes
    )


def _tell(*_: object) -> list[Row]:
    import scipy.linalg  # noqa: F401 - its BLAS counts too
    from threadpoolctl import threadpool_info

    threads = {pool["num_threads"] for pool in threadpool_info()}
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    raise ValueError(f"threads {threads} ignored {ignored}")
