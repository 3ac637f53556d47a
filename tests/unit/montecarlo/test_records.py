from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ratecheck.montecarlo.provenance import commit, header
from ratecheck.montecarlo.records import read_records, read_summary, to_csv, write_records
from ratecheck.montecarlo.rows import COLUMNS, SCHEMA, Values
from ratecheck.types import ResultsError
from tests.unit.montecarlo.fakes import FakeStudy, design

ROWS: tuple[Values, ...] = (
    ("a,b", 16, 0, "Lepski", "Clean", None, 0.1 + 0.2, 1e-300, 2.0, 3, "CONVERGED", 0.5),
    ("a", 16, 1, 'The "best"', "Clean", 0.5, float("inf"), 5e-324, 1e22, 0, "EDGE_LOW", None),
    ("a", 16, 2, None, None, None, None, None, None, None, "FAILED", None),
)
DESIGN = design(FakeStudy())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_records(tmp_path / "x" / "smoke", ROWS, header(DESIGN))
    return tmp_path / "x" / "smoke"


def test_what_is_written_is_read(folder: Path) -> None:
    found = read_records(folder)
    assert found.rows == ROWS
    assert found.design == DESIGN
    assert found.summary["fingerprint"] == DESIGN.fingerprint


def test_no_other_file_is_left(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == ["records.csv", "summary.json"]


def test_the_bytes_are_plain_csv_with_exact_floats() -> None:
    lines = to_csv(ROWS).decode().split("\n")
    assert lines[0] == ",".join(COLUMNS)
    assert lines[1] == '"a,b",16,0,Lepski,Clean,,0.30000000000000004,1e-300,2.0,3,CONVERGED,0.5'
    assert lines[3] == "a,16,2,,,,,,,,FAILED,"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text.replace("size", "n", 1), "line 1: the columns are study,n"),
        (lambda text: "", "line 1: the file is empty"),
        (lambda text: text.replace("0.30000000000000004", "much"), "line 2: could not convert"),
        (lambda text: text.replace("EDGE_LOW,", "EDGE_LOW"), "line 3: 11 fields, expected 12"),
        (lambda text: text.replace("2.0", "2.00"), "line 2: time '2.00' is not written as"),
        (lambda text: text.replace("2.0", "2.5"), "records.csv: differs from what the run wrote"),
        (lambda text: text[: len(text) // 2], "line 2: 7 fields"),
        (lambda text: text.replace("CONVERGED", "CONV\0"), "line 2: |differs"),
        (lambda text: '"' + text, "line 2: .*expected after"),
    ],
)
def test_a_damaged_file_is_refused_with_file_and_line(
    folder: Path, damage: Callable[[str], str], words: str
) -> None:
    path = folder / "records.csv"
    path.write_bytes(damage(path.read_bytes().decode()).encode())
    with pytest.raises(ResultsError, match=words) as caught:
        read_records(folder)
    assert str(path) in str(caught.value)


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "records.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResultsError, match=r"records\.csv, line 1"):
        read_records(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "not a summary that ratecheck wrote"),
        ({"schema": SCHEMA + 1}, "newer ratecheck"),
        ({"schema": None}, "schema or checksum is missing"),
        ({"records_sha256": 3}, "schema or checksum is missing"),
        ({"seed": "x"}, "identity header is damaged"),
        ({"versions": []}, "identity header is damaged"),
    ],
)
def test_a_foreign_or_newer_summary_is_refused(
    folder: Path, change: dict[str, object], words: str
) -> None:
    path = folder / "summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ResultsError, match=words) as caught:
        read_summary(folder)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_summary_that_is_no_object_is_refused(folder: Path, text: str) -> None:
    (folder / "summary.json").write_text(text)
    with pytest.raises(ResultsError, match=r"summary\.json, line 1"):
        read_summary(folder)


def test_absent_results_are_told(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"summary\.json: No such file"):
        read_records(tmp_path)


def test_a_folder_that_cannot_be_written_is_told() -> None:
    with pytest.raises(ResultsError, match="--results"):
        write_records(Path("/proc/ratecheck"), ROWS, header(DESIGN))


def test_a_failed_write_keeps_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ResultsError, match="No space left"):
        write_records(folder, ROWS[:1], header(DESIGN))
    assert read_records(folder).rows == ROWS
    assert len(list(folder.iterdir())) == 2


def test_an_unversioned_folder_has_no_commit(tmp_path: Path) -> None:
    assert commit(tmp_path) is None
