"""Faults around a run: signals, full disks, locked, damaged and foreign files.

Each either goes on or stops with a sentence; no finished cell is lost or counted twice.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ratecheck.cli import main
from ratecheck.montecarlo.journal import read_journal
from tests.system.kills import Sweep
from tests.system.tiny import CELLS, TABLES, call, journal, records, start, write_study


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    write_study(folder)
    call(folder, "run", "tiny")
    return folder


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    """Return a copy of a project with complete results."""
    return Path(shutil.copytree(finished, tmp_path / "project"))


Call = Callable[..., str]


@pytest.fixture
def inside(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Return a way to call the command line in this process: an unforeseen error fails a test."""
    monkeypatch.chdir(project)

    def function(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        printed = "".join(capsys.readouterr())
        assert int(caught.value.code or 0) == code, printed
        return printed

    return function


def interrupted(project: Path) -> int:
    """Leave a journal of some cells and no results; return how many."""
    shutil.rmtree(project / "results")
    process = start(project, "run", "tiny", pause=0.05)
    log = journal(project, "results").with_name("journal.sqlite-wal")
    while process.poll() is None and not (log.exists() and log.stat().st_size > TABLES):
        time.sleep(0.005)
    process.kill()
    process.communicate()
    return kept(project)


def kept(project: Path) -> int:
    with read_journal(journal(project, "results")) as opened:
        return len(opened.finished())


@pytest.mark.slow
def test_signals_at_random_moments(tmp_path: Path) -> None:
    sweep = Sweep(folder=tmp_path, rng=np.random.default_rng(7), pause=0.05)
    sweep.run(6)
    assert sweep.problems == []
    assert sweep.counts.total() == 6


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_says_what_ctrl_c_says(project: Path, finished: Path, workers: str) -> None:
    shutil.rmtree(project / "results")
    process = start(project, "run", "tiny", "--workers", workers, pause=0.1)
    log = journal(project, "results").with_name("journal.sqlite-wal")
    while process.poll() is None and not (log.exists() and log.stat().st_size > TABLES):
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert re.fullmatch(r"interrupted: \d+/24 cells are kept in \S+; run the same .*\n", errors)
    assert 0 < kept(project) < CELLS
    call(project, "run", "tiny")
    assert records(project, "results") == records(finished, "results")


@pytest.mark.parametrize("limit", [4096, 40_000, 60_000])
def test_a_full_disk(project: Path, finished: Path, limit: int) -> None:
    """Files that cannot grow beyond a limit: while tables are made, in the middle, at the end."""
    shutil.rmtree(project / "results")

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    found = subprocess.run(
        [sys.executable, "-m", "ratecheck", "run", "tiny"],
        cwd=project, preexec_fn=full, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert found.returncode == 4, found
    assert re.match(r"error: results/tiny/standard\S*: .*(disk|File too large)", found.stderr)
    assert found.stderr.count("\n") == 1
    before = kept(project) if limit > TABLES else 0
    call(project, "run", "tiny")
    assert before <= kept(project) == CELLS
    assert records(project, "results") == records(finished, "results")


def test_two_runs_on_one_journal(project: Path, finished: Path) -> None:
    shutil.rmtree(project / "results")
    first = start(project, "run", "tiny", pause=0.1)
    log = journal(project, "results").with_name("journal.sqlite-wal")
    while first.poll() is None and not (log.exists() and log.stat().st_size > TABLES):
        time.sleep(0.005)
    first.send_signal(signal.SIGSTOP)  # held in the middle, lock and all
    try:
        for arguments in ((), ("--fresh",)):
            said = call(project, "run", "tiny", *arguments, code=4)
            assert "another run is writing to it" in said
    finally:
        first.send_signal(signal.SIGCONT)
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert records(project, "results") == records(finished, "results")


CLOCK = """
import time, sys
real, begun = time.time, time.time()
time.time = lambda: begun - 3600 * (real() - begun)  # it runs back, an hour each second
from ratecheck.cli import main
main(["run", "tiny"])
"""


def test_a_clock_that_goes_back(project: Path, finished: Path) -> None:
    assert 0 < interrupted(project) < CELLS
    for path in (project / "results/tiny/standard").iterdir():
        os.utime(path, (2e9, 2e9))  # files from the future
    found = subprocess.run(
        [sys.executable, "-c", CLOCK], cwd=project, capture_output=True, timeout=100, check=False
    )
    assert found.returncode == 0, found.stderr
    assert records(project, "results") == records(finished, "results")


def test_corrupted_pages_never_pass(project: Path, finished: Path, inside: Call) -> None:
    """Sixteen damaged copies: refused with a sentence, or read with every value intact."""
    path = journal(project, "results")
    whole, rng = path.read_bytes(), np.random.default_rng(3)
    refused = 0
    for _ in range(16):
        data = bytearray(whole)
        at = int(rng.integers(100, len(data) - 64))
        data[at : at + 64] = rng.bytes(64)
        path.write_bytes(data)
        refused += _refused_or_right(path, finished)
    assert refused > 2  # most of a page is free space, which may be overwritten without harm
    path.write_bytes(bytes(whole[: len(whole) // 2]))
    assert "damaged: start again with --fresh" in inside("run", "tiny", code=4)
    inside("run", "tiny", "--fresh")
    assert records(project, "results") == records(finished, "results")


def _refused_or_right(path: Path, finished: Path) -> bool:
    from ratecheck.types import ResultsError

    with read_journal(journal(finished, "results")) as opened:
        right = {key: outcome.rows for key, outcome in opened.outcomes().items()}
    try:
        with read_journal(path) as opened:
            found = {key: outcome.rows for key, outcome in opened.outcomes().items()}
    except ResultsError:
        return True
    assert all(right[key] == rows for key, rows in found.items())
    return False


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA user_version = 99", "newer ratecheck (schema 99"),
        ("PRAGMA user_version = 0", "older ratecheck (schema 0"),
        ("PRAGMA application_id = 5", "not a ratecheck journal"),
        ("DROP TABLE cells", "damaged"),
        ("DELETE FROM header WHERE key = 'seed'", "damaged"),
        ("UPDATE header SET value = 'x' WHERE key = 'versions'", "damaged"),
        ("UPDATE header SET value = '[[1]]' WHERE key = 'versions'", "damaged"),
        ("UPDATE header SET value = '7' WHERE key = 'seed'", "damaged"),
        ("UPDATE cells SET rows = '[]x' WHERE key = 'tiny/16/3'", "tiny/16/3"),
        ("UPDATE cells SET rows = '[[1,2]]' WHERE key = 'tiny/16/3'", "tiny/16/3"),
        ("UPDATE cells SET rows = '[]' WHERE key = 'tiny/16/3'", "edited or damaged"),
        ("UPDATE cells SET rows = replace(rows, '.', '.0')", "edited or damaged"),
        ("UPDATE header SET value = 'x' WHERE key = 'fingerprint'", "damaged"),
        ("UPDATE cells SET rows = x'ff' WHERE key = 'tiny/16/3'", "tiny/16/3"),
        ("UPDATE cells SET seconds = 'long' WHERE key = 'tiny/16/3'", "tiny/16/3"),
        ("UPDATE cells SET key = 'no key' WHERE key = 'tiny/16/3'", "no key"),
        (
            "UPDATE cells SET rows = (SELECT rows FROM cells WHERE key = 'tiny/16/4') "
            "WHERE key = 'tiny/16/3'",
            "tiny/16/3",
        ),
    ],
)
def test_a_journal_edited_by_hand(project: Path, inside: Call, statement: str, said: str) -> None:
    execute(journal(project, "results"), statement)
    told = inside("run", "tiny", code=4)
    assert said in told, told
    assert told.count("\n") == 1, told


def edit_summary(**changes: object) -> Callable[[Path], None]:
    def function(folder: Path) -> None:
        path = folder / "summary.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return function


def replace_in(name: str, old: str, new: str) -> Callable[[Path], None]:
    def function(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return function


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (replace_in("records.csv", "CONVERGED", "converged"), "differs from what the run wrote"),
        (replace_in("records.csv", "tiny,16,0", "tiny,16,zero"), "line 2"),
        (replace_in("records.csv", "noise_level\n", "noise_level\n\x00"), "differs from what"),
        (replace_in("records.csv", "study,", "Study,"), "the columns are"),
        (replace_in("summary.json", "{", "{{"), "not valid JSON"),
        (edit_summary(schema=99), "newer ratecheck (schema 99"),
        (edit_summary(schema=0), "older ratecheck (schema 0"),
        (edit_summary(schema="1"), "schema or checksum is missing"),
        (edit_summary(versions=[1]), "identity header is damaged"),
        (edit_summary(design="Suite()"), "belongs to another design"),
        (lambda folder: (folder / "records.csv").unlink(), "No such file"),
        (lambda folder: (folder / "summary.json").write_text("[" * 100_000), "not valid JSON"),
        (lambda folder: (folder / "summary.json").write_bytes(b"\xff\xfe"), "not valid JSON"),
    ],
)
def test_results_edited_by_hand(
    project: Path, finished: Path, inside: Call, damage: Callable[[Path], object], said: str
) -> None:
    damage(project / "results/tiny/standard")
    told = inside("verify", code=4)
    assert said in told, told
    inside("run", "tiny")  # written anew from the journal, which nobody touched
    assert records(project, "results") == records(finished, "results")
    inside("verify")


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("chattr"), reason="root writes anywhere")
def test_a_read_only_folder_of_results(project: Path) -> None:
    folder = project / "results/tiny/standard"
    data = (folder / "records.csv").read_bytes()
    (folder / "journal.sqlite").unlink()
    lock, free = (["chattr", "+i"], ["chattr", "-i"]) if os.geteuid() == 0 else (
        ["chmod", "a-w"], ["chmod", "u+w"],
    )  # fmt: skip
    if subprocess.run([*lock, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("this file system cannot be made read-only")
    try:
        said = call(project, "run", "tiny", code=4)
    finally:
        subprocess.run([*free, str(folder)], check=True)
    assert re.search(r"(make its folder writable|make the folder writable)", said)
    assert (folder / "records.csv").read_bytes() == data
