"""What every figure is made of: curves with bands, slopes with intervals, lines of theory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ratecheck.plotting.sheet import band
from ratecheck.plotting.style import GREY, INK
from ratecheck.slopes import SlopeFit
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

THEORY: Final[dict[str, Any]] = {"color": INK, "linewidth": 1.1, "linestyle": (0, (6, 3))}
WRONG: Final[dict[str, Any]] = {
    "color": GREY,
    "linewidth": 1.1,
    "linestyle": (0, (7, 2, 1, 2, 1, 2)),
}


def draw_curve(
    axes: Axes, fit: SlopeFit, look: dict[str, Any], *, label: str = "", exponent: float = 0.0
) -> None:
    """Draw the means of a fit with their 95 % band, divided by ``n^exponent``."""
    scale = fit.sizes**exponent
    low, high = band(fit)
    axes.fill_between(
        fit.sizes, low / scale, high / scale, color=look["color"], alpha=0.22, linewidth=0
    )
    axes.plot(fit.sizes, fit.means / scale, label=label or None, **look)


def draw_slope(
    axes: Axes, x: float, fit: SlopeFit, look: dict[str, Any], *, label: str = ""
) -> None:
    """Draw a slope at ``x`` as a mark with its interval."""
    reach = np.array([[fit.estimate - fit.low], [fit.high - fit.estimate]])
    style = look | {"linestyle": "none"}
    axes.errorbar([x], [fit.estimate], yerr=reach, capsize=2.5, label=label or None, **style)


def draw_power(
    axes: Axes,
    sizes: Array,
    exponent: float,
    through: tuple[float, float],
    look: Mapping[str, Any] | None = None,
) -> None:
    """Draw ``value * (n / n_0)^exponent`` over the range of ``sizes``, through ``(n_0, value)``."""
    ends = np.array([sizes[0], sizes[-1]])
    axes.plot(ends, through[1] * (ends / through[0]) ** exponent, **{**THEORY, **(look or {})})


def size_axis(axes: Axes, sizes: Array, *, label: bool = True) -> None:
    """Give the abscissa powers of two, as many as can be read."""
    first, last = (round(float(np.log2(n))) for n in (sizes[0], sizes[-1]))
    step = max(1, (last - first) // 3)
    ticks = range(first, last + 1, step)
    axes.set_xscale("log", base=2)
    axes.set_xticks([2.0**k for k in ticks], [f"$2^{{{k}}}$" for k in ticks])
    axes.minorticks_off()
    axes.set_xlim(float(sizes[0]) / 1.25, float(sizes[-1]) * 1.25)
    if label:
        axes.set_xlabel("sample size n")


def shade_outside(axes: Axes, fit: SlopeFit) -> None:
    """Shade the sizes that do not enter the slope."""
    low = axes.get_xlim()[0]
    if fit.window.first > fit.sizes[0]:
        axes.axvspan(low, fit.window.first / 2**0.5, color="#F2F2F2", linewidth=0, zorder=0)


def decade_ticks(axes: Axes) -> None:
    """Label a logarithmic ordinate at 1, 2, 5 times powers of ten where it spans under two."""
    low, high = axes.get_ylim()
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))))
    if high / low >= 100:
        return
    ticks = {m * 10.0**k: (m, k) for k in powers for m in (1, 2, 5) if low <= m * 10.0**k <= high}
    words = [f"$10^{{{k}}}$" if m == 1 else f"${m}\\cdot 10^{{{k}}}$" for m, k in ticks.values()]
    axes.set_yticks(list(ticks), words)
    axes.minorticks_off()
    axes.set_ylim(low, high)


def plain_ticks(axes: Axes, values: Sequence[float]) -> None:
    """Label a logarithmic ordinate by plain numbers."""
    axes.set_yticks(list(values), [f"{value:g}" for value in values])
    axes.minorticks_off()


def entry(axes: Axes, label: str, look: Mapping[str, Any]) -> None:
    """Add an entry to the legend for what is drawn in other panels."""
    axes.plot([], [], label=label, **look)


def corner(axes: Axes, text: str) -> None:
    """Write into the upper right corner, which falling curves leave free."""
    axes.text(0.99, 0.98, text, transform=axes.transAxes, ha="right", va="top", fontsize=8)


def footnote(figure: Figure, text: str) -> None:
    """Write a line below everything; the layout makes room for it."""
    if text:
        figure.supxlabel(text, x=0.995, ha="right", fontsize=7.5, color=GREY)


def legend_above(figure: Figure, axes: Axes, columns: int) -> None:
    """Put the entries of one panel above all panels, where no data are."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns)
