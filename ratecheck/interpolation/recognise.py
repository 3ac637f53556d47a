"""Fits that are splines of a first-order kernel, whatever filter made them."""

from __future__ import annotations

import numpy as np

from ratecheck.functions import Function
from ratecheck.interpolation.firstorder import FirstOrderKernel, FirstOrderSpline
from ratecheck.interpolation.pieces import PiecewiseMonotone
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.operators.markov import SemiseparableExpansion
from ratecheck.types import Array


def monotone_form(f: Function) -> PiecewiseMonotone | None:
    """Return f in a form with known turning points, or None if there is none.

    sum_j a_j K(x, x_j) of a first-order kernel is the spline through its own values at the x_j:
    so early-stopped fits have exact suprema too.
    """
    if isinstance(f, PiecewiseMonotone):
        return f
    if isinstance(f, SemiseparableExpansion):
        return _spline(f, f.operator.kernel, f.operator.X)
    return _spline(f, f.kernel, f.centres) if isinstance(f, KernelExpansion) else None


def _spline(f: Function, kernel: object, X: Array) -> FirstOrderSpline | None:
    if not isinstance(kernel, FirstOrderKernel) or X.shape[1] != 1:
        return None
    knots = np.unique(X[:, 0])
    knots = knots[np.isfinite(kernel.log_markov_factors(knots[:, None])[0])]  # K(0, .) = 0
    if not knots.size:
        return None
    return FirstOrderSpline(kernel=kernel, knots=knots, heights=f(knots[:, None]))
