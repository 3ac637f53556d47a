"""A wrong exponent of the stopping time gives its own slope: a broken line with one lowest point.

Draws ``mistuned_time``: risks over n for each exponent, and slopes against the exponent.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.plotting import (
    THEORY,
    Sheet,
    draw_curve,
    draw_power,
    draw_slope,
    footnote,
    look,
    new_figure,
    save,
    size_axis,
    styled,
)
from ratecheck.reporting import Finding, Report
from ratecheck.stopping import PowerTime
from ratecheck.theory import mistuned_exponent, stopping_exponent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ORDER = 1  # of the study's kernel


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "mistuned_time")
    values = [Fraction(str(study.problem.target.smoothness)) for study in simulated(report)]
    with styled():
        figure, (row,) = new_figure(len(values) + 1, (3.1,), width=3.3, share=False)
        sheet = Sheet()
        for axes, s in zip(row, values, strict=False):
            draw_risks(axes, report, s, sheet)
        row[0].set_ylabel("clean risk")
        for index, s in enumerate(values):
            draw_slopes(row[-1], report, s, index, sheet)
        finish(row[-1])
        footnote(figure, caveat(report))
        return save(figure, output / "mistuned_time", Sheet.COLUMNS, sheet)


def claims(report: Report, s: Fraction) -> list[tuple[float, Finding]]:
    """Return the findings at one smoothness by exponent over the right exponent."""
    study = next(x for x in simulated(report) if x.problem.target.smoothness == float(s))
    exponents = {rule.name: rule.exponent for rule in study.stopping if isinstance(rule, PowerTime)}
    right = float(stopping_exponent(s, 1, ORDER))
    found = [f for f in report.verdicts if f.key.study == study.name and not f.is_control]
    return [(exponents[finding.key.stopping] / right, finding) for finding in found]


def draw_risks(axes: Axes, report: Report, s: Fraction, sheet: Sheet) -> None:
    """Draw risk against n, a curve for each exponent, each with its predicted power."""
    axes.set(yscale="log", title=f"risk, s = {s}")
    for index, (ratio, finding) in enumerate(claims(report, s)):
        if (fit := finding.fit) is None:
            continue
        draw_curve(axes, fit, look(index) | {"linestyle": "none"}, label=name(ratio))
        exponent = float(finding.exponent)
        middle = float(np.sqrt(fit.window.first * fit.window.last))
        level = float(np.exp(fit.intercept)) * middle**fit.estimate
        inside = fit.sizes[fit.sizes >= fit.window.first]
        draw_power(axes, inside, exponent, (middle, level), {"zorder": 1})
        sheet.add_curve(f"s = {s}", name(ratio), "clean risk", fit)
        size_axis(axes, fit.sizes)
    low, high = axes.get_ylim()
    axes.set_ylim(low / (high / low) ** 0.42, high)
    axes.legend(loc="lower left", ncols=2, title="t = c n$^a$, a over the right exponent")


def name(ratio: float) -> str:
    """Return an exponent as a multiple of the right one."""
    text = f"{Fraction(ratio).limit_denominator(8)}"
    return f"{text} (right)" if text == "1" else text


def draw_slopes(axes: Axes, report: Report, s: Fraction, index: int, sheet: Sheet) -> None:
    """Draw the predicted broken line, and measured slopes on it."""
    right = stopping_exponent(s, 1, ORDER)
    grid = [Fraction(k, 40) for k in range(16, 85)]
    line = [float(mistuned_exponent(s, 1, ORDER, g * right)) for g in grid]
    style: dict[str, Any] = THEORY | ({} if index else {"label": "predicted"})
    axes.plot([float(g) for g in grid], line, **style)
    for g, value in zip(grid, line, strict=True):
        sheet.add(f"s = {s}", "theory", "slope", float(g), value)
    for rank, (ratio, finding) in enumerate(claims(report, s)):
        if finding.fit is not None:
            draw_slope(axes, ratio, finding.fit, look(index), label="" if rank else f"s = {s}")
            sheet.add_slope(f"s = {s}", finding.key.stopping, ratio, finding.fit)


def finish(axes: Axes) -> None:
    """Name the axes of the slopes; the middle above the corner is free of data."""
    axes.set(
        title="slopes",
        xlabel="exponent a over the right exponent",
        ylabel="slope of log risk in log n",
        xticks=(0.5, 0.75, 1, 1.25, 1.5, 2),
    )
    axes.set_xticklabels(["1/2", "3/4", "1", "5/4", "3/2", "2"])
    axes.axvline(1.0, color="#BBBBBB", linewidth=0.8, zorder=0)
    axes.legend(loc="upper center")
