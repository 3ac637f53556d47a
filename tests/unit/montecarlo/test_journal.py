from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.journal import Journal, open_journal, read_journal, told
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.rows import SCHEMA
from ratecheck.types import DesignChangedError, ResultsError
from tests.unit.montecarlo.fakes import FakeStudy, design

ROW = ("fake", 16, 0, "Lepski", "Clean", None, 0.1 + 0.2, 1e-300, 2.0, 3, "CONVERGED", 0.5)
OUTCOME = Outcome(cell=Cell(study="fake", size=16, replicate=0), rows=(ROW,), seconds=0.25)
DESIGN = design(FakeStudy())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "journal.sqlite"


def make(path: Path) -> None:
    with open_journal(path, DESIGN) as journal:
        journal.append(OUTCOME)


def opened(path: Path) -> Journal:
    return open_journal(path, DESIGN)


def test_outcomes_come_back_exactly(path: Path) -> None:
    make(path)
    with opened(path) as journal:
        assert journal.outcomes() == {"fake/16/0": OUTCOME}
        assert journal.finished() == {"fake/16/0": 0.25}
        assert journal.design() == DESIGN


def test_an_orderly_end_leaves_one_file(path: Path) -> None:
    make(path)
    assert [file.name for file in path.parent.iterdir()] == ["journal.sqlite"]


def test_failed_cells_are_kept_but_not_finished(path: Path) -> None:
    with opened(path) as journal:
        journal.append(Outcome(cell=OUTCOME.cell, rows=(ROW,), seconds=1.0, error="Traceback"))
        assert not journal.finished()
        assert journal.outcomes()["fake/16/0"].error == "Traceback"
        journal.append(OUTCOME)
        assert journal.outcomes() == {"fake/16/0": OUTCOME}


def test_a_changed_design_is_refused_and_the_difference_named(path: Path) -> None:
    make(path)
    with pytest.raises(DesignChangedError, match=r"replicates was 4, is 5.*--fresh.*--results"):
        open_journal(path, design(FakeStudy(replicates=5)))
    with opened(path) as journal:  # and nothing was touched
        assert journal.finished()


def test_a_changed_seed_is_refused(path: Path) -> None:
    make(path)
    with pytest.raises(DesignChangedError, match="seed was 0, is 1"):
        open_journal(path, design(FakeStudy(), seed=1))


def test_fresh_starts_again_and_keeps_the_old_file(path: Path) -> None:
    make(path)
    with open_journal(path, design(FakeStudy(replicates=5)), fresh=True) as journal:
        assert not journal.outcomes()
    with read_journal(path.with_suffix(".old.sqlite")) as old:
        assert old.outcomes() == {"fake/16/0": OUTCOME}


def test_a_foreign_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE cells (key TEXT)")
    foreign.close()
    before = path.read_bytes()
    with pytest.raises(ResultsError, match="not a ratecheck journal"):
        opened(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("dear diary\n" * 1000)
    with pytest.raises(ResultsError, match="not an SQLite file"):
        opened(path)
    assert path.read_text().startswith("dear diary")


@pytest.mark.parametrize("damage", ["truncated", "overwritten"])
def test_a_damaged_journal_is_refused_and_fresh_helps(path: Path, damage: str) -> None:
    with opened(path) as journal:
        for replicate in range(400):
            cell = Cell(study="fake", size=16, replicate=replicate)
            journal.append(Outcome(cell=cell, rows=(ROW,), seconds=0.1))
    data = path.read_bytes()
    half = len(data) // 2
    middle = b"\xff" * 8192
    path.write_bytes(
        data[:half] if damage == "truncated" else data[:half] + middle + data[half + 8192 :]
    )
    with pytest.raises(ResultsError, match=r"damaged.*--fresh"):
        opened(path)
    with open_journal(path, DESIGN, fresh=True) as journal:
        assert not journal.outcomes()


def test_damaged_rows_are_a_results_error(path: Path) -> None:
    make(path)
    with sqlite3.connect(path) as editor:
        editor.execute("UPDATE cells SET rows = '[[1]]'")
    editor.close()
    with opened(path) as journal, pytest.raises(ResultsError, match="unreadable rows"):
        journal.outcomes()


def test_a_newer_schema_is_refused(path: Path) -> None:
    make(path)
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    newer.close()
    with pytest.raises(ResultsError, match="newer ratecheck"):
        opened(path)


def test_an_empty_file_of_a_killed_start_is_taken_over(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with opened(path) as journal:
        assert not journal.outcomes()


def test_a_second_run_is_refused_while_the_first_one_lives(path: Path) -> None:
    with opened(path) as journal:
        with pytest.raises(ResultsError, match="another run is writing"):
            opened(path)
        with pytest.raises(ResultsError, match="another run is writing"):
            open_journal(path, DESIGN, fresh=True)
        journal.append(OUTCOME)
    with opened(path) as journal:
        assert journal.finished()


def test_the_lock_of_a_killed_process_is_taken_over(path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from tests.unit.montecarlo.test_journal import DESIGN, OUTCOME, open_journal
journal = open_journal(Path({str(path)!r}), DESIGN)
journal.append(OUTCOME)
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    assert path.with_name("journal.sqlite-wal").exists()
    with opened(path) as journal:
        assert journal.outcomes() == {"fake/16/0": OUTCOME}


def test_a_full_disk_is_told_and_finished_cells_are_kept(path: Path) -> None:
    """A limit on the size of files stands for the full disk."""
    program = f"""
import resource
from pathlib import Path
from tests.unit.montecarlo.test_journal import *
with open_journal(Path({str(path)!r}), DESIGN) as journal:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        for k in range(10_000):
            cell = Cell(study="fake", size=16, replicate=k)
            row = ("fake", 16, k, *ROW[3:])
            journal.append(Outcome(cell=cell, rows=(row,) * 20, seconds=0.1))
    except ResultsError as error:
        print(k, error)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    count, message = ended.stdout.split(" ", 1)
    assert "finished cells are kept; free space" in message
    with opened(path) as journal:
        assert len(journal.outcomes()) == int(count) > 10


@pytest.mark.parametrize(
    ("folder", "remedy"),
    [
        ("/proc/ratecheck", "make the folder writable"),
        ("{file}/below", "a file stands where a folder belongs"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, folder: str, remedy: str) -> None:
    (tmp_path / "file").touch()
    path = Path(folder.format(file=tmp_path / "file")) / "journal.sqlite"
    with pytest.raises(ResultsError, match=f"{remedy}.*--results"):
        opened(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_read_only_folder_is_told(path: Path) -> None:
    path.parent.mkdir(mode=0o500)
    with pytest.raises(ResultsError, match="--results"):
        opened(path)


def test_no_journal_to_read_is_told(path: Path) -> None:
    with pytest.raises(ResultsError, match="run the study first"):
        read_journal(path)


def test_a_folder_in_place_of_a_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="a folder stands where a file belongs"), told(tmp_path):
        tmp_path.read_bytes()
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="a file stands where a folder belongs"), told(tmp_path):
        (tmp_path / "file/other").mkdir()
