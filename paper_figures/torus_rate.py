"""The flagship: risk against n, clean and attacked, and every slope beside the predicted one.

Draws ``torus_rate`` (attacked), ``torus_rate_clean``, ``torus_rate_slopes`` (all slopes against
theory and against the claim that must be refuted) and ``torus_rate_hero`` (one panel, for the
README).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.montecarlo.study import RateStudy
from ratecheck.plotting import (
    GREY,
    INK,
    WRONG,
    Expected,
    Sheet,
    corner,
    draw_curve,
    draw_expected,
    draw_power,
    draw_slope,
    entry,
    footnote,
    legend_above,
    look,
    new_figure,
    plain_ticks,
    rule_look,
    save,
    shade_outside,
    size_axis,
    styled,
)
from ratecheck.reporting import Finding, Key, Report
from ratecheck.slopes import SlopeFit
from ratecheck.theory import minimax_exponent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RULES = ("TheoryTime", "Lepski", "GCV", "Oracle")
CLEAN, ATTACKED = 0, 1
WORDS = {CLEAN: "clean", ATTACKED: "adversarial"}
BELOW = 1.9  # the line of theory runs below the data by this factor


def main(results: Path, output: Path) -> list[Path]:
    """Draw all four figures."""
    report = stored_report(results, "torus_rate")
    with styled():
        return [
            *risks(report, ATTACKED, output / "torus_rate"),
            *risks(report, CLEAN, output / "torus_rate_clean"),
            *slopes(report, output / "torus_rate_slopes"),
            *hero(report, output / "torus_rate_hero"),
        ]


def smoothness(study: RateStudy) -> Fraction:
    """Return s of a study."""
    return Fraction(str(study.problem.target.smoothness))


def order(study: RateStudy) -> int:
    """Return m of a study, which is in its name."""
    return int(study.name.removeprefix("m").partition("-")[0])


def fits(report: Report, study: RateStudy, which: int) -> dict[str, SlopeFit]:
    """Return the fits of every rule to one risk."""
    risk = study.risks[which].name
    keys = {rule: Key(study.name, rule, risk) for rule in RULES}
    return {rule: report.slopes[key] for rule, key in keys.items() if key in report.slopes}


def found(report: Report, study: RateStudy, which: int) -> Finding:
    """Return what was found about the claim."""
    key = Key(study.name, RULES[0], study.risks[which].name)
    return next(f for f in report.verdicts if f.key == key and not f.is_control)


def wrong(s: Fraction) -> Fraction:
    """Return the exponent that must be refuted."""
    return minimax_exponent(s + Fraction(1, 2), 1)


def measured(fit: SlopeFit) -> str:
    """Return a slope with half the length of its interval."""
    return f"{fit.estimate:.3f} ± {(fit.high - fit.low) / 2:.3f}".replace("-", "\N{MINUS SIGN}")


def exact(exponent: Fraction) -> str:
    """Return an exponent as a fraction."""
    return str(exponent).replace("-", "\N{MINUS SIGN}")


# ---------------------------------------------------------------- risk against n


def risks(report: Report, which: int, path: Path) -> list[Path]:
    """Draw two rows of panels for each order of the kernel: risk, and risk over theory."""
    rows = sorted({order(study) for study in simulated(report)})
    columns = sorted({smoothness(study) for study in simulated(report)})
    figure, grid = new_figure(len(columns), (1.75, 1.05) * len(rows), width=2.35)
    sheet = Sheet()
    for study in simulated(report):
        row, column = 2 * rows.index(order(study)), columns.index(smoothness(study))
        upper, lower = grid[row][column], grid[row + 1][column]
        draw_risk(upper, report, study, which, sheet)
        draw_flat(lower, fits(report, study, which), smoothness(study))
        if not row:
            upper.set_title(f"s = {smoothness(study)}")
        if column == 0:
            upper.set_ylabel(f"order m = {order(study)}\n{WORDS[which]} risk")
            lower.set_ylabel("risk over\nprediction")
        size_axis(lower, fits(report, study, which)[RULES[0]].sizes, label=row + 2 == len(grid))
    legend_above(figure, grid[0][0], 6)
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_risk(axes: Axes, report: Report, study: RateStudy, which: int, sheet: Sheet) -> None:
    """Draw the risk of every rule, the predicted power below, and the verdict."""
    found_fits, claim = fits(report, study, which), found(report, study, which)
    axes.set_yscale("log")
    for rule, fit in found_fits.items():
        draw_curve(axes, fit, small(rule_look(rule)), label=label(rule))
        sheet.add_curve(study.name, rule, f"{WORDS[which]} risk", fit)
    fit, exponent = found_fits[RULES[0]], claim.exponent
    lowest = min(float(np.min(f.means * f.sizes ** -float(exponent))) for f in found_fits.values())
    size = float(np.sqrt(fit.sizes[0] * fit.sizes[-1]))
    through = (size, lowest / BELOW * size ** float(exponent))
    draw_power(axes, fit.sizes, float(exponent), through, {"label": "predicted power of n"})
    entry(axes, "wrong claim: smoothness s + 1/2", WRONG)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.1)
    corner(axes, f"slope {measured(fit)}\n{claim.outcome.value}")
    axes.annotate(
        f"$n^{{{exponent}}}$", through, xytext=(-6, -2), textcoords="offset points",
        ha="right", va="top",
    )  # fmt: skip
    sheet.add(study.name, "theory", "slope", size, float(exponent))
    sheet.add_slope(study.name, RULES[0], size, fit)


def draw_flat(axes: Axes, found_fits: dict[str, SlopeFit], s: Fraction) -> None:
    """Draw risk over predicted power, 1 where the theoretical time's window begins."""
    fit, exponent = found_fits[RULES[0]], float(minimax_exponent(s, 1))
    axes.set_yscale("log")
    start = fit.window.first
    level = float(np.exp(fit.intercept)) * start ** (fit.estimate - exponent)
    for rule, each in found_fits.items():
        draw_curve(axes, scaled(each, 1 / level), small(rule_look(rule)), exponent=exponent)
    inside = fit.sizes[fit.sizes >= start]
    draw_power(axes, fit.sizes, 0.0, (start, 1.0))
    draw_power(axes, inside, float(wrong(s)) - exponent, (start, 1.0), WRONG)
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, 0.3), min(high, 4.0))
    plain_ticks(axes, (0.5, 1, 2))
    size_axis(axes, fit.sizes, label=False)
    shade_outside(axes, fit)


