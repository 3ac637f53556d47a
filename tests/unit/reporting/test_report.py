from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import ratecheck as rc
from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.provenance import header
from ratecheck.montecarlo.records import Records, write_records
from ratecheck.reporting import Key, load
from ratecheck.reporting.report import Report
from ratecheck.reporting.suites import as_suite, data_only
from ratecheck.types import DesignChangedError, InputError
from tests.unit.reporting.studies import NONE, RIGHT, SIZES, WRONG, rows, study

EXPECTED = rc.Expectation(
    claim=RIGHT, stopping="TheoryTime", risk="clean", corrections=NONE, margin=0.05, wrong=WRONG
)


def stored(folder: Path, made: rc.RateStudy) -> Path:
    design = Design.of(data_only(as_suite(made)), profile="standard", seed=7)
    write_records(
        folder, rows(bad=1), {**header(design), "failed": {"known/64/3": "ValueError: x"}}
    )
    return folder


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return load(stored(tmp_path / "known" / "standard", study(EXPECTED)), study(EXPECTED))


def test_records_are_a_table_of_all_rows(report: Report) -> None:
    assert len(report.records) == len(SIZES) * 12 * 2
    means = report.records.groupby(["stopping", "size"])["value"].mean()
    assert means["Lepski", 64] == pytest.approx(1.5 * means["TheoryTime", 64])


def test_slopes_are_keyed_by_study_rule_and_risk(report: Report) -> None:
    assert report.slopes[Key("known", "Lepski", "clean")].estimate == pytest.approx(-0.75, abs=0.02)


def test_the_text_tells_design_verdicts_and_troubles(report: Report) -> None:
    text = str(report)
    for words in (
        "known (standard, seed 7)",
        "Aims         Is it so?",
        "Torus(d=1), random design",
        "stopped by TheoryTime, Lepski",
        "n = 64 ... 1024 (5 sizes), 12 replicates",
        "CONSISTENT",
        "REFUTED (as a control must be)",
        "1 of 60 rows: the chosen time is the first of the grid",
        "cell known/64/3 failed (ValueError: x); to see it: ratecheck replay known/64/3 "
        "--study known",
    ):
        assert words in text


def test_a_suite_lists_what_differs_between_its_studies() -> None:
    suite = rc.Suite(
        name="both",
        title="Two",
        question="?",
        studies=(study(name="a"), replace(study(name="b"), replicates=3)),
    )
    data = Records(
        folder=Path("x"),
        rows=rows(name="a"),
        summary=header(Design.of(suite, profile="smoke", seed=0)),
    )
    text = str(Report(suite=suite, data=data))
    assert "Performance  a: slope" in text
    assert "\n             b: slope" in text
    assert text.count("Torus(d=1)") == 1


def test_the_findings_are_plain_json(report: Report) -> None:
    found = json.loads(json.dumps(report.findings))
    assert {entry["verdict"] for entry in found["verdicts"]} == {"CONSISTENT", "REFUTED"}
    assert found["slopes"][0]["statuses"] == {"CONVERGED": 59, "EDGE_LOW": 1}


def test_plot_writes_the_figure_and_its_data(report: Report, tmp_path: Path) -> None:
    files = report.plot(tmp_path / "figure.pdf")
    assert {file.suffix for file in files} == {".pdf", ".svg", ".png", ".csv"}
    assert all(file.stat().st_size > 0 for file in files)


def test_claims_margins_and_words_may_change_after_the_run(tmp_path: Path) -> None:
    folder = stored(tmp_path, study(EXPECTED))
    changed = replace(study(RIGHT), question="Really?", margin=0.2)
    assert len(load(folder, changed).verdicts) == 2


def test_what_touches_the_numbers_may_not(tmp_path: Path) -> None:
    folder = stored(tmp_path, study(EXPECTED))
    with pytest.raises(DesignChangedError, match="replicates was 12, is 13"):
        load(folder, replace(study(EXPECTED), replicates=13))


def test_only_studies_are_studies() -> None:
    with pytest.raises(InputError, match="got int"):
        as_suite(3)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InputError, match="serve as a folder"):
        as_suite(rc.Suite(name="../x", title="", question="", studies=(study(),)))
