"""Minimum-norm interpolation: the limit t = infinity, where over-training ends."""

from ratecheck.interpolation.estimator import Interpolant, InterpolantPath, InterpolantState
from ratecheck.interpolation.firstorder import FirstOrderSpline, first_order_spline
from ratecheck.interpolation.flow import first_order_flow
from ratecheck.interpolation.periodic import PeriodicSpline
from ratecheck.interpolation.pieces import PiecewiseMonotone

__all__ = [
    "FirstOrderSpline",
    "Interpolant",
    "InterpolantPath",
    "InterpolantState",
    "PeriodicSpline",
    "PiecewiseMonotone",
    "first_order_flow",
    "first_order_spline",
]
