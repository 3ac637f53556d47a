"""Linearised adversarial training: what its closed form describes, and where it leads.

Draws ``adversarial_degeneration``: distances of simulated training to the closed form, and
``adversarial_degeneration_end``: errors under attack against the duration of training.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measurements import adversarial_dynamics as dynamics
from ratecheck.montecarlo.measurements import degeneration, robust_network
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_levels,
    draw_training,
    footnote,
    legend_above,
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

# per study: title, abscissa, curves (series, quantity, label), exponent of the line of theory
PARTS: Final = {
    "steps": (
        "small steps", "Euler steps of attack and training", -1.0, "1 / steps",
        ((dynamics.FROZEN, dynamics.GAP, "steady attack"),
         (dynamics.SWITCHING, dynamics.GAP, "attack moves between points")),
    ),
    "width": (
        "width", "width w", -0.5, "$w^{-1/2}$",
        ((dynamics.NETWORK, dynamics.TO_LINEAR, "network to its linearisation"),
         (dynamics.NETWORK, dynamics.GAP, "network to closed form"),
         (dynamics.LINEAR, dynamics.GAP, "linearisation to closed form")),
    ),
    "strength": (
        "strength of the attack", "inverse strength $1/\\eta$", -1.0, "$\\eta$",
        ((dynamics.LINEAR, dynamics.GAP, "linearisation to closed form"),
         (dynamics.LINEAR, dynamics.SHARE, "the same over the attack's effect")),
    ),
}  # fmt: skip
TICKS: Final = (0.1, 0.2, 0.3, 0.5, 1.0)


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figures."""
    report = stored_report(results, "adversarial_degeneration")
    with styled():
        return [*draw_distances(report, output), *draw_ends(report, output)]


def draw_distances(report: Report, output: Path) -> list[Path]:
    """Draw the three comparisons with the closed form."""
    figure, (row,) = new_figure(len(PARTS), (3.1,), width=3.3, share=False)
    sheet = Sheet()
    for axes, study in zip(row, PARTS, strict=True):
        draw_part(axes, report, study, sheet)
    row[0].set_ylabel("distance over root mean square of y")
    footnote(figure, caveat(report))
    return save(figure, output / "adversarial_degeneration", Sheet.COLUMNS, sheet)


def draw_part(axes: Axes, report: Report, study: str, sheet: Sheet) -> None:
    """Draw distances against steps, width or strength."""
    title, label, exponent, power, lines = PARTS[study]
    readings = report.readings(study)
    axes.set(xscale="log", yscale="log", title=title, xlabel=label)
    for index, (series, quantity, name) in enumerate(lines):
        levels = readings.levels(series, quantity)
        found = draw_levels(axes, levels, look(index) | {"label": name})
        for size, interval in zip(levels, found, strict=True):
            sheet.add(title, name, quantity, size, interval.mean, interval.low, interval.high)
        if not index:
            sizes, start = np.array(list(levels), dtype=np.float64), 0.6 * found[0].mean
            axes.plot(sizes, start * (sizes / sizes[0]) ** exponent, label=power, **THEORY)
    axes.set_xticks(list(levels), [str(size) for size in levels])
    axes.minorticks_off()
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.45)
    axes.legend(loc="upper right")
    if study == "strength":
        axes.axhline(1.0, color=GREY, linewidth=0.8, zorder=0)


def draw_ends(report: Report, output: Path) -> list[Path]:
    """Draw errors against the duration: three kinds of data, and networks."""
    figure, (row,) = new_figure(4, (3.1,), width=2.9, share=False)
    sheet = Sheet()
    kinds = {"digits n=300, right labels": (0.1, 0.2), "digits n=300, a fifth wrong": (0.1, 0.2),
             "synthetic": (0.1, 0.3)}  # fmt: skip
    for axes, (study, radii) in zip(row, kinds.items(), strict=False):
        draw_closed_form(axes, report, study, radii, sheet)
    draw_networks(row[-1], report, sheet)
    row[0].set_ylabel("error (digits), risk (synthetic)")
    legend_above(figure, row[0], 4)
    footnote(figure, caveat(report))
    return save(figure, output / "adversarial_degeneration_end", Sheet.COLUMNS, sheet)


def draw_closed_form(
    axes: Axes, report: Report, study: str, radii: tuple[float, ...], sheet: Sheet
) -> None:
    """Draw clean and attacked errors with unequal times; with equal times grey beside them."""
    readings, size = report.readings(study), _size(report, study)
    axes.set_title(f"{study.replace(' n=300', '')}, r = {', '.join(f'{r:g}' for r in radii)}")
    names = (degeneration.CLEAN, *(degeneration.robust(r) for r in radii))
    words = ("clean", "attacked, smaller r", "attacked, larger r")
    for index, (quantity, word) in enumerate(zip(names, words, strict=True)):
        curve = readings.curve(degeneration.UNEVEN, quantity, size)
        if not index:
            training_axis(axes, curve.times)
        draw_training(axes, curve, look(index), sheet, label=word, nudge=index % 2)
        even = readings.curve(degeneration.EVEN, quantity, size)
        grey = look(index) | {"color": GREY, "linewidth": 0.8, "marker": ""}
        draw_training(axes, even, grey, sheet, label="" if index else degeneration.EVEN)
    axes.set_xlabel("duration c")
    if study == "synthetic":
        plain_ticks(axes, (0.05, 0.1, 0.2, 0.5, 1.0))
    else:
        plain_ticks(axes, (0.05, *TICKS))


def draw_networks(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw errors of networks against epochs, by the labels."""
    axes.set(title="networks, digits, r = 0.1", xscale="log", yscale="log", xlabel="epochs")
    for index, labels in enumerate(("right labels", "a fifth wrong")):
        study = f"network n=300, {labels}"
        readings, size = report.readings(study), _size(report, study)
        for quantity, line in ((robust_network.robust(0.1), "-"), (robust_network.CLEAN, ":")):
            curve = readings.curve(robust_network.ADVERSARIAL, quantity, size)
            style = look(index) | {"linestyle": line}
            word = "attacked" if quantity != robust_network.CLEAN else "clean"
            draw_training(axes, curve, style, sheet, label=f"{word}, {labels}")
    ticks = [int(t) for t in curve.times[::2]]
    axes.set_xticks(ticks, [str(t) for t in ticks])
    plain_ticks(axes, (0.05, *TICKS))
    axes.set_ylim(0.003, 1.3)  # room for the legend
    axes.legend(loc="lower left")


def _size(report: Report, study: str) -> int:
    """Return the one abscissa of a study."""
    return next(s.sizes[0] for s in report.suite.studies if s.name == study)
