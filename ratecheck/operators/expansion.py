"""Kernel expansions sum_j a_j K(x, x_j): fits of the operators that work on the points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.functions import Function
from ratecheck.kernels import Kernel
from ratecheck.numerics.lanczos import Apply, lanczos
from ratecheck.numerics.ritz import Ritz, compress, poles
from ratecheck.operators.base import Reduction, Spectrum
from ratecheck.types import Array, Status

TILE = 2**21  # kernel values held at once: 16 MiB
_BUDGET = 600  # Lanczos steps; each keeps a vector of length n


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class KernelExpansion(Function):
    """The function sum_j weights_j K(x, centres_j), centres (n, d), weights (n,)."""

    kernel: Kernel
    centres: Array
    weights: Array

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (m,)."""
        values: Array = expand(self.kernel, self.centres, self.weights[:, None], X)[0]
        return values

    def gradient(self, X: Array) -> Array:
        """Return the gradients at the rows of X, shape (m, d)."""
        return self.kernel.gradient(X, self.centres, self.weights)


def expand(kernel: Kernel, centres: Array, weights: Array, X: Array) -> Array:
    """Return sum_j weights_jt K(x_i, centres_j), shape (T, m), by tiles of kernel rows."""
    step = max(1, TILE // centres.shape[0])
    rows = [kernel(X[i : i + step], centres) @ weights for i in range(0, X.shape[0], step)]
    return np.concatenate(rows).T


def mean_squares(errors: Array) -> Array:
    """Return the mean square of each row (T, n), shape (T,)."""
    return np.asarray(np.einsum("ti,ti->t", errors, errors) / errors.shape[1])


def nothing_truncated(ritz: Ritz, spectrum: Callable[[], Spectrum], status: Status) -> Reduction:
    """Return the reduction of an operator without a band limit."""
    return Reduction(
        ritz=ritz, spectrum=spectrum, tail_values=np.empty(0), tail_counts=np.empty(0),
        tail_scale=0.0, status=status,
    )  # fmt: skip


def krylov_ritz(apply: Apply, y: Array, times: Array, tolerance: float) -> Ritz:
    """Return the Ritz decomposition of y by Lanczos with K/n, fully reorthogonalised."""
    t = float(times[-1])
    run = lanczos(
        apply, y, shift=1 / t, tolerance=tolerance / 10, budget=_BUDGET, reorthogonalise=True
    )
    small = compress(run, poles(float(times[0]), t, 1.3))
    return point_ritz(small.values, small.vectors, small.loadings, y, small.defect, run.converged)


def point_ritz(
    values: Array, vectors: Array, loadings: Array, y: Array, defect: Array, converged: bool
) -> Ritz:
    """Return the Ritz form of expansions: weights a = phi_t(K/n) y / n, fitted values K a.

    ``vectors`` (n, r) are Euclidean-orthonormal, ``loadings`` = vectors^T y.
    """
    root = np.sqrt(y.size)
    overlaps = loadings / root
    return Ritz(
        values=values, vectors=vectors / root, amplitudes=overlaps, drive=values * overlaps,
        overlaps=overlaps, energy=float(np.mean(y**2)), defect=defect, order=0.0,
        converged=converged,
    )  # fmt: skip
