"""Fits of the two-layer lifted NTK on the line: elementary pieces, known turning points.

From pi (K(x, y) - 1) = 2 (1 + x y)(pi - |arctan x - arctan y|) + |x - y| (theory note A4) a fit is

    f(x) = A + B x + C arctan x + D x arctan x

between neighbouring centres, with f'' = 2 (D - C x) / (1 + x^2)^2: f' has at most two zeros there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from ratecheck.interpolation.pieces import PiecewiseMonotone
from ratecheck.kernels import LiftedNTK
from ratecheck.kernels.line import coordinate
from ratecheck.types import Array, IntArray

_HALVINGS = 60
_EDGE = np.pi / 2 - 1e-9  # angle at which the line is taken to end


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class ArctanSpline(PiecewiseMonotone):
    """sum_j weights_j K(x, knots_j) for LiftedNTK(depth=2), evaluated in O(log k).

    Sums of weights lose about eps sum |weights| to rounding.

    Attributes
    ----------
    knots, weights : ndarray, shape (k,)
        Increasing centres and their weights.
    """

    knots: Array
    weights: Array

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X (m, 1), shape (m,)."""
        x = coordinate("X", X)
        A, B, C, D = self.pieces[:, np.searchsorted(self.knots, x)]
        return np.asarray(A + B * x + (C + D * x) * np.arctan(x))

    @cached_property
    def pieces(self) -> Array:
        """A, B, C, D left of the first knot, between knots, right of the last, (4, k + 1)."""
        F, G = LiftedNTK(depth=2).semiseparable_factors(self.knots)
        left = np.cumsum(np.vstack([np.zeros(4), G * self.weights[:, None]]), axis=0).T
        right = np.cumsum(np.vstack([np.zeros(4), (F * self.weights[:, None])[::-1]]), axis=0)
        right = right[::-1].T
        return np.stack(
            [
                3 * left[0] - left[1] / np.pi + 2 * left[2] / np.pi + right[0],
                left[0] / np.pi + 2 * left[1] + 2 * left[3] / np.pi + right[1],
                -2 * left[0] / np.pi + right[2],
                -2 * left[1] / np.pi + right[3],
            ]
        )

    @property
    def period(self) -> None:
        """None."""
        return

    @property
    def nodes(self) -> Array:
        """The knots."""
        return self.knots

    def turning_points(self) -> tuple[Array, Array]:
        """Return the knots and every zero of the derivative between them and beyond."""
        inner = np.arctan(self.knots)
        ends = np.concatenate([[-_EDGE], inner, [_EDGE]])
        # f' is monotone on either side of x = D / C, angle arctan2(D, C) modulo pi
        C, D = self.pieces[2:]
        split = np.clip(np.arctan2(np.where(C < 0, -D, D), np.abs(C)), ends[:-1], ends[1:])
        found = [self._zeros(ends[:-1], split), self._zeros(split, ends[1:])]
        places = np.sort(np.concatenate([self.knots, *found]))
        return places, self(places[:, None])

    def _zeros(self, low: Array, high: Array) -> Array:
        """Return the points where f' changes sign on intervals of the angle, one per piece."""
        rises = self._slope(high, slice(None)) > 0
        change = np.flatnonzero((self._slope(low, slice(None)) > 0) != rises)
        a, b, up = low[change], high[change], rises[change]
        for _ in range(_HALVINGS):
            middle = (a + b) / 2
            right = (self._slope(middle, change) > 0) == up
            a, b = np.where(right, a, middle), np.where(right, middle, b)
        return np.asarray(np.tan((a + b) / 2))

    def _slope(self, angle: Array, of: slice | IntArray) -> Array:
        """Return f' at the angle arctan x; 1/(1+x^2) = cos^2, x/(1+x^2) = sin cos."""
        _, B, C, D = self.pieces[:, of]
        cosine = np.cos(angle)
        return np.asarray(B + C * cosine**2 + D * (angle + np.sin(angle) * cosine))
