"""Exponents against the dimension at fixed s - d/2, and how far n must reach before they hold.

Draws ``dimension_free``. Left: slopes of exact worst cases (d = 1 ... 5) and of simulations at the
same s (d = 1 from ``torus_rate``, d = 2, 3 from ``torus_rate_nd``, clean and under attack, where
there are results of them) beside the predicted curve -(d + 2)/(2d + 2). Right: the largest distance
of local slopes of the exact worst cases to the exponent, from n on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.plotting import (
    THEORY,
    Sheet,
    corner,
    draw_slope,
    farthest_from,
    footnote,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.reporting import Finding, Key, Report
from ratecheck.slopes import SlopeFit
from ratecheck.types import ResultsError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REACH = (1e-5, 1.0)  # of the ordinate of distances
SIMULATED = {"torus_rate": "m1-s1.5", "torus_rate_nd": "d2-s2 d3-s2.5"}
NAMES = ("simulated, clean", "simulated, attacked")


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "dimension_free")
    with styled():
        figure, ((left, right),) = new_figure(2, (3.4,), width=4.3, share=False)
        sheet = Sheet()
        draw_exponents(left, report, results, sheet)
        draw_local(right, claims(report), sheet)
        footnote(figure, caveat(report))
        return save(figure, output / "dimension_free", Sheet.COLUMNS, sheet)


def claims(report: Report) -> list[Finding]:
    """Return the claims in the order of their dimensions."""
    return [finding for finding in report.verdicts if not finding.is_control]


def dimension(finding: Finding) -> int:
    """Return d, which is the name of the study."""
    return int(finding.key.study.removeprefix("d"))


def draw_exponents(axes: Axes, report: Report, results: Path, sheet: Sheet) -> None:
    """Draw slopes against d, on the predicted curve."""
    d = np.linspace(0.8, 5.2, 100)
    axes.plot(d, -(d + 2) / (2 * d + 2), **(THEORY | {"label": "$-2s/(2s+d)$, $s = d/2+1$"}))
    for finding in claims(report):
        if finding.fit is not None:
            place, first = dimension(finding), dimension(finding) == 1
            style = look(0) | {"markersize": 6, "markerfacecolor": "white"}
            text = "exact worst case, last 4 decades" if first else ""
            draw_slope(axes, place, finding.fit, style, label=text)
            sheet.add_slope("exact worst case", finding.key.stopping, place, finding.fit)
    named = set()
    for place, which, fit in simulations(results):
        text = "" if which in named else NAMES[which]
        named.add(which)
        x = place + 0.11 + 0.13 * which
        draw_slope(axes, x, fit, look(which + 1) | {"markersize": 5}, label=text)
        sheet.add_slope(NAMES[which], "TheoryTime", place, fit)
    axes.set(xlabel="dimension d", ylabel="slope of log risk in log n", xticks=range(1, 6))
    axes.set_title("the exponent at s = d/2 + 1")
    axes.legend(loc="lower right", frameon=False)


def simulations(results: Path) -> list[tuple[int, int, SlopeFit]]:
    """Return dimension, risk (0 clean, 1 attacked) and slope of the simulations that there are."""
    found = []
    for suite, names in SIMULATED.items():
        try:
            report = stored_report(results, suite)
        except ResultsError:  # not run: the exact curves stand alone
            continue
        for study in simulated(report):
            if study.name in names.split():
                for which, risk in enumerate(study.risks):
                    key = Key(study.name, "TheoryTime", risk.name)
                    found.append((study.problem.domain.dimension, which, report.slopes[key]))
    return found


def draw_local(axes: Axes, findings: list[Finding], sheet: Sheet) -> None:
    """Draw how far local slopes still are from the exponent, for every dimension."""
    for index, finding in enumerate(findings):
        if (fit := finding.fit) is None:
            continue
        middle = np.sqrt(fit.sizes[1:] * fit.sizes[:-1])
        off = np.array([step.value for step in fit.local]) - float(finding.exponent)
        name = f"d = {dimension(finding)}"
        style = look(index) | {"markevery": 6, "linewidth": 1.0, "markersize": 4}
        axes.plot(middle, farthest_from(off), label=name, **style)
        for n, value in zip(middle.tolist(), off.tolist(), strict=True):
            sheet.add(name, finding.key.stopping, "local slope minus exponent", n, value)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="sample size n",
        ylabel="largest distance of local slopes\nto the exponent, from n on",
        ylim=REACH,
        title="exact worst case, R = sigma = 1",
    )
    if (fit := findings[0].fit) is not None:
        low, _ = axes.get_xlim()
        axes.axvspan(low, fit.window.first, color="#F2F2F2", linewidth=0, zorder=0)
        axes.set_xlim(low, None)
    axes.legend(loc="lower left")
    corner(axes, "white: window")
