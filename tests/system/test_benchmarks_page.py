"""The page of benchmarks is what the program writes from the stored results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import page
from tests.benchmarks.harness import Ratio

ROOT = Path(__file__).resolve().parents[2]
ROW = {
    "name": "a | b", "peer": "p", "ours_seconds": 0.5, "peer_seconds": 12345.0, "ratio": 24690.0,
    "wanted": ">= 2", "met": False, "remark": "same values", "unit": "MB",
}  # fmt: skip


def write(folder: Path, **changes: object) -> None:
    record = {
        "machine": {"processor": "cpu", "python": "3"},
        "versions": {"numpy": "2"},
        "ratios": [ROW | changes],
    }
    (folder / "some_thing.json").write_text(json.dumps(record))


def test_the_page_is_up_to_date() -> None:
    stored = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert stored == page.page(ROOT / "results" / "benchmarks")


def test_a_changed_result_is_another_page(tmp_path: Path) -> None:
    write(tmp_path)
    first = page.page(tmp_path)
    write(tmp_path, ours_seconds=0.6)
    assert page.page(tmp_path) != first


def test_a_row_says_machine_versions_unit_and_a_missed_promise(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "other.json").write_text(json.dumps({"quality": []}))
    text = page.page(tmp_path)
    assert "## Some thing\n\ncpu, Python 3; numpy 2." in text
    row = "| a \\| b | p | 0.5 MB | 12345 MB | 2.47e+04 | >= 2 | **missed**; same values |"
    assert row in text
    assert "Other" not in text


def test_runs_of_endurance_are_told_at_the_end(tmp_path: Path) -> None:
    write(tmp_path)
    stored = ROOT / "results" / "benchmarks"
    for name in page.ENDURANCE:
        (tmp_path / f"{name}.json").write_bytes((stored / f"{name}.json").read_bytes())
    text = page.page(tmp_path)
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[:2] == ["## Some thing", "## Soak of a cluster"]
    assert heads[2:] == ["## Runs ended by signals", "## Other commands ended by signals"]
    assert "100000 tiny cells" in text
    assert "counted twice, a traceback of ours, no word at all):\nnone." in text
    assert "no record has changed. Problems: none." in text


@pytest.mark.parametrize("name", page.ENDURANCE)
def test_endurance_that_is_stored_is_a_full_one(name: str) -> None:
    record = json.loads((ROOT / "results" / "benchmarks" / f"{name}.json").read_text())
    if name == "soak_cluster":
        assert record["cells"] >= 100_000
        assert record["killed"] == record["kills"] == 40
    elif name == "kills_commands":
        assert sum(record["counts"].values()) == record["kills"] >= 21
        assert record["problems"] == []
    else:
        assert sum(record["counts"].values()) == record["signals"] >= 100
        assert record["completed"] > 0
        assert record["problems"] == []


@pytest.mark.parametrize(
    ("wanted", "ratio", "met"), [(">= 2", 2.5, True), (">= 2", 1.5, False), ("<= 2", 1.5, True)]
)
def test_promises(wanted: str, ratio: float, met: bool) -> None:
    found = Ratio(
        name="a", peer="b", ours_seconds=1.0, peer_seconds=1.0, ratio=ratio, wanted=wanted
    )
    assert found.met is met
