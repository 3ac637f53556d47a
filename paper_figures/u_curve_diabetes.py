"""Adversarial risk against training time on Diabetes: a U between an attack and a certificate.

Draws ``u_curve_diabetes``: for each depth and norm, risks over time with bands over splits, the
certificate above the attack, and the same with shuffled labels; and the best time under attack over
the clean one: thick intervals over splits, thin ones for the population.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions import Readings
from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.split_curves import (
    CLEAN,
    DATA,
    SHUFFLED,
    Ball,
    SplitCurves,
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
from ratecheck.reporting import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NORMS = {2.0: "l2 balls", math.inf: "l-infinity balls"}
TICKS = (0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0)
RANGE = (0.42, 5.0)
CERTIFICATE: dict[str, Any] = {"linewidth": 0.8, "linestyle": "-"}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "u_curve_diabetes")
    studies = [study for study in report.suite.studies if isinstance(study, MeasuredStudy)]
    with styled():
        figure, rows = new_figure(3, (2.9,) * len(studies), width=3.3, share=False)
        sheet = Sheet()
        for row, study in zip(rows, studies, strict=True):
            for axes, norm in zip(row, NORMS, strict=False):
                draw_curves(axes, report, study, norm, sheet)
            row[0].set_ylabel("risk, in variances of the response")
            draw_shifts(row[-1], report, study, sheet)
        footnote(figure, caveat(report))
        return save(figure, output / "u_curve_diabetes", Sheet.COLUMNS, sheet)


def measurement(study: MeasuredStudy) -> SplitCurves:
    """Return what a study measures."""
    assert isinstance(study.measurement, SplitCurves)
    return study.measurement


def draw_curves(
    axes: Axes, report: Report, study: MeasuredStudy, norm: float, sheet: Sheet
) -> None:
    """Draw the clean curve, the brackets of one norm, and those of shuffled labels in grey."""
    readings, n = report.readings(study.name), study.sizes[-1]
    axes.set_title(f"{study.name}, {NORMS[norm]}")
    clean = readings.curve(DATA, CLEAN, n)
    training_axis(axes, clean.times)
    draw_training(axes, clean, look(0), sheet, label="clean", nudge=-1)
    balls = [ball for ball in measurement(study).balls if ball.norm == norm]
    for index, ball in enumerate(balls, start=1):
        style, label = look(index), f"attack, r = {ball.radius:g}"
        attack = readings.curve(DATA, ball.attack, n)
        draw_training(axes, attack, style, sheet, label=label, nudge=index - 1)
        draw_certificate(axes, readings, ball, style, sheet)
        grey = style | {"color": GREY, "linewidth": 0.8, "marker": ""}
        shuffled = readings.curve(SHUFFLED, ball.attack, n)
        draw_training(axes, shuffled, grey, sheet, label="" if index > 1 else "shuffled labels")
    if measurement(study).certify:
        entry(axes, "certificate", CERTIFICATE | {"color": GREY})
    plain_ticks(axes, TICKS)
    axes.set_ylim(*RANGE)
    axes.legend(loc="upper left", ncols=2)


def draw_certificate(
    axes: Axes, readings: Readings, ball: Ball, style: dict[str, Any], sheet: Sheet
) -> None:
    """Draw the mean upper bound as a thin line, where there is one."""
    if (DATA, ball.certificate) not in {(e.series, e.quantity) for e in readings.entries}:
        return
    size = max(e.size for e in readings.entries)
    bound = readings.curve(DATA, ball.certificate, size)
    finite = np.isfinite(bound.times)
    means = bound.values.mean(axis=0)[finite]
    shown = np.where(means <= TICKS[-1], means, np.nan)  # beyond it the bound says nothing
    axes.plot(bound.times[finite], shown, **CERTIFICATE | {"color": style["color"]})
    for t, value in zip(bound.times[finite], means, strict=True):
        sheet.add(axes.get_title(), ball.certificate, "risk", float(t), float(value))


def draw_shifts(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the quotient of best times, with intervals over splits and for the population."""
    axes.set_title(f"{study.name}: best times, attack over clean")
    made, n = measurement(study), study.sizes[-1]
    readings = report.readings(study.name)
    wide = math.sqrt(1 + study.replicates_at(n) * made.test / n)
    for place, ball in enumerate(made.balls):
        found = of_mean(readings.levels(DATA, ball.shift)[n])
        reach = np.array([[found.mean - found.low], [found.high - found.mean]])
        style = look(0 if ball.norm == 2 else 1) | {"linestyle": "none"}
        axes.errorbar([place], [found.mean], yerr=reach, capsize=4, elinewidth=3, **style)
        axes.errorbar([place], [found.mean], yerr=reach * wide, capsize=4, elinewidth=1, **style)
        low, high = found.mean - wide * float(reach[0, 0]), found.mean + wide * float(reach[1, 0])
        sheet.add(axes.get_title(), str(ball), "log10 quotient", place, found.mean, low, high)
    axes.axhline(0.0, color=GREY, linewidth=0.9, zorder=0)
    axes.set_xticks(range(len(made.balls)), [str(b).replace(", ", "\n") for b in made.balls])
    axes.set_xlim(-0.5, len(made.balls) - 0.5)
    axes.set_ylabel("decades of time (negative: earlier)")
