"""The tangent kernel on cubes and balls: eigenvalues and risk against n, beside the claimed powers.

Draws ``cube_ntk``: a column for each domain; eigenvalues of the Gram matrix above, risks below.
Sizes outside the window of the slopes are shaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measurements.general_domains import EIGENVALUE, RISK
from ratecheck.plotting import (
    Sheet,
    decade_ticks,
    draw_levels,
    draw_power,
    entry,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    shade_outside,
    size_axis,
    styled,
)
from ratecheck.plotting.marks import THEORY, WRONG
from ratecheck.reporting import Report
from ratecheck.slopes import SlopeFit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOMAINS = {"cube5": "cube, d = 5", "ball5": "ball, d = 5", "cube10": "cube, d = 10",
           "ball10": "ball, d = 10"}  # fmt: skip
OPEN = {"markerfacecolor": "white"}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report, sheet = stored_report(results, "cube_ntk"), Sheet()
    with styled():
        figure, (upper, lower) = new_figure(len(DOMAINS), (2.2, 2.2), width=2.4, share=False)
        for column, (name, title) in enumerate(DOMAINS.items()):
            upper[column].set_title(title)
            draw(upper[column], report, f"{name}-spectrum", sheet, ("i = n/4", "i = n/16"))
            draw(lower[column], report, f"{name}-rate", sheet, ("theoretical time", "best time"))
            decade_ticks(lower[column])
        upper[0].set_ylabel("eigenvalue of K/n")
        lower[0].set_ylabel("clean risk")
        for place, label in enumerate(("i = n/4; theoretical time", "i = n/16; best time")):
            entry(lower[0], label, look(place) | {"linestyle": "none"} | (OPEN if place else {}))
        entry(lower[0], "claimed power", THEORY)
        entry(lower[0], "power of the control", WRONG)
        legend_above(figure, lower[0], 4)
        footnote(figure, caveat(report))
        return save(figure, output / "cube_ntk", Sheet.COLUMNS, sheet)


def draw(axes: Axes, report: Report, study: str, sheet: Sheet, series: tuple[str, str]) -> None:
    """Draw both series of a study, each claimed one on its predicted and its wrong power."""
    fits = {key.stopping: fit for key, fit in report.slopes.items() if key.study == study}
    axes.set_yscale("log")
    quantity = EIGENVALUE if study.endswith("spectrum") else RISK
    for place, name in enumerate(series):
        for finding in report.verdicts:
            if (finding.key.study, finding.key.stopping) == (study, name) and name in fits:
                draw_claim(axes, fits[name], float(finding.exponent), wrong=finding.is_control)
        levels = report.readings(study).levels(name, quantity)
        style = look(place) | {"linestyle": "none"} | (OPEN if place else {})
        for n, mean in zip(levels, draw_levels(axes, levels, style), strict=True):
            sheet.add(study, name, quantity, n, mean.mean, mean.low, mean.high)
        size_axis(axes, np.array(list(levels), dtype=np.float64))
        if name in fits:
            shade_outside(axes, fits[name])


def draw_claim(axes: Axes, fit: SlopeFit, exponent: float, *, wrong: bool) -> None:
    """Draw a power through the middle of the window."""
    middle = float(np.sqrt(fit.window.first * fit.window.last))
    level = float(np.exp(fit.intercept)) * middle**fit.estimate
    draw_power(axes, fit.sizes, exponent, (middle, level), (WRONG if wrong else {}) | {"zorder": 1})
