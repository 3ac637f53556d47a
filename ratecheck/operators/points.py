"""DenseGram and BlockedGram: any kernel, with and without the n x n matrix in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import scipy.linalg as sl

from ratecheck.functions import Function
from ratecheck.kernels import Kernel
from ratecheck.kernels.tiling import blocks
from ratecheck.operators import device
from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.expansion import (
    KernelExpansion,
    expand,
    krylov_ritz,
    mean_squares,
    nothing_truncated,
    point_ritz,
)
from ratecheck.operators.trace import sampled_spectrum
from ratecheck.types import Array, Status

Tile = tuple[slice, slice, device.Held]  # rows, columns, values on the device
STEP = 512  # a tile of 2 MiB is read twice from the cache
KEPT = 2**30  # bytes of the upper half that stay in memory: n up to 16 000
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
        return device.eigh(self.matrix)

    @cached_property
    def _held(self) -> device.Held:
        return device.hold(self.matrix)

    def apply(self, v: Array) -> Array:
        """Return (K/n) v, shape (n,)."""
        return device.fetch(self._held @ v)

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction from all eigenpairs, or by Lanczos."""
        if not self.exact:
            ritz = krylov_ritz(self.apply, y, times, tolerance)
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
    """K/n applied by tiles of its upper half: no n x n array.

    Attributes
    ----------
    kernel : Kernel
    X : ndarray, shape (n, d)
    keep : int
        Bytes that the upper half may take to stay in memory (4 n^2 are needed); where it needs
        more, the kernel values are computed anew at every application, with the same bits.
    """

    kernel: Kernel
    X: Array
    keep: int = KEPT

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    @property
    def keeps(self) -> bool:
        """Whether the upper half of the matrix stays in memory."""
        return 4 * self.size * (self.size + STEP) <= self.keep

    def apply(self, v: Array) -> Array:
        """Return (K/n) v, shape (n,); each tile off the diagonal serves twice."""
        out = np.zeros(self.size)
        for rows, columns, tile in self._kept if self.keeps else self._tiles():
            out[rows] += device.fetch(tile @ v[columns])
            if rows != columns:
                out[columns] += device.fetch(tile.T @ v[rows])
        return out / self.size

    @cached_property
    def _kept(self) -> list[Tile]:
        return [(rows, columns, device.hold(tile)) for rows, columns, tile in self._tiles()]

    def _tiles(self) -> Iterator[Tile]:
        strips = [(i, self.X[i]) for i in blocks(self.size, STEP)]
        for k, (rows, first) in enumerate(strips):
            for columns, second in strips[k:]:
                yield rows, columns, self.kernel(first, second)

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
