"""Two terms of the adversarial rate: the slope in the radius exponent, and a collapse of all runs.

Draws ``adversarial_phase`` (measured slope against a for r = c n^-a, on the predicted broken line),
``phase_collapse`` (every (n, r) on one curve after rescaling, with both asymptotes) and
``phase_diagram`` (every (n, r) in its place, by what the attack adds, with the critical radius).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, final

import numpy as np

from ratecheck.cli.stored import caveat, simulated, stored_report
from ratecheck.montecarlo.study import RateStudy
from ratecheck.plotting import (
    INK,
    THEORY,
    Sheet,
    draw_slope,
    footnote,
    look,
    new_figure,
    save,
    shades,
    size_axis,
    styled,
)
from ratecheck.reporting import Key, Report
from ratecheck.risk import Adversarial
from ratecheck.schedules import Power
from ratecheck.slopes import SlopeFit
from ratecheck.theory import (
    adversarial_exponents,
    critical_radius_exponent,
    minimax_exponent,
    phase_exponent,
)
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection

RULE = "TheoryTime"
LARGEST = 3000  # of the ratios that colours tell apart


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Run:
    """The risk at one radius schedule r = c n^-a."""

    a: float
    schedule: Power
    fit: SlopeFit
    claimed: bool


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figures."""
    report = stored_report(results, "adversarial_phase")
    with styled():
        return [
            *broken_line(report, output / "adversarial_phase"),
            *collapse(report, output / "phase_collapse"),
            *diagram(report, output / "phase_diagram"),
        ]


def smoothness(study: RateStudy) -> Fraction:
    """Return s of a study."""
    return Fraction(str(study.problem.target.smoothness))


def runs(report: Report, study: RateStudy) -> Iterator[Run]:
    """Yield the runs of a study at the theoretical time."""
    claimed = {expected.risk for expected in study.expectations}
    for risk in study.risks:
        key = Key(study.name, RULE, risk.name)
        if not isinstance(risk, Adversarial) or key not in report.slopes:
            continue
        if isinstance(risk.radius, Power):
            yield Run(
                a=-risk.radius.exponent,
                schedule=risk.radius,
                fit=report.slopes[key],
                claimed=risk.name in claimed,
            )


def clean(report: Report, study: RateStudy) -> SlopeFit:
    """Return the fit of the clean risk."""
    return report.slopes[Key(study.name, RULE, "clean")]


# ---------------------------------------------------------------- slopes


def broken_line(report: Report, path: Path) -> list[Path]:
    """Draw one panel for each smoothness."""
    studies = simulated(report)
    figure, (row,) = new_figure(len(studies), (3.0,), width=3.6)
    sheet = Sheet()
    for index, (axes, study) in enumerate(zip(row, studies, strict=True)):
        draw_line(axes, smoothness(study), sheet)
        draw_runs(axes, list(runs(report, study)), study, index, sheet)
        axes.set(title=f"s = {smoothness(study)}", xlabel="a, where r = c n$^{-a}$")
    row[0].set_ylabel("slope of log adversarial risk in log n")
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_line(axes: Axes, s: Fraction, sheet: Sheet) -> None:
    """Draw the predicted exponents and their corner."""
    grid = [Fraction(k, 200) for k in range(10, 171)]
    line = [float(phase_exponent(s, 1, a)) for a in grid]
    axes.plot([float(a) for a in grid], line, label="predicted", zorder=1, **THEORY)
    for a, value in zip(grid, line, strict=True):
        sheet.add(f"s = {s}", "theory", "slope", float(a), value)
    corner, level = critical_radius_exponent(s, 1), float(minimax_exponent(s, 1))
    axes.axvline(float(corner), color="#BBBBBB", linewidth=0.8, zorder=0)
    axes.annotate(
        f"corner at a = {corner}", (float(corner), level), xytext=(6, 14),
        textcoords="offset points", va="bottom", color=INK,
    )  # fmt: skip
    sheet.add(f"s = {s}", "theory", "corner", float(corner), level)


def draw_runs(
    axes: Axes, found: list[Run], study: RateStudy, index: int, sheet: Sheet
) -> None:  # fmt: skip
    """Draw the measured slopes; open marks carry no claim, since the corner is too near."""
    told: set[bool] = set()
    for run in found:
        words = "measured, 95 % interval" if run.claimed else "too near the corner for a claim"
        style = look(index) | ({} if run.claimed else {"markerfacecolor": "white"})
        draw_slope(axes, run.a, run.fit, style, label="" if run.claimed in told else words)
        told.add(run.claimed)
        sheet.add_slope(f"s = {smoothness(study)}", RULE, run.a, run.fit)
    axes.legend(loc="upper right")


# ---------------------------------------------------------------- data collapse


