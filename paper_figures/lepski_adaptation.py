"""One rule for every smoothness: risk over the oracle's, and the rule that must fail.

Draws ``lepski_adaptation``: a panel for each smoothness, and one for the discrepancy principle.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.montecarlo.study import RateStudy
from ratecheck.plotting import (
    THEORY,
    WRONG,
    Sheet,
    corner,
    draw_curve,
    draw_power,
    entry,
    footnote,
    legend_above,
    new_figure,
    plain_ticks,
    rule_look,
    save,
    size_axis,
    styled,
)
from ratecheck.reporting import Finding, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAILING = "Discrepancy"


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "lepski_adaptation")
    studies = simulated(report)
    adaptive = [study for study in studies if not fails(study)]
    failing = [study for study in studies if fails(study)]
    sheet = Sheet()
    with styled():
        figure, (row,) = new_figure(len(studies), (2.7,), width=2.35, share=False)
        for axes, study in zip(row, [*adaptive, *failing], strict=True):
            draw = draw_failing if fails(study) else draw_adaptive
            draw(axes, report, study, sheet)
        row[0].set_ylabel("risk over the oracle's")
        entry(row[0], "no growth (wrong claim)", WRONG)
        legend_above(figure, row[0], 6)
        footnote(figure, caveat(report))
        return save(figure, output / "lepski_adaptation", Sheet.COLUMNS, sheet)


def fails(study: RateStudy) -> bool:
    """Return whether a study is about the rule that must fail."""
    return any(rule.name.startswith(FAILING) for rule in study.stopping)


def smoothness(study: RateStudy) -> Fraction:
    """Return s of a study."""
    return Fraction(str(study.problem.target.smoothness))


def ratios(report: Report, study: RateStudy) -> list[Finding]:
    """Return the ratios to the oracle that claims are about."""
    return [f for f in report.verdicts if f.key.study == study.name and not f.is_control]


def draw_adaptive(axes: Axes, report: Report, study: RateStudy, sheet: Sheet) -> None:
    """Draw the ratio of every rule against n, below the ceiling."""
    axes.set(yscale="log", title=f"s = {smoothness(study)}")
    held = {expected.ceiling for expected in study.expectations} - {None}
    words = []
    for finding in ratios(report, study):
        if (fit := finding.fit) is None:
            continue
        rule, attacked = finding.key.stopping, finding.key.risk != "clean"
        style = rule_look(rule) | (
            {"markerfacecolor": "white", "linewidth": 0.9} if attacked else {}
        )
        name = f"{rule}, {'adversarial' if attacked else 'clean'}"
        draw_curve(axes, fit, style | {"markersize": 3.5}, label=name)
        sheet.add_curve(f"s = {smoothness(study)}", name, "ratio to the oracle", fit)
        size_axis(axes, fit.sizes)
        if rule == "Lepski" and not attacked:
            words.append(f"Lepski: {finding.outcome.value}")
    for ceiling in held:
        axes.axhline(float(ceiling or 0), zorder=0, **THEORY)
    entry(axes, "ceiling of the claim", THEORY)
    axes.set_ylim(0.95, 3.2)
    plain_ticks(axes, (1, 1.5, 2, 3))
    corner(axes, "\n".join(words))


def draw_failing(axes: Axes, report: Report, study: RateStudy, sheet: Sheet) -> None:
    """Draw the growing ratio of the discrepancy principle with its predicted power."""
    axes.set(yscale="log", title=f"s = {smoothness(study)}, discrepancy rule")
    for finding in ratios(report, study):
        if (fit := finding.fit) is None:
            continue
        exponent, style = finding.exponent, rule_look(FAILING) | {"markersize": 3.5}
        draw_curve(axes, fit, style | {"linestyle": "none"})
        middle = float(np.sqrt(fit.window.first * fit.window.last))
        level = float(np.exp(fit.intercept)) * middle**fit.estimate
        draw_power(axes, fit.sizes, float(exponent), (middle, level), {"zorder": 1})
        draw_power(axes, fit.sizes, 0.0, (middle, float(fit.means[0])), WRONG | {"zorder": 1})
        axes.annotate(
            f"$n^{{{exponent}}}$", (middle, level), xytext=(4, -8), textcoords="offset points",
            va="top",
        )  # fmt: skip
        size_axis(axes, fit.sizes)
        half = (fit.high - fit.low) / 2
        words = f"slope {fit.estimate:.2f} ± {half:.2f}\n{finding.outcome.value}"
        axes.text(0.02, 0.98, words, transform=axes.transAxes, va="top", fontsize=8)
        sheet.add_curve("discrepancy", FAILING, "ratio to the oracle", fit)
        sheet.add_slope("discrepancy", FAILING, middle, fit)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.35)
    plain_ticks(axes, [tick for tick in (1, 2, 5, 10, 20, 50) if low <= tick <= high])
