"""Eigenvalues of zonal kernels on their derived laws, and what a naive fit makes of them.

Draws ``eigendecay`` (four spheres: eigenvalues on the law, and the share of the allowed deviation
that every registered kernel uses) and ``eigendecay_naive`` (a straight line through k <= 60).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.decay_curves import EIGENVALUE, SHARE, Eigenvalue, derived
from ratecheck.montecarlo.exact import ExactStudy
from ratecheck.plotting import (
    GREY,
    INK,
    THEORY,
    Sheet,
    draw_power,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.reporting import Key, Report
from ratecheck.theory.evaluate import value
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPHERES = (1, 2, 3, 9)
SHOWN = ("NTK(depth=2, bias=0.0)", "NTK(depth=5, bias=0.0)", "LiftedNTK(depth=3)",
         "NNGP(depth=4, bias=0.0)", "DualActivation(activation='abs', tangent=False)")  # fmt: skip
NTK3 = "NTK(depth=3, bias=0.0)"


def main(results: Path, output: Path) -> list[Path]:
    """Draw both figures."""
    report = stored_report(results, "eigendecay")
    with styled():
        return [
            *laws(report, output / "eigendecay"),
            *naive(report, output / "eigendecay_naive"),
        ]


def curve(report: Report, study: str, kernel: str) -> Eigenvalue:
    """Return the curve of a kernel's eigenvalues."""
    made = next(s for s in report.suite.studies if s.name == study)
    assert isinstance(made, ExactStudy)
    curves = (c for c in made.curves if isinstance(c, Eigenvalue))
    return next(c for c in curves if c.name == kernel)


def law(of: Eigenvalue, degrees: Array) -> Array:
    """Return the finite-k law at (even) degrees."""
    derivation = derived(of.kernel, of.dimension)
    return np.array([float(value(derivation.finite_k(int(k)))) for k in degrees])


def laws(report: Report, path: Path) -> list[Path]:
    """Draw eigenvalues on laws above, shares of the allowed deviation below."""
    figure, (upper, lower) = new_figure(len(SPHERES), (2.6, 1.6), width=2.7, share=False)
    sheet = Sheet()
    for top, bottom, d in zip(upper, lower, SPHERES, strict=True):
        for index, kernel in enumerate(SHOWN):
            draw_law(top, report, d, kernel, index, sheet)
        top.plot([], [], label="derived law (finite-k form)", **THEORY)
        top.set(xscale="log", yscale="log", title=f"$S^{d}$", xlim=(7, 110), xlabel="degree k")
        top.set_xticks([10, 30, 100], ["10", "30", "100"])
        top.minorticks_off()
        draw_shares(bottom, report, d, sheet)
    upper[0].set_ylabel("eigenvalue $\\mu_k$, even k")
    lower[0].set_ylabel("deviation from law\nover what is allowed")
    legend_above(figure, upper[0], 3)
    told = "below: a line for each kernel and parity; thick: the largest of all; dashes: allowed"
    footnote(figure, "; ".join(filter(None, (told, caveat(report)))))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_law(axes: Axes, report: Report, d: int, kernel: str, index: int, sheet: Sheet) -> None:
    """Draw the eigenvalues of one kernel at even degrees, and its law."""
    fits = [report.slopes[Key(f"S{d}-{part}", kernel, EIGENVALUE)] for part in ("naive", "even")]
    degrees = np.concatenate([fit.sizes for fit in fits])
    values = np.concatenate([fit.means for fit in fits])
    smooth = np.arange(8, 97, 8.0)
    axes.plot(smooth, law(curve(report, f"S{d}-even", kernel), smooth), zorder=1, **THEORY)
    style = look(index) | {"linestyle": "none", "markersize": 3.5}
    axes.plot(degrees, values, label=short(kernel), **style)
    for k, v in zip(degrees.tolist(), values.tolist(), strict=True):
        sheet.add(f"S^{d}", kernel, EIGENVALUE, k, v)


