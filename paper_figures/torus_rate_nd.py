"""Risk against n on T^2 and T^3, clean and attacked, beside the predicted power.

Draws ``torus_rate_nd``: above the risk, below the risk over the predicted power of n, with the
power that must be refuted.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.montecarlo.study import RateStudy
from ratecheck.plotting import (
    WRONG,
    Sheet,
    corner,
    draw_curve,
    draw_power,
    entry,
    footnote,
    legend_above,
    look,
    new_figure,
    plain_ticks,
    save,
    shade_outside,
    size_axis,
    styled,
)
from ratecheck.reporting import Finding, Report
from ratecheck.slopes import SlopeFit
from ratecheck.theory import minimax_exponent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WORDS = ("clean", "attacked")
BELOW = 1.6  # the line of theory runs below the data by this factor


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "torus_rate_nd")
    studies = simulated(report)
    with styled():
        figure, grid = new_figure(len(studies), (2.3, 1.2), width=2.5)
        sheet = Sheet()
        for column, study in enumerate(studies):
            upper, lower = grid[0][column], grid[1][column]
            found = [finding(report, study, which) for which in range(len(WORDS))]
            draw_risk(upper, study, found, sheet)
            draw_flat(lower, study, found)
            upper.set_title(f"d = {study.problem.domain.dimension}, s = {smoothness(study)}")
            if column == 0:
                upper.set_ylabel("mean squared error")
                lower.set_ylabel("risk over\nprediction")
        legend_above(figure, grid[0][0], 4)
        footnote(figure, caveat(report))
        return save(figure, output / "torus_rate_nd", Sheet.COLUMNS, sheet)


def smoothness(study: RateStudy) -> Fraction:
    """Return s of a study."""
    return Fraction(str(study.problem.target.smoothness))


def finding(report: Report, study: RateStudy, which: int) -> Finding:
    """Return what was found about a risk of a study."""
    risk = study.risks[which].name
    return next(
        f for f in report.verdicts
        if f.key.study == study.name and f.key.risk == risk and not f.is_control
    )  # fmt: skip


def draw_risk(axes: Axes, study: RateStudy, found: list[Finding], sheet: Sheet) -> None:
    """Draw both risks, the predicted power below, slopes and verdicts."""
    axes.set_yscale("log")
    lines = []
    for which, each in enumerate(found):
        if (fit := each.fit) is None:
            continue
        draw_curve(axes, fit, look(which) | {"markersize": 3.5}, label=WORDS[which])
        half = (fit.high - fit.low) / 2
        slope = f"{fit.estimate:.3f} ± {half:.3f}".replace("-", "\N{MINUS SIGN}")
        lines.append(f"{WORDS[which]} {slope}")
        sheet.add_curve(study.name, "TheoryTime", f"{WORDS[which]} risk", fit)
        sheet.add_slope(study.name, WORDS[which], float(fit.sizes[-1]), fit)
    fit, exponent = found[0].fit, found[0].exponent
    if fit is not None:
        size = float(np.sqrt(fit.sizes[0] * fit.sizes[-1]))
        lowest = float(np.min(fit.means * fit.sizes ** -float(exponent)))
        through = (size, lowest / BELOW * size ** float(exponent))
        draw_power(axes, fit.sizes, float(exponent), through, {"label": "predicted power of n"})
        axes.annotate(
            f"$n^{{{exponent}}}$", through, xytext=(-6, -2), textcoords="offset points",
            ha="right", va="top",
        )  # fmt: skip
    entry(axes, "wrong claim: smoothness s + 1/2", WRONG)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.3)
    corner(axes, "\n".join([*lines, verdicts(found)]))


def verdicts(found: list[Finding]) -> str:
    """Return the verdicts of both risks, once where they agree."""
    words = list(dict.fromkeys(each.outcome.value for each in found))
    return f"both {words[0]}" if len(words) == 1 else " / ".join(words)


def draw_flat(axes: Axes, study: RateStudy, found: list[Finding]) -> None:
    """Draw risks over the predicted power, 1 where the clean risk's window begins."""
    clean, exponent = found[0].fit, float(found[0].exponent)
    axes.set_yscale("log")
    if clean is None:
        return
    start = clean.window.first
    level = float(np.exp(clean.intercept)) * start ** (clean.estimate - exponent)
    for which, each in enumerate(found):
        if each.fit is not None:
            style = look(which) | {"markersize": 3.5}
            draw_curve(axes, scaled(each.fit, 1 / level), style, exponent=exponent)
    d, s = study.problem.domain.dimension, smoothness(study)
    wrong = float(minimax_exponent(s + Fraction(1, 2), d))
    inside = clean.sizes[clean.sizes >= start]
    draw_power(axes, clean.sizes, 0.0, (start, 1.0))
    draw_power(axes, inside, wrong - exponent, (start, 1.0), WRONG)
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, 0.5), min(high, 2.5))
    plain_ticks(axes, (0.7, 1, 1.4))
    size_axis(axes, clean.sizes)
    shade_outside(axes, clean)


def scaled(fit: SlopeFit, factor: float) -> SlopeFit:
    """Return a fit whose means are multiplied by a factor."""
    return replace(fit, means=fit.means * factor)
