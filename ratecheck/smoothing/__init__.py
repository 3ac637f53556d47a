"""Randomised smoothing: E f(x + sigma Z), in closed form where there is one."""

from ratecheck.smoothing.estimator import Smoothed, SmoothedPath, SmoothedState
from ratecheck.smoothing.extension import Extended, Extension
from ratecheck.smoothing.functions import smooth
from ratecheck.smoothing.kernels import amplitude, smoothed_kernel
from ratecheck.smoothing.numerical import Estimate, MonteCarlo, NumericalMean, Quadrature
from ratecheck.smoothing.radial import SmoothedMatern

__all__ = [
    "Estimate",
    "Extended",
    "Extension",
    "MonteCarlo",
    "NumericalMean",
    "Quadrature",
    "Smoothed",
    "SmoothedMatern",
    "SmoothedPath",
    "SmoothedState",
    "amplitude",
    "smooth",
    "smoothed_kernel",
]
