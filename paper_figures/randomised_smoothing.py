"""What randomised smoothing gains, against its level, the sample size and the dimension.

Draws ``randomised_smoothing``: adversarial risks against the level of smoothing, best gains against
n and d, and what is left of them beside a fit that is only shrunk; and
``randomised_smoothing_noise``: what smoothing leaves of noise on the torus, beside its formula.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions import Curve
from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.smoothing_curves import (
    ADVERSARIAL,
    AMPLITUDE,
    BEST_GAIN,
    INTERPOLANT,
    OVER_SHRINKING,
    SHRUNK,
    STOPPED,
)
from ratecheck.montecarlo.measurements.torus_smoothing import (
    NOISE_ONLY,
    NOISE_RISK,
    ROUGH_NOISE,
    TorusSmoothing,
)
from ratecheck.plotting import (
    GREY,
    THEORY,
    Sheet,
    draw_levels,
    footnote,
    look,
    new_figure,
    plain_ticks,
    save,
    shades,
    size_axis,
    styled,
)
from ratecheck.plotting.bands import draw_intervals
from ratecheck.reporting import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_SIZES, SHOWN_DIMENSIONS = (64, 256, 1024, 4096), (1, 3, 8, 20)
MARKS = ("o", "s", "^", "D")
GAINS = {
    ("sphere", INTERPOLANT): ("interpolant, $\\sigma$ = 1", look(0)),
    ("sphere-noisy", INTERPOLANT): ("interpolant, $\\sigma$ = 3", look(1)),
    ("sphere", SHRUNK): ("only shrunk, $\\sigma$ = 1", look(0) | {"markerfacecolor": "white"}),
    ("sphere-noisy", SHRUNK): (
        "only shrunk, $\\sigma$ = 3",
        look(1) | {"markerfacecolor": "white"},
    ),
    ("sphere", STOPPED): ("early stopped, $\\sigma$ = 1", look(2)),
}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figures."""
    report = stored_report(results, "randomised_smoothing")
    with styled():
        return [*draw_gains(report, output), *draw_noise(report, output)]


def draw_gains(report: Report, output: Path) -> list[Path]:
    """Draw risks against the level above, gains below."""
    figure, (upper, lower) = new_figure(3, (3.0, 3.0), width=3.3, share=False)
    sheet = Sheet()
    draw_risks(upper[0], report, "torus", SHOWN_SIZES, sheet)
    draw_risks(upper[1], report, "sphere", SHOWN_DIMENSIONS, sheet)
    draw_amplitude(upper[2], report, sheet)
    draw_over_sizes(lower[0], report, sheet)
    draw_over_dimensions(lower[1], report, sheet)
    draw_over_shrinking(lower[2], report, sheet)
    footnote(figure, caveat(report))
    return save(figure, output / "randomised_smoothing", Sheet.COLUMNS, sheet)


def study_of(report: Report, name: str) -> MeasuredStudy:
    """Return a member of the suite."""
    found = next(study for study in report.suite.studies if study.name == name)
    assert isinstance(found, MeasuredStudy)
    return found


def draw_risks(axes: Axes, report: Report, name: str, shown: tuple[int, ...], sheet: Sheet) -> None:
    """Draw the interpolant's risk against the level of smoothing, dark to light in n or d."""
    study, readings = study_of(report, name), report.readings(name)
    letter = study.abscissa
    sizes = [size for size in shown if size in study.sizes]
    where = "torus, m = 1" if name == "torus" else "sphere $S^d$, n = 200"
    axes.set(yscale="log", title=where)
    for colour, mark, size in zip(shades(len(sizes)), MARKS, sizes, strict=False):
        style = {"color": colour, "marker": mark, "label": f"{letter} = {size}"}
        curve = readings.curve(INTERPOLANT, ADVERSARIAL, size)
        draw_level_curve(axes, curve, style, sheet, f"{INTERPOLANT}, {letter} = {size}")
        other = SHRUNK if name == "sphere" else STOPPED
        curve = readings.curve(other, ADVERSARIAL, size)
        thin = {"color": colour, "linestyle": ":", "linewidth": 1.0, "marker": ""}
        draw_level_curve(axes, curve, thin, sheet, f"{other}, {letter} = {size}")
    named = "only shrunk" if name == "sphere" else "early stopped"
    axes.plot([], [], color=GREY, linestyle=":", label=named)
    axes.set_xlabel(
        "level of smoothing s" + (" (inputs of length $\\sqrt{d+1}$)" if name != "torus" else "")
    )
    axes.set_ylabel("adversarial risk")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.35)
    axes.legend(loc="upper right", ncols=2, columnspacing=1.0)


