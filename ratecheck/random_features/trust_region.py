"""The largest value of a quadratic function in a ball, exactly (More and Sorensen 1983)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from ratecheck.types import Array


def largest_on_sphere_or_inside(values: Array, g: Array, r: float) -> float:
    """Return max of g.x + x.diag(values) x / 2 over ||x|| <= r.

    Parameters
    ----------
    values : ndarray, shape (d,)
        Eigenvalues of the Hessian, increasing.
    g : ndarray, shape (d,)
        Gradient in the basis of its eigenvectors.
    r : float

    Notes
    -----
    The maximiser is x = (l - H)^{-1} g with l >= max(0, largest eigenvalue); l = 0 inside the ball,
    else ||x|| = r, one equation that decreases in l. If even l at the largest eigenvalue leaves
    ||x|| < r (g has no part along its eigenvector), that eigenvector fills up the length.

    Examples
    --------
    >>> largest_on_sphere_or_inside(np.array([-2.0, 1.0]), np.array([0.0, 3.0]), 1.0)
    3.5
    >>> largest_on_sphere_or_inside(np.array([-2.0, -2.0]), np.array([0.0, 2.0]), 5.0)
    1.0
    """
    floor = max(0.0, float(values[-1]))
    scale = max(float(np.abs(values).max()), float(np.linalg.norm(g)) / r, 1e-300)
    low = floor + 1e-15 * scale

    def excess(multiplier: float) -> float:
        return float(np.linalg.norm(g / (multiplier - values))) - r

    if excess(low) <= 0:
        return _at(values, g, r, low, fill=values[-1] > 0)
    high = floor + scale
    while excess(high) > 0:
        high = floor + 2.0 * (high - floor)
    return _at(values, g, r, float(brentq(excess, low, high, xtol=1e-14 * scale)), fill=False)


def _at(values: Array, g: Array, r: float, multiplier: float, *, fill: bool) -> float:
    x = g / (multiplier - values)
    if fill:
        x[-1] += np.sqrt(max(r * r - float(x @ x), 0.0)) * (1.0 if g[-1] >= 0 else -1.0)
    length = float(np.linalg.norm(x))
    if length > r:
        x *= r / length
    return float(g @ x + 0.5 * np.sum(values * x * x))
