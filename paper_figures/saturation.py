"""Ridge saturates at s = 2m, gradient flow does not.

Draws ``saturation``: measured exponents of both filters on the predicted lines for m = 1 and 2, and
both risks against n at s = 4, m = 1.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_power,
    draw_slope,
    footnote,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.reporting import Finding, Report
from ratecheck.theory import minimax_exponent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FILTERS = ("gradient flow", "ridge")
ORDERS = (1, 2)
SHOWN = "m1-s4"


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "saturation")
    with styled():
        figure, (row,) = new_figure(3, (3.2,), width=3.2, share=False)
        sheet = Sheet()
        for axes, m in zip(row, ORDERS, strict=False):
            draw_exponents(axes, report, m, sheet)
        row[0].set_ylabel("slope of log risk in log n")
        draw_risks(row[2], report, sheet)
        footnote(figure, caveat(report))
        return save(figure, output / "saturation", Sheet.COLUMNS, sheet)


def claims(report: Report, start: str) -> list[Finding]:
    """Return the claims of the studies whose name begins so."""
    return [f for f in report.verdicts if f.key.study.startswith(start) and not f.is_control]


def kind(finding: Finding) -> int:
    """Return 0 for gradient flow and 1 for ridge."""
    return next(i for i, name in enumerate(FILTERS) if finding.key.stopping.startswith(name))


def draw_exponents(axes: Axes, report: Report, m: int, sheet: Sheet) -> None:
    """Draw measured exponents on the two predicted lines."""
    grid = [Fraction(k, 20) for k in range(16, 125)]
    for name, cap in (("without saturation", None), (f"as at s = {2 * m}", Fraction(2 * m))):
        line = [float(minimax_exponent(min(s, cap or s), 1)) for s in grid]
        axes.plot([float(s) for s in grid], line, **THEORY)
        for s, value in zip(grid, line, strict=True):
            sheet.add(f"m = {m}", f"theory {name}", "slope", float(s), value)
    seen: set[int] = set()
    for finding in claims(report, f"m{m}-"):
        if finding.fit is None:
            continue
        place, which = float(finding.key.study.partition("-s")[2]), kind(finding)
        label = "" if which in seen else FILTERS[which]
        style = look(which) | {"markersize": 6 - 2 * which}
        draw_slope(axes, place, finding.fit, style, label=label)
        sheet.add_slope(f"m = {m}", FILTERS[which], place, finding.fit)
        seen.add(which)
    axes.axvline(2 * m, color=GREY, linewidth=0.8, zorder=0)
    axes.annotate("s = 2m", (2 * m, -0.625), xytext=(4, 0), textcoords="offset points", color=GREY)
    axes.set(xlabel="smoothness s", title=f"exponents, m = {m}", ylim=(-0.95, -0.6))
    # beside the line that marks 2m, whichever side of it is free
    axes.legend(loc="lower left" if m > 1 else "upper right")


def draw_risks(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw both risks against n at one smoothness beyond saturation."""
    axes.set(xscale="log", yscale="log", xlabel="sample size n", ylabel="worst-case risk")
    axes.set_title("risks at s = 4, m = 1")
    for finding in claims(report, SHOWN):
        if (fit := finding.fit) is None:
            continue
        which = kind(finding)
        axes.plot(fit.sizes, fit.means, label=FILTERS[which], **look(which))
        end = (float(fit.sizes[-1]), float(fit.means[-1]))
        draw_power(axes, fit.sizes, float(finding.exponent), end, {"zorder": 1})
        middle = len(fit.sizes) // 2
        place = (float(fit.sizes[middle]), float(fit.means[middle]))
        axes.annotate(
            f"$n^{{{finding.exponent}}}$", place, xytext=(-8, -10) if which == 0 else (6, 6),
            textcoords="offset points", ha="right" if which == 0 else "left",
        )  # fmt: skip
        sheet.add_curve("s = 4, m = 1", FILTERS[which], "worst-case risk", fit)
    axes.legend(loc="upper right")
