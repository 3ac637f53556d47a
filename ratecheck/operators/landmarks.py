"""Randomly pivoted Cholesky: a low-rank factor of a kernel matrix and what it leaves out.

Pivots are drawn with probability proportional to the diagonal of what is left, in blocks with
rejection, which gives the law of one at a time (Chen, Epperly, Tropp, Webber 2022,
arXiv 2207.06503; Epperly, Tropp, Webber 2024, arXiv 2410.03969; recalled). The expected trace of
the rest is within a constant of that of the best approximation of somewhat smaller rank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg as sl

from ratecheck.kernels import Kernel
from ratecheck.types import Array, IntArray

BLOCK = 64  # pivots proposed at once
ROUNDING = 1e-13  # of the trace: what is left is rounding


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class LowRank:
    """The approximation Q = F F^T of a kernel matrix K, exact at the landmarks.

    Attributes
    ----------
    landmarks : ndarray of int, shape (m,)
        Indices of the points that carry it; F restricted to them is the lower triangular factor
        of their kernel matrix.
    factor : ndarray, shape (n, m)
        F.
    rest : float
        tr(K - Q) >= 0, the sum of the eigenvalues of the positive semi-definite K - Q.
    trace : float
        tr(K).
    """

    landmarks: IntArray
    factor: Array
    rest: float
    trace: float

    @property
    def triangle(self) -> Array:
        """The lower triangular factor (m, m) of the landmarks' kernel matrix."""
        return self.factor[self.landmarks]


def pivoted(kernel: Kernel, X: Array, rank: int, rng: np.random.Generator) -> LowRank:
    """Return an approximation of rank at most ``rank`` of the kernel matrix of X (n, d).

    Costs n rank kernel values and n rank^2 multiplications; memory n rank doubles.
    """
    diagonal = kernel.diagonal(X)
    trace, left = float(diagonal.sum()), diagonal.copy()
    factor, chosen = np.empty((len(X), rank)), np.empty(rank, dtype=np.int64)
    m = 0
    while m < rank and left.sum() > ROUNDING * trace:
        new = _proposals(kernel, X, left, factor[:, :m], rng)[: rank - m]
        end = m + new.size
        columns = kernel(X, X[new]) - factor[:, :m] @ factor[new, :m].T
        triangle = np.linalg.cholesky((columns[new] + columns[new].T) / 2)
        factor[:, m:end] = sl.solve_triangular(triangle, columns.T, lower=True).T
        chosen[m:end] = new
        left -= np.einsum("ij,ij->i", factor[:, m:end], factor[:, m:end])
        np.maximum(left, 0.0, out=left)
        left[new] = 0.0
        m = end
    return LowRank(landmarks=chosen[:m], factor=factor[:, :m], rest=float(left.sum()), trace=trace)


def _proposals(
    kernel: Kernel, X: Array, left: Array, factor: Array, rng: np.random.Generator
) -> IntArray:
    """Return at least one new pivot: those of a block of proposals that survive rejection."""
    drawn = rng.choice(left.size, size=BLOCK, p=left / left.sum())
    rest = kernel(X[drawn], X[drawn]) - factor[drawn] @ factor[drawn].T
    before, kept = left[drawn], []
    for i, u in enumerate(rng.random(BLOCK)):
        pivot = rest[i, i]
        if i == 0 or u * before[i] < pivot:  # the first is what single draws would take
            kept.append(i)
            rest -= np.multiply.outer(rest[:, i], rest[i]) / pivot
    return np.asarray(drawn[kept], dtype=np.int64)
