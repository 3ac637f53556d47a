"""Measured studies: rows, profiles, identity, verdicts of assertions through a whole run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.assertions import Level, Monotone
from ratecheck.montecarlo.measured import MeasuredStudy, Measurement, Reading, Streams
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.study import Profile
from ratecheck.theory.claims import Statement
from ratecheck.types import InputError, Outcome, Status


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Noisy(Measurement):
    """size + noise; and a curve over two times."""

    spread: float = 0.5
    fails_at: int = 0

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        if size == self.fails_at:
            raise ValueError("nothing to see")
        value = size + self.spread * float(streams("noise").standard_normal())
        path = [
            Reading(series="fit", quantity="path", value=value / (i + 1), time=2.0**i, index=i)
            for i in range(2)
        ]
        bad = Reading(series="bad", quantity="risk", value=1.0, status=Status.BUDGET)
        return [Reading(series="fit", quantity="risk", value=value, radius=0.1), *path, bad]


def said(name: str) -> Statement:
    return Statement(name=name, predicted="so", regime="", source="derived", tag="D", ledger="A5")


RISE = Monotone(
    statement=said("the risk rises"), series="fit", quantity="risk",
    wrong=Monotone(statement=said("the risk falls"), series="fit", quantity="risk", rising=False),
)  # fmt: skip
STUDY = MeasuredStudy(
    name="noisy", measurement=Noisy(), sizes=(4, 8, 16), replicates=6, claims=(RISE,)
)


def test_rows_are_a_pure_function_of_the_address() -> None:
    cell = Cell(study="noisy", size=8, replicate=1)
    rows = STUDY.rows(cell, 0)
    assert rows == STUDY.rows(cell, 0)
    assert rows[0]["value"] != STUDY.rows(cell, 1)[0]["value"]
    assert rows[0]["value"] != STUDY.rows(replace(cell, replicate=2), 0)[0]["value"]
    assert [row["index"] for row in rows] == [None, 0, 1, None]
    assert rows[2]["time"] == 2.0
    assert rows[0]["value"] == float(f"{rows[0]['value']:.7g}")


def test_a_run_judges_the_claim_and_its_control(tmp_path: Path) -> None:
    report = rc.run(STUDY, results=tmp_path)
    words = [(finding.outcome, finding.is_control) for finding in report.verdicts]
    assert words == [(Outcome.CONSISTENT, False), (Outcome.REFUTED, True)]
    assert "the risk rises" in str(report)
    assert report.findings["verdicts"][0]["predicted"] == "so"
    assert not report.slopes  # nothing was claimed to be a power


def test_records_do_not_depend_on_workers(tmp_path: Path) -> None:
    for workers in (1, 2):
        rc.run(STUDY, results=tmp_path / str(workers), workers=workers)
    one, two = (tmp_path / w / "noisy/standard/records.csv" for w in ("1", "2"))
    assert one.read_bytes() == two.read_bytes()


def test_words_and_claims_are_not_the_identity_of_a_run(tmp_path: Path) -> None:
    rc.run(STUDY, results=tmp_path)
    told = replace(STUDY, claims=(), question="why?", data="other words")
    assert not rc.run(told, results=tmp_path).verdicts
    with pytest.raises(rc.types.DesignChangedError):
        rc.run(replace(STUDY, measurement=Noisy(spread=1.0)), results=tmp_path)


def test_bad_rows_and_failed_cells_refuse_a_verdict(tmp_path: Path) -> None:
    level = Level(statement=said("one"), series="bad", quantity="risk", low=0.0, high=2.0)
    report = rc.run(replace(STUDY, claims=(level,)), results=tmp_path / "bad")
    assert report.verdicts[0].outcome is Outcome.INCONCLUSIVE
    assert "bad status" in report.verdicts[0].verdict.reason
    failing = replace(STUDY, measurement=Noisy(fails_at=16))
    report = rc.run(failing, results=tmp_path / "failing")
    assert report.verdicts[0].outcome is Outcome.INCONCLUSIVE
    assert len(report.failed) == 6


def test_an_assertion_about_nothing_is_inconclusive(tmp_path: Path) -> None:
    level = Level(statement=said("none"), series="none", quantity="risk", low=0.0, high=2.0)
    finding = rc.run(replace(STUDY, claims=(level,)), results=tmp_path).verdicts[0]
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "nothing was measured as 'none'" in finding.verdict.reason


def test_profiles() -> None:
    assert STUDY.at("smoke").replicates == 3
    small = replace(STUDY, profiles=(Profile(name="smoke", sizes=(4, 8), replicates=2),))
    assert small.at("smoke").sizes == (4, 8)
    with pytest.raises(InputError, match="no profile 'large'"):
        STUDY.at("large")


@pytest.mark.parametrize(
    "change",
    [
        {"sizes": ()},
        {"sizes": (8, 4)},
        {"sizes": (0, 4)},
        {"replicates": 0},
        {"name": "a/b"},
        {"claims": ("it holds",)},
        {"measurement": np.sin},
    ],
)
def test_studies_that_cannot_run_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError):
        replace(STUDY, **change)  # type: ignore[arg-type]  # wrong on purpose
