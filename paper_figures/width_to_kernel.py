"""Networks of growing width beside their kernel flow: distances, and adversarial curves.

Draws ``width_to_kernel``: sup distance against width at several times for both depths, each with
the power -1/2 through its largest width; the adversarial risk over time at some widths and at
infinite width; and the ratio of the two, replicate by replicate.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.width_to_kernel import (
    ADVERSARIAL,
    KERNEL,
    NETWORK,
    WidthToKernel,
    gap,
)
from ratecheck.plotting import (
    INK,
    THEORY,
    Sheet,
    draw_band,
    draw_levels,
    draw_power,
    footnote,
    look,
    new_figure,
    plain_ticks,
    save,
    shades,
    size_axis,
    styled,
)
from ratecheck.reporting import Report
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 3  # widths whose curves are drawn: first, middle, last
Curve: TypeAlias = tuple[Array, Array, str]
"""Times (T,), replicates (R, T), panel."""


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "width_to_kernel")
    studies = [study for study in report.suite.studies if isinstance(study, MeasuredStudy)]
    with styled():
        figure, (above, below) = new_figure(len(studies), (3.0, 3.0), width=3.8, share=False)
        sheet = Sheet()
        for axes, study in zip(above, studies, strict=True):
            draw_distances(axes, report, study, sheet)
        above[0].set_ylabel("largest distance of the predictions")
        draw_risks(below[0], report, studies[0], sheet)
        draw_ratios(below[1], report, studies[0], sheet)
        footnote(figure, caveat(report))
        return save(figure, output / "width_to_kernel", Sheet.COLUMNS, sheet)


def measurement(study: MeasuredStudy) -> WidthToKernel:
    """Return what a study measured."""
    assert isinstance(study.measurement, WidthToKernel)
    return study.measurement


def claimed(study: MeasuredStudy) -> list[float]:
    """Return the times at which distances are claimed to fall."""
    subjects = {held.risk for held in study.expectations}
    return [time for time in measurement(study).times if gap(time) in subjects]


def draw_distances(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the distance against the width at each claimed time, with w^{-1/2} beside it."""
    readings, panel = report.readings(study.name), f"depth {measurement(study).depth}"
    for index, time in enumerate(claimed(study)):
        levels = readings.levels(NETWORK, gap(time))
        label = f"t = {time:g}"
        found = draw_levels(axes, levels, look(index) | {"linestyle": "none", "label": label})
        widths = np.array(list(levels), dtype=np.float64)
        last = (widths[-1], found[-1].mean)
        draw_power(axes, widths, -0.5, last, {"zorder": 1, "linewidth": 0.9})
        for width, interval in zip(levels, found, strict=True):
            sheet.add(panel, label, gap(time), width, interval.mean, interval.low, interval.high)
        sheet.add(panel, label, "power -1/2 through", *last)
    axes.plot([], [], label="$w^{-1/2}$", **THEORY)
    axes.set(yscale="log", title=panel)
    size_axis(axes, widths, label=False)
    axes.set_xlabel("width w")
    plain_ticks(axes, (0.01, 0.02, 0.05, 0.1, 0.2))
    axes.legend(loc="lower left")


def shown(report: Report, study: MeasuredStudy) -> dict[int, dict[str, Any]]:
    """Return the looks of the widths whose curves are drawn: first, middle, last."""
    sizes = study.at(report.profile).sizes
    picked = sorted({sizes[0], sizes[len(sizes) // 2], sizes[-1]})
    looks = zip(shades(SHOWN), ("-", "--", "-."), strict=True)
    return {
        width: {"color": colour, "linestyle": style, "label": f"w = {width}"}
        for width, (colour, style) in zip(picked, looks, strict=False)
    }


def draw_curve(axes: Axes, sheet: Sheet, curve: Curve, drawn: dict[str, Any]) -> None:
    """Draw the mean of a curve with its band, and note it."""
    times, values, panel = curve
    for time, i in zip(times.tolist(), draw_band(axes, times, values, drawn), strict=True):
        sheet.add(panel, drawn["label"], "mean", time, i.mean, i.low, i.high)


def draw_risks(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the mean adversarial risk over time of the network at some widths, and of the kernel."""
    readings, looks = report.readings(study.name), shown(report, study)
    title = f"adversarial risk, depth {measurement(study).depth}"
    for width, drawn in looks.items():
        curve = readings.curve(NETWORK, ADVERSARIAL, width)
        draw_curve(axes, sheet, (curve.times, curve.values, title), drawn)
    limit = readings.curve(KERNEL, ADVERSARIAL, max(looks))
    drawn = {"color": INK, "linestyle": (0, (1, 1.2)), "label": "infinite width"}
    draw_curve(axes, sheet, (limit.times, limit.values, title), drawn)
    axes.set(xscale="log", yscale="log", xlabel="training time t", ylabel="mean risk", title=title)
    plain_ticks(axes, (0.1, 0.2, 0.5))
    axes.legend(loc="upper right")


def draw_ratios(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the mean ratio of the two adversarial risks of one replicate."""
    readings, title = report.readings(study.name), "adversarial risk over that of infinite width"
    for width, drawn in shown(report, study).items():
        curve = readings.curve(NETWORK, ADVERSARIAL, width)
        ratio = curve.values / readings.curve(KERNEL, ADVERSARIAL, width).values
        draw_curve(axes, sheet, (curve.times, ratio, title), drawn)
    axes.axhline(1.0, color=INK, linewidth=0.8, zorder=0)
    axes.set(xscale="log", xlabel="training time t", ylabel="mean ratio", title=title)
    axes.legend(loc="lower left")
