"""Means over replicates with their 95 % bands, along sizes or along training time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions.intervals import Interval, of_mean
from ratecheck.types import Array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_OPACITY = 0.18
_STEP = 0.022  # of the range of levels, between series


def draw_levels(
    axes: Axes, levels: Mapping[int, Array], style: dict[str, Any], **changes: object
) -> list[Interval]:
    """Draw the mean at each size with its pointwise 95 % interval.

    Parameters
    ----------
    axes : Axes
    levels : mapping from size to ndarray (R,)
        As `Readings.levels` returns them.
    style : dict
        A look, see `look`; with a label if it belongs into the legend.
    **changes : object
        Entries of the look to change.

    Returns
    -------
    list of Interval
        What was drawn, for the sheet behind the picture.
    """
    found = [of_mean(values) for values in levels.values()]
    draw_intervals(axes, list(levels), found, style | changes)
    return found


def draw_bars(
    axes: Axes, levels: Mapping[int, Array], style: dict[str, Any], rank: int
) -> list[Interval]:
    """Draw means with bars of their 95 % intervals, series beside each other.

    For a few levels and wide intervals, whose bands would cover each other.

    Parameters
    ----------
    axes : Axes
    levels : mapping from level to ndarray (R,)
    style : dict
        A look, see `look`.
    rank : int
        Number of the series: each stands a little to the right of the one before it.

    Returns
    -------
    list of Interval
        What was drawn.
    """
    found = [of_mean(values) for values in levels.values()]
    width = max(levels) - min(levels) or 1
    x = [level + (rank - 2) * _STEP * width for level in levels]
    reach = np.array([(i.mean - i.low, i.high - i.mean) for i in found]).T
    axes.errorbar(x, [i.mean for i in found], yerr=reach, elinewidth=0.9, capsize=1.5, **style)
    return found


def draw_band(
    axes: Axes, times: Array, values: Array, style: dict[str, Any], **changes: object
) -> list[Interval]:
    """Draw the mean of (R, T) replicated curves over times (T,) with its pointwise 95 % band."""
    found = [of_mean(column) for column in values.T]
    draw_intervals(axes, times, found, {"marker": ""} | style | changes)
    return found


def draw_intervals(
    axes: Axes, x: Sequence[float] | Array, found: Sequence[Interval], style: dict[str, Any]
) -> None:
    """Draw means as a line and intervals as a band of the same colour."""
    abscissa = np.asarray(x, dtype=np.float64)
    (line,) = axes.plot(abscissa, [i.mean for i in found], **style)
    axes.fill_between(
        abscissa, [i.low for i in found], [i.high for i in found],
        color=line.get_color(), alpha=_OPACITY, linewidth=0,
    )  # fmt: skip


def farthest_from(differences: Array) -> Array:
    """Return, for each place, the largest absolute difference (k,) from there on.

    What zigzags towards zero becomes a line that falls, and says from where on a bound holds.

    Examples
    --------
    >>> farthest_from(np.array([-0.5, 0.1, 0.2, -0.1]))
    array([0.5, 0.2, 0.2, 0.1])
    """
    return np.maximum.accumulate(np.abs(differences)[::-1])[::-1]
