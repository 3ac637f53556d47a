"""The same cells on two processes, on Dask, in shards and after kills: the same bytes."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ratecheck.montecarlo.journal import read_journal
from ratecheck.montecarlo.records import to_csv
from ratecheck.types import ResultsError
from tests.system.processes import dask_workers
from tests.system.tiny import CELLS, TABLES, call, journal, records, start, write_study

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write_study(folder)
    return folder


def kept(path: Path) -> int:
    with read_journal(path) as opened:
        return len(opened.finished())


@pytest.fixture(scope="module")
def reference(project: Path) -> bytes:
    call(project, "run", "tiny", "--results", "one")
    return records(project, "one")


def wait_for(path: Path, process: subprocess.Popen[str], size: int) -> None:
    """Wait until the run's write-ahead log has grown to a size (or the run is over)."""
    log = path.with_name(path.name + "-wal")
    while process.poll() is None and not (log.exists() and log.stat().st_size > size):
        time.sleep(0.005)


def test_two_workers_and_merged_shards_and_resumed(project: Path, reference: bytes) -> None:
    call(project, "run", "tiny", "--results", "two", "--workers", "2")
    assert records(project, "two") == reference
    for shard in ("1/2", "2/2"):
        call(project, "run", "tiny", "--results", "parts", "--shard", shard)
    call(project, "merge", "tiny", "--results", "parts")
    assert records(project, "parts") == reference
    process = start(project, "run", "tiny", "--results", "killed", pause=0.05)
    wait_for(journal(project, "killed"), process, TABLES)
    process.kill()
    process.communicate()
    assert 0 < kept(journal(project, "killed")) < CELLS
    call(project, "run", "tiny", "--results", "killed")
    assert records(project, "killed") == reference


@pytest.mark.slow
def test_a_local_cluster_whose_worker_is_killed(project: Path, reference: bytes) -> None:
    run = start(project, "run", "tiny", "--results", "dask", "--cluster", "local:2", pause=0.1)
    wait_for(journal(project, "dask"), run, TABLES)
    workers = dask_workers(run.pid)
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    out, errors = run.communicate(timeout=100)
    assert run.returncode == 0, (out, errors)
    assert errors == ""  # a lost worker is no business of the user
    assert records(project, "dask") == reference
    assert kept(journal(project, "dask")) == CELLS


@pytest.mark.slow
def test_workers_killed_while_they_start(project: Path, reference: bytes) -> None:
    """Dask gives such a worker up for good; the run must not wait for it for ever."""
    run = start(project, "run", "tiny", "--results", "early", "--cluster", "local:2", pause=0.1)
    wait_for(journal(project, "early"), run, TABLES)
    until = time.monotonic() + 4
    while time.monotonic() < until:
        for pid in dask_workers(run.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
    out, errors = run.communicate(timeout=150)
    assert run.returncode == 0, (out, errors)
    assert records(project, "early") == reference


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a scheduler with one worker on the loopback; yield it with its address."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    head = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    tail = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny"]
    local = ["--scheduler-file", str(file), "--no-dashboard"]
    processes = [
        subprocess.Popen([*head, "--port", "0", *local], **quiet),  # type: ignore[call-overload] # one type for all
        subprocess.Popen([*tail, "--host", "127.0.0.1", *local], **quiet),  # type: ignore[call-overload] # the same
    ]
    try:
        while not file.exists():
            time.sleep(0.05)
            assert processes[0].poll() is None
        yield processes[0], str(file)
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_killed_scheduler_leaves_a_journal(project: Path, reference: bytes) -> None:
    options = ("run", "tiny", "--results", "lost", "--cluster")
    with scheduler(project) as (process, file):
        run = start(project, *options, file, pause=0.1)
        wait_for(journal(project, "lost"), run, TABLES)
        process.kill()
        _, errors = run.communicate(timeout=100)
    assert run.returncode == 4, errors
    assert re.fullmatch(
        r"(waiting for a worker.*\n)?error: the Dask scheduler \S+ is gone: the finished "
        r"cells are kept; start it again and run the same command to compute the rest\n",
        errors,
    ), errors
    assert 0 < kept(journal(project, "lost")) < CELLS
    with scheduler(project) as (_, file):
        call(project, *options, file)
    assert records(project, "lost") == reference


@pytest.mark.slow
def test_ctrl_c_ends_a_cluster_run_with_one_sentence(project: Path, reference: bytes) -> None:
    run = start(project, "run", "tiny", "--results", "stop", "--cluster", "local:1", pause=0.1)
    wait_for(journal(project, "stop"), run, TABLES)
    os.killpg(run.pid, signal.SIGINT)  # as the terminal does: workers get it too
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130, errors
    assert re.fullmatch(r"interrupted: \d+/24 cells are kept in \S+; run the same .*\n", errors)
    call(project, "run", "tiny", "--results", "stop")
    assert records(project, "stop") == reference


def test_where_there_is_no_scheduler(project: Path) -> None:
    said = call(project, "run", "tiny", "--results", "no", "--cluster", "127.0.0.1:9", code=4)
    assert said.startswith("error: no Dask scheduler answers at 127.0.0.1:9")
    assert "Traceback" not in said
    said = call(project, "run", "tiny", "--cluster", "nowhere", code=2)
    assert "a cluster is local:4" in said
    with pytest.raises(ResultsError, match="no journal"):
        read_journal(journal(project, "no"))


def test_bytes_of_a_changed_cell_would_be_noticed(project: Path, reference: bytes) -> None:
    with read_journal(journal(project, "one")) as opened:
        outcomes = opened.outcomes()
    rows = [row for key, outcome in outcomes.items() for row in outcome.rows if key != "tiny/16/0"]
    assert to_csv(rows) != reference


@pytest.mark.slow
def test_a_thousand_cells_and_two_kills() -> None:
    """The small version of the soak, which `tests/benchmarks/soak_cluster.py` runs in full."""
    soak = [sys.executable, "-m", "tests.benchmarks.soak_cluster", "--cells", "1000"]
    root = Path(__file__).resolve().parents[2]
    found = subprocess.run(
        [*soak, "--kills", "2"], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    assert found.returncode == 0, found.stderr
    assert "1000 cells, each once" in found.stdout
    assert "2 workers killed" in found.stdout
