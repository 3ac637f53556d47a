"""Smoothing of piecewise-linear functions: exact, and local.

Such a function has f'' = -sum_j a_j delta(x - p_j). Smoothing replaces each kink by a rounded one
(theory note E), E (u + s Z)_+ = u_+ + e(u) with e even and gone nine s away:

    f_s(x) = f(x) - sum_j a_j e(x - p_j).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from ratecheck.functions import Function
from ratecheck.smoothing.extension import Extended, Extension
from ratecheck.smoothing.moments import kink_excess
from ratecheck.types import Array

_REACH = 9.0  # e(9 s) < 1e-19 s
_TILE = 2**18


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class SmoothedPiecewiseLinear(Function):
    """The mean E f(x + sigma Z) of a piecewise-linear function of one variable.

    Attributes
    ----------
    function : Function
        f itself.
    knots : ndarray, shape (n,)
        p, increasing.
    kinks : ndarray, shape (n,)
        a, by how much the slope falls at each knot.
    sigma : float
    """

    function: Function
    knots: Array
    kinks: Array
    sigma: float

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (m,)."""
        x = X[:, 0]
        order = np.argsort(x, kind="stable")
        correction = np.empty(x.size)
        correction[order] = self._excess(x[order])
        return np.asarray(self.function(X) - correction)

    def smoothed(self, sigma: float) -> SmoothedPiecewiseLinear:
        """Return the function smoothed once more: variances add."""
        return replace(self, sigma=float(np.hypot(self.sigma, sigma)))

    def _excess(self, x: Array) -> Array:
        """Return sum_j a_j e(x - p_j) at increasing x: near knots only, block by block."""
        reach, out = _REACH * self.sigma, np.zeros(x.size)
        step = max(1, _TILE // max(self.knots.size, 1))
        for i in range(0, x.size, step):
            rows = slice(i, min(i + step, x.size))
            ends = [x[rows.start] - reach, x[rows.stop - 1] + reach]
            near = slice(*np.searchsorted(self.knots, ends))
            excess = kink_excess(np.subtract.outer(x[rows], self.knots[near]), self.sigma)
            out[rows] = excess @ self.kinks[near]
        return out


def smoothed_piecewise_linear(
    f: Function, knots: Array, kinks: Array, sigma: float, extension: Extension
) -> SmoothedPiecewiseLinear:
    """Return the mean of a function that is linear between its knots and beyond them.

    Parameters
    ----------
    f : Function
        Constant to the right of the last knot.
    knots, kinks : ndarray, shape (n,)
        See `SmoothedPiecewiseLinear`; in any order.
    sigma : float
    extension : Extension
        "natural", "ambient" (both: the pieces at the ends go on) or "clipped".
    """
    order = np.argsort(knots, kind="stable")
    knots, kinks = knots[order], kinks[order]
    if extension.name == "clipped":
        f = Extended(function=f, extension=extension)
        knots, kinks = _clipped(knots, kinks, extension.low, extension.high)
    return SmoothedPiecewiseLinear(function=f, knots=knots, kinks=kinks, sigma=sigma)


def _clipped(knots: Array, kinks: Array, low: float, high: float) -> tuple[Array, Array]:
    """Replace what lies outside by the kinks at the ends of the interval."""
    inside = (knots > low) & (knots < high)
    first = float(kinks[knots > low].sum())  # the slope right of low; that right of all knots is 0
    last = float(kinks[knots >= high].sum())
    return (
        np.concatenate([[low], knots[inside], [high]]),
        np.concatenate([[-first], kinks[inside], [last]]),
    )
