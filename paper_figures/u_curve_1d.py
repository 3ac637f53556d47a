"""Adversarial risk against training time in one dimension: a U, and when it is lowest.

Draws ``u_curve_1d``: risks over time for each radius, with noise and without, and how much earlier
or later the best time under attack is; and ``u_curve_1d_sizes``: the same curve at growing n.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.training_curves import (
    CLEAN,
    EXACT,
    NOISY,
    TrainingCurves,
    adversarial,
    shift,
)
from ratecheck.plotting import (
    GREY,
    Sheet,
    draw_training,
    footnote,
    look,
    new_figure,
    plain_ticks,
    save,
    styled,
    training_axis,
)
from ratecheck.reporting import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MIDDLE = 1  # which radius is drawn at several n
RANGE = (6e-4, 60.0)


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figures."""
    report = stored_report(results, "u_curve_1d")
    with styled():
        return [*draw_radii(report, output), *draw_sizes(report, output)]


def draw_radii(report: Report, output: Path) -> list[Path]:
    """Draw all radii at the largest n, and the best times."""
    studies = [study for study in report.suite.studies if isinstance(study, MeasuredStudy)]
    figure, (row,) = new_figure(len(studies) + 1, (3.2,), width=3.3, share=False)
    sheet = Sheet()
    for axes, study in zip(row, studies, strict=False):
        draw_curves(axes, report, study, sheet)
    row[0].set_ylabel("risk")
    draw_shifts(row[-1], report, studies, sheet)
    footnote(figure, caveat(report))
    return save(figure, output / "u_curve_1d", Sheet.COLUMNS, sheet)


def radii(study: MeasuredStudy) -> tuple[float, ...]:
    """Return the radii of a study."""
    assert isinstance(study.measurement, TrainingCurves)
    return study.measurement.radii


def draw_curves(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw a curve for each radius; those without noise thin and grey beside it."""
    readings, n = report.readings(study.name), study.sizes[-1]
    axes.set_title(f"{study.name}, n = {n}")
    for index, radius in enumerate((0.0, *radii(study))):
        quantity = adversarial(radius) if radius else CLEAN
        curve = readings.curve(NOISY, quantity, n)
        if not index:
            training_axis(axes, curve.times)
        label = f"r = {radius:g}" if radius else "clean"
        draw_training(axes, curve, look(index), sheet, label=label, nudge=index % 2)
        grey = look(index) | {"color": GREY, "linewidth": 0.7, "marker": ""}
        exact = readings.curve(EXACT, quantity, n)
        draw_training(axes, exact, grey, sheet, label="" if index else "without noise")
    axes.set_ylim(*RANGE)  # without noise the clean risk goes on falling below it
    axes.legend(loc="upper left", ncols=2)


def draw_shifts(axes: Axes, report: Report, studies: list[MeasuredStudy], sheet: Sheet) -> None:
    """Draw the quotient of best times against the radius, for each kernel and n."""
    axes.set(title="best time under attack over clean", xscale="log", xlabel="radius r")
    index = 0
    for study in studies:
        readings = report.readings(study.name)
        for n in study.sizes:
            found = [of_mean(readings.levels(NOISY, shift(r))[n]) for r in radii(study)]
            places = [r * 1.07 ** (index - 2.5) for r in radii(study)]
            reach = [[i.mean - i.low for i in found], [i.high - i.mean for i in found]]
            label = f"{study.name.partition(',')[0]}, n = {n}"
            style = look(index) | {"linestyle": "none"}
            axes.errorbar(
                places, [i.mean for i in found], yerr=reach, capsize=2, label=label, **style
            )
            for r, i in zip(radii(study), found, strict=True):
                sheet.add(axes.get_title(), label, "log10 quotient", r, i.mean, i.low, i.high)
            index += 1
    axes.axhline(0.0, color=GREY, linewidth=0.9, zorder=0)
    axes.set_xticks(radii(studies[0]), [f"{r:g}" for r in radii(studies[0])])
    axes.minorticks_off()
    axes.set_ylabel("decades of time (negative: earlier)")
    axes.legend(loc="lower left")


def draw_sizes(report: Report, output: Path) -> list[Path]:
    """Draw the curve of one radius at every n."""
    studies = [study for study in report.suite.studies if isinstance(study, MeasuredStudy)]
    figure, (row,) = new_figure(len(studies), (3.0,), width=3.6, share=False)
    sheet = Sheet()
    for axes, study in zip(row, studies, strict=True):
        radius = radii(study)[MIDDLE]
        axes.set_title(f"{study.name}, r = {radius:g}")
        for index, n in enumerate(study.sizes):
            curve = report.readings(study.name).curve(NOISY, adversarial(radius), n)
            training_axis(axes, curve.times)
            draw_training(axes, curve, look(index), sheet, label=f"n = {n}")
        plain_ticks(axes, (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2))
        axes.legend(loc="upper center", bbox_to_anchor=(0.42, 1.0))
    row[0].set_ylabel("adversarial risk")
    footnote(figure, caveat(report))
    return save(figure, output / "u_curve_1d_sizes", Sheet.COLUMNS, sheet)
