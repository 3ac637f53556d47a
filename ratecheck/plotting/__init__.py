"""Figures: the only place that imports matplotlib; one style, vector and raster, CSV beside."""

from __future__ import annotations

from ratecheck.plotting.saving import save
from ratecheck.plotting.slopes import Curve, Panel, Prediction, slope_figure
from ratecheck.plotting.style import look, new_figure, styled

__all__ = [
    "Curve",
    "Panel",
    "Prediction",
    "look",
    "new_figure",
    "save",
    "slope_figure",
    "styled",
]
