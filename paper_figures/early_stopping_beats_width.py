"""Sensitivity and risk of random features against width: minimum norm, early stopped, ridge.

Draws ``early_stopping_beats_width``: S above, clean risk below, a column for each activation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.stopped_features import (
    PLAIN,
    RIDGE,
    RISK,
    SENSITIVITY,
    STOPPED,
    TRUTH,
    WIDE,
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

LOOKS = {PLAIN: look(4), STOPPED: look(0), RIDGE: look(1)}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "early_stopping_beats_width")
    studies = [s for s in report.suite.studies if isinstance(s, MeasuredStudy)]
    with styled():
        figure, rows = new_figure(len(studies), (2.7, 2.7), width=3.8)
        sheet = Sheet()
        for row, quantity in zip(rows, (SENSITIVITY, RISK), strict=True):
            for axes, study in zip(row, studies, strict=True):
                draw(axes, report, study, quantity, sheet)
            row[0].set_ylabel("sensitivity S" if quantity == SENSITIVITY else "clean risk")
        for axes, study in zip(rows[0], studies, strict=True):
            draw_truth(axes, report, study, sheet)
            axes.set_title(f"random features, {study.name}")
        entry(rows[0][0], "k = infinity", {"color": GREY, "linewidth": 2.2})
        legend_above(figure, rows[0][0], 5)
        footnote(figure, caveat(report))
        return save(figure, output / "early_stopping_beats_width", Sheet.COLUMNS, sheet)


def draw(axes: Axes, report: Report, study: MeasuredStudy, quantity: str, sheet: Sheet) -> None:
    """Draw a quantity of all fits against the width, infinite width at the right."""
    readings, sizes = report.readings(study.name), np.array(study.sizes, dtype=np.float64)
    for series, style in LOOKS.items():
        levels = readings.levels(series, quantity)
        found = draw_levels(axes, levels, style | {"label": series})
        for k, i in zip(levels, found, strict=True):
            sheet.add(study.name, series, quantity, k, i.mean, i.low, i.high)
        limits = readings.levels(series + WIDE, quantity)
        value = float(np.mean(np.concatenate(list(limits.values()))))
        axes.plot(
            sizes[-1] * np.array([1.3, 2.2]), [value] * 2, color=style["color"], linewidth=2.2
        )
        sheet.add(study.name, series, quantity, np.inf, value)
    axes.set(xscale="log", yscale="log", xlabel="width k" if quantity == RISK else "")
    axes.set_xticks(sizes, [f"{k:g}" for k in sizes])
    low, high = axes.get_ylim()
    ticks = [v for v in (0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20) if low <= v <= high]
    axes.set_yticks(ticks, [f"{v:g}" for v in ticks])
    axes.minorticks_off()


def draw_truth(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the sensitivity of the target itself."""
    levels = report.readings(study.name).levels(TRUTH, SENSITIVITY)
    value = float(np.mean(np.concatenate(list(levels.values()))))
    axes.axhline(value, label="target itself", **THEORY)
    sheet.add(study.name, TRUTH, SENSITIVITY, np.inf, value)
