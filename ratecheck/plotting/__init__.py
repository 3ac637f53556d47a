"""Figures: the only place that imports matplotlib; one style, vector and raster, CSV beside."""

from __future__ import annotations

from ratecheck.plotting.bands import (
    draw_band,
    draw_bars,
    draw_intervals,
    draw_levels,
    farthest_from,
)
from ratecheck.plotting.expected import Expected, draw_expected
from ratecheck.plotting.marks import (
    THEORY,
    WRONG,
    corner,
    decade_ticks,
    draw_curve,
    draw_power,
    draw_slope,
    entry,
    footnote,
    legend_above,
    plain_ticks,
    shade_outside,
    size_axis,
)
from ratecheck.plotting.saving import save
from ratecheck.plotting.sheet import Sheet
from ratecheck.plotting.slopes import Curve, Panel, Prediction, slope_figure
from ratecheck.plotting.style import GREY, INK, look, new_figure, rule_look, shades, styled
from ratecheck.plotting.training import draw_training, training_axis

__all__ = [
    "GREY",
    "INK",
    "THEORY",
    "WRONG",
    "Curve",
    "Expected",
    "Panel",
    "Prediction",
    "Sheet",
    "corner",
    "decade_ticks",
    "draw_band",
    "draw_bars",
    "draw_curve",
    "draw_expected",
    "draw_intervals",
    "draw_levels",
    "draw_power",
    "draw_slope",
    "draw_training",
    "entry",
    "farthest_from",
    "footnote",
    "legend_above",
    "look",
    "new_figure",
    "plain_ticks",
    "rule_look",
    "save",
    "shade_outside",
    "shades",
    "size_axis",
    "slope_figure",
    "styled",
    "training_axis",
]