def scaled(fit: SlopeFit, factor: float) -> SlopeFit:
    """Return a fit whose means are multiplied by a factor."""
    return replace(fit, means=fit.means * factor)


def small(style: dict[str, Any]) -> dict[str, Any]:
    """Return a look for crowded panels."""
    return style | {"markersize": 3, "linewidth": 1.1}


def label(rule: str) -> str:
    """Return a rule in words."""
    return {"TheoryTime": "theoretical time", "Oracle": "oracle (sees the target)"}.get(rule, rule)


# ---------------------------------------------------------------- all slopes


def slopes(report: Report, path: Path) -> list[Path]:
    """Draw every slope with its interval beside theory, its margin and the wrong claim."""
    figure, ((axes,),) = new_figure(1, (3.3,), width=6.6)
    sheet = Sheet()
    values = sorted({smoothness(study) for study in simulated(report)})
    for study in simulated(report):
        s = smoothness(study)
        for which in WORDS:
            x = values.index(s) + (order(study) - 1.5) * 0.34 + (which - 0.5) * 0.15
            draw_one(axes, x, found(report, study, which), order(study), which, sheet)
    for index, s in enumerate(values):
        study = next(study for study in simulated(report) if smoothness(study) == s)
        place, margin = (index - 0.42, index + 0.42), study.expectations[0].margin
        right, false = float(minimax_exponent(s, 1)), float(wrong(s))
        expected = Expected(exponent=right, margin=margin, wrong=false)
        draw_expected(axes, place, expected, sheet, f"s = {s}", named=index == 0)
    axes.set_xticks(range(len(values)), [f"s = {s}" for s in values])
    axes.set(ylabel="slope of log risk in log n", ylim=window(values))
    axes.grid(visible=False, axis="x")
    legend_above(figure, axes, 4)
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def window(values: list[Fraction]) -> tuple[float, float]:
    """Return the range of slopes that the claims are about."""
    return float(wrong(values[-1])) - 0.04, float(minimax_exponent(values[0], 1)) + 0.07


def draw_one(
    axes: Axes, x: float, finding: Finding, m: int, which: int, sheet: Sheet
) -> None:  # fmt: skip
    """Draw one slope; colour and shape tell the order, filling tells the risk."""
    if finding.fit is None:
        return
    style = look(m - 1) | ({"markerfacecolor": "white"} if which == CLEAN else {})
    text = f"m = {m}, {WORDS[which]}" if round(x) == 0 else ""
    draw_slope(axes, x, finding.fit, style | {"markersize": 5}, label=text)
    sheet.add_slope(finding.key.study, WORDS[which], x, finding.fit)


# ---------------------------------------------------------------- one panel for the README


def hero(report: Report, path: Path) -> list[Path]:
    """Draw the attacked risk at the theoretical time for every s, order 1, with its prediction."""
    figure, ((axes,),) = new_figure(1, (3.6,), width=8.0)
    sheet = Sheet()
    axes.set_yscale("log")
    chosen = [study for study in simulated(report) if order(study) == 1]
    for index, study in enumerate(chosen):
        draw_hero(axes, found(report, study, ATTACKED), smoothness(study), index, sheet)
    fit = fits(report, chosen[0], ATTACKED)[RULES[0]]
    beside(axes, fit, 26, ("target", "slope", "theory", "verdict"), color=GREY)
    size_axis(axes, fit.sizes)
    axes.set_ylabel("mean squared error under attack")
    corner(axes, "marks: measured, 95 % band\ndashes: theory, $n^{-2s/(2s+1)}$")
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_hero(axes: Axes, finding: Finding, s: Fraction, index: int, sheet: Sheet) -> None:
    """Draw one smoothness, with a line of words at its right end."""
    fit, exponent = finding.fit, finding.exponent
    if fit is None:
        return
    middle = float(np.sqrt(fit.window.first * fit.window.last))
    level = float(np.exp(fit.intercept)) * middle**fit.estimate
    draw_power(axes, fit.sizes, float(exponent), (middle, level), {"zorder": 1})
    draw_curve(axes, fit, look(index) | {"linestyle": "none", "markersize": 5.5})
    words = (f"s = {s}", measured(fit), exact(exponent), finding.outcome.value)
    beside(axes, fit, 0, words)
    sheet.add_curve(f"s = {s}", RULES[0], "adversarial risk", fit)
    sheet.add_slope(f"s = {s}", RULES[0], middle, fit)
    sheet.add(f"s = {s}", "theory", "slope", middle, float(exponent))


def beside(axes: Axes, fit: SlopeFit, up: float, words: tuple[str, ...], color: str = INK) -> None:
    """Write the columns of a table at the right end of a curve, some points above it."""
    end = (float(fit.sizes[-1]), float(fit.means[-1]))
    for word, right in zip(words, (14, 54, 138, 176), strict=True):
        axes.annotate(
            word, end, xytext=(right, up), textcoords="offset points", va="center",
            color=color, annotation_clip=False,
        )  # fmt: skip
