"""Any kernel, any points: Cholesky's factorisation, eigenvalues where that breaks down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import scipy.linalg as sl
from scipy.linalg.lapack import dpocon

from ratecheck.interpolation.solver import Solution, Solver
from ratecheck.kernels import Kernel
from ratecheck.operators.expansion import KernelExpansion, expand
from ratecheck.types import Array, Status

EPS = float(np.finfo(float).eps)
LOST = 0.01  # share of eps * condition beyond which norm and values off the design mean nothing


def ill_conditioned(residual: float, y: Array, condition: float, tolerance: float) -> bool:
    """Tell whether the fit misses the data, or is not determined by them in float64."""
    return residual > tolerance * float(np.abs(y).max()) or EPS * condition > LOST


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class CholeskySolver(Solver):
    """K = L L', with one step of iterative refinement.

    Attributes
    ----------
    kernel : Kernel
    X : ndarray, shape (k, d)
    factor : ndarray, shape (k, k)
        L in the lower triangle.
    estimate : float
        Condition number in the 1-norm, by LAPACK's pocon.
    tolerance : float
    """

    kernel: Kernel
    X: Array
    factor: Array
    estimate: float
    tolerance: float

    @property
    def condition(self) -> float:
        """The estimate, seldom off by more than a factor of three."""
        return self.estimate

    def solve(self, y: Array) -> Solution:
        """Solve, refine once, and look at the residual."""
        weights = self._apply_inverse(y)
        residual = y - self._values(weights)
        weights += self._apply_inverse(residual)
        missed = float(np.abs(y - self._values(weights)).max())
        bad = ill_conditioned(missed, y, self.condition, self.tolerance)
        half = sl.solve_triangular(self.factor, y, lower=True, check_finite=False)
        return Solution(
            function=KernelExpansion(kernel=self.kernel, centres=self.X, weights=weights),
            weights=weights,
            norm_squared=float(half @ half),
            status=Status.ILL_CONDITIONED if bad else Status.CONVERGED,
        )

    def _apply_inverse(self, v: Array) -> Array:
        return np.asarray(sl.cho_solve((self.factor, True), v, check_finite=False))

    def _values(self, weights: Array) -> Array:
        values: Array = expand(self.kernel, self.X, weights[:, None], self.X)[0]
        return values


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class EigenSolver(Solver):
    """Eigenpairs of a Gram matrix that Cholesky could not factor: singular to rounding.

    Eigenvalues below k eps times the largest carry nothing; the fit is the one of smallest norm
    among those of smallest residual.

    Attributes
    ----------
    kernel : Kernel
    X : ndarray, shape (k, d)
    values, vectors : ndarray, shapes (k,), (k, k)
    tolerance : float
    """

    kernel: Kernel
    X: Array
    values: Array
    vectors: Array
    tolerance: float

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue, infinite where that is rounding error."""
        kept = self.values[0] > self._floor
        return float(self.values[-1] / self.values[0]) if kept else np.inf

    @property
    def _floor(self) -> float:
        return float(EPS * self.values.size * self.values[-1])

    def solve(self, y: Array) -> Solution:
        """Project on the eigenvectors that are kept."""
        kept = self.values > self._floor
        values, vectors = self.values[kept], self.vectors[:, kept]
        loadings = vectors.T @ y
        weights = vectors @ (loadings / values)
        return Solution(
            function=KernelExpansion(kernel=self.kernel, centres=self.X, weights=weights),
            weights=weights,
            norm_squared=float(loadings @ (loadings / values)),
            status=self._status,
        )

    @property
    def _status(self) -> Status:
        if self.values[0] < -10 * self._floor:
            return Status.CLIPPED
        return Status.RANK_DEFICIENT if np.isinf(self.condition) else Status.ILL_CONDITIONED


def dense_solver(kernel: Kernel, X: Array, tolerance: float) -> Solver:
    """Return Cholesky's factorisation of K, or its eigenpairs if a pivot is not positive."""
    K = kernel(X, X)
    size = float(np.abs(K).sum(axis=0).max())
    try:
        factor = sl.cholesky(K, lower=True, overwrite_a=True, check_finite=False)
    except sl.LinAlgError:
        values, vectors = sl.eigh(kernel(X, X), check_finite=False)
        return EigenSolver(kernel=kernel, X=X, values=values, vectors=vectors, tolerance=tolerance)
    inverse, info = dpocon(factor, size, uplo="L")
    assert info == 0
    condition = 1 / inverse if inverse > 0 else np.inf
    return CholeskySolver(
        kernel=kernel, X=X, factor=factor, estimate=float(condition), tolerance=tolerance
    )
