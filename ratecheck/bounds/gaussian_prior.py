"""The floor of a Gaussian prior shrunk into the ellipsoid, sharp as the sample size grows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ratecheck.bounds.ellipsoid import TWO_PI, Ellipsoid
from ratecheck.numerics.quadrature import sum_over_integers
from ratecheck.types import Array

_SHRINKAGES = np.geomspace(1e-6, 0.5, 97)[:, None]
_TILTS = 1 - np.geomspace(1e-3, 1.0, 40)[:-1, None]  # Chernoff parameters over the largest one
_ROUNDING = 1e-9  # share taken off the bound: far above the error of the sums it is made of


def gaussian_prior_floor(body: Ellipsoid) -> float:
    r"""Return the best floor over priors N(0, (1 - delta) v_k); the mean (k = 0) adds e.

    Notes
    -----
    v_k = e (c / a_k - 1)_+ has sum a_k^2 v_k = R^2. An estimator may be projected on the (convex)
    ellipsoid without loss, so that with P the prior's mass outside the ellipsoid

        minimax >= B((1-delta) v) - 2 (R/a_1)^2 P - 2 sqrt{((sum v)^2 + 2 sum v^2) P},

    B(v) = sum e v_k / (e + v_k): the last two terms bound what draws from outside contribute
    (Cauchy-Schwarz). Theory note B5 (3).
    """
    count, level = body.pinsker_level()
    total, square = _sum(lambda k: np.stack([v := _variance(body, level, k), v**2]), count)
    gains = _sum(lambda k: _bayes(body.noise, (1 - _SHRINKAGES) * _variance(body, level, k)), count)
    outside = _mass_outside(body, level, count)
    loss = 2 * (body.radius / TWO_PI**body.s) ** 2 * outside
    loss += 2 * np.sqrt((total**2 + 2 * square) * outside)
    return max(float((body.noise + gains - loss).max()) * (1 - _ROUNDING), 0.0)


def _mass_outside(body: Ellipsoid, level: float, count: float) -> Array:
    """Return Chernoff's bound of P(sum a_k^2 theta_k^2 > R^2) for each shrinkage.

    With u_k = a_k^2 v_k / R^2 <= u = e c^2 / (4 R^2) and the tilt l = x / (2 (1-delta) u), it is
    exp(-l - sum_k log(1 - x u_k / u)), two coordinates per frequency; x in (0, 1).
    """
    logarithms = _sum(lambda k: -np.log1p(-_TILTS * _share_of_peak(body, level, k)) / 2, count)
    peak = body.noise * level**2 / (4 * body.radius**2)
    exponents = logarithms - _TILTS.T / (2 * (1 - _SHRINKAGES) * peak)
    return np.asarray(np.exp(np.minimum(exponents.min(axis=1), 0.0)))


def _share_of_peak(body: Ellipsoid, level: float, k: Array) -> Array:
    """Return u_k / u = 4 a_k (c - a_k) / c^2."""
    axis = body.semi_axis(k) / level
    return np.asarray(4 * axis * (1 - axis))


def _variance(body: Ellipsoid, level: float, k: Array) -> Array:
    """Return v_k, not clipped: it is asked for at active frequencies and just beyond the last."""
    return np.asarray(body.noise * (level / body.semi_axis(k) - 1))


def _bayes(noise: float, variance: Array) -> Array:
    return np.asarray(noise * variance / (noise + variance))


def _sum(function: Callable[[Array], Array], count: float) -> Array:
    """Sum over the active frequencies, two coordinates each."""
    return 2 * sum_over_integers(function, 1.0, count).value
