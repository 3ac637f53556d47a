"""Projected gradient ascent with spectral steps (Barzilai and Borwein 1988; Birgin et al. 2000).

Auto-PGD normalises gradients, which is robust far from a maximum and slow near one: a coordinate
with a small gradient moves little. The spectral step measures the curvature along the last move
instead and converges fast where the fit is smooth.
"""

from __future__ import annotations

import numpy as np

from ratecheck.risk.attack.ascent import Objective
from ratecheck.risk.attack.region import Region
from ratecheck.types import Array

_SHORTEST, _LONGEST = 1e-4, 8.0  # of a move before projection, in units of the diameter
_BACK = 0.25  # after a step that did not rise


def polish(
    objective: Objective, starts: Array, X: Array, region: Region, steps: int, first_step: float
) -> None:
    """Climb from each start; the objective keeps what it sees, ``steps + 1`` times.

    Notes
    -----
    x_{k+1} = P(x_k + a g_k) with a = -|s|^2 / <s, y>, s and y the last changes of x and g, where
    <s, y> < 0, the longest step where the function is convex along s. A step that does not rise
    is taken back, and a quarter of it is tried.
    """
    points = starts
    values, gradients = _tangent(objective, points, region)
    size = np.linalg.norm(gradients, axis=1)
    limits = _LONGEST * region.diameter(X.shape[1]) / np.where(size > 0, size, 1.0)
    step = first_step / np.where(size > 0, size, 1.0)
    for _ in range(steps):
        tried = region.project(points + step[:, None] * gradients, X)
        value, gradient = _tangent(objective, tried, region)
        rose = value > values
        spectral = _spectral(tried - points, gradient - gradients, limits)
        step = np.where(rose, spectral, _BACK * step)
        points = np.where(rose[:, None], tried, points)
        gradients = np.where(rose[:, None], gradient, gradients)
        values = np.where(rose, value, values)


def _tangent(objective: Objective, Z: Array, region: Region) -> tuple[Array, Array]:
    values, gradients = objective(Z)
    return values, region.tangent(Z, gradients)


def _spectral(s: Array, y: Array, longest: Array) -> Array:
    bend = -np.einsum("ij,ij->i", s, y)
    square = np.einsum("ij,ij->i", s, s)
    ratio = square / np.where(bend > 0, bend, 1.0)
    return np.clip(np.where(bend > 0, ratio, longest), _SHORTEST / _LONGEST * longest, longest)
