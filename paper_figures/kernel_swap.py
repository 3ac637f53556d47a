"""Accuracy of training on frozen kernels, against the epoch at which they were taken.

Draws ``kernel_swap``: clean and robust accuracy of the four cells of the table over T, and of the
networks that the kernels come from.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.kernel_swap import (
    CLEAN,
    DATA,
    KERNELS,
    ROBUST,
    KernelSwap,
    cell,
    network,
)
from ratecheck.plotting import (
    GREY,
    Sheet,
    draw_intervals,
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


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "kernel_swap")
    with styled():
        figure, (row,) = new_figure(2, (3.4,), width=3.7, share=False)
        sheet = Sheet()
        for axes, quantity in zip(row, (CLEAN, ROBUST), strict=True):
            draw_accuracies(axes, report, quantity, sheet)
        row[0].set_ylabel("accuracy")
        legend_above(figure, row[0], 3)
        footnote(figure, caveat(report))
        return save(figure, output / "kernel_swap", Sheet.COLUMNS, sheet)


def looks() -> dict[str, dict[str, Any]]:
    """Return the look of each series: colour by kernel, line by data; networks grey."""
    found = {}
    for k, kernel in enumerate(KERNELS):
        for d, data in enumerate(DATA):
            line = {"linestyle": ("-", (0, (4, 2)))[d], "fillstyle": ("full", "none")[d]}
            found[cell(kernel, data)] = look(k) | line
    for k, kernel in enumerate(KERNELS):
        found[network(kernel)] = look(k + 2) | {"color": GREY, "linewidth": 0.9, "markersize": 3}
    return found


def draw_accuracies(axes: Axes, report: Report, quantity: str, sheet: Sheet) -> None:
    """Draw one kind of accuracy of every cell over the epochs."""
    (study,) = report.suite.studies
    assert isinstance(study, MeasuredStudy)
    assert isinstance(study.measurement, KernelSwap)
    epochs = (0, *study.measurement.epochs)
    size = study.at(report.profile).sizes[-1]
    for name, style in looks().items():
        curve = report.readings(study.name).curve(name, quantity, size)
        found = [of_mean(column) for column in curve.values.T]
        draw_intervals(axes, range(len(epochs)), found, style | {"label": name})
        for epoch, interval in zip(epochs, found, strict=True):
            sheet.add(quantity, name, "accuracy", epoch, interval.mean, interval.low, interval.high)
    axes.set_xticks(range(len(epochs)), [f"{epoch}" for epoch in epochs])
    axes.set(title=quantity, xlabel="epoch T of the frozen kernel", ylim=(-0.02, 1.02))
