"""Neural tangent kernels on spheres: risk over n, slopes and stopping times beside theory.

Draws ``sphere_rate``: a column for each kernel and sphere; risks above (on S^2 under attack in
geodesic caps), below them the slopes of all risks, and the growth of the stopping time.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.montecarlo.study import RateStudy
from ratecheck.plotting import (
    Expected,
    Sheet,
    decade_ticks,
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RULE = "TheoryTime"
TITLES: Final = {
    "S2-ntk2b": "$S^2$, depth 2 with bias",
    "S2-ntk3": "$S^2$, depth 3",
    "S3-ntk2b": "$S^3$, depth 2 with bias",
}
# One look for each smoothness, the same in every panel.
SMOOTHNESS: Final = tuple(map(Fraction, ("3/2", "2", "5/2")))


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "sphere_rate")
    groups: dict[str, list[RateStudy]] = {}
    for study in simulated(report):
        groups.setdefault(study.name.rpartition("-")[0], []).append(study)
    sheet = Sheet()
    margins = {s.name: s.expectations[0].margin for s in report.suite.studies}
    with styled():
        heights = (2.2, 1.9, 1.3)
        figure, rows = new_figure(len(groups), heights, width=2.6, share=False)
        for column, (group, studies) in enumerate(groups.items()):
            upper, middle, lower = (row[column] for row in rows)
            upper.set(yscale="log", title=TITLES.get(group, group))
            for study in studies:
                draw_risk(upper, report, study, sheet)
            if upper.get_legend_handles_labels()[0]:
                upper.legend(loc="lower left", handletextpad=0.1)
            found = [claims(report, study.name) for study in studies]
            draw_slopes(middle, found, margins, sheet, named=column == 0)
            planned = [claims(report, f"{study.name}-time") for study in studies]
            draw_slopes(lower, planned, margins, sheet, named=False)
            middle.set_ylim(-0.84, -0.44)
            decade_ticks(upper)
            lower.set_ylim(0.33, 0.65)
            lower.set_xticks(range(len(studies)), [f"s = {smoothness(s)}" for s in studies])
            middle.set_xticks([])
        rows[0][0].set_ylabel("adversarial risk")
        rows[0][-1].set_ylabel("clean risk")
        rows[1][0].set_ylabel("slope of log risk")
        rows[2][0].set_ylabel("slope of\nlog time")
        legend_above(figure, rows[1][0], 5)
        footnote(figure, caveat(report))
        return save(figure, output / "sphere_rate", Sheet.COLUMNS, sheet)


def smoothness(study: RateStudy) -> Fraction:
    """Return s of a study."""
    return Fraction(str(study.problem.target.smoothness))


def claims(report: Report, name: str) -> list[tuple[Finding, Finding]]:
    """Return what was found about each claim of a study and its control."""
    findings = [f for f in report.verdicts if f.key.study == name]
    right = [f for f in findings if not f.is_control]
    wrong = [f for f in findings if f.is_control]
    return list(zip(right, wrong, strict=True))


def draw_risk(axes: Axes, report: Report, study: RateStudy, sheet: Sheet) -> None:
    """Draw the last risk of one smoothness on its predicted power."""
    s, finding = smoothness(study), claims(report, study.name)[-1][0]
    if (fit := finding.fit) is None:
        return
    style = look(SMOOTHNESS.index(s)) | {"linestyle": "none"}
    middle = float(np.sqrt(fit.window.first * fit.window.last))
    level = float(np.exp(fit.intercept)) * middle**fit.estimate
    draw_power(axes, fit.sizes, float(finding.exponent), (middle, level), {"zorder": 1})
    draw_curve(axes, fit, style, label=f"s = {s}")
    size_axis(axes, fit.sizes)
    sheet.add_curve(study.name, RULE, f"{finding.key.risk} risk", fit)


def draw_slopes(
    axes: Axes,
    found: Sequence[Sequence[tuple[Finding, Finding]]],
    margins: dict[str, float],
    sheet: Sheet,
    *,
    named: bool,
) -> None:
    """Draw slopes with intervals, clean (open) and others (filled), on what was expected."""
    for x, pairs in enumerate(found):
        told, (right, wrong) = named and x == 0, pairs[0]
        name = right.key.study
        expected = Expected(
            exponent=float(right.exponent), margin=margins[name], wrong=float(wrong.exponent)
        )
        draw_expected(axes, (x - 0.42, x + 0.42), expected, sheet, name, named=told)
        for line in axes.get_lines():
            if str(line.get_label()).startswith("wrong claim"):
                line.set_label("wrong claim")  # s + 1 for risks, s + 1/2 for times
        shifts = (-0.15, 0.15) if len(pairs) == 2 else (0.0,)
        for shift, (finding, _) in zip(shifts, pairs, strict=True):
            clean = finding.key.risk == "clean"
            s = Fraction(name.removesuffix("-time").rpartition("-s")[2])
            style = look(SMOOTHNESS.index(s)) | ({"markerfacecolor": "white"} if clean else {})
            label = ("clean" if clean else "adversarial") if told else ""
            if finding.fit is not None:
                draw_slope(axes, x + shift, finding.fit, style, label=label)
                sheet.add_slope(name, finding.key.risk, x + shift, finding.fit)
    axes.set_xlim(-0.6, len(found) - 0.4)
    axes.grid(visible=False, axis="x")
