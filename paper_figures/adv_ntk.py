"""Adv-NTK beside the plain tangent kernel, one stopping time for all, and finite networks.

Draws ``adv_ntk``: accuracies under attack against depth, gains over the plain kernel replicate by
replicate, clean accuracies; ``adv_ntk_learning``: the descents.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements import robust_network
from ratecheck.montecarlo.measurements.adv_ntk import (
    CLEAN,
    CLEAN_CURVE,
    CURVE,
    LEARNT,
    LONGER,
    PLAIN,
    ROBUST,
    STALE,
    STOPPED,
    AdvNTKGain,
)
from ratecheck.plotting import (
    GREY,
    Sheet,
    draw_band,
    draw_bars,
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

FITS: Final = (PLAIN, STOPPED, LEARNT, LONGER)
NETWORK: Final = len(FITS)
CONSTANT: Final = 0.45  # loss of the mean of ten equally frequent indicators, (1 - 1/10) / 2


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figures."""
    report = stored_report(results, "adv_ntk")
    with styled():
        return [*draw_accuracies(report, output), *draw_learning(report, output)]


def kernel_studies(report: Report) -> list[MeasuredStudy]:
    """Return the studies of kernel fits."""
    studies = [s for s in report.suite.studies if isinstance(s, MeasuredStudy)]
    return [s for s in studies if isinstance(s.measurement, AdvNTKGain)]


def worded(study: MeasuredStudy) -> str:
    """Return the name of a study with blanks around its sign."""
    return study.name.replace("r=", "r = ")


def draw_accuracies(report: Report, output: Path) -> list[Path]:
    """Draw a column for each radius: robust accuracy, its gain over NTK, clean accuracy."""
    studies = kernel_studies(report)
    figure, rows = new_figure(len(studies), (2.5, 2.0, 2.0), width=2.8, share=False)
    sheet = Sheet()
    for column, study in enumerate(studies):
        draw_fits(rows[0][column], report, study, ROBUST, sheet)
        draw_gains(rows[1][column], report, study, sheet)
        draw_fits(rows[2][column], report, study, CLEAN, sheet)
        draw_networks(rows[0][column], rows[2][column], report, study, sheet)
        rows[0][column].set_title(worded(study))
    rows[0][0].set_ylabel("accuracy under attack")
    rows[1][0].set_ylabel("gain over NTK")
    rows[2][0].set_ylabel("clean accuracy")
    legend_above(figure, rows[0][1], 5)
    footnote(figure, caveat(report))
    return save(figure, output / "adv_ntk", Sheet.COLUMNS, sheet)


def draw_fits(
    axes: Axes, report: Report, study: MeasuredStudy, quantity: str, sheet: Sheet
) -> None:
    """Draw one kind of accuracy of all fits against depth."""
    readings = report.readings(study.name)
    for index, series in enumerate(FITS):
        levels = readings.levels(series, quantity)
        found = draw_bars(axes, levels, look(index) | {"label": series}, index)
        for depth, interval in zip(levels, found, strict=True):
            sheet.add(
                study.name, series, quantity, depth, interval.mean, interval.low, interval.high
            )
        if quantity == ROBUST:
            for depth, values in readings.levels(series, STALE).items():
                sheet.add(study.name, series, STALE, depth, float(values.mean()))
    axes.set(xlabel="depth L", xticks=list(levels))


def draw_gains(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw by how much robust accuracies exceed that of NTK on the same split."""
    readings = report.readings(study.name)
    plain = readings.levels(PLAIN, ROBUST)
    for index, series in enumerate(FITS[1:], start=1):
        levels = {
            depth: values - plain[depth]
            for depth, values in readings.levels(series, ROBUST).items()
        }
        found = draw_bars(axes, levels, look(index), index)
        for depth, interval in zip(levels, found, strict=True):
            sheet.add(
                study.name, series, "gain over NTK", depth,
                interval.mean, interval.low, interval.high,
            )  # fmt: skip
    axes.axhline(0.0, color=GREY, linewidth=0.8, zorder=0)
    axes.set(xlabel="depth L", xticks=list(plain))


def draw_networks(
    upper: Axes, lower: Axes, report: Report, study: MeasuredStudy, sheet: Sheet
) -> None:
    """Draw adversarially trained networks beside kernels fitted to the same labels."""
    assert isinstance(study.measurement, AdvNTKGain)
    name = f"networks, r={study.measurement.radius:g}"
    if study.measurement.problem.wrong or name not in {s.name for s in report.suite.studies}:
        return
    readings = report.readings(name)
    attacked = robust_network.robust(study.measurement.radius)
    for axes, quantity in ((upper, attacked), (lower, robust_network.CLEAN)):
        series, word = robust_network.ADVERSARIAL, "network, adversarial training"
        errors = readings.levels(series, quantity, -1)
        levels = {depth: 1.0 - values for depth, values in errors.items()}
        found = draw_bars(axes, levels, look(NETWORK) | {"label": word}, NETWORK)
        for depth, interval in zip(levels, found, strict=True):
            sheet.add(
                study.name, word, f"1 - {quantity}", depth,
                interval.mean, interval.low, interval.high,
            )  # fmt: skip


def draw_learning(report: Report, output: Path) -> list[Path]:
    """Draw losses on held-out rows against the steps of the descents, smallest depth."""
    studies = kernel_studies(report)
    figure, (row,) = new_figure(len(studies), (2.8,), width=2.8, share=False)
    sheet = Sheet()
    for axes, study in zip(row, studies, strict=True):
        depth = study.sizes[0]
        axes.set(title=worded(study), xlabel=f"step of the descent, L = {depth}")
        for index, series in ((2, LEARNT), (3, LONGER)):
            for quantity, line in ((CURVE, "-"), (CLEAN_CURVE, ":")):
                curve = report.readings(study.name).curve(series, quantity, depth)
                word = "attacked" if quantity == CURVE else "clean"
                style = look(index) | {"linestyle": line, "label": f"{series}, {word}"}
                found = draw_band(axes, curve.times, curve.values, style)
                for step, interval in zip(curve.times, found, strict=True):
                    sheet.add(
                        study.name, series, quantity, float(step),
                        interval.mean, interval.low, interval.high,
                    )  # fmt: skip
        axes.set_ylim(0, None)
        axes.axhline(CONSTANT, color=GREY, linewidth=0.8, zorder=0, label="best constant")
    row[0].set_ylabel("loss on held-out rows")
    legend_above(figure, row[0], 5)
    footnote(figure, caveat(report))
    return save(figure, output / "adv_ntk_learning", Sheet.COLUMNS, sheet)
