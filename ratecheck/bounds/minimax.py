"""Certified floors: what no estimator, linear or not, can beat over the Sobolev ball."""

from __future__ import annotations

import numpy as np

from ratecheck.bounds.bounded_mean import bounded_mean_floor
from ratecheck.bounds.ellipsoid import Ellipsoid, ellipsoid
from ratecheck.bounds.gaussian_prior import gaussian_prior_floor
from ratecheck.bounds.linear import exact_linear_minimax
from ratecheck.types import Array

BRACKET = 1.25  # Donoho, Liu, MacGibbon (1990): linear minimax <= 1.25 minimax on ellipsoids
_SINGLE = 2048  # frequencies whose prior is evaluated one by one
_BLOCK_RATIO = 1 + 2**-10  # growth of the blocks beyond


def minimax_lower_bound(n: float, s: float, radius: float = 1.0, sigma: float = 1.0) -> float:
    """Return a number below the worst-case risk of every estimator over the Sobolev ball.

    Parameters
    ----------
    n : float
        Sample size, >= 1.
    s : float
        Smoothness, > 1/2.
    radius, sigma : float
        Radius of the ball and noise standard deviation.

    Returns
    -------
    float
        The largest of `bracket_bound`, `product_prior_bound` and `gaussian_prior_bound`.

    Notes
    -----
    Theory note B5 (1)-(3). The floor is for the sequence model, sup over the ball of the
    expected squared L2 error; it holds at this n, not asymptotically.

    Examples
    --------
    >>> minimax_lower_bound(100, 1) <= exact_linear_minimax(100, 1)
    True
    """
    return max(
        bracket_bound(n, s, radius, sigma),
        product_prior_bound(n, s, radius, sigma),
        gaussian_prior_bound(n, s, radius, sigma),
    )


def bracket_bound(n: float, s: float, radius: float = 1.0, sigma: float = 1.0) -> float:
    """Return the linear minimax risk over 1.25 (Donoho, Liu and MacGibbon; theory note B5 (1))."""
    return exact_linear_minimax(n, s, radius, sigma) / BRACKET


def product_prior_bound(n: float, s: float, radius: float = 1.0, sigma: float = 1.0) -> float:
    """Return the Bayes risk of a product prior on a hypercube inside the ellipsoid (B5 (2)).

    Half sides tau_k^2 = e (c / a_k - 1)_+ with Pinsker's c, for which sum a_k^2 tau_k^2 = R^2
    exactly; each coordinate takes the best prior of `bounded_mean_floor` at tau_k / sqrt(e).
    """
    body = ellipsoid(n, s, radius, sigma)
    k, counts = _certified_blocks(body.pinsker_level()[0])
    floors = bounded_mean_floor(_half_sides(body, k))
    return float(body.noise * (1 + 2 * (counts @ floors)))


def gaussian_prior_bound(n: float, s: float, radius: float = 1.0, sigma: float = 1.0) -> float:
    """Return the shrunk Gaussian prior's bound (B5 (3)): sharp as n grows, useless at small n."""
    return gaussian_prior_floor(ellipsoid(n, s, radius, sigma))


def _half_sides(body: Ellipsoid, k: Array) -> Array:
    """Return tau_k / sqrt(e) = (c / a_k - 1)_+^{1/2}."""
    _, level = body.pinsker_level()
    return np.asarray(np.sqrt(np.maximum(level / body.semi_axis(k) - 1, 0)))


def _certified_blocks(count: float) -> tuple[Array, Array]:
    """Cut 1..count into blocks; return the last integer and the length of each.

    tau_k falls with k, so that a block's last coordinate has the smallest floor of the block:
    counting it for all of them can only lower the bound.
    """
    ends = np.arange(1.0, min(count, _SINGLE) + 1)
    if count > _SINGLE:
        blocks = int(np.ceil(np.log(count / _SINGLE) / np.log(_BLOCK_RATIO)))
        far = np.ceil(np.geomspace(_SINGLE, count, blocks + 1)[1:])
        ends = np.unique(np.concatenate([ends, np.minimum(far, count), [count]]))
    return ends, np.diff(ends, prepend=0.0)
