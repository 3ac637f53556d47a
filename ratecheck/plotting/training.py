"""Risks against training time: bands over replicates, the best time, and the interpolant's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ratecheck.assertions import Curve
from ratecheck.assertions.intervals import Interval, of_mean
from ratecheck.plotting.bands import draw_band
from ratecheck.plotting.sheet import Sheet
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP: Final = 1.12  # the end of training is drawn beyond the axis by this power of its range
_MOST_TICKS = 6


def draw_training(
    axes: Axes,
    curve: Curve,
    style: dict[str, Any],
    sheet: Sheet,
    *,
    label: str = "",
    nudge: float = 0.0,
) -> None:
    """Draw a mean curve over time with its band, a mark at its minimum, and the interpolant.

    Parameters
    ----------
    axes : Axes
        Prepared by `training_axis`.
    curve : Curve
        Replicates (R, T) at times whose last one may be infinite.
    style : dict
        A look; its marker shows the minimum of the mean.
    sheet : Sheet
        Gets every number under the panel's title.
    label : str
        For the legend and the sheet.
    nudge : float
        By how many widths of a mark the end is moved aside, where several would overlap.
    """
    finite = np.isfinite(curve.times)
    line = style | {"marker": ""}
    drawn = draw_band(axes, curve.times[finite], curve.values[:, finite], line)
    means = curve.values.mean(axis=0)
    best = int(np.argmin(np.where(finite, means, np.inf)))
    mark = style | {"linestyle": style.get("linestyle", "-"), "markersize": 6, "label": label}
    axes.plot([curve.times[best]], [means[best]], **mark, markeredgecolor="white", zorder=4)
    places = [*curve.times[finite]]
    if not finite[-1]:
        places.append(np.inf)
        drawn.append(_draw_end(axes, curve, style, nudge))
    for x, found in zip(places, drawn, strict=True):
        sheet.add(axes.get_title(), label, "risk", float(x), found.mean, found.low, found.high)


def _draw_end(axes: Axes, curve: Curve, style: dict[str, Any], nudge: float) -> Interval:
    end = of_mean(curve.values[:, -1])
    finite = curve.times[np.isfinite(curve.times)]
    x = beyond(finite) * (finite[-1] / finite[0]) ** (nudge / 50)
    reach = [[end.mean - end.low], [end.high - end.mean]]
    axes.errorbar(
        [x], [end.mean], yerr=reach, color=style["color"], marker="_", markersize=7, capsize=1.5
    )
    return end


def beyond(times: Array) -> float:
    """Return where t = infinity is drawn."""
    return float(times[0] * (times[-1] / times[0]) ** _GAP)


def training_axis(axes: Axes, times: Array) -> None:
    """Give the abscissa decades of training time, and a place for t = infinity."""
    finite = times[np.isfinite(times)]
    low, high = (round(float(np.log10(t))) for t in (finite[0], finite[-1]))
    step = -(-(high - low) // _MOST_TICKS)
    ticks = list(range(low, high + 1, step))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(
        [*(10.0**k for k in ticks), beyond(finite)],
        [*(f"$10^{{{k}}}$" for k in ticks), "$\\infty$"],
    )
    axes.minorticks_off()
    axes.set_xlabel("training time t")
