"""Log-log slopes with intervals: weighted regression, bootstrap over replicates, window rules."""

from __future__ import annotations

from ratecheck.slopes.corrections import Corrections, outlook
from ratecheck.slopes.fitting import fit, fit_ratio
from ratecheck.slopes.results import Estimate, SlopeFit, Window
from ratecheck.slopes.windows import All, From, LastDecades, WindowRule

__all__ = [
    "All",
    "Corrections",
    "Estimate",
    "From",
    "LastDecades",
    "SlopeFit",
    "Window",
    "WindowRule",
    "fit",
    "fit_ratio",
    "outlook",
]
