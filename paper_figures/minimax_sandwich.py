"""Gradient flow between what no estimator can beat and what is claimed of it.

Draws ``minimax_sandwich`` (risks over Pinsker's asymptote, over ten decades of n) and
``minimax_sandwich_attack`` (floor and ceiling against the attack radius at n = 10^12).
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.curves import ADVERSARIAL
from ratecheck.plotting import (
    INK,
    THEORY,
    Sheet,
    corner,
    footnote,
    legend_above,
    look,
    new_figure,
    plain_ticks,
    save,
    styled,
)
from ratecheck.reporting import Finding, Key, Report
from ratecheck.slopes import SlopeFit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FLOOR, PINSKER = "certified floor", "Pinsker's asymptote"
SOLID: dict[str, Any] = {"color": INK, "linewidth": 1.6}
WITHOUT = {"marker": ""}


def main(results: Path, output: Path) -> list[Path]:
    """Draw both figures."""
    report = stored_report(results, "minimax_sandwich")
    with styled():
        return [
            *clean(report, output / "minimax_sandwich"),
            *attacked(report, output / "minimax_sandwich_attack"),
        ]


def names(report: Report, start: str) -> list[str]:
    """Return the names of the studies of smoothness s that begin so."""
    found = (study.name for study in report.suite.studies)
    return [name for name in found if name.startswith(start) and "ridge" not in name]


def title(study: str) -> str:
    """Return the smoothness of a study."""
    return f"s = {Fraction(study.rpartition('s')[2])}"


def ratio(report: Report, study: str, order: int) -> Finding:
    """Return the claim about gradient flow of an order over the floor."""
    return next(
        f
        for f in report.verdicts
        if f.key.study == study and f.relative_to and f.key.stopping.endswith(f"m={order}")
    )


def clean(report: Report, path: Path) -> list[Path]:
    """Draw one panel for each smoothness."""
    found = names(report, "s")
    figure, (row,) = new_figure(len(found), (3.0,), width=2.35, share=False)
    sheet = Sheet()
    for axes, study in zip(row, found, strict=True):
        draw_clean(axes, report, study, sheet)
    row[0].set_ylabel("worst-case risk over Pinsker's asymptote")
    legend_above(figure, row[0], 5)
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_clean(axes: Axes, report: Report, study: str, sheet: Sheet) -> None:
    """Draw floor, linear minimax and gradient flow over Pinsker's asymptote."""
    fits = {key.stopping: fit for key, fit in report.slopes.items() if key.study == study}
    scale = fits[PINSKER].means
    lines = [
        (FLOOR, SOLID, "certified floor"),
        ("linear minimax", look(2) | WITHOUT, "linear minimax (exact)"),
        ("gradient flow at best t, m=1", look(0) | {"markevery": 3}, "gradient flow, m = 1"),
        ("gradient flow at best t, m=2", look(4) | {"markevery": 3}, "gradient flow, m = 2"),
    ]
    for name, style, label in lines:
        value = fits[name].means / scale
        axes.plot(fits[name].sizes, value, label=label, **style)
        for n, v in zip(fits[name].sizes.tolist(), value.tolist(), strict=True):
            sheet.add(title(study), name, "risk over Pinsker's", n, v)
    axes.axhline(1.0, label="Pinsker's asymptote", **THEORY)
    axes.set(xscale="log", xlabel="sample size n", title=title(study), ylim=(0.65, 1.9))
    axes.set_xticks([1e2, 1e5, 1e8, 1e11])
    corner(
        axes,
        f"at most {most(report, study, 1)} (m = 1),\n"
        f"{most(report, study, 2)} (m = 2)\nover the floor",
    )


def most(report: Report, study: str, order: int) -> str:
    """Return the largest ratio to the floor over all n."""
    fit = ratio(report, study, order).fit
    return "?" if fit is None else f"{fit.means.max():.2f}"


def attacked(report: Report, path: Path) -> list[Path]:
    """Draw floor and ceiling against the radius, and their ratio below."""
    found = names(report, "attack-")
    figure, (upper, lower) = new_figure(len(found), (2.4, 1.3), width=2.35)
    sheet = Sheet()
    for top, bottom, study in zip(upper, lower, found, strict=True):
        draw_attacked(top, report, study, sheet)
        draw_ratio(bottom, ratio(report, study, 1), study, sheet)
    upper[0].set_ylabel("adversarial risk, worst case")
    lower[0].set_ylabel("ceiling over\nfloor")
    legend_above(figure, upper[0], 3)
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_attacked(axes: Axes, report: Report, study: str, sheet: Sheet) -> None:
    """Draw the floor of every estimator, and the bound of gradient flow."""
    axes.set(xscale="log", yscale="log", title=title(study))
    lines = (
        ("modulus floor (n infinite)", THEORY, "modulus floor ($r^{2\\,min(s,1)}$, n infinite)"),
        (FLOOR, SOLID, "certified floor, $n = 10^{12}$"),
        ("gradient flow, ceiling at best t, m=1", look(0), "gradient flow, upper bound"),
    )
    for name, style, label in lines:
        fit: SlopeFit = report.slopes[Key(study, name, ADVERSARIAL)]
        axes.plot(1 / fit.sizes, fit.means, label=label, **style)
        for x, v in zip((1 / fit.sizes).tolist(), fit.means.tolist(), strict=True):
            sheet.add(title(study), name, ADVERSARIAL, x, v)
    floor = report.slopes[Key(study, FLOOR, ADVERSARIAL)].means
    axes.set_ylim(floor.min() / 30, None)


def draw_ratio(axes: Axes, finding: Finding, study: str, sheet: Sheet) -> None:
    """Draw ceiling over floor."""
    if (fit := finding.fit) is None:
        return
    axes.plot(1 / fit.sizes, fit.means, **look(0))
    axes.set(yscale="log", ylim=(0.9, 5.5), xlabel="attack radius r")
    axes.set_xticks([1e-7, 1e-5, 1e-3, 1e-1])
    plain_ticks(axes, (1, 2, 3, 4))
    corner(axes, f"at most {fit.means.max():.2f}")
    for x, v in zip((1 / fit.sizes).tolist(), fit.means.tolist(), strict=True):
        sheet.add(title(study), "ceiling over floor", "ratio", x, v)
