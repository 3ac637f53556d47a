"""What an attack achieves beside what the sensitivity predicts, against the radius.

Draws ``sensitivity_is_not_attack``: changes over their first order with the certified bracket
above, rank correlations over test points below.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.adversarial_change import (
    CEILING,
    RANKS,
    RATIO,
    S_RANKS,
    AdversarialChange,
)
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_intervals,
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

TITLES = {"gauss": "Gaussian points, labels without signal", "digits": "digits 3/8"}
HIGHEST = 2.6  # certificates leave the picture above


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "sensitivity_is_not_attack")
    studies = [s for s in report.suite.studies if isinstance(s, MeasuredStudy)]
    with styled():
        figure, (upper, lower) = new_figure(len(studies), (3.0, 2.2), width=4.2)
        sheet = Sheet()
        for top, bottom, study in zip(upper, lower, studies, strict=True):
            draw_ratios(top, report, study, sheet)
            draw_ranks(bottom, report, study, sheet)
        upper[0].set_ylabel("largest change of f\nover its first order")
        lower[0].set_ylabel("rank correlation\nwith the change")
        entry(upper[0], "certificate", {"color": GREY, "linestyle": ":", "linewidth": 1.2})
        entry(upper[0], "rank by S instead of $|\\nabla f|$", open_marks(GREY))
        legend_above(figure, upper[0], 6)
        footnote(figure, caveat(report))
        return save(figure, output / "sensitivity_is_not_attack", Sheet.COLUMNS, sheet)


def open_marks(colour: str) -> dict[str, Any]:
    """Return the look of ranks by S."""
    return {
        "color": colour, "marker": "o", "markerfacecolor": "white", "linestyle": ":",
        "linewidth": 1.0,
    }  # fmt: skip


def names(study: MeasuredStudy) -> list[str]:
    """Return the models of a study."""
    assert isinstance(study.measurement, AdversarialChange)
    return [model.name for model in study.measurement.models]


def against_radius(
    axes: Axes, report: Report, subject: tuple[str, str, str], sheet: Sheet, style: dict[str, Any]
) -> None:
    """Draw a quantity of a study and series against rho = 1 / size, and write it down."""
    study, series, quantity = subject
    levels = report.readings(study).levels(series, quantity)
    sizes = sorted(levels, reverse=True)
    found = [of_mean(levels[size]) for size in sizes]
    draw_intervals(axes, 1.0 / np.array(sizes, dtype=np.float64), found, style)
    for size, i in zip(sizes, found, strict=True):
        sheet.add(study, series, quantity, 1.0 / size, i.mean, i.low, i.high)


def draw_ratios(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw what the attack finds and what is certified, over the first order."""
    for index, series in enumerate(names(study)):
        style = look(index) | {"label": series}
        against_radius(axes, report, (study.name, series, RATIO), sheet, style)
        thin = {"color": style["color"], "linestyle": ":", "linewidth": 1.2}
        against_radius(axes, report, (study.name, series, CEILING), sheet, thin)
    axes.axhline(1.0, **THEORY)
    axes.set(xscale="log", title=TITLES[study.name], ylim=(0.7, HIGHEST))
    axes.tick_params(labelbottom=False)


def draw_ranks(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw Spearman correlations over test points: of the gradient's length, and of S."""
    for index, series in enumerate(names(study)):
        against_radius(axes, report, (study.name, series, RANKS), sheet, look(index))
        style = open_marks(str(look(index)["color"])) | {"marker": look(index)["marker"]}
        against_radius(axes, report, (study.name, series, S_RANKS), sheet, style)
    axes.set(
        xscale="log", ylim=(-1.05, 1.05),
        xlabel="relative radius $\\rho$ of the attack (r = $\\rho\\sqrt{d}$)",
    )  # fmt: skip
    axes.axhline(0.0, color=GREY, linewidth=0.8)
