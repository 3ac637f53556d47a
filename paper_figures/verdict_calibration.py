"""What a verdict is worth: power against replicates, and error rates in every scenario.

Draws ``verdict_calibration`` (power curves, for right and wrong claims) and
``verdict_calibration_errors`` (the table of error rates, as marks with their intervals).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratecheck.assertions.intervals import Interval, of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measurements.scenarios import CHOOSING, REPORTING
from ratecheck.montecarlo.measurements.verdict_rates import (
    CONSISTENT,
    COVERAGE,
    FALSE_CONSISTENT,
    FALSE_REFUTED,
    GAPS,
    POWER,
    at,
)
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_levels,
    entry,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.reporting import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HALF = "reporting"
SHOWN = ("power law, calm noise", "power law, 5 sizes", "+10 n^-0.5", "1 / log n")
ERRORS = (
    ("right claims REFUTED", {at(FALSE_REFUTED, gap): gap for gap in GAPS}),
    ("wrong claims CONSISTENT", {at(FALSE_CONSISTENT, gap): gap for gap in GAPS}),
)
ALLOWED, COVERED = 0.05, (0.93, 0.97)


def main(results: Path, output: Path) -> list[Path]:
    """Draw both figures."""
    report = stored_report(results, "verdict_calibration")
    return [*draw_power(report, output), *draw_errors(report, output)]


def draw_power(report: Report, output: Path) -> list[Path]:
    """Draw the shares of wrong claims REFUTED and of right ones CONSISTENT."""
    with styled():
        figure, rows = new_figure(len(SHOWN), (2.4, 2.4), width=2.9)
        sheet = Sheet()
        for column, scenario in enumerate(SHOWN):
            for row, quantity in zip(rows, (POWER, CONSISTENT), strict=True):
                draw_rates(row[column], report, scenario, quantity, sheet)
            rows[0][column].set_title(scenario)
            rows[0][column].tick_params(labelbottom=False)
            rows[1][column].set_xlabel("replicates at each size")
        rows[0][0].set_ylabel("wrong claims REFUTED")
        rows[1][0].set_ylabel("right claims CONSISTENT")
        legend_above(figure, rows[0][0], len(GAPS))
        footnote(figure, caveat(report))
        return save(figure, output / "verdict_calibration", Sheet.COLUMNS, sheet)


def draw_rates(axes: Axes, report: Report, scenario: str, quantity: str, sheet: Sheet) -> None:
    """Draw one rate against the replicates, a curve for each gap."""
    for index, gap in enumerate(GAPS):
        levels = report.readings(HALF).levels(scenario, at(quantity, gap))
        style = look(index) | {"label": f"exponents {gap:g} apart"}
        found = draw_levels(axes, levels, style)
        for size, i in zip(levels, found, strict=True):
            sheet.add(scenario, f"gap {gap:g}", quantity, size, i.mean, i.low, i.high)
    axes.set(xscale="log", ylim=(-0.03, 1.03))
    ticks = list(levels)
    axes.set_xticks(ticks, [str(n) for n in ticks])
    axes.minorticks_off()


def draw_errors(report: Report, output: Path) -> list[Path]:
    """Draw the worst error rates of each scenario, and the coverage of slopes."""
    names = [s.name for s in (*REPORTING, *CHOOSING)]
    with styled():
        figure, ((first, second, third),) = new_figure(3, (4.6,), width=3.1, share=False)
        sheet = Sheet()
        for axes, (title, rates) in zip((first, second), ERRORS, strict=True):
            for place, name in enumerate(names):
                mark(axes, report, name, place, rates, sheet)
            axes.axvline(ALLOWED, **THEORY)
            axes.set(title=title, xlabel="share of runs, worst case over\nreplicates and gaps")
            axes.set_xlim(-0.003, max(0.06, axes.get_xlim()[1]))
        cover(third, report, names, sheet)
        for axes in (first, second, third):
            rows_of(axes, names, labels=axes is first)
        entry(first, "reported", look(0) | {"linestyle": "none"})
        entry(first, "the rule was chosen on", look(1) | {"linestyle": "none"})
        legend_above(figure, first, 2)
        footnote(figure, caveat(report))
        return save(figure, output / "verdict_calibration_errors", Sheet.COLUMNS, sheet)


def half(name: str) -> str:
    """Return the study that a scenario belongs to."""
    return HALF if name in {s.name for s in REPORTING} else "choosing"


def rates_of(report: Report, name: str, quantity: str) -> Mapping[int, Interval]:
    """Return a rate of a scenario for each number of replicates."""
    levels = report.readings(half(name)).levels(name, quantity)
    return {size: of_mean(values) for size, values in levels.items()}


def mark(
    axes: Axes, report: Report, name: str, place: int, quantities: Iterable[str], sheet: Sheet
) -> None:
    """Draw the worst of several rates."""
    known = {q: rates_of(report, name, q) for q in quantities}
    quantity, size = max(
        ((q, n) for q, found in known.items() for n in found), key=lambda k: known[k[0]][k[1]].mean
    )
    worst = known[quantity][size]
    dot(axes, place, worst, half(name) == HALF)
    sheet.add("errors", name, quantity, size, worst.mean, worst.low, worst.high)


def dot(axes: Axes, place: float, found: Interval, reported: bool) -> None:
    """Draw a rate with its interval on a line of the table."""
    style: dict[str, Any] = look(0 if reported else 1) | {"linestyle": "none"}
    reach = [[found.mean - found.low], [found.high - found.mean]]
    axes.errorbar([found.mean], [place], xerr=reach, capsize=2, **style)


def cover(axes: Axes, report: Report, names: list[str], sheet: Sheet) -> None:
    """Draw the coverage for every number of replicates from 8, where the slope is the exponent."""
    straight = {s.name for s in (*REPORTING, *CHOOSING) if s.is_straight}
    axes.axvspan(*COVERED, color=GREY, alpha=0.25, linewidth=0)
    axes.axvline(0.95, **THEORY)
    for place, name in enumerate(names):
        if name not in straight:
            continue
        found = {n: i for n, i in rates_of(report, name, COVERAGE).items() if n >= 8}
        for shift, (n, i) in enumerate(found.items()):
            dot(axes, place + 0.16 * (shift - (len(found) - 1) / 2), i, half(name) == HALF)
            sheet.add("coverage", name, COVERAGE, n, i.mean, i.low, i.high)
    axes.set(title="intervals that hold the exponent", xlabel="share of runs,\n8 to 512 replicates")


def rows_of(axes: Axes, names: list[str], *, labels: bool) -> None:
    """Name the lines of the table."""
    axes.set_yticks(range(len(names)), names if labels else [""] * len(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", color=GREY, alpha=0.25, linewidth=0.5)
