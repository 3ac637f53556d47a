"""Which activations are robust: sensitivity against width, synthetic points and digits.

Draws ``activation_parity``: random features above, tangent features below, beside them what even
activations have above infinite width, and growth with N at infinite width.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measurements.sensitivities import EXCESS, LIMIT, SENSITIVITY, at
from ratecheck.plotting import (
    GREY,
    Sheet,
    draw_levels,
    draw_power,
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

N = 100
ORDER = ("tanh", "softplus", "square", "cos", "erf", "relu")
LOOKS = {name: look(i) for i, name in enumerate(ORDER)}
NAMES = {"square": "square (even)", "cos": "cos (even)", "tanh": "tanh (odd)", "erf": "erf (odd)"}
COLUMNS = {
    "gauss-rf": "RF, Gaussian points",
    "digits-rf": "RF, digits 3/8",
    "gauss-rf-infinite": "RF, Gaussian, k = infinity",
    "gauss-ntk-infinite": "NTK, Gaussian, k = infinity",
    "gauss-ntk": "NTK, Gaussian points",
    "digits-ntk": "NTK, digits 3/8",
    "digits-centred-ntk": "NTK, digits, centred",
    "digits-random-ntk": "NTK, centred, random labels",
}
EVEN, RF_SHOWN = ("square", "cos"), ("tanh", "softplus", "square", "cos")
PLACES = (
    ("gauss-rf", "digits-rf"),
    ("gauss-ntk", "digits-ntk", "digits-centred-ntk", "digits-random-ntk"),
)


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "activation_parity")
    with styled():
        figure, (upper, lower) = new_figure(5, (2.7, 2.7), width=2.5, share=False)
        sheet = Sheet()
        for row, names in zip((upper, lower), PLACES, strict=True):
            for axes, name in zip(row, names, strict=False):
                draw_widths(axes, report, name, sheet)
            row[0].set_ylabel(f"S at N = {N}")
        draw_growth(upper[2], report, "gauss-rf-infinite", RF_SHOWN, sheet)
        draw_growth(upper[3], report, "gauss-ntk-infinite", EVEN, sheet)
        draw_excess(upper[4], report, "gauss-rf", sheet)
        draw_excess(lower[4], report, "gauss-ntk", sheet)
        entry(upper[0], "k = infinity", {"color": GREY, "linewidth": 2.2})
        legend_above(figure, upper[0], 7)
        footnote(figure, caveat(report))
        return save(figure, output / "activation_parity", Sheet.COLUMNS, sheet)


def draw(axes: Axes, report: Report, subject: tuple[str, str, str], sheet: Sheet) -> list[int]:
    """Draw one quantity of a study and series, write it down, and return its sizes."""
    study, name, quantity = subject
    levels = report.readings(study).levels(name, quantity)
    label = {"label": NAMES.get(name, name)}
    for size, i in zip(levels, draw_levels(axes, levels, LOOKS[name] | label), strict=True):
        sheet.add(study, name, quantity, size, i.mean, i.low, i.high)
    return list(levels)


def draw_widths(axes: Axes, report: Report, study: str, sheet: Sheet) -> None:
    """Draw S against the width, and S of infinite width as a short line at the right."""
    readings = report.readings(study)
    known = [name for name in ORDER if name != "relu" or study.endswith("rf")]
    for name in known:
        sizes = draw(axes, report, (study, name, at(SENSITIVITY, N)), sheet)
        limits = readings.levels(name, at(LIMIT, N))
        value = float(np.mean(np.concatenate(list(limits.values()))))
        ends = sizes[-1] * np.array([1.25, 1.9])
        axes.plot(ends, [value, value], color=LOOKS[name]["color"], linewidth=2.2)
        sheet.add(study, name, at(LIMIT, N), np.inf, value)
    axes.set(xscale="log", yscale="log", title=COLUMNS[study], xlabel="width k")
    finish(axes, sizes)


def draw_growth(
    axes: Axes, report: Report, study: str, names: tuple[str, ...], sheet: Sheet
) -> None:
    """Draw S of infinite width against the sample size, with the slope of what is claimed."""
    for name in names:
        sizes = draw(axes, report, (study, name, SENSITIVITY), sheet)
    axes.set(xscale="log", yscale="log", title=COLUMNS[study], xlabel="sample size N")
    array = np.array(sizes, dtype=np.float64)
    power, words = (1 / 6, "1/6") if names == RF_SHOWN else (1 / 2, "1/2")
    draw_power(axes, array, power, (array[0], 0.35))
    axes.annotate(
        f"$N^{{{words}}}$", (array[-2], 0.35 * (array[-2] / array[0]) ** power), xytext=(4, -3),
        textcoords="offset points", va="top",
    )  # fmt: skip
    axes.set_ylim(0.2, axes.get_ylim()[1])
    finish(axes, sizes, room=1.15)


def draw_excess(axes: Axes, report: Report, study: str, sheet: Sheet) -> None:
    """Draw what finite width adds to S^2 of even activations, with the power -1."""
    for name in EVEN:
        sizes = draw(axes, report, (study, name, at(EXCESS, N)), sheet)
    array = np.array(sizes, dtype=np.float64)
    first = float(np.mean(report.readings(study).levels("square", at(EXCESS, N))[sizes[-1]]))
    draw_power(axes, array, -1.0, (array[-1], 0.55 * first))
    axes.annotate(
        "$k^{-1}$", (array[-2], 0.55 * first * array[-1] / array[-2]), xytext=(-3, -2),
        textcoords="offset points", ha="right", va="top",
    )  # fmt: skip
    title = f"{study[6:].upper()}: $S^2$ above k = infinity"
    axes.set(xscale="log", yscale="log", title=title, xlabel="width k")
    finish(axes, sizes, room=1.15)


def finish(axes: Axes, sizes: list[int], room: float = 2.1) -> None:
    """Label both axes by plain numbers."""
    step = 1 + (len(sizes) - 1) // 5
    axes.set_xticks(
        sizes[::step], [f"{k}" if k < 10_000 else f"{k // 1000}k" for k in sizes[::step]]
    )
    axes.set_xlim(sizes[0] / 1.15, sizes[-1] * room)
    low, high = axes.get_ylim()
    coarse, fine = (
        (0.1, 0.3, 1, 3, 10, 30, 100),
        (0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20),
    )
    chosen = coarse if high > 15 * low else fine
    ticks = [v for v in chosen if low <= v <= high]
    axes.set_yticks(ticks, [f"{v:g}" for v in ticks])
    axes.minorticks_off()
