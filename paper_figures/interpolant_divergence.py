"""The adversarial risk of interpolants diverges like the largest noise in a window.

Draws ``interpolant_divergence``: risks of four kernels against n between the predicted bounds, at a
fixed, a shrinking and a tiny radius; the same against E_(2nr), on the line of slope one; four noise
laws. And ``interpolant_and_stopped``: interpolant and early-stopped fit on the same data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions.intervals import Interval, of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.interpolation.periodic import noise_factor
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.interpolant_risks import (
    CLEAN,
    INTERPOLANT,
    STOPPED,
    InterpolantRisks,
    Radius,
    quantity,
    radius_at,
)
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_levels,
    entry,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    size_axis,
    styled,
)
from ratecheck.reporting import Report
from ratecheck.theory import expected_max_square, interpolant_risk_bounds
from ratecheck.theory.extremes import Noise
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KERNELS = {
    "sobolev": "$H^1$", "brownian": "Brownian", "ntk": "NTK", "spline": "$H^2$, grid",
    "target": "$H^1$, sin target",
}  # fmt: skip
LAWS: dict[str, Noise] = {
    "laplace": "laplace", "sobolev": "gaussian", "uniform": "uniform", "rademacher": "rademacher",
}  # fmt: skip
BAND: dict[str, Any] = {"color": "#D9D9D9", "linewidth": 0, "zorder": 0}


def main(results: Path, output: Path) -> list[Path]:
    """Draw both figures."""
    report = stored_report(results, "interpolant_divergence")
    with styled():
        return [*divergence(report, output), *beside(report, output)]


def divergence(report: Report, output: Path) -> list[Path]:
    """Draw risks against n, against E_(2nr), and by noise law."""
    figure, (row,) = new_figure(4, (3.2,), width=3.1, share=False)
    sheet = Sheet()
    fixed, shrinking, tiny = measurement(report, "sobolev").radii
    draw_kernels(row[0], report, fixed, sheet)
    row[0].set_title(f"fixed radius r = {fixed:g}")
    row[0].legend(loc="upper left")
    draw_kernels(row[1], report, shrinking, sheet)
    draw_tiny(row[1], report, tiny, sheet)
    row[1].set_title("shrinking radii")
    draw_line(row[2], report, (fixed, shrinking), sheet)
    draw_laws(row[3], report, fixed, sheet)
    row[0].set_ylabel("adversarial risk over $\\sigma^2$")
    footnote(figure, caveat(report))
    return save(figure, output / "interpolant_divergence", Sheet.COLUMNS, sheet)


def study(report: Report, name: str) -> MeasuredStudy | None:
    """Return a study, or None if its results are not there."""
    found = [s for s in report.suite.studies if s.name == name]
    return found[0] if found and isinstance(found[0], MeasuredStudy) else None


def measurement(report: Report, name: str) -> InterpolantRisks:
    """Return what a study measured."""
    known = study(report, name)
    assert known is not None
    assert isinstance(known.measurement, InterpolantRisks)
    return known.measurement


def kernels(report: Report) -> Iterator[tuple[int, str, str]]:
    """Yield place, name and label of the studies of kernels."""
    for index, (name, label) in enumerate(KERNELS.items()):
        if study(report, name) is not None:
            yield index, name, label


def draw_kernels(axes: Axes, report: Report, radius: Radius, sheet: Sheet) -> None:
    """Draw all kernels at one radius rule, on the band of the bounds."""
    own = study(report, "sobolev")
    assert own is not None
    sizes = 2 ** np.linspace(np.log2(own.sizes[0]), np.log2(own.sizes[-1]), 60)
    both = [interpolant_risk_bounds(round(n), radius_at(radius, round(n))) for n in sizes]
    low, high = np.array(both).T
    axes.fill_between(sizes, low, high, label="$E_N$ to $E_{N+2}$", **BAND)
    for n, a, b in zip(sizes.tolist(), low.tolist(), high.tolist(), strict=True):
        sheet.add(quantity(radius), "bounds", "risk over sigma^2", n, (a + b) / 2, a, b)
    size_axis(axes, np.array(own.sizes, dtype=np.float64))
    for index, name, label in kernels(report):
        levels = report.readings(name).levels(INTERPOLANT, quantity(radius))
        style = look(index) | {"label": label, "linewidth": 0.8}
        write(sheet, quantity(radius), label, levels, draw_levels(axes, levels, style))
    axes.set_ylim(0)


def draw_tiny(axes: Axes, report: Report, radius: Radius, sheet: Sheet) -> None:
    """Draw the radius at which nothing diverges."""
    levels = report.readings("sobolev").levels(INTERPOLANT, quantity(radius))
    style = {"color": GREY, "marker": "x", "linestyle": ":"}
    found = draw_levels(axes, levels, style)
    write(sheet, quantity(radius), "H^1", levels, found)
    last = max(levels)
    axes.annotate(
        "r = 1/n, $H^1$", (last, found[-1].mean), xytext=(0, -6), textcoords="offset points",
        ha="right", va="top", color=GREY,
    )  # fmt: skip
    axes.annotate(
        "r = 0.5 $n^{-1/2}$", (0.98, 0.55), xycoords="axes fraction", ha="right", va="top"
    )


def draw_line(axes: Axes, report: Report, radii: tuple[Radius, ...], sheet: Sheet) -> None:
    """Draw every kernel and radius against E_(2nr)."""
    ends = [3.0, 22.0]
    axes.plot(ends, ends, label="slope 1", **(THEORY | {"zorder": 1}))
    for filled, radius in zip((True, False), radii, strict=True):
        for index, name, label in kernels(report):
            levels = report.readings(name).levels(INTERPOLANT, quantity(radius))
            used = {n: v for n, v in levels.items() if n * radius_at(radius, n) >= 5}
            x = [expected_max_square(2 * n * radius_at(radius, n)) for n in used]
            found = [of_mean(v) for v in used.values()]
            reach = [[i.mean - i.low for i in found], [i.high - i.mean for i in found]]
            face = {} if filled else {"markerfacecolor": "white"}
            axes.errorbar(
                x, [i.mean for i in found], yerr=reach, elinewidth=0.8,
                **(look(index) | face | {"linestyle": "none"}),
            )  # fmt: skip
            for at, i in zip(x, found, strict=True):
                where = f"{label}, {quantity(radius)}"
                sheet.add("against E_(2nr)", where, "risk over sigma^2", at, i.mean, i.low, i.high)
    entry(axes, f"r = {radii[0]:g}", {"color": GREY, "marker": "o", "linestyle": "none"})
    hollow = {"color": GREY, "marker": "o", "linestyle": "none", "markerfacecolor": "white"}
    entry(axes, "r = 0.5 $n^{-1/2}$", hollow)
    axes.set(title="all kernels", xlabel="$E_{2nr}$, expected largest squared noise")
    axes.legend(loc="upper left")


def draw_laws(axes: Axes, report: Report, radius: Radius, sheet: Sheet) -> None:
    """Draw the four noise laws with their predictions."""
    axes.set(yscale="log", title=f"noise laws, r = {radius:g}")
    for index, (name, law) in enumerate(LAWS.items()):
        own = study(report, name)
        if own is None:
            continue
        levels = report.readings(name).levels(INTERPOLANT, quantity(radius))
        sizes = np.array(sorted(levels), dtype=np.float64)
        both = [
            interpolant_risk_bounds(int(n), radius_at(radius, int(n)), noise=law) for n in sizes
        ]
        low, high = np.array(both).T
        label = "predicted bounds" if not index else None
        axes.fill_between(sizes, low / 1.01, high * 1.01, label=label, **BAND)
        style = look(index) | {"linestyle": "none", "label": law}
        write(sheet, "noise laws", law, levels, draw_levels(axes, levels, style))
        if not index:
            size_axis(axes, sizes)
        for n, a, b in zip(sizes.tolist(), low.tolist(), high.tolist(), strict=True):
            sheet.add("noise laws", f"{law}, bounds", "risk over sigma^2", n, (a + b) / 2, a, b)
    axes.set_yticks([1, 3, 10, 30], ["1", "3", "10", "30"])
    axes.minorticks_off()
    axes.set_ylim(0.8, 250)
    axes.legend(loc="upper left", ncols=2)


def beside(report: Report, output: Path) -> list[Path]:
    """Draw interpolant and early-stopped fit of every kernel."""
    names = list(kernels(report))
    figure, (row,) = new_figure(len(names), (2.9,), width=2.5, share=False)
    sheet = Sheet()
    for axes, (_, name, label) in zip(row, names, strict=True):
        radius = measurement(report, name).radii[0]
        readings = report.readings(name)
        axes.set(yscale="log", title=label, ylim=(1e-5, 60))
        for index, (series, name_of) in enumerate(
            ((INTERPOLANT, quantity(radius)), (STOPPED, quantity(radius)), (INTERPOLANT, CLEAN),
             (STOPPED, CLEAN))
        ):  # fmt: skip
            levels = readings.levels(series, name_of)
            attacked = name_of != CLEAN
            style = look(index % 2) | {
                "linestyle": "-" if attacked else "--",
                "markerfacecolor": None if attacked else "white",
                "label": f"{series}, {'attacked' if attacked else 'clean'}",
            }
            write(sheet, label, f"{series}, {name_of}", levels, draw_levels(axes, levels, style))
            if not index:
                size_axis(axes, np.array(sorted(levels), dtype=np.float64))
        draw_limits(axes, name, radius, axes.get_xlim(), sheet)
    row[0].set_ylabel("risk over $\\sigma^2$")
    legend_above(figure, row[0], 5)
    footnote(figure, caveat(report))
    return save(figure, output / "interpolant_and_stopped", Sheet.COLUMNS, sheet)


def draw_limits(
    axes: Axes, name: str, radius: Radius, ends: tuple[float, float], sheet: Sheet
) -> None:
    """Draw what both risks of the interpolant are predicted to be, for the target 0."""
    sizes = [round(n) for n in np.geomspace(*ends, 30)]
    label = "predicted: $E_{2nr}$ and $c_m$"
    growth = [expected_max_square(2 * n * radius_at(radius, n)) for n in sizes]
    axes.plot(sizes, growth, **(THEORY | {"label": label, "zorder": 1}))
    limit = noise_factor(2 if name == "spline" else 1, 2**16)
    axes.plot(ends, [limit] * 2, **(THEORY | {"zorder": 1}))
    sheet.add(KERNELS[name], "predicted", "clean risk over sigma^2", ends[1], limit)
    for n, value in zip(sizes, growth, strict=True):
        sheet.add(KERNELS[name], "predicted", "risk over sigma^2", n, value)


def write(
    sheet: Sheet, panel: str, series: str, levels: Mapping[int, Array], found: Sequence[Interval]
) -> None:
    """Write down what was drawn."""
    for n, i in zip(levels, found, strict=True):
        sheet.add(panel, series, "risk over sigma^2", n, i.mean, i.low, i.high)
