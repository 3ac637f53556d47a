"""Eigenvalues of kernels on an interval: closed forms, and quadrature corrected at the kink."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.kernels import Kernel, Laplace, Scaled
from ratecheck.spectra.waves import closed_waves, exponential_scale
from ratecheck.types import Array, InputError

NODES_PER_EIGENVALUE = 8
FEWEST_NODES = 800
MOST_NODES = 4000
_STEP = 1e-6  # of the length, for the one-sided derivatives at the diagonal


def interval_eigenvalues(
    kernel: Kernel, count: int, *, low: float = 0.0, high: float = 1.0
) -> Array:
    """Return the largest eigenvalues of the integral operator of a kernel on [low, high].

    Parameters
    ----------
    kernel : Kernel
        Closed forms on [0, 1] for `Brownian`, `BrownianPlusOne`, `NeumannSobolev` and
        `PeriodicSobolev`, on any interval for `Laplace` (theory note A4); any other kernel of one
        variable by quadrature.
    count : int
        How many, >= 1, in decreasing order.
    low, high : float
        The interval, with its uniform probability measure (Lebesgue measure on [0, 1]).

    Returns
    -------
    array of shape (count,)
        Closed forms to 1e-13 relative. Quadrature with N = max(800, 8 count) nodes: relative
        error below (i / N)^2 / 4 at the i-th eigenvalue (measured on the closed forms with a
        kink or smoother), down to an absolute error of 1e-15 of the first.

    Raises
    ------
    InputError
        low >= high, or more eigenvalues than the quadrature can carry.

    Examples
    --------
    >>> from ratecheck.kernels import Brownian
    >>> interval_eigenvalues(Brownian(), 2) * np.pi**2
    array([4.        , 0.44444444])
    """
    check.integer("count", count, low=1)
    if not check.number("low", low) < check.number("high", high):
        raise InputError(f"low must be below high, got low={low}, high={high}")
    closed = _closed(kernel, count, float(low), float(high))
    if closed is not None:
        return closed
    return _corrected_quadrature(kernel, float(low), float(high), count)


def _closed(kernel: Kernel, count: int, low: float, high: float) -> Array | None:
    if isinstance(kernel, Scaled):
        inner = _closed(kernel.kernel, count, low, high)
        return None if inner is None else kernel.factor * inner
    if (scale := exponential_scale(kernel)) is not None:  # stationary: any interval is [0, 1]
        kernel, low, high = Laplace(scale=scale / (high - low)), 0.0, 1.0
    waves = closed_waves(kernel, count) if (low, high) == (0.0, 1.0) else None
    return None if waves is None else waves[0]


@lru_cache(maxsize=32)
def _corrected_quadrature(kernel: Kernel, low: float, high: float, count: int) -> Array:
    """Return eigenvalues of the midpoint rule with the kink of the diagonal taken into account.

    The rule misses (h^2 / 12) J f(x) where the derivative of K(., x) jumps by J at x
    (Euler-Maclaurin on both sides), so that amount is added to the diagonal.
    """
    nodes = max(FEWEST_NODES, NODES_PER_EIGENVALUE * count)
    if nodes > MOST_NODES:
        raise InputError(
            f"count must be at most {MOST_NODES // NODES_PER_EIGENVALUE} for {kernel!r}, "
            f"got {count}: continue the law of the last ones instead"
        )
    h = (high - low) / nodes
    X: Array = (low + h * (np.arange(nodes, dtype=np.float64) + 0.5))[:, None]
    matrix = kernel(X, X) / nodes
    matrix[np.diag_indices(nodes)] += h / nodes * _jumps(kernel, X, high - low) / 12
    values = sl.eigh(
        matrix, eigvals_only=True, subset_by_index=(nodes - count, nodes - 1), check_finite=False
    )
    return np.asarray(np.maximum(values[::-1], 0.0))


def _jumps(kernel: Kernel, X: Array, length: float) -> Array:
    """Return the jump of the derivative of K(., x) at x, shape (n,)."""
    step = _STEP * length
    x = X[:: max(1, X.shape[0] // 50)]
    pairs = [(float(a - step), float(a), float(a + step)) for a in x[:, 0]]
    found = []
    for before, at, after in pairs:
        column = kernel(np.array([[before], [at], [after]]), np.array([[at]]))[:, 0]
        found.append((column[2] - 2 * column[1] + column[0]) / step)
    return np.asarray(np.interp(X[:, 0], x[:, 0], np.array(found)))
