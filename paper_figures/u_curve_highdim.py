"""Adversarial risk against training time in ten and twenty dimensions: brackets, and best times.

Draws ``u_curve_highdim``: for each dimension risks over time with bands over replicates, the
certificate above every attack as a thin line, the attacks without noise in grey; and how much
earlier or later the best time under attack is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions import Readings
from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.sphere_curves import SphereCurves, certified
from ratecheck.montecarlo.measurements.training_curves import (
    CLEAN,
    EXACT,
    NOISY,
    adversarial,
    shift,
)
from ratecheck.plotting import (
    GREY,
    Sheet,
    draw_training,
    entry,
    footnote,
    look,
    new_figure,
    plain_ticks,
    save,
    styled,
    training_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RANGE, TICKS = (0.09, 9.0), (0.1, 0.2, 0.5, 1.0, 2.0)
SHOWN = 3.0  # certificates above it say nothing, and the legend needs the room
THIN: dict[str, Any] = {"linewidth": 0.8, "linestyle": "-"}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "u_curve_highdim")
    (study,) = (s for s in report.suite.studies if isinstance(s, MeasuredStudy))
    readings, sheet = report.readings(study.name), Sheet()
    with styled():
        figure, (row,) = new_figure(len(study.sizes) + 1, (3.3,), width=3.3, share=False)
        for axes, d in zip(row, study.sizes, strict=False):
            draw_curves(axes, readings, study, d, sheet)
        row[0].set_ylabel("risk, in variances of the target")
        draw_shifts(row[-1], readings, study, sheet)
        footnote(figure, caveat(report))
        return save(figure, output / "u_curve_highdim", Sheet.COLUMNS, sheet)


def radii(study: MeasuredStudy) -> tuple[float, ...]:
    """Return the radii of the study."""
    assert isinstance(study.measurement, SphereCurves)
    return study.measurement.radii


def draw_curves(axes: Axes, readings: Readings, study: MeasuredStudy, d: int, sheet: Sheet) -> None:
    """Draw the clean curve and the brackets of all radii."""
    axes.set_title(f"d = {d}")
    for index, radius in enumerate((0.0, *radii(study))):
        quantity = adversarial(radius) if radius else CLEAN
        curve = readings.curve(NOISY, quantity, d)
        if not index:
            training_axis(axes, curve.times)
        label = f"attack, r = {radius:g}" if radius else "clean"
        draw_training(axes, curve, look(index), sheet, label=label, nudge=index % 2)
        if radius:
            draw_bound(axes, readings, radius, d, look(index), sheet)
        grey = look(index) | {"color": GREY, "linewidth": 0.7, "marker": ""}
        exact = readings.curve(EXACT, quantity, d)
        draw_training(axes, exact, grey, sheet, label="" if index else "without noise")
    entry(axes, "certificate", THIN | {"color": look(index)["color"]})
    plain_ticks(axes, TICKS)
    axes.set_ylim(*RANGE)
    axes.legend(loc="upper left", ncols=2)


def draw_bound(
    axes: Axes, readings: Readings, radius: float, d: int, style: dict[str, Any], sheet: Sheet
) -> None:
    """Draw the mean certificate as a thin line in the colour of its attack."""
    bound = readings.curve(NOISY, certified(radius), d)
    finite = np.isfinite(bound.times)
    means = bound.values.mean(axis=0)
    shown = np.where(means <= SHOWN, means, np.nan)
    axes.plot(bound.times[finite], shown[finite], **THIN | {"color": style["color"]})
    for t, value in zip(bound.times, means, strict=True):
        sheet.add(axes.get_title(), certified(radius), "risk", float(t), float(value))


def draw_shifts(axes: Axes, readings: Readings, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the quotient of best times against the radius, for each dimension."""
    axes.set(title="best time under attack over clean", xscale="log", xlabel="radius r")
    for index, d in enumerate(study.sizes):
        found = [of_mean(readings.levels(NOISY, shift(r))[d]) for r in radii(study)]
        places = [r * 1.05 ** (2 * index - 1) for r in radii(study)]
        reach = [[i.mean - i.low for i in found], [i.high - i.mean for i in found]]
        style = look(index) | {"linestyle": "none", "label": f"d = {d}"}
        axes.errorbar(places, [i.mean for i in found], yerr=reach, capsize=3, **style)
        for r, i in zip(radii(study), found, strict=True):
            sheet.add(axes.get_title(), f"d = {d}", "log10 quotient", r, i.mean, i.low, i.high)
    axes.axhline(0.0, color=GREY, linewidth=0.9, zorder=0)
    axes.set_xticks(radii(study), [f"{r:g}" for r in radii(study)])
    axes.minorticks_off()
    axes.set_xlim(0.8 * min(radii(study)), 1.25 * max(radii(study)))
    axes.set_ylabel("decades of time (negative: earlier)")
    axes.legend(loc="lower left")