def draw_shares(axes: Axes, report: Report, d: int, sheet: Sheet) -> None:
    """Draw the share of every kernel, both parities; 1 is what is allowed."""
    for key, fit in report.slopes.items():
        if key.risk != SHARE or not key.study.startswith(f"S{d}-"):
            continue
        largest = key.stopping.startswith("largest")
        axes.plot(
            fit.sizes,
            fit.means,
            color=INK if largest else GREY,
            linewidth=1.8 if largest else 0.5,
            zorder=3 if largest else 2,
        )
        for k, v in zip(fit.sizes.tolist(), fit.means.tolist(), strict=True):
            sheet.add(f"S^{d}", f"{key.study} {key.stopping}", SHARE, k, v)
    axes.axhline(1.0, **THEORY)
    axes.set(yscale="log", ylim=(3e-3, 2), xlabel="degree k")
    axes.minorticks_off()


def naive(report: Report, path: Path) -> list[Path]:
    """Draw the line through low degrees on S^9, and its error on every sphere."""
    figure, ((left, right),) = new_figure(2, (3.1,), width=4.0, share=False)
    sheet = Sheet()
    draw_line(left, report, sheet)
    draw_errors(right, report, sheet)
    footnote(figure, caveat(report))
    return save(figure, path, Sheet.COLUMNS, sheet)


def draw_line(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw the NTK of depth three on S^9: eigenvalues, law, and the naive line."""
    of = curve(report, "S9-even", NTK3)
    low, high = (report.slopes[Key(f"S9-{p}", NTK3, EIGENVALUE)] for p in ("naive", "even"))
    degrees, values = np.append(low.sizes, high.sizes), np.append(low.means, high.means)
    ahead = np.unique(np.rint(np.geomspace(8, 1000, 40) / 2) * 2)
    axes.plot(ahead, law(of, ahead), label="derived law", **THEORY)
    middle = float(np.sqrt(low.sizes[0] * low.sizes[-1]))
    through = (middle, float(np.exp(low.intercept)) * middle**low.estimate)
    red = look(4) | {"marker": "", "label": f"line through k <= 60: slope {low.estimate:.2f}"}
    draw_power(axes, ahead, low.estimate, through, red)
    marks = look(0) | {"linestyle": "none"}
    axes.plot(degrees, values, label="eigenvalues, even k", **marks)
    exponent = derived(of.kernel, 9).exponent
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="degree k",
        ylabel="eigenvalue $\\mu_k$",
        title=f"NTK of depth 3 on $S^9$: exponent {exponent}",
    )
    axes.legend(loc="lower left")
    for k, v in zip(degrees.tolist(), values.tolist(), strict=True):
        sheet.add("S^9", NTK3, EIGENVALUE, k, v)


def draw_errors(axes: Axes, report: Report, sheet: Sheet) -> None:
    """Draw the naive slope minus the exponent, kernel by kernel."""
    for index, d in enumerate(SPHERES):
        found = {k: f for k, f in report.slopes.items() if k.study == f"S{d}-naive"}
        for rank, (key, fit) in enumerate(found.items()):
            of = curve(report, key.study, key.stopping)
            exponent = -d - 2 * float(derived(of.kernel, 1).nu)  # nu is the same on every sphere
            x = index + (rank / max(len(found) - 1, 1) - 0.5) * 0.6
            style = look(index) | {"linestyle": "none", "markersize": 4}
            axes.plot([x], [fit.estimate - exponent], **style)
            sheet.add(
                f"S^{d}", key.stopping, "naive slope minus exponent", x, fit.estimate - exponent
            )
    axes.axhline(0.0, **THEORY)
    axes.set_xticks(range(len(SPHERES)), [f"$S^{d}$" for d in SPHERES])
    axes.grid(visible=False, axis="x")
    axes.set(
        xlabel="sphere",
        ylabel="naive slope minus true exponent",
        title="one mark for each kernel without a length",
    )


def short(kernel: str) -> str:
    """Return a kernel's name as a legend shows it."""
    if kernel.startswith("Dual"):
        return "dual of |x|"
    name, _, rest = kernel.partition("(")
    return f"{name}, depth {rest.removeprefix('depth=').rstrip(')').partition(',')[0]}"
