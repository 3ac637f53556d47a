"""Where early stopping matters, and by how much: a map, and growth with the sample size.

Draws ``damage_of_interpolation``: the ratio of the interpolant's to the early-stopped adversarial
risk over radius and noise level at a small and the largest n, and against n at one radius.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions.readings import Readings
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.interpolant_risks import INTERPOLANT, STOPPED
from ratecheck.montecarlo.measurements.interpolation_damage import (
    BEST_RATIO,
    RATIO,
    InterpolationDamage,
    quantity,
)
from ratecheck.plotting import (
    GREY,
    INK,
    Sheet,
    draw_levels,
    entry,
    footnote,
    look,
    new_figure,
    plain_ticks,
    save,
    size_axis,
    styled,
)
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RADIUS = 0.05
LARGEST = 4.0  # decades: end of the scale of colours


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "damage_of_interpolation")
    (study,) = report.suite.studies
    assert isinstance(study, MeasuredStudy)
    assert isinstance(study.measurement, InterpolationDamage)
    readings = report.readings(study.name)
    shown = (study.sizes[min(1, len(study.sizes) - 1)], study.sizes[-1])
    with styled():
        figure, (row,) = new_figure(3, (3.2,), width=3.5, share=False)
        sheet = Sheet()
        image: Any = None
        for axes, n in zip(row, shown, strict=False):
            image = draw_map(axes, readings, study.measurement, n, sheet)
        row[0].set_ylabel("noise $\\sigma$")
        scale(figure, image, row[:2])
        draw_growth(row[2], readings, study.measurement, sheet)
        footnote(figure, caveat(report))
        return save(figure, output / "damage_of_interpolation", Sheet.COLUMNS, sheet)


def ratio(readings: Readings, radius: float, sigma: float, n: int) -> float:
    """Return the ratio of the mean risks."""
    name = quantity(radius, sigma)
    top, base = (readings.levels(s, name)[n].mean() for s in (INTERPOLANT, STOPPED))
    return float(top / base)


def draw_map(
    axes: Axes, readings: Readings, measured: InterpolationDamage, n: int, sheet: Sheet
) -> Any:  # noqa: ANN401 - an image of matplotlib
    """Draw the ratio over radius and noise level, with its numbers."""
    radii, sigmas = measured.radii, measured.sigmas
    values = np.array([[ratio(readings, r, s, n) for r in radii] for s in sigmas])
    decades: Array = np.log10(values)
    image = axes.imshow(
        decades, cmap="cividis", vmin=0.0, vmax=LARGEST, origin="lower", aspect="auto"
    )
    for i, sigma in enumerate(sigmas):
        for j, radius in enumerate(radii):
            colour = "white" if decades[i, j] < LARGEST / 2 else INK
            axes.text(j, i, short(float(values[i, j])), ha="center", va="center", color=colour)
            sheet.add(f"n = {n}", f"sigma = {sigma:g}", "ratio", radius, float(values[i, j]))
    axes.set_xticks(range(len(radii)), ["clean", *(f"{r:g}" for r in radii[1:])])
    axes.set_yticks(range(len(sigmas)), [f"{s:g}" for s in sigmas])
    axes.set(
        title=f"interpolant over early-stopped, $n = 2^{{{n.bit_length() - 1}}}$",
        xlabel="radius r of the attack",
    )
    axes.grid(visible=False)
    axes.tick_params(length=0)
    return image


def short(value: float) -> str:
    """Return a number with three digits and no exponent."""
    return f"{float(f'{value:.3g}'):g}"


def scale(figure: Figure, image: Any, beside: list[Axes]) -> None:  # noqa: ANN401 - as above
    """Draw the scale of colours beside the maps."""
    bar = figure.colorbar(image, ax=beside, fraction=0.04, pad=0.02)
    bar.set_ticks(
        list(range(int(LARGEST) + 1)), labels=[f"{10**k}" for k in range(int(LARGEST) + 1)]
    )
    bar.set_label("ratio of risks")


def draw_growth(
    axes: Axes, readings: Readings, measured: InterpolationDamage, sheet: Sheet
) -> None:
    """Draw the ratio against n at one radius; thin: against the best time instead."""
    for index, sigma in enumerate(reversed(measured.sigmas)):
        name = quantity(RADIUS, sigma)
        for series, changes in ((RATIO, {}), (BEST_RATIO, {"linewidth": 0.6, "marker": ""})):
            levels = {n: 10**v for n, v in readings.levels(series, name).items()}
            label = f"$\\sigma$ = {sigma:g}" if series == RATIO else "_"
            found = draw_levels(axes, levels, look(index) | {"label": label} | changes)
            for n, i in zip(levels, found, strict=True):
                sheet.add(f"r = {RADIUS:g}", f"{series}, {name}", "ratio", n, i.mean, i.low, i.high)
        if not index:
            size_axis(axes, np.array(sorted(levels), dtype=np.float64))
    axes.axhline(1.0, color=GREY, linewidth=0.8, zorder=0)
    axes.set(
        yscale="log", title=f"ratio against n, r = {RADIUS:g}", ylim=(0.7, 3e4),
    )  # fmt: skip
    plain_ticks(axes, (1, 10, 100, 1000))
    entry(axes, "thin: over the best time", {"color": GREY, "linewidth": 0.6})
    axes.legend(loc="upper left", ncols=2)
