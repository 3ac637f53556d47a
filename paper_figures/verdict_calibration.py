"""What a verdict is worth: power against replicates, and error rates in every scenario.

Draws ``verdict_calibration`` (power curves, for right and wrong claims),
``verdict_calibration_errors`` (the table of error rates, as marks with their intervals) and
``verdict_calibration_replicates`` (coverage and error rates of every scenario against replicates).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratecheck.assertions.intervals import Interval
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measurements.hard_scenarios import INSIDE, OUTSIDE
from ratecheck.montecarlo.measurements.scenarios import CHOOSING, REPORTING
from ratecheck.montecarlo.measurements.synthetic_risks import Scenario
from ratecheck.montecarlo.measurements.verdict_rates import (
    CONSISTENT,
    COVERAGE,
    FALSE_CONSISTENT,
    FALSE_REFUTED,
    GAPS,
    POWER,
    VerdictRates,
    at,
)
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_intervals,
    draw_levels,
    entry,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.reporting import Report, error_rates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HALF = "reporting"
GROUPS = {"reporting": REPORTING, "choosing": CHOOSING, "hard": INSIDE, "outside": OUTSIDE}
WORDS = {
    "reporting": "reported", "choosing": "the rule was chosen on", "hard": "made to mislead",
    "outside": "outside of the class",
}  # fmt: skip
SHOWN = ("power law, calm noise", "power law, 5 sizes", "+10 n^-0.5", "1 / log n")
ERRORS = (
    ("right claims REFUTED", {at(FALSE_REFUTED, gap): gap for gap in GAPS}),
    ("wrong claims CONSISTENT", {at(FALSE_CONSISTENT, gap): gap for gap in GAPS}),
)
ALLOWED, COVERED = 0.05, (0.93, 0.97)
QUANTILE = 1.959964  # of the normal law, for 95 %


def main(results: Path, output: Path) -> list[Path]:
    """Draw the three figures."""
    report = stored_report(results, "verdict_calibration")
    drawn = (draw(report, output) for draw in (draw_power, draw_errors, draw_replicates))
    return [path for paths in drawn for path in paths]


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
    names = [s.name for group in GROUPS.values() for s in group]
    with styled():
        figure, ((first, second, third),) = new_figure(3, (6.4,), width=3.2, share=False)
        sheet = Sheet()
        for axes, (title, rates) in zip((first, second), ERRORS, strict=True):
            for place, name in enumerate(names):
                mark(axes, report, name, place, rates, sheet)
            axes.axvline(ALLOWED, **THEORY)
            axes.set(title=title, xlabel="share of runs, worst case over\nreplicates and gaps")
            axes.set_xscale("symlog", linthresh=0.1, linscale=3)
            axes.set_xlim(-0.004, 1.4)
            axes.set_xticks([0, 0.05, 0.1, 1], ["0", "0.05", "0.1", "1"])
            axes.minorticks_off()
        cover(third, report, names, sheet)
        for axes in (first, second, third):
            rows_of(axes, names, labels=axes is first)
        for index, group in enumerate(GROUPS):
            entry(first, WORDS[group], look(index) | {"linestyle": "none"})
        legend_above(figure, first, len(GROUPS))
        footnote(figure, caveat(report))
        return save(figure, output / "verdict_calibration_errors", Sheet.COLUMNS, sheet)


def half(name: str) -> str:
    """Return the study that a scenario belongs to."""
    return next(group for group, held in GROUPS.items() if name in {s.name for s in held})


def rates_of(report: Report, name: str, quantity: str) -> Mapping[int, Interval]:
    """Return the share of runs in which something happened, for each number of replicates."""
    levels = report.readings(half(name)).levels(name, quantity)
    (study,) = (s for s in error_rates.rated(report) if s.name == half(name))
    assert isinstance(study.measurement, VerdictRates)
    runs = study.measurement.runs
    return {n: wilson(float(v.mean()), runs * v.size) for n, v in levels.items()}


def wilson(share: float, runs: int) -> Interval:
    """Return Wilson's 95 % interval of a probability from its share in independent runs."""
    spread = QUANTILE**2 / runs
    middle = (share + spread / 2) / (1 + spread)
    error = (share * (1 - share) / runs + spread / (4 * runs)) ** 0.5 / (1 + spread)
    low, high = middle - QUANTILE * error, middle + QUANTILE * error  # equal to 0 or 1 there
    return Interval(mean=share, error=error, low=min(low, share), high=max(high, share))


