"""DenseGram and BlockedGram: any kernel, with and without the n x n matrix in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import scipy.linalg as sl

from ratecheck.functions import Function
from ratecheck.kernels import Kernel
from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.expansion import (
    TILE,
    KernelExpansion,
    expand,
    krylov_ritz,
    mean_squares,
    nothing_truncated,
    point_ritz,
)
from ratecheck.operators.trace import sampled_spectrum
from ratecheck.types import Array, Status

EIGH_UP_TO = 1500  # beyond it a Lanczos run for one y is far cheaper than all eigenpairs


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class DenseGram(GramOperator):
    """K/n as a dense matrix; ``exact`` asks for all eigenpairs instead of Lanczos."""

    kernel: Kernel
    X: Array
    exact: bool

    @cached_property
    def matrix(self) -> Array:
        """K/n, shape (n, n)."""
        return np.asarray(self.kernel(self.X, self.X) / self.X.shape[0])

    @cached_property
    def _eigen(self) -> tuple[Array, Array]:
        values, vectors = sl.eigh(self.matrix, check_finite=False)
        return values, vectors

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction from all eigenpairs, or by Lanczos."""
        if not self.exact:
            ritz = krylov_ritz(self.matrix.__matmul__, y, times, tolerance)
            status = Status.CONVERGED if ritz.converged else Status.BUDGET
            return nothing_truncated(ritz, self._spectrum, status)
        values, vectors = self._eigen
        rounding = np.finfo(float).eps * self.size * values[-1]
        status = Status.CLIPPED if values[0] < -10 * rounding else Status.CONVERGED
        flaw = np.finfo(float).eps * values[-1]
        ritz = point_ritz(
            np.maximum(values, 0.0), vectors, vectors.T @ y, y, flaw**2 * np.eye(self.size), True
        )
        return nothing_truncated(ritz, self._spectrum, status)

    def _spectrum(self) -> Spectrum:
        values = self._eigen[0] if self.exact else sl.eigvalsh(self.matrix)
        clipped: Array = np.maximum(np.asarray(values, dtype=np.float64), 0.0)
        return Spectrum(values=clipped, counts=np.ones(clipped.size), exact=True)

    def function(self, coordinates: Array) -> Function:
        """Return the kernel expansion with weights equal to the coordinates."""
        return _expansion(self.kernel, self.X, coordinates)

    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) at the points X."""
        return expand(self.kernel, self.X, coordinates, X)

    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return the mean squared errors (T,) on other data."""
        return mean_squares(y - self.predict(coordinates, X))


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class BlockedGram(GramOperator):
    """K/n applied by tiles of kernel rows: no n x n array, kernel values computed anew."""

    kernel: Kernel
    X: Array

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    def apply(self, v: Array) -> Array:
        """Return (K/n) v, shape (n,), computing each symmetric pair of tiles once."""
        n, step = self.size, max(1, int(np.sqrt(TILE)))
        out = np.zeros(n)
        for i in range(0, n, step):
            rows = slice(i, i + step)
            out[rows] += self.kernel(self.X[rows], self.X[rows]) @ v[rows]
            for j in range(i + step, n, step):
                columns = slice(j, j + step)
                tile = self.kernel(self.X[rows], self.X[columns])
                out[rows] += tile @ v[columns]
                out[columns] += tile.T @ v[rows]
        return out / n

    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction by Lanczos."""
        ritz = krylov_ritz(self.apply, y, times, tolerance)
        status = Status.CONVERGED if ritz.converged else Status.BUDGET
        return nothing_truncated(ritz, lambda: sampled_spectrum(self.apply, self.size), status)

    def function(self, coordinates: Array) -> Function:
        """Return the kernel expansion."""
        return _expansion(self.kernel, self.X, coordinates)

    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) at the points X."""
        return expand(self.kernel, self.X, coordinates, X)

    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return the mean squared errors (T,) on other data."""
        return mean_squares(y - self.predict(coordinates, X))


def _expansion(kernel: Kernel, X: Array, coordinates: Array) -> Function:
    return KernelExpansion(kernel=kernel, centres=X, weights=coordinates)
