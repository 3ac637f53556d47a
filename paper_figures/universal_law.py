"""Sensitivity against width at the paper's sizes, beside the universal law sqrt(Nd/p).

Draws ``universal_law``: random features above, tangent features below, a column for each N and one
for infinite width.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.sensitivities import SENSITIVITY, AgainstWidth, at
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_levels,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.random_features import leading_order, parameters, universal_bound
from ratecheck.random_features.features import FeatureName
from ratecheck.reporting import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {name: look(i) for i, name in enumerate(("tanh", "softplus", "square", "cos"))}
NAMES = {"square": "square (even)", "cos": "cos (even)", "tanh": "tanh (odd)"}
LAW: dict[str, Any] = {"color": GREY, "linewidth": 1.2, "linestyle": (0, (1, 1.2))}
TITLES: dict[FeatureName, str] = {"rf": "random features", "ntk": "tangent features"}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "universal_law")
    samples = measurement(report, "rf").samples
    with styled():
        heights = (2.7, 2.7)
        figure, rows = new_figure(len(samples) + 1, heights, width=2.6, share=False)
        sheet = Sheet()
        for row, features in zip(rows, TITLES, strict=True):
            for axes, N in zip(row, samples, strict=False):
                draw_widths(axes, report, features, N, sheet)
            draw_limit(row[-1], report, features, sheet)
            row[0].set_ylabel(f"{TITLES[features]}: S")
        legend_above(figure, rows[0][0], 6)
        footnote(figure, caveat(report))
        return save(figure, output / "universal_law", Sheet.COLUMNS, sheet)


def measurement(report: Report, features: FeatureName) -> AgainstWidth:
    """Return what a study of widths measured."""
    study = next(s for s in report.suite.studies if s.name == features)
    assert isinstance(study, MeasuredStudy)
    assert isinstance(study.measurement, AgainstWidth)
    return study.measurement


def draw_widths(axes: Axes, report: Report, features: FeatureName, N: int, sheet: Sheet) -> None:
    """Draw S against k at one sample size, with the universal bound and the leading order."""
    panel, d = f"{features}, N = {N}", measurement(report, features).data.dimension
    readings = report.readings(features)
    for name, style in LOOKS.items():
        levels = readings.levels(name, at(SENSITIVITY, N))
        found = draw_levels(axes, levels, style | {"label": NAMES.get(name, name)})
        for k, interval in zip(levels, found, strict=True):
            sheet.add(panel, name, SENSITIVITY, k, interval.mean, interval.low, interval.high)
    widths = np.geomspace(min(levels), max(levels), 25)
    bound = [universal_bound(N, d, parameters(features, d, round(k))) for k in widths]
    law = [leading_order(features, "square", N, round(k), d) for k in widths]
    axes.plot(widths, bound, label="$\\sqrt{Nd/p}$", **THEORY)
    axes.plot(widths, law, label="leading order, square", **LAW)
    for k, low, value in zip(widths.tolist(), bound, law, strict=True):
        sheet.add(panel, "universal bound", SENSITIVITY, k, low)
        sheet.add(panel, "leading order, square", SENSITIVITY, k, value)
    axes.set(xscale="log", yscale="log", title=f"N = {N}", xlabel="width k", ylim=(0.8, 70.0))
    ticks(axes, list(levels))


def draw_limit(axes: Axes, report: Report, features: FeatureName, sheet: Sheet) -> None:
    """Draw S of infinite width against N."""
    readings, d = (
        report.readings(f"{features}-infinite"),
        measurement(report, features).data.dimension,
    )
    for name, style in LOOKS.items():
        levels = readings.levels(name, SENSITIVITY)
        found = draw_levels(axes, levels, style)
        for N, interval in zip(levels, found, strict=True):
            sheet.add(
                f"{features}, k = infinity", name, SENSITIVITY, N, interval.mean, interval.low,
                interval.high,
            )  # fmt: skip
    sizes = np.geomspace(min(levels), max(levels), 25)
    law = [leading_order(features, "square", round(N), np.inf, d) for N in sizes]
    axes.plot(sizes, law, **LAW)
    sixth = 0.3 * (sizes / sizes[0]) ** (1 / 6)
    axes.plot(sizes, sixth, **THEORY | {"linestyle": (0, (3, 1, 1, 1))})
    axes.annotate(
        "$N^{1/6}$",
        (sizes[-1], sixth[-1]),
        xytext=(0, -3),
        textcoords="offset points",
        ha="right",
        va="top",
    )
    axes.set(
        xscale="log", yscale="log", title="k = infinity", xlabel="sample size N", ylim=(0.2, 60.0)
    )
    ticks(axes, list(levels))


def ticks(axes: Axes, sizes: list[int]) -> None:
    """Label the abscissa by the sizes that were measured."""
    labels = [f"{n}" if n < 10_000 else f"{n / 1000:g}k" for n in sizes]
    axes.set_xticks(sizes, labels)
    axes.minorticks_off()
