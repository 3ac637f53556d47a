"""Neural tangent kernels, stopped at the theorem's time: risk over n, slopes beside theory.

Draws ``ntk_rate``: a column for each kernel; risks under attack above, slopes below.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.montecarlo.study import RateStudy
from ratecheck.plotting import (
    Expected,
    Sheet,
    draw_curve,
    draw_expected,
    draw_power,
    draw_slope,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    size_axis,
    styled,
)
from ratecheck.reporting import Finding, Report
from ratecheck.theory import minimax_exponent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RULE = "TheoryTime"
TITLES: Final = {
    "lift2": "interval, depth 2",
    "lift3": "interval, depth 3",
    "lift5": "interval, depth 5",
    "circle3": "circle, depth 3",
}
# One look for each smoothness, the same in every column.
SMOOTHNESS: Final = tuple(map(Fraction, ("3/4", "1", "5/4", "3/2", "2")))


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "ntk_rate")
    groups: dict[str, list[RateStudy]] = {}
    for study in simulated(report):
        groups.setdefault(study.name.partition("-")[0], []).append(study)
    sheet = Sheet()
    with styled():
        figure, (upper, lower) = new_figure(len(groups), (2.3, 2.0), width=2.5, share=False)
        for column, (group, studies) in enumerate(groups.items()):
            upper[column].set(yscale="log", title=TITLES.get(group, group))
            for study in studies:
                draw_risk(upper[column], report, study, sheet)
            draw_slopes(lower[column], report, studies, sheet, named=column == 0)
        upper[0].set_ylabel("adversarial risk")
        lower[0].set_ylabel("slope of log risk")
        legend_above(figure, lower[0], 5)
        footnote(figure, caveat(report))
        return save(figure, output / "ntk_rate", Sheet.COLUMNS, sheet)


def smoothness(study: RateStudy) -> Fraction:
    """Return s of a study."""
    return Fraction(str(study.problem.target.smoothness))


def claims(report: Report, study: RateStudy) -> list[Finding]:
    """Return what was found about the clean and the attacked risk."""
    return [f for f in report.verdicts if f.key.study == study.name and not f.is_control]


def draw_risk(axes: Axes, report: Report, study: RateStudy, sheet: Sheet) -> None:
    """Draw the attacked risk of one smoothness on its predicted power."""
    s, finding = smoothness(study), claims(report, study)[-1]
    if (fit := finding.fit) is None:
        return
    style = look(SMOOTHNESS.index(s)) | {"linestyle": "none"}
    exponent = float(finding.exponent)
    middle = float(np.sqrt(fit.window.first * fit.window.last))
    level = float(np.exp(fit.intercept)) * middle**fit.estimate
    draw_power(axes, fit.sizes, exponent, (middle, level), {"zorder": 1})
    draw_curve(axes, fit, style, label=f"s = {s}")
    size_axis(axes, fit.sizes)
    axes.legend(loc="lower left", handletextpad=0.1)
    sheet.add_curve(study.name, RULE, "adversarial risk", fit)


def draw_slopes(
    axes: Axes, report: Report, studies: list[RateStudy], sheet: Sheet, *, named: bool
) -> None:
    """Draw slopes with intervals, clean (open) and attacked (filled), on what was expected."""
    for x, study in enumerate(studies):
        s, told = smoothness(study), named and x == 0
        margin = study.expectations[0].margin
        wrong = float(minimax_exponent(s + Fraction(1, 2), 1))
        expected = Expected(exponent=float(minimax_exponent(s, 1)), margin=margin, wrong=wrong)
        draw_expected(axes, (x - 0.42, x + 0.42), expected, sheet, study.name, named=told)
        for shift, finding in zip((-0.15, 0.15), claims(report, study), strict=True):
            clean = finding.key.risk == "clean"
            style = look(SMOOTHNESS.index(s)) | ({"markerfacecolor": "white"} if clean else {})
            label = ("clean" if clean else "adversarial") if told else ""
            if finding.fit is not None:
                draw_slope(axes, x + shift, finding.fit, style, label=label)
                sheet.add_slope(study.name, finding.key.risk, x + shift, finding.fit)
    axes.set_xticks(range(len(studies)), [f"s = {smoothness(study)}" for study in studies])
    axes.set_xlim(-0.6, len(studies) - 0.4)
    axes.set_ylim(-0.87, -0.53)
    axes.grid(visible=False, axis="x")
