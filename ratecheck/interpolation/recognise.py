"""Fits whose pieces are known from their kernel, whatever filter made them."""

from __future__ import annotations

import numpy as np

from ratecheck.functions import Function
from ratecheck.interpolation.arctan import ArctanSpline
from ratecheck.interpolation.firstorder import FirstOrderKernel, FirstOrderSpline
from ratecheck.interpolation.pieces import PiecewiseMonotone
from ratecheck.kernels import LiftedNTK
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.operators.markov import SemiseparableExpansion
from ratecheck.types import Array, IntArray


def monotone_form(f: Function) -> PiecewiseMonotone | None:
    """Return f in a form with known turning points, or None if there is none.

    sum_j a_j K(x, x_j) of a first-order kernel is the spline through its own values at the x_j,
    and for the two-layer lifted NTK its pieces follow from the a_j: so early-stopped fits have
    exact suprema too.
    """
    if isinstance(f, PiecewiseMonotone):
        return f
    if isinstance(f, SemiseparableExpansion):
        order, X = f.operator.order, f.operator.X
        return _spline(f, f.operator.kernel, X[order], f.weights)
    return _spline(f, f.kernel, f.centres, f.weights) if isinstance(f, KernelExpansion) else None


def _spline(f: Function, kernel: object, X: Array, weights: Array) -> PiecewiseMonotone | None:
    if X.shape[1] != 1:
        return None
    if isinstance(kernel, LiftedNTK) and kernel.depth == 2:
        knots, place = np.unique(X[:, 0], return_inverse=True)
        return ArctanSpline(knots=knots, weights=_summed(place, weights))
    return _first_order(f, kernel, X) if isinstance(kernel, FirstOrderKernel) else None


def _first_order(f: Function, kernel: FirstOrderKernel, X: Array) -> FirstOrderSpline | None:
    knots = np.unique(X[:, 0])
    knots = knots[np.isfinite(kernel.log_markov_factors(knots[:, None])[0])]  # K(0, .) = 0
    if not knots.size:
        return None
    return FirstOrderSpline(kernel=kernel, knots=knots, heights=f(knots[:, None]))


def _summed(place: IntArray, weights: Array) -> Array:
    return np.asarray(np.bincount(place, weights=weights), dtype=np.float64)
