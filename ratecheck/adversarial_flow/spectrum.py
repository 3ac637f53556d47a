"""Eigenpairs of Xi^{1/2} Theta Xi^{1/2}, to full accuracy however unequal the entries of Xi are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np
import scipy.linalg as sl

from ratecheck.types import Array, InputError, IntArray

_GRADED: Final = 1e3  # spread of diagonal entries up to which divide and conquer loses no digits
_INDEFINITE: Final = 1e-8  # share of the largest eigenvalue; rounding stays far below it


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Scaled:
    """The decomposition D Theta D = U diag(values) U^T on the k indices where xi is positive.

    Attributes
    ----------
    rows : ndarray of int, shape (k,)
        Those indices, in the order of the rows of ``vectors``.
    roots : ndarray, shape (k,)
        The diagonal of D, sqrt(xi) there.
    sizes : ndarray, shape (k,)
        xi_i Theta_ii, descending: the diagonal of D Theta D.
    values : ndarray, shape (k,)
        Eigenvalues, ascending, >= 0.
    vectors : ndarray, shape (k, k)
        U, columns are eigenvectors.
    """

    rows: IntArray
    roots: Array
    sizes: Array
    values: Array
    vectors: Array


def scaled(Theta: Array, xi: Array) -> Scaled:
    """Decompose D Theta D.

    The rows are ordered by descending diagonal, which LAPACK's reduction to tridiagonal form
    needs to keep the small eigenvalues of a graded matrix; where the diagonal spreads widely,
    implicit QL replaces divide and conquer (three times the cost), which would give every
    eigenvalue the absolute error of the largest. Negative eigenvalues within rounding are zeros.

    Parameters
    ----------
    Theta : array of shape (n, n)
        Symmetric, positive semi-definite.
    xi : array of shape (n,)
        Entries >= 0.

    Raises
    ------
    InputError
        Theta indefinite, xi so large that xi_i Theta_ii overflows.
    """
    rows = np.flatnonzero(xi > 0)
    with np.errstate(over="ignore"):
        sizes = xi[rows] * np.diagonal(Theta)[rows]
    if not np.isfinite(sizes).all():
        raise InputError(f"xi is too large for float64: xi Theta_ii overflows at {xi.max()!r}")
    order = np.argsort(-sizes, kind="stable")
    rows, sizes = rows[order], sizes[order]
    roots = np.sqrt(xi[rows])
    matrix = Theta.take(rows, axis=0).take(rows, axis=1)
    matrix *= roots[:, None]
    matrix *= roots
    values, vectors = _eigh(matrix.T, sizes)  # symmetric; LAPACK takes columns without a copy
    return Scaled(rows=rows, roots=roots, sizes=sizes, values=values, vectors=vectors)


def _eigh(matrix: Array, sizes: Array) -> tuple[Array, Array]:
    if sizes.size == 0:
        return np.empty(0), np.empty((0, 0))
    graded = sizes[0] > _GRADED * max(1.0, float(sizes[-1]))
    driver: Literal["ev", "evd"] = "ev" if graded else "evd"
    values, vectors = sl.eigh(matrix, driver=driver, check_finite=False, overwrite_a=True)
    if values[0] < -_INDEFINITE * abs(values[-1]):
        raise InputError(
            "Theta must be positive semi-definite, but Xi^1/2 Theta Xi^1/2 has the eigenvalue "
            f"{values[0]:.3g} (the largest is {values[-1]:.3g})"
        )
    return np.maximum(values, 0.0), vectors
