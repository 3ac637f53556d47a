"""``verify --store``: summaries follow the present rule, records stay byte for byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ratecheck.cli import catalogue, main
from ratecheck.reporting import load
from ratecheck.reporting.rejudging import rejudge
from ratecheck.types import ResultsError
from tests.system.tiny import call as command
from tests.system.tiny import write_study

Call = Callable[..., tuple[int, str, str]]
RESULTS = Path("results/tiny/standard")
SUMMARY = RESULTS / "summary.json"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    write_study(folder)
    command(folder, "run", "tiny")
    return folder


@pytest.fixture(autouse=True)
def project(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of a project with results and no journal, as a fresh clone has them."""
    folder = Path(shutil.copytree(finished, tmp_path / "project"))
    (folder / RESULTS / "journal.sqlite").unlink()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def function(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return function


def change_claim(old: str, new: str) -> None:
    path = Path("studies/tiny.py")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def verdicts() -> list[str]:
    return [entry["verdict"] for entry in json.loads(SUMMARY.read_text())["verdicts"]]


def test_up_to_date_summaries_are_not_written(call: Call) -> None:
    before = SUMMARY.stat()
    code, out, err = call("verify", "--store")
    assert code == 0
    assert "CONSISTENT" in out
    assert err == "0 of 1 summaries rewritten, 0 verdicts changed; no record was touched\n"
    assert (SUMMARY.stat().st_mtime_ns, SUMMARY.stat().st_ino) == (
        before.st_mtime_ns,
        before.st_ino,
    )


def test_a_changed_rule_changes_the_summary_and_nothing_else(call: Call) -> None:
    names = sorted(path.name for path in RESULTS.iterdir())
    records, old = (RESULTS / "records.csv").read_bytes(), json.loads(SUMMARY.read_text())
    change_claim("high=1e9", "high=1e-9")
    assert call("verify")[0] == 1
    assert verdicts() == ["CONSISTENT"]  # without the option nothing is written
    code, _, err = call("verify", "--store")
    assert code == 1
    assert "tiny/standard: tiny: noise, trace: trace: CONSISTENT -> REFUTED\n" in err
    assert err.endswith("1 of 1 summaries rewritten, 1 verdicts changed; no record was touched\n")
    assert verdicts() == ["REFUTED"]
    assert (RESULTS / "records.csv").read_bytes() == records
    assert sorted(path.name for path in RESULTS.iterdir()) == names
    new = json.loads(SUMMARY.read_text())
    assert list(new) == list(old)
    assert {k: v for k, v in new.items() if k != "verdicts"} == {
        k: v for k, v in old.items() if k != "verdicts"
    }


def test_it_writes_what_a_run_would_write(call: Call, project: Path, finished: Path) -> None:
    change_claim("high=1e9", "high=1e-9")
    call("verify", "--store")
    stored = json.loads(SUMMARY.read_text())
    shutil.copy(finished / RESULTS / "journal.sqlite", RESULTS)
    call("run", "tiny")
    written = json.loads(SUMMARY.read_text())
    del stored["commit"], written["commit"]  # somebody may commit between the two
    assert stored == written


def test_new_and_vanished_claims_are_told(call: Call) -> None:
    change_claim('name="trace"', 'name="another"')
    _, _, err = call("verify", "--store")
    assert "tiny: noise, trace: another: not stored -> CONSISTENT" in err
    assert "tiny: noise, trace: trace: CONSISTENT -> no longer claimed" in err


def test_json_stays_json(call: Call) -> None:
    change_claim("high=1e9", "high=1e-9")
    code, out, err = call("verify", "--store", "--json")
    assert code == 1
    assert [entry["verdict"] for entry in json.loads(out)] == ["REFUTED"]
    assert err.startswith("changed: ")


def edited_summary() -> None:
    SUMMARY.write_text(SUMMARY.read_text().replace('"format": "ratecheck"', '"format": "x"'))


def edited_records() -> None:
    path = RESULTS / "records.csv"
    path.write_text(path.read_text().replace("CONVERGED", "EDGE_LOW", 1))


def half_a_summary() -> None:
    SUMMARY.write_bytes(SUMMARY.read_bytes()[:300])


def other_design() -> None:
    change_claim("replicates=8", "replicates=9")


def newer_schema() -> None:
    SUMMARY.write_text(SUMMARY.read_text().replace('"schema": 1', '"schema": 99'))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (edited_summary, "not a summary that ratecheck wrote"),
        (edited_records, "differs from what the run wrote"),
        (half_a_summary, "not valid JSON"),
        (other_design, "replicates was 8, is 9"),
        (newer_schema, "newer ratecheck (schema 99"),
    ],
)
def test_foreign_and_damaged_results_are_refused(
    call: Call, damage: Callable[[], None], said: str
) -> None:
    shutil.copytree(RESULTS, "results/tiny/other")  # of the same study, and sound
    damage()
    before = {path: path.read_bytes() for path in RESULTS.iterdir()}
    code, _, err = call("verify", "--store")
    assert code == 4
    assert said in err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in RESULTS.iterdir()} == before


