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