def draw_level_curve(
    axes: Axes, curve: Curve, style: dict[str, Any], sheet: Sheet, name: str
) -> None:
    """Draw a curve over levels; level 0 stands left of the others, at half of the smallest."""
    x = np.where(curve.times > 0, curve.times, curve.times[1] / 2)
    found = [of_mean(column) for column in curve.values.T]
    draw_intervals(axes, x, found, style)
    levels = curve.times[1:]
    step = 2 if levels.size > 6 else 1
    axes.set_xscale("log")
    labels = [
        f"$2^{{{round(np.log2(v))}}}$" if levels[0] < 0.01 else f"{v:g}" for v in levels[::step]
    ]
    axes.set_xticks([x[0], *levels[::step]], ["0", *labels])
    axes.minorticks_off()
    for level, interval in zip(curve.times, found, strict=True):
        sheet.add(axes.get_title(), name, "risk", level, interval.mean, interval.low, interval.high)


def draw_amplitude(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw the amplitude factor of the Laplace kernel, and that of a Gaussian kernel beside it."""
    study, readings = study_of(report, "sphere"), report.readings("sphere")
    dimensions = [d for d in SHOWN_DIMENSIONS if d in study.sizes]
    axes.set(title="amplitude factor of a lone peak", xlabel="level of smoothing s (as beside)")
    for colour, mark, d in zip(shades(len(dimensions)), MARKS, dimensions, strict=False):
        curve = readings.curve(SHRUNK, AMPLITUDE, d)
        x, y = curve.times, curve.values.mean(axis=0)
        axes.plot(x, y, color=colour, marker=mark, label=f"Laplace, d = {d}")
        fine = np.linspace(0.0, float(x[-1]), 65)
        gauss = (1 + fine**2 / (d + 1)) ** (-(d + 1) / 2)
        axes.plot(fine, gauss, color=colour, linestyle=(0, (6, 3)), linewidth=1.0)
        for level, factor in zip(x, y, strict=True):
            sheet.add(axes.get_title(), f"Laplace, d = {d}", "factor", level, factor)
        for level, factor in zip(fine, gauss, strict=True):
            sheet.add(axes.get_title(), f"Gaussian, d = {d}", "factor", level, factor)
    axes.plot([], [], **THEORY, label="Gaussian: $(1+s^2/(d+1))^{-(d+1)/2}$")
    axes.set_ylim(0.0, 1.75)
    axes.set_yticks((0, 0.25, 0.5, 0.75, 1))
    axes.legend(loc="upper right")


def draw_over_sizes(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw the best gain against n."""
    axes.set(title="best gain against n", yscale="log", ylabel="best gain")
    rows = (("torus", "torus"), ("sphere-1-n", "$S^1$"), ("sphere-10-n", "$S^{10}$"))
    for index, (name, label) in enumerate(rows):
        levels = report.readings(name).levels(INTERPOLANT, BEST_GAIN)
        found = draw_levels(axes, levels, look(index) | {"label": label})
        for size, interval in zip(levels, found, strict=True):
            sheet.add(
                axes.get_title(), label, BEST_GAIN, size, interval.mean, interval.low, interval.high
            )
    size_axis(axes, np.array([64, 4096]))
    axes.axhline(1.0, color=GREY, linewidth=0.9, zorder=0)
    plain_ticks(axes, (1, 3, 10, 30, 100, 300))
    axes.legend(loc="upper left")


def draw_over_dimensions(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw the best gains against d."""
    axes.set(title="best gain against d, n = 200", yscale="log", ylabel="best gain")
    for (name, series), (label, style) in GAINS.items():
        levels = report.readings(name).levels(series, BEST_GAIN)
        line = {"linestyle": ":"} if series == SHRUNK else {}
        found = draw_levels(axes, levels, style | line | {"label": label})
        for size, interval in zip(levels, found, strict=True):
            sheet.add(
                axes.get_title(), label, BEST_GAIN, size, interval.mean, interval.low, interval.high
            )
    dimension_axis(axes, study_of(report, "sphere").sizes)
    plain_ticks(axes, (1, 2, 5, 10, 20, 50))
    axes.set_ylim(0.85, 900.0)
    axes.legend(loc="upper right")


def draw_over_shrinking(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw the lowest risk of the shrunk interpolant over that of the smoothed one."""
    axes.set(title="smoothed against only shrunk", ylabel="best gain over shrinking", yscale="log")
    for index, (name, label) in enumerate((("sphere", "1"), ("sphere-noisy", "3"))):
        levels = report.readings(name).levels(INTERPOLANT, OVER_SHRINKING)
        found = draw_levels(axes, levels, look(index) | {"label": f"$\\sigma$ = {label}"})
        for size, interval in zip(levels, found, strict=True):
            sheet.add(
                axes.get_title(), f"sigma = {label}", OVER_SHRINKING, size, interval.mean,
                interval.low, interval.high,
            )  # fmt: skip
    dimension_axis(axes, study_of(report, "sphere").sizes)
    plain_ticks(axes, (1, 2, 3, 5))
    axes.legend(loc="upper right")


def dimension_axis(axes: Axes, sizes: tuple[int, ...]) -> None:
    """Give the abscissa the dimensions themselves."""
    axes.set_xscale("log")
    axes.set_xticks(sizes, [str(d) for d in sizes])
    axes.minorticks_off()
    axes.set_xlabel("dimension d")
    axes.axhline(1.0, color=GREY, linewidth=0.9, zorder=0)


def draw_noise(report: Report, output: Path) -> list[Path]:
    """Draw the adversarial risk of noise alone, smoothed and not."""
    study, readings = study_of(report, "torus"), report.readings("torus")
    assert isinstance(study.measurement, TorusSmoothing)
    s, r = study.measurement.level, study.measurement.radius
    figure, ((axes,),) = new_figure(1, (3.0,), width=5.0)
    sheet = Sheet()
    axes.set(yscale="log", ylabel="adversarial risk / $\\sigma^2$", title="noise alone, torus")
    for index, series in enumerate((ROUGH_NOISE, NOISE_ONLY)):
        levels = readings.levels(series, NOISE_RISK)
        found = draw_levels(axes, levels, look(index) | {"label": series})
        for size, interval in zip(levels, found, strict=True):
            sheet.add("noise", series, NOISE_RISK, size, interval.mean, interval.low, interval.high)
    n = np.array(study.sizes, dtype=np.float64)
    variance = 1 / (2 * np.sqrt(np.pi) * n * s)
    axes.plot(n, variance, **THEORY, label="$\\sigma^2/(2\\sqrt{\\pi}\\,n s)$")
    for size, value in zip(n, variance, strict=True):
        sheet.add("noise", "theory", "variance", size, value)
    axes.text(
        0.02, 0.03, f"s = {s:g}, r = {r:.3g}", transform=axes.transAxes, ha="left", va="bottom"
    )
    size_axis(axes, n)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.3)
    axes.legend(loc="upper right")
    footnote(figure, caveat(report))
    return save(figure, output / "randomised_smoothing_noise", Sheet.COLUMNS, sheet)