def test_damaged_verdicts_are_replaced(call: Call) -> None:
    summary = json.loads(SUMMARY.read_text())
    for odd in (None, 7, "x", [1, {"verdict": []}], {"a": "b"}):
        SUMMARY.write_text(json.dumps(summary | {"verdicts": odd}))
        code, _, err = call("verify", "--store")
        assert code == 0, err
        assert verdicts() == ["CONSISTENT"]


def test_the_summary_of_an_unknown_study_is_left_alone(call: Call) -> None:
    Path("studies/tiny.py").unlink()
    before = SUMMARY.read_bytes()
    code, _, err = call("verify", "--store")
    assert code == 0
    assert "its verdicts are the stored ones" in err
    assert "0 of 0 summaries rewritten" in err
    assert SUMMARY.read_bytes() == before


ODD: tuple[object, ...] = (None, 7, [1], [{}], [{"claim": "A1"}])


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("command", [("verify",), ("report", "--output", "page.html")])
def test_damaged_verdicts_of_an_unknown_study_are_told(
    call: Call, command: tuple[str, ...], odd: object
) -> None:
    Path("studies/tiny.py").unlink()
    SUMMARY.write_text(json.dumps(json.loads(SUMMARY.read_text()) | {"verdicts": odd}))
    code, _, err = call(*command)
    assert code == 4
    assert "the stored verdicts are damaged" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("field", "value"), [("verdict", "MAYBE"), ("control", 1), ("measured", 0.5), ("reason", None)]
)
def test_an_edited_verdict_of_an_unknown_study_is_told(
    call: Call, field: str, value: object
) -> None:
    Path("studies/tiny.py").unlink()
    assert call("verify")[0] == 0
    summary = json.loads(SUMMARY.read_text())
    summary["verdicts"][0][field] = value
    SUMMARY.write_text(json.dumps(summary))
    code, _, err = call("verify")
    assert code == 4
    assert "the stored verdicts are damaged (number 1" in err


def test_a_run_that_finished_meanwhile_is_not_overwritten() -> None:
    report = load(RESULTS, catalogue.load_study("tiny"))
    SUMMARY.write_text(SUMMARY.read_text().replace('"seed": 0', '"seed": 1'))
    before = SUMMARY.read_bytes()
    with pytest.raises(ResultsError, match="a run wrote it anew just now"):
        rejudge(report)
    assert SUMMARY.read_bytes() == before


def test_a_full_disk_leaves_the_old_summary(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    change_claim("high=1e9", "high=1e-9")
    before = SUMMARY.read_bytes()
    monkeypatch.setattr("ratecheck.montecarlo.replacing.os.fsync", full)
    code, _, err = call("verify", "--store")
    assert code == 4
    assert "No space left on device" in err
    assert SUMMARY.read_bytes() == before
    assert sorted(p.name for p in RESULTS.iterdir()) == [
        "costs.json",
        "records.csv",
        "summary.json",
    ]
