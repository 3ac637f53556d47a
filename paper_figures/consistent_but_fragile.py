"""Clean risk falls, adversarial risk grows: interpolants that are ridge fits with spikes.

Draws ``consistent_but_fragile``: for each kernel both risks against n, beside n^(-2/3), the plateau
of the plain interpolant and E_2nr.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions import Affine, Level
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.spiky_risks import (
    CLEAN,
    FIXED,
    PLAIN,
    RIDGE,
    SHRINKING,
    SPIKY,
    WIDE,
)
from ratecheck.plotting import (
    THEORY,
    Sheet,
    draw_levels,
    draw_power,
    footnote,
    look,
    new_figure,
    save,
    size_axis,
    styled,
)
from ratecheck.reporting import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLES = {
    "torus-m1": "$H^1$ kernel, equispaced",
    "torus-m2": "$H^2$ kernel, equispaced",
    "interval-random": "$H^1$ kernel, random design",
}
LOOKS = {SPIKY: look(0), RIDGE: look(2), PLAIN: look(1), WIDE: look(4)}
NAMES = {
    SPIKY: "ridge + spikes",
    RIDGE: "ridge alone",
    PLAIN: "plain interpolant",
    WIDE: "spikes too wide",
}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "consistent_but_fragile")
    studies = [study for study in report.suite.studies if isinstance(study, MeasuredStudy)]
    with styled():
        figure, (upper, lower) = new_figure(len(studies), (3.0, 3.0), width=3.1)
        sheet = Sheet()
        for column, study in enumerate(studies):
            draw_clean(upper[column], report, study, sheet)
            draw_attacked(lower[column], report, study, sheet)
        upper[0].set_ylabel("clean risk / $\\sigma^2$")
        lower[0].set_ylabel("adversarial risk / $\\sigma^2$")
        footnote(figure, caveat(report))
        return save(figure, output / "consistent_but_fragile", Sheet.COLUMNS, sheet)


def draw_clean(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the clean risks on logarithmic axes, with the minimax rate and the plateau c_m."""
    axes.set(yscale="log", title=TITLES[study.name])
    for series in (PLAIN, WIDE, SPIKY, RIDGE):
        if series != WIDE or any(held.subjects[0][0] == WIDE for held in study.assertions):
            draw(axes, report, study, (series, CLEAN), sheet)
    levels = report.readings(study.name).levels(SPIKY, CLEAN)
    sizes = np.array(list(levels), dtype=np.float64)
    middle = list(levels)[len(levels) // 2]
    draw_power(axes, sizes, -2 / 3, (middle, 0.5 * float(levels[middle].mean())))
    axes.annotate(
        "$n^{-2/3}$", (middle, 0.5 * float(levels[middle].mean())), xytext=(-3, -3),
        textcoords="offset points", ha="right", va="top",
    )  # fmt: skip
    draw_plateau(axes, study, sizes)
    size_axis(axes, sizes, label=False)
    axes.set_ylim(axes.get_ylim()[0], 12.0)
    axes.legend(loc="upper right", ncols=2, columnspacing=1.0, handlelength=1.6)


def draw_plateau(axes: Axes, study: MeasuredStudy, sizes: np.ndarray[Any, Any]) -> None:
    """Draw the predicted clean risk of the plain interpolant."""
    held = [a for a in study.assertions if isinstance(a, Level) and a.series == PLAIN]
    for claim in held:
        value = (claim.low + claim.high) / 2
        axes.plot(sizes[[0, -1]], [value, value], **THEORY)


def draw_attacked(axes: Axes, report: Report, study: MeasuredStudy, sheet: Sheet) -> None:
    """Draw the adversarial risks, with E_2nr for both radii."""
    for held in study.assertions:
        if isinstance(held, Affine):
            n, expected = np.array(held.abscissae).T
            label = "$E_{2nr}$" if held.quantity == FIXED else ""
            axes.plot(n, expected, **THEORY | {"zorder": 3, "label": label})
            for size, value in zip(n, expected, strict=True):
                sheet.add(axes.get_title(), "theory", held.quantity, size, value)
    open_square = LOOKS[PLAIN] | {"markersize": 7, "markerfacecolor": "white"}
    shrinking = LOOKS[SPIKY] | {"marker": "D", "linestyle": ":", "markerfacecolor": "white"}
    draw(axes, report, study, (PLAIN, FIXED), sheet, open_square, label="plain, r = 1/64")
    draw(axes, report, study, (SPIKY, FIXED), sheet, label="ridge + spikes, r = 1/64")
    name = "ridge + spikes, r = $n^{-1/2}/4$"
    draw(axes, report, study, (SPIKY, SHRINKING), sheet, shrinking, label=name)
    draw(axes, report, study, (RIDGE, FIXED), sheet, label="ridge alone, r = 1/64")
    size_axis(axes, np.array(study.sizes, dtype=np.float64))
    axes.set_ylim(-0.6, 19.0)
    axes.set_yticks(range(0, 17, 4))
    axes.legend(loc="upper left", ncols=1)


def draw(
    axes: Axes,
    report: Report,
    study: MeasuredStudy,
    subject: tuple[str, str],
    sheet: Sheet,
    style: dict[str, Any] | None = None,
    *,
    label: str = "",
) -> None:
    """Draw one quantity with its band, and write it down."""
    levels = report.readings(study.name).levels(*subject)
    name = label or NAMES[subject[0]]
    found = draw_levels(axes, levels, (style or LOOKS[subject[0]]) | {"label": name})
    for size, interval in zip(levels, found, strict=True):
        sheet.add(TITLES[study.name], *subject, size, interval.mean, interval.low, interval.high)
