"""Error rates and power of the verdicts, scenario by scenario, as measured by a calibration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ratecheck.assertions import Readings
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.synthetic_risks import Scenario
from ratecheck.montecarlo.measurements.verdict_rates import (
    COVERAGE,
    FALSE_CONSISTENT,
    FALSE_REFUTED,
    GAPS,
    POWER,
    VerdictRates,
    at,
)
from ratecheck.reporting.report import Report

NOMINAL_FROM: Final = 8  # replicates from which coverage is claimed
FEW: Final = 32  # replicates at which power is shown beside that with the most
_SHARED: Final = ("half", "scenario", "runs", "coverage, 8 replicates or more")


def columns(report: Report) -> tuple[str, ...]:
    """Return the heads of the table; gaps are those between right and wrong exponent."""
    gaps = ", ".join(f"{gap:g}" for gap in GAPS)
    shown = _shown(report)
    powers = (f"power at gaps {gaps}, {count} replicates" for count in shown)
    return (*_SHARED, "false REFUTED, worst", "false CONSISTENT, worst", *powers)


def rows(report: Report) -> tuple[tuple[str, ...], ...]:
    """Return a row for each scenario; none for a suite that measures no error rates.

    Rates are means over all runs. Worst: over replicates and gaps, with the place where; the
    margin is 0.45 times the gap.

    Parameters
    ----------
    report : Report
        Of `studies/verdict_calibration.py`.
    """
    return tuple(_rows(report)) if rated(report) else ()


def rated(report: Report) -> tuple[MeasuredStudy, ...]:
    """Return the studies of a report that measure error rates of verdicts."""
    studies = (s for s in report.suite.studies if isinstance(s, MeasuredStudy))
    return tuple(s for s in studies if isinstance(s.measurement, VerdictRates))


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    shown = _shown(report)
    for study in rated(report):
        assert isinstance(study.measurement, VerdictRates)
        found, runs = report.readings(study.name), study.measurement.runs
        for scenario in study.measurement.scenarios:
            yield study.name, *_row(scenario, found, runs, shown)


def _shown(report: Report) -> tuple[int, ...]:
    known = sorted({n for study in rated(report) for n in study.sizes})
    return tuple(dict.fromkeys(n for n in (FEW, *known[-1:]) if n in known))


def _row(scenario: Scenario, found: Readings, runs: int, shown: tuple[int, ...]) -> Iterator[str]:
    name = scenario.name
    batches = found.levels(name, COVERAGE)
    yield name
    yield str(runs * min(values.size for values in batches.values()))
    yield _coverage(_means(found, name, COVERAGE)) if scenario.is_straight else "-"
    for error in (FALSE_REFUTED, FALSE_CONSISTENT):
        yield _worst(found, name, error)
    powers = [_means(found, name, at(POWER, gap)) for gap in GAPS]
    for count in shown:
        yield ", ".join(f"{power[count]:.2f}" for power in powers)


def _means(found: Readings, series: str, quantity: str) -> Mapping[int, float]:
    return {n: float(v.mean()) for n, v in found.levels(series, quantity).items()}


def _coverage(rates: Mapping[int, float]) -> str:
    held = [rate for n, rate in rates.items() if n >= NOMINAL_FROM]
    return f"{min(held):.3f} to {max(held):.3f}" if held else "-"


def _worst(found: Readings, series: str, error: str) -> str:
    rates = {
        (n, gap): rate for gap in GAPS for n, rate in _means(found, series, at(error, gap)).items()
    }
    count, gap = max(rates, key=lambda place: rates[place])
    rate = rates[count, gap]
    return f"{rate:.3f} ({count} replicates, gap {gap:g})" if rate else "0"