def mark(
    axes: Axes, report: Report, name: str, place: int, quantities: Iterable[str], sheet: Sheet
) -> None:
    """Draw the worst of several rates."""
    known = {q: rates_of(report, name, q) for q in quantities}
    quantity, size = max(
        ((q, n) for q, found in known.items() for n in found), key=lambda k: known[k[0]][k[1]].mean
    )
    worst = known[quantity][size]
    dot(axes, place, worst, half(name))
    sheet.add("errors", name, quantity, size, worst.mean, worst.low, worst.high)


def dot(axes: Axes, place: float, found: Interval, group: str) -> None:
    """Draw a rate with its interval on a line of the table."""
    style: dict[str, Any] = look(list(GROUPS).index(group)) | {"linestyle": "none"}
    reach = [[found.mean - found.low], [found.high - found.mean]]
    axes.errorbar([found.mean], [place], xerr=reach, capsize=2, **style)


def cover(axes: Axes, report: Report, names: list[str], sheet: Sheet) -> None:
    """Draw the coverage for every number of replicates from 8, where the slope is the exponent."""
    straight = {s.name for group in GROUPS.values() for s in group if s.is_straight}
    axes.axvspan(*COVERED, color=GREY, alpha=0.25, linewidth=0)
    axes.axvline(0.95, **THEORY)
    for place, name in enumerate(names):
        if name not in straight:
            continue
        found = {n: i for n, i in rates_of(report, name, COVERAGE).items() if n >= 8}
        for shift, (n, i) in enumerate(found.items()):
            dot(axes, place + 0.16 * (shift - (len(found) - 1) / 2), i, half(name))
            sheet.add("coverage", name, COVERAGE, n, i.mean, i.low, i.high)
    axes.set(title="intervals that hold the exponent", xlabel="share of runs,\n8 to 512 replicates")
    axes.set_xlim(0.9, 1.0)


def rows_of(axes: Axes, names: list[str], *, labels: bool) -> None:
    """Name the lines of the table."""
    axes.set_yticks(range(len(names)), names if labels else [""] * len(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", color=GREY, alpha=0.25, linewidth=0.5)


def draw_replicates(report: Report, output: Path) -> list[Path]:
    """Draw coverage and error rates of every scenario against the replicates."""
    rates: tuple[tuple[str, Callable[[Interval], float]], ...] = (
        (COVERAGE, lambda i: abs(i.mean - 0.95)),
        (at(FALSE_REFUTED, GAPS[0]), lambda i: i.mean),
        (at(FALSE_CONSISTENT, GAPS[-1]), lambda i: i.mean),
    )
    with styled():
        figure, rows = new_figure(3, (2.2,) * 3, width=3.2)
        sheet = Sheet()
        for column, group in enumerate(list(GROUPS)[:3]):
            for row, (quantity, miss) in zip(rows, rates, strict=True):
                draw_group(row[column], report, GROUPS[group], quantity, miss, sheet)
            rows[0][column].set_title(WORDS[group])
            rows[-1][column].set_xlabel("replicates at each size")
        for row, label in zip(rows, ("coverage", "false REFUTED", "false CONSISTENT"), strict=True):
            row[0].set_ylabel(label)
        entry(rows[0][0], "each scenario", {"color": GREY, "linewidth": 0.8})
        entry(rows[0][0], "the worst, with its 95 % interval", look(0))
        entry(rows[0][0], "claimed", THEORY)
        legend_above(figure, rows[0][0], 3)
        footnote(figure, caveat(report))
        return save(figure, output / "verdict_calibration_replicates", Sheet.COLUMNS, sheet)


def draw_group(
    axes: Axes, report: Report, scenarios: Iterable[Scenario], quantity: str,
    miss: Callable[[Interval], float], sheet: Sheet,
) -> None:  # fmt: skip
    """Draw one rate of all scenarios of a half, the worst one with its name and intervals."""
    covers = quantity == COVERAGE
    names = [s.name for s in scenarios if s.is_straight or not covers]
    known = {name: rates_of(report, name, quantity) for name in names}
    for name, found in known.items():
        axes.plot(list(found), [i.mean for i in found.values()], color=GREY, linewidth=0.8)
        for size, i in found.items():
            sheet.add("replicates", name, quantity, size, i.mean, i.low, i.high)
    worst = max(known, key=lambda name: max(miss(i) for n, i in known[name].items() if n >= 8))
    draw_intervals(axes, list(known[worst]), list(known[worst].values()), look(0))
    for claimed in COVERED if covers else (ALLOWED,):
        axes.axhline(claimed, **THEORY)
    said = worst if any(i.mean for i in known[worst].values()) else "never, in any scenario"
    axes.text(0.98, 0.97 if covers else 0.72, said, transform=axes.transAxes, ha="right", va="top")
    axes.set(xscale="log", ylim=(0.88, 1.01) if covers else (-0.004, 0.08))
    axes.set_xticks(list(found), [str(n) for n in found])
    axes.minorticks_off()
