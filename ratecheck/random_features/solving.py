"""The linear systems behind a fit: minimum norm with its conditioning, ridge, early stopping.

Nothing is added to a singular matrix. What was done instead is said by rank and status.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import scipy.linalg as sl

from ratecheck.filters import Filter
from ratecheck.types import Array, Status

Forward = Callable[[Array], Array]  # coefficients (N,) -> fitted values Phi Phi^T c (N,)

WELL: Final = 1e4
"""Condition number up to which no refinement is needed for 1e-11 relative accuracy."""

HARD: Final = 1e13
"""Condition number from which eigenvalues decide about the rank."""

TOLERANCE: Final = 1e-8
"""Last correction of a refinement, relative to the coefficients, that still counts as converged."""

_STEPS: Final = 4  # refinements; each gains the digits that the condition number leaves


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Solution:
    """Coefficients c of fits f = sum_i c_i K(., x_i), one column for each fit.

    Attributes
    ----------
    coefficients : ndarray, shape (N, T)
    condition : float
        Of the kernel matrix: estimate in the 1-norm (LAPACK) where it was factorised, ratio of
        the extreme eigenvalues that were kept where it was diagonalised.
    rank : int
        N, or the number of eigenvalues above the cut.
    status : Status
        CONVERGED; RANK_DEFICIENT when eigenvalues up to N eps times the largest were left out;
        ILL_CONDITIONED when refinement stalled above `TOLERANCE`.
    """

    coefficients: Array
    condition: float
    rank: int
    status: Status


def minimum_norm(K: Array, Y: Array, forward: Forward | None = None) -> Solution:
    """Return the least-squares fit of minimum norm, c = K^+ Y.

    Parameters
    ----------
    K : ndarray, shape (N, N)
        Kernel matrix Phi Phi^T.
    Y : ndarray, shape (N,)
    forward : callable, optional
        c -> Phi (Phi^T c) through the features. K is the square of Phi and loses half of the
        digits of an ill-conditioned Phi; residuals through Phi itself give them back
        (refinement, "corrected semi-normal equations", Bjorck 1987). Without it the solution is
        not refined, and converged only while eps times the condition number is below `TOLERANCE`.

    Notes
    -----
    Cholesky up to a condition number of `HARD`, else eigenvalues: those up to N eps times the
    largest count as zero. Above a condition number of `WELL` the solution is refined.
    """
    try:
        factor = sl.cho_factor(K, lower=True, check_finite=False)
    except sl.LinAlgError:
        return _by_eigenvalues(K, Y, forward)
    condition = _condition(K, factor[0])
    if condition > HARD:
        return _by_eigenvalues(K, Y, forward)

    def solve(right: Array) -> Array:
        return np.asarray(sl.cho_solve(factor, right, check_finite=False))

    coefficients, status = _refined(solve, Y, forward, condition)
    return Solution(
        coefficients=coefficients[:, None], condition=condition, rank=Y.size, status=status
    )


def _condition(K: Array, factor: Array) -> float:
    norm = float(np.abs(K).sum(axis=0).max())
    reciprocal, _ = sl.lapack.dpocon(factor, norm, uplo="L")
    return 1.0 / reciprocal if reciprocal > 0 else np.inf


def _by_eigenvalues(K: Array, Y: Array, forward: Forward | None) -> Solution:
    values, vectors = sl.eigh(K, check_finite=False)
    kept = values > Y.size * np.finfo(np.float64).eps * values[-1]
    values, vectors = values[kept], vectors[:, kept]
    condition = float(values[-1] / values[0]) if values.size else np.inf

    def solve(right: Array) -> Array:
        return np.asarray(vectors @ ((vectors.T @ right) / values))

    coefficients, status = _refined(solve, Y, forward, condition)
    if values.size < Y.size and status is Status.CONVERGED:
        status = Status.RANK_DEFICIENT
    return Solution(
        coefficients=coefficients[:, None], condition=condition, rank=values.size, status=status
    )


def _refined(
    solve: Forward, Y: Array, forward: Forward | None, condition: float
) -> tuple[Array, Status]:
    coefficients = solve(Y)
    if condition <= WELL:
        return coefficients, Status.CONVERGED
    if forward is None:
        return coefficients, _accurate(condition * float(np.finfo(np.float64).eps))
    before = np.inf
    for _ in range(_STEPS):
        correction = solve(Y - forward(coefficients))
        size = float(np.linalg.norm(correction) / (np.linalg.norm(coefficients) or 1.0))
        if size >= 0.5 * before:  # rounding level reached, or no convergence at all
            break
        coefficients, before = coefficients + correction, size
    return coefficients, _accurate(before)


def _accurate(error: float) -> Status:
    return Status.CONVERGED if error <= TOLERANCE else Status.ILL_CONDITIONED


def filtered(K: Array, Y: Array, scale: float, rule: Filter, times: Array) -> Solution:
    """Return the fits of a spectral filter to K / (scale N) at all times, (N, T).

    Parameters
    ----------
    K : ndarray, shape (N, N)
    Y : ndarray, shape (N,)
    scale : float
        What makes the kernel independent of the width: k.
    rule : Filter
        Gradient flow: fitted values (I - exp(-t K / (scale N))) Y; ridge: t = 1/lambda.
    times : ndarray, shape (T,)

    Notes
    -----
    Eigenvalues that rounding made negative are set to zero; the filters are continuous there,
    so that no digit depends on it (a cut-off at 1/t above the rounding level neither).
    """
    normalisation = scale * Y.size
    values, vectors = sl.eigh(K, check_finite=False)
    values = np.maximum(values, 0.0) / normalisation
    weights = rule.weight(values, times)  # (T, N)
    coefficients = vectors @ (weights * (vectors.T @ Y)).T / normalisation
    small = Y.size * np.finfo(np.float64).eps * values[-1]
    condition = float(values[-1] / max(values[0], small)) if values[-1] > 0 else np.inf
    return Solution(
        coefficients=np.asarray(coefficients),
        condition=condition,
        rank=int(np.count_nonzero(values > small)),
        status=Status.CONVERGED,
    )
