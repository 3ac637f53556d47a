"""Lanczos tridiagonalisation of a symmetric operator on real vectors, with adaptive length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg.lapack import dptsv

from ratecheck.types import Array, UnsupportedError

Apply = Callable[[Array], Array]
_CHECK_EVERY = 16
BASIS_BYTES: Final = 2**32
"""Largest basis: 4000 vectors on the circle's highest band, 661 on the sphere's."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Tridiagonal:
    """Result of Lanczos: A V = V T + beta v e_m^T, V e_1 = b / ||b||.

    Attributes
    ----------
    basis : ndarray, shape (N, m)
    diagonal, off_diagonal : ndarray, shapes (m,), (m - 1,)
        The matrix T.
    coupling : float
        The last beta: zero when the Krylov space is invariant.
    norm : float
        ||b||.
    converged : bool
        Whether the residual target was met within the budget of steps.
    """

    basis: Array
    diagonal: Array
    off_diagonal: Array
    coupling: float
    norm: float
    converged: bool


def lanczos(
    apply: Apply, b: Array, *, shift: float, tolerance: float, budget: int, reorthogonalise: bool
) -> Tridiagonal:
    """Run Lanczos from b until (A + shift)^{-1} b has a relative residual below ``tolerance``.

    The resolvent at the smallest shift of interest (1 / largest time) converges no faster than
    any filter of a shorter time, so its residual is the stopping criterion for all of them.

    Parameters
    ----------
    apply : callable
        v -> A v, A symmetric positive semi-definite on R^N.
    b : ndarray, shape (N,)
    shift : float
        Positive.
    tolerance : float
        Target of ||b - (A + shift) x|| / ||b||.
    budget : int
        Largest number of steps; also limited by `BASIS_BYTES`, a constant, so that results do not
        depend on the machine.
    reorthogonalise : bool
        Full reorthogonalisation (twice): needed where T's spectrum is used, wasteful where only
        functions of A times b are (these stay accurate without it: Musco, Musco, Sidford 2018).

    Raises
    ------
    UnsupportedError
        The machine has no memory for the basis.
    """
    norm = float(np.linalg.norm(b))
    budget = min(budget, b.size, longest(b.size))
    rows = _room(budget, b.size)
    diagonal: list[float] = []
    coupling: list[float] = []
    v, previous, beta = b / norm, np.zeros(0), 0.0
    for step in range(budget):
        rows[step] = v
        w = apply(v)
        if beta:
            w -= beta * previous
        alpha = float(v @ w)
        w -= alpha * v
        if reorthogonalise:
            _purge(w, rows[: step + 1])
        beta = float(np.linalg.norm(w))
        diagonal.append(alpha)
        coupling.append(beta)
        exhausted = beta <= 1e-14 * (abs(alpha) + abs(diagonal[0]))
        if exhausted or (
            ((step + 1) % _CHECK_EVERY == 0 or step + 1 == budget)
            and (_resolvent_residual(diagonal, coupling, shift) <= tolerance)
        ):
            return _result(rows, diagonal, coupling, norm, converged=True)
        previous, v = v, w / beta
    complete = reorthogonalise and budget == b.size  # the whole space, up to rounding
    return _result(rows, diagonal, coupling, norm, converged=complete)


def longest(size: int) -> int:
    """Return the number of steps whose basis of vectors of a size fits into `BASIS_BYTES`."""
    return max(1, BASIS_BYTES // (8 * size))


def _room(steps: int, size: int) -> Array:
    try:
        return np.empty((steps, size))  # pages are taken as they are written
    except MemoryError as error:
        raise UnsupportedError(
            f"a Lanczos basis of {steps} vectors of {size} numbers takes {8 * steps * size} bytes, "
            "more than this machine has: stop at shorter times, or with a smaller n"
        ) from error


def _purge(w: Array, rows: Array) -> None:
    for _ in range(2):
        w -= (rows @ w) @ rows


def _resolvent_residual(diagonal: list[float], coupling: list[float], shift: float) -> float:
    """Return beta_m |e_m^T (T + shift)^{-1} e_1|."""
    e = np.zeros(len(diagonal))
    e[0] = 1.0
    x = solve_tridiagonal(np.array(diagonal) + shift, np.array(coupling[:-1]), e)
    return coupling[-1] * abs(float(x[-1]))


def solve_tridiagonal(diagonal: Array, off_diagonal: Array, b: Array) -> Array:
    """Solve a symmetric positive definite tridiagonal system (LAPACK ptsv), b of shape (N,)."""
    _, _, x, info = dptsv(diagonal, off_diagonal, b)
    if info != 0:
        raise np.linalg.LinAlgError(f"tridiagonal matrix is not positive definite (pivot {info})")
    return np.asarray(x)


def _result(
    rows: Array, diagonal: list[float], coupling: list[float], norm: float, *, converged: bool
) -> Tridiagonal:
    m = len(diagonal)
    return Tridiagonal(
        basis=rows[:m].T,
        diagonal=np.array(diagonal),
        off_diagonal=np.array(coupling[:-1]),
        coupling=coupling[-1],
        norm=norm,
        converged=converged,
    )
