"""Accuracy of training on frozen kernels, against the epoch at which they were taken.

Draws ``kernel_swap``: clean and robust accuracy of the four cells of the table over T, and of the
networks that the kernels come from; and ``kernel_swap_table``: the same in numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratecheck.assertions.intervals import Interval, of_mean
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
        curves = save(figure, output / report.suite.name, Sheet.COLUMNS, sheet)
        return [*curves, *draw_table(report, output)]


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


def accuracies(report: Report, name: str, quantity: str) -> dict[int, Interval]:
    """Return mean accuracies of a cell or network with their intervals, by T."""
    (study,) = report.suite.studies
    assert isinstance(study, MeasuredStudy)
    assert isinstance(study.measurement, KernelSwap)
    size = study.at(report.profile).sizes[-1]
    curve = report.readings(study.name).curve(name, quantity, size)
    found = [of_mean(column) for column in curve.values.T]
    return dict(zip((0, *study.measurement.epochs), found, strict=True))


def draw_accuracies(axes: Axes, report: Report, quantity: str, sheet: Sheet) -> None:
    """Draw one kind of accuracy of every cell over the epochs."""
    for name, style in looks().items():
        found = accuracies(report, name, quantity)
        draw_intervals(axes, range(len(found)), list(found.values()), style | {"label": name})
        for epoch, interval in found.items():
            sheet.add(quantity, name, "accuracy", epoch, interval.mean, interval.low, interval.high)
    axes.set_xticks(range(len(found)), [f"{epoch}" for epoch in found])
    axes.set(title=quantity, xlabel="epoch T of the frozen kernel", ylim=(-0.02, 1.02))


def draw_table(report: Report, output: Path) -> list[Path]:
    """Draw the table of clean and robust accuracies, in per cent."""
    figure, (row,) = new_figure(2, (2.6,), width=4.2, share=False)
    sheet = Sheet()
    for axes, quantity in zip(row, (CLEAN, ROBUST), strict=True):
        found = {name: accuracies(report, name, quantity) for name in looks()}
        draw_cells(axes, found)
        axes.set(title=f"{quantity}, per cent", xlabel="epoch T of the frozen kernel")
        for name, line in found.items():
            for epoch, i in line.items():
                sheet.add(quantity, name, "accuracy", epoch, i.mean, i.low, i.high)
    row[0].set_yticks(range(len(found)), list(found))
    row[1].set_yticks([])
    footnote(figure, caveat(report))
    return save(figure, output / f"{report.suite.name}_table", Sheet.COLUMNS, sheet)


def draw_cells(axes: Axes, found: Mapping[str, Mapping[int, Interval]]) -> None:
    """Draw means as shades and write them down with their intervals."""
    lines = [list(line.values()) for line in found.values()]
    axes.imshow([[i.mean for i in line] for line in lines], cmap="cividis", vmin=0, vmax=1,
                aspect="auto")  # fmt: skip
    for y, line in enumerate(lines):
        for x, i in enumerate(line):
            text = f"{100 * i.mean:.0f}\n{100 * max(i.low, 0.0):.0f} \u2013 {100 * i.high:.0f}"
            colour = "black" if i.mean > 0.5 else "white"
            axes.text(x, y, text, ha="center", va="center", fontsize=7, color=colour)
    axes.grid(visible=False)
    epochs = next(iter(found.values()))
    axes.set_xticks(range(len(epochs)), [f"{epoch}" for epoch in epochs])
