"""Exact worst-case risks of gradient flow on the predicted powers, and their local slopes.

Draws ``worst_case_rate``: risk against n, and how far slopes between neighbouring n still are from
the predicted exponent, with the margin and the window that were stated beforehand.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.plotting import (
    THEORY,
    Sheet,
    corner,
    draw_power,
    farthest_from,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.reporting import Finding, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARP = 0.003
REACH = (1e-5, 1.0)  # of the ordinate of distances


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "worst_case_rate")
    with styled():
        figure, ((left, right),) = new_figure(2, (3.5,), width=4.3, share=False)
        sheet = Sheet()
        for index, finding in enumerate(claims(report)):
            draw_risk(left, finding, index, sheet)
            draw_local(right, finding, index, sheet)
        left.set(xscale="log", yscale="log", xlabel="sample size n", ylabel="worst-case risk")
        left.set_title("gradient flow at its best time; dashes: $n^{-2s/(2s+1)}$")
        finish(right, claims(report)[0])
        legend_above(figure, left, 6)
        footnote(figure, caveat(report))
        return save(figure, output / "worst_case_rate", Sheet.COLUMNS, sheet)


def claims(report: Report) -> list[Finding]:
    """Return the claims about the best time, one for each study."""
    return [
        finding
        for finding in report.verdicts
        if not finding.is_control and "best t" in finding.key.stopping
    ]


def name(finding: Finding) -> str:
    """Return smoothness and radius of a study in words."""
    s, _, radius = finding.key.study.removeprefix("s").partition("-R")
    return f"s = {Fraction(s)}" + (f", R = {radius}" if radius else "")


def marks(index: int) -> dict[str, Any]:
    """Return the look of a study, with marks at every fifth n."""
    return look(index) | {"markevery": 5, "linewidth": 1.0}


def draw_risk(axes: Axes, finding: Finding, index: int, sheet: Sheet) -> None:
    """Draw the risk and the predicted power through the end of it."""
    if (fit := finding.fit) is None:
        return
    axes.plot(fit.sizes, fit.means, label=name(finding), **marks(index))
    inside = fit.sizes[fit.sizes >= fit.window.first / 1e4]
    end = (float(fit.sizes[-1]), float(fit.means[-1]))
    draw_power(axes, inside, float(finding.exponent), end, {"zorder": 1})
    sheet.add_curve(name(finding), finding.key.stopping, "worst-case risk", fit)


def draw_local(axes: Axes, finding: Finding, index: int, sheet: Sheet) -> None:
    """Draw how far local slopes still are from the predicted exponent."""
    if (fit := finding.fit) is None:
        return
    middle = np.sqrt(fit.sizes[1:] * fit.sizes[:-1])
    off = np.array([step.value for step in fit.local]) - float(finding.exponent)
    axes.plot(middle, farthest_from(off), **marks(index))
    for n, value in zip(middle.tolist(), off.tolist(), strict=True):
        sheet.add(name(finding), finding.key.stopping, "local slope minus exponent", n, value)


def finish(axes: Axes, finding: Finding) -> None:
    """Name the axes of the local slopes; show window and margin."""
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="sample size n",
        ylabel="largest distance of local slopes\nto the exponent, from n on",
        ylim=REACH,
        title="local slopes; grey: outside the window",
    )
    axes.axhline(SHARP, **THEORY)
    if finding.fit is not None:
        low, _ = axes.get_xlim()
        axes.axvspan(low, finding.fit.window.first, color="#F2F2F2", linewidth=0, zorder=0)
        axes.set_xlim(low, None)
        corner(axes, f"dashes: {SHARP}")
