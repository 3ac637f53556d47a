"""The table of error rates: what the records say, worst case first, nothing where none are."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.scenarios import CHOOSING
from ratecheck.montecarlo.measurements.verdict_rates import (
    COVERAGE,
    FALSE_REFUTED,
    GAPS,
    POWER,
    VerdictRates,
    at,
)
from ratecheck.reporting import Report, error_rates, run

STRAIGHT, BENT = CHOOSING[0], CHOOSING[5]
RUNS, SIZES = 5, (4, 8)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    study = rc.MeasuredStudy(
        name="rates", measurement=VerdictRates(scenarios=(STRAIGHT, BENT), runs=RUNS),
        sizes=SIZES, replicates=2, abscissa="replicates",
    )  # fmt: skip
    suite = rc.Suite(name="calibrated", title="Calibrated", question="?", studies=(study,))
    return run(suite, results=tmp_path_factory.mktemp("results"), workers=1)


def recorded(folder: Path) -> dict[tuple[str, str, int], float]:
    """Return the mean rate by scenario, quantity and replicates, from the file itself."""
    found: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    with (folder / "records.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            key = row["stopping"], row["risk"], int(row["size"])
            found[key].append(float(row["value"]))
    return {key: float(np.mean(values)) for key, values in found.items()}


def test_rows_are_the_means_of_the_records(report: Report) -> None:
    table = error_rates.rows(report)
    rates = recorded(report.folder)
    assert [row[1] for row in table] == [STRAIGHT.name, BENT.name]
    straight, bent = (dict(zip(error_rates.columns(report), row, strict=True)) for row in table)
    assert straight["runs"] == str(RUNS * 2)
    covered = rates[STRAIGHT.name, COVERAGE, 8]
    assert straight["coverage, 8 replicates or more"] == f"{covered:.3f} to {covered:.3f}"
    assert bent["coverage, 8 replicates or more"] == "-"  # the slope is not the exponent
    powers = [rates[BENT.name, at(POWER, gap), 8] for gap in GAPS]
    assert bent["power at gaps 0.05, 0.1, 0.2, 8 replicates"] == ", ".join(
        f"{power:.2f}" for power in powers
    )


def test_the_worst_rate_is_the_largest_over_replicates_and_gaps(report: Report) -> None:
    rates = recorded(report.folder)
    for row in error_rates.rows(report):
        worst = max(rates[row[1], at(FALSE_REFUTED, gap), n] for gap in GAPS for n in SIZES)
        said = row[error_rates.columns(report).index("false REFUTED, worst")]
        assert said.split(" ")[0] == (f"{worst:.3f}" if worst else "0")


@dataclass(frozen=True, kw_only=True)
class Coin(Measurement):
    def measure(self, size: int, streams: Streams) -> list[Reading]:
        return [Reading(series="coin", quantity=COVERAGE, value=float(streams("noise").random()))]


def test_other_suites_have_no_rates(tmp_path: Path) -> None:
    study = rc.MeasuredStudy(name="plain", measurement=Coin(), sizes=(16, 32), replicates=2)
    suite = rc.Suite(name="other", title="Other", question="?", studies=(study,))
    assert error_rates.rows(run(suite, results=tmp_path, workers=1)) == ()
