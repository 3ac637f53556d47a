"""Points on the line: one column, and the domains of the one-dimensional kernels."""

from __future__ import annotations

import numpy as np

from ratecheck import check
from ratecheck.types import Array, InputError

LARGEST_LOG = 700.0  # exp of it is finite in float64


def coordinate(name: str, X: Array) -> Array:
    """Return the coordinates (n,) of points (n, 1); coordinates (n,) are taken as they are."""
    array = np.asarray(X, dtype=np.float64)
    if array.ndim == 1:
        return check.values(name, array)
    return check.points(name, array, dimension=1)[:, 0]


def differences(X: Array, Y: Array) -> Array:
    """Return x_i - y_j, shape (n, m), of points with one column."""
    return X - Y.T


def within(name: str, X: Array, low: float, high: float) -> None:
    """Raise `InputError` unless X has one column with entries in [low, high]."""
    check.points(name, X, dimension=1)
    if X.min() < low or X.max() > high:
        where = f"at least {low:g}" if np.isinf(high) else f"in [{low:g}, {high:g}]"
        span = f"{X.min():g} to {X.max():g}"
        raise InputError(f"{name} must be {where} for this kernel, got {span}: rescale the points")


def plain_factors(log_a: Array, log_b: Array) -> tuple[Array, Array]:
    """Return the exponentials of Markov log factors, or raise `InputError` on overflow."""
    largest = max(np.max(np.abs(f[np.isfinite(f)]), initial=0.0) for f in (log_a, log_b))
    if largest > LARGEST_LOG:
        raise InputError(
            f"the Markov factors reach exp({largest:.0f}), beyond float64: use log_markov_factors"
        )
    return np.exp(log_a), np.exp(log_b)
