"""Estimates of the noise standard deviation that need no knowledge of the target."""

from __future__ import annotations

import math

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.stopping.base import Path
from ratecheck.types import Array, InputError


def rice(y: Array) -> float:
    """Return Rice's estimate from differences of neighbours, O(n).

    Parameters
    ----------
    y : Array
        Observations (n,), n >= 2, in increasing order of a one-dimensional covariate.

    Returns
    -------
    float
        ``sqrt(sum_i (y_{i+1} - y_i)^2 / (2 (n-1)))``. Its square overestimates sigma^2 by the
        mean of ``(f_{i+1} - f_i)^2 / 2``, of order n^(-2 min(s, 1)) (theory note C).

    Examples
    --------
    >>> rice(np.array([1.0, -1.0, 1.0, -1.0]))
    1.4142135623730951
    """
    steps = np.diff(check.values("y", y))
    if steps.size < 1:
        raise InputError("y must have at least 2 entries to estimate the noise, got 1")
    return math.sqrt(float(steps @ steps) / (2 * steps.size))


def from_residuals(path: Path) -> float:
    """Return the estimate from the residuals of an undersmoothed fit, in any dimension.

    ``||y - S y||^2 / (n - 2 tr S + tr S^2)`` at the last time with ``tr S <= n/4``: there the
    bias is far below the variance, and three quarters of the noise is still in the residuals.
    """
    early = int(np.count_nonzero(path.traces <= path.size / 4))
    if early < 1:
        raise InputError(
            "every fit of the path uses more than n/4 degrees of freedom: start the grid earlier"
        )
    i = early - 1
    freedom = path.size - 2 * path.traces[i] + path.square_traces[i]
    return math.sqrt(path.size * float(path.residuals[i]) / float(freedom))


def estimate_noise(X: Array, y: Array, domain: Domain, path: Path) -> float:
    """Return `rice` in one dimension (sorting where needed), `from_residuals` otherwise."""
    if domain.dimension > 1:
        return from_residuals(path)
    z = domain.chart.coordinate(X)
    ordered = bool(np.all(np.diff(z) >= 0))
    return rice(y if ordered else y[np.argsort(z, kind="stable")])