def collapse(report: Report, path: Path) -> list[Path]:
    """Draw every (n, r) after rescaling by the n-term and by the critical radius."""
    studies = simulated(report)
    figure, (row,) = new_figure(len(studies), (3.3,), width=3.7, share=False)
    sheet = Sheet()
    for axes, study in zip(row, studies, strict=True):
        draw_collapse(axes, report, study, sheet)
    row[0].set_ylabel("adversarial risk times $n^{2s/(2s+1)}$")
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_collapse(axes: Axes, report: Report, study: RateStudy, sheet: Sheet) -> None:
    """Draw one smoothness: marks by sample size, and both asymptotes."""
    s, found = smoothness(study), list(runs(report, study))
    rate, corner = float(minimax_exponent(s, 1)), float(critical_radius_exponent(s, 1))
    scaled = f"radius r (periods of the torus) times $n^{{{critical_radius_exponent(s, 1)}}}$"
    axes.set(xscale="log", yscale="log", title=f"s = {s}", xlabel=scaled)
    sizes = found[0].fit.sizes
    points = []
    for index, colour in enumerate(shades(sizes.size)):
        n = int(sizes[index])
        x = np.array([run.schedule(n) for run in found]) * n**corner
        y = np.array([run.fit.means[index] for run in found]) * n**-rate
        spread = np.exp(1.96 * np.array([run.fit.errors[index] for run in found]))
        axes.errorbar(
            x, y, yerr=[y - y / spread, y * spread - y], marker="o", markersize=3.5,
            color=colour, linestyle="none", elinewidth=0.8, label=told(n, sizes),
        )  # fmt: skip
        for row in np.stack([x, y, y / spread, y * spread]).T.tolist():
            sheet.add(f"s = {s}", f"n = {n}", "scaled risk", *row)
        points += list(zip(x.tolist(), y.tolist(), strict=True))
    draw_asymptotes(axes, report, study, np.array(points), sheet)
    axes.legend(loc="upper left")


def told(n: int, sizes: Array) -> str:
    """Return the legend entry of the first, the middle and the last size."""
    some = (sizes[0], sizes[sizes.size // 2], sizes[-1])
    return f"n = $2^{{{n.bit_length() - 1}}}$" if n in some else "_"


def draw_asymptotes(
    axes: Axes, report: Report, study: RateStudy, points: Array, sheet: Sheet
) -> None:
    """Draw the clean level, and the power of the radius through the largest scaled radius."""
    s = smoothness(study)
    fit, (rate, power) = clean(report, study), adversarial_exponents(s, 1)
    level = float(np.mean(fit.means * fit.sizes ** -float(rate)))
    x, y = points[points[:, 0].argmax()]
    low, high = points[:, 0].min(), x
    axes.axhline(level, zorder=0, **THEORY)
    ends = np.array([high * (level / y) ** (1 / float(power)) * 0.6, high])
    axes.plot(ends, y * (ends / high) ** float(power), zorder=0, **THEORY)
    axes.text(low, level / 1.5, "n-term: flat", va="top")
    axes.annotate(
        f"r-term: slope {power}", (float(np.sqrt(ends[0] * high)), float(np.sqrt(level * y))),
        xytext=(-8, 0), textcoords="offset points", ha="right",
    )  # fmt: skip
    sheet.add(f"s = {s}", "theory", "n-term", low, level)
    for end in ends.tolist():
        sheet.add(f"s = {s}", "theory", "r-term", end, float(y * (end / high) ** float(power)))


# ---------------------------------------------------------------- phase diagram


def diagram(report: Report, path: Path) -> list[Path]:
    """Draw the plane of sample size and radius, one panel for each smoothness."""
    studies = simulated(report)
    figure, (row,) = new_figure(len(studies), (3.2,), width=3.7, share=False)
    sheet = Sheet()
    for axes, study in zip(row, studies, strict=True):
        marks = draw_plane(axes, report, study, sheet)
    row[0].set_ylabel("radius r (periods of the torus)")
    bar = figure.colorbar(marks, ax=row, pad=0.02)
    bar.set_label("adversarial risk over clean risk")
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_plane(axes: Axes, report: Report, study: RateStudy, sheet: Sheet) -> PathCollection:
    """Draw every (n, r) of one smoothness, coloured by what the attack adds to the clean risk."""
    s, found, still = smoothness(study), list(runs(report, study)), clean(report, study)
    exponent = critical_radius_exponent(s, 1)
    sizes = np.concatenate([run.fit.sizes for run in found])
    radii = np.concatenate([[run.schedule(int(n)) for n in run.fit.sizes] for run in found])
    ratios = np.concatenate([run.fit.means / still.means for run in found])
    axes.set(xscale="log", yscale="log", title=f"s = {s}", xlabel="sample size n")
    marks = axes.scatter(
        sizes, radii, c=ratios, cmap="cividis", norm="log", vmin=1, vmax=LARGEST, s=16,
        linewidths=0, zorder=3,
    )  # fmt: skip
    for n, r, ratio in zip(sizes.tolist(), radii.tolist(), ratios.tolist(), strict=True):
        sheet.add(f"s = {s}", f"r = {r:.6g}", "adversarial risk over clean", n, ratio)
    size_axis(axes, still.sizes)
    ends = still.sizes[[0, -1]]
    critical = doubled(sizes, radii, ratios, float(exponent)) * ends ** -float(exponent)
    axes.plot(ends, critical, zorder=2, label=f"$r \\sim n^{{-{exponent}}}$", **THEORY)
    low, high = axes.get_ylim()
    axes.set_ylim(low / 6, high * 6)  # room for words
    axes.legend(loc="upper left")
    for text, height, edge in (("r-term rules", 0.97, "top"), ("n-term rules", 0.03, "bottom")):
        axes.text(0.97, height, text, transform=axes.transAxes, ha="right", va=edge)
    for n, r in zip(ends.tolist(), critical.tolist(), strict=True):
        sheet.add(f"s = {s}", "theory", "critical radius", n, r)
    return marks


def doubled(sizes: Array, radii: Array, ratios: Array, exponent: float) -> float:
    """Return c such that risks are about doubled at r = c n^-exponent."""
    scaled = radii * sizes**exponent
    near = np.argsort(np.abs(np.log(ratios / 2.0)))[:8]
    return float(np.exp(np.mean(np.log(scaled[near]))))
