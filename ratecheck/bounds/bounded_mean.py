"""Bayes risks of a bounded normal mean: one observation N(theta, 1), |theta| <= t.

Each prior on [-t, t] bounds the minimax risk of this problem from below; a product of such priors
bounds the risk over any set that holds the hypercube.
"""

from __future__ import annotations

import numpy as np

from ratecheck.types import Array

BEST_TWO_POINT = 1.2281  # t that maximises `two_point_risk`, to its four stated digits
_STEP = 1 / 16  # trapezoid step: analytic integrands with Gaussian decay, error below 1e-15
_REACH = 9.0  # standard deviations kept
_CHUNK = 1024  # values of t per table, which bounds the memory


def two_point_risk(t: Array) -> Array:
    """Return the Bayes risk t^2 (1 - E tanh(t^2 + t Z)) of the prior on {-t, t}, shape of t.

    Examples
    --------
    >>> round(float(two_point_risk(np.ones(1))[0]), 13)
    0.4495995092067
    """
    t = np.asarray(t, dtype=np.float64)
    z = np.arange(-_REACH, _REACH + _STEP / 2, _STEP)
    density = np.exp(-0.5 * z**2)
    density /= density.sum()
    # 1 - tanh(v) = 2 / (1 + exp(2 v)) keeps its digits where tanh is close to one.
    exponent = np.clip(2 * (t[:, None] ** 2 + t[:, None] * z), None, 700)
    return np.asarray(t**2 * (2 / (1 + np.exp(exponent)) @ density))


def uniform_risk(t: Array) -> Array:
    """Return the Bayes risk of the uniform prior on [-t, t], shape of t.

    By Brown's identity 1 - int m'^2 / m with the marginal density m(y) = (Phi(y+t) - Phi(y-t)) /
    (2t); even in y, so that half a line suffices, of which only the edge near t has m' != 0.
    """
    from scipy.special import ndtr

    t = np.asarray(t, dtype=np.float64)[:, None]
    first = np.maximum(np.ceil((t - _REACH) / _STEP), 0)  # from 0 or from where m' begins
    steps = int((np.minimum(t, _REACH).max() + _REACH) / _STEP) + 1
    y = _STEP * (first + np.arange(steps))  # holds 0 if it starts there; m'(0) = 0
    density = (np.exp(-0.5 * (y - t) ** 2) - np.exp(-0.5 * (y + t) ** 2)) ** 2 / (2 * np.pi)
    mass = ndtr(t - y) - ndtr(-t - y)
    ratio = np.divide(density, mass, out=np.zeros_like(mass), where=mass > 0)
    return np.asarray(1 - _STEP * ratio.sum(axis=1) / t[:, 0])


def van_trees_risk(t: Array) -> Array:
    """Return t^2 / (t^2 + pi^2), below the Bayes risk of the prior cos^2(pi x / (2t)) / t.

    The van Trees inequality 1 / (1 + I) with the prior's Fisher information I = (pi / t)^2.
    """
    square = np.square(np.asarray(t, dtype=np.float64))
    return np.asarray(square / (square + np.pi**2))


def bounded_mean_floor(t: Array) -> Array:
    """Return a lower bound of the minimax risk of the bounded normal mean, shape of t.

    The best of three priors; the two-point prior may sit inside, at min(t, `BEST_TWO_POINT`).
    """
    t = np.asarray(t, dtype=np.float64)
    floors = [_floor(part) for part in np.array_split(t, max(1, -(-t.size // _CHUNK)))]
    return np.concatenate(floors)


def _floor(t: Array) -> Array:
    points = two_point_risk(np.minimum(t, BEST_TWO_POINT))
    wide = t > 1.0  # for smaller t the two-point prior is least favourable
    points[wide] = np.maximum(points[wide], uniform_risk(t[wide])) if wide.any() else points[wide]
    return np.maximum(points, van_trees_risk(t))
