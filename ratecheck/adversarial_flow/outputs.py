"""Functions with several outputs and the losses an attack maximises on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, final

import numpy as np

from ratecheck.kernels import Kernel
from ratecheck.types import Array, IntArray

_ENTRIES = 2**17  # kernel slopes held at once: what the gradient needs stays in cache

Objective = Callable[[Array], tuple[Array, Array]]  # points (m, d) -> losses (m,), gradients (m, d)


class Scores(Protocol):
    """Several functions of a point, and gradients of sums of them: what an attack needs."""

    def __call__(self, X: Array, /) -> Array:
        """Return the values at the rows of X, shape (m, C)."""

    def pull_back(self, X: Array, R: Array, /) -> Array:
        """Return at each row x_i the gradient of sum_k R_ik f_k, shape (m, d), for R (m, C)."""


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Outputs:
    """The functions f_k(x) = offset_k + sum_j weights_jk K(x, centres_j), k = 1 ... C.

    Attributes
    ----------
    kernel : Kernel
    centres : ndarray, shape (n, d)
    weights : ndarray, shape (n, C)
    offset : ndarray, shape (C,)
    """

    kernel: Kernel
    centres: Array
    weights: Array
    offset: Array

    def __call__(self, X: Array, /) -> Array:
        """Return the values at the rows of X, shape (m, C)."""
        rows = [self.kernel(X[i], self.centres) @ self.weights for i in self._tiles(len(X))]
        return np.concatenate(rows) + self.offset

    def pull_back(self, X: Array, R: Array, /) -> Array:
        """Return at each row x_i the gradient of sum_k R_ik f_k, shape (m, d), for R (m, C).

        One pass over the kernel's slopes, however many outputs there are.
        """
        rows = []
        for i in self._tiles(len(X)):
            first, second = self.kernel._pair(X[i], self.centres)
            rows.append(self.kernel._gradient(first, second, R[i] @ self.weights.T))
        return np.concatenate(rows)

    def _tiles(self, rows: int) -> list[slice]:
        step = max(1, _ENTRIES // len(self.centres))
        return [slice(i, min(i + step, rows)) for i in range(0, rows, step)]


def square_loss(f: Scores, Y: Array) -> Objective:
    """Return x' -> |f(x') - y|^2 / 2 with its gradient, for targets Y (m, C) of the m points."""

    def objective(Z: Array) -> tuple[Array, Array]:
        errors = f(Z) - Y
        return 0.5 * np.einsum("ik,ik->i", errors, errors), f.pull_back(Z, errors)

    return objective


def margin_loss(f: Scores, labels: IntArray) -> Objective:
    """Return x' -> max_{k != y} f_k(x') - f_y(x'), positive where x' is misclassified."""
    rows = np.arange(len(labels))

    def objective(Z: Array) -> tuple[Array, Array]:
        scores = f(Z)
        own = scores[rows, labels]
        scores[rows, labels] = -np.inf
        other = scores.argmax(axis=1)
        R = np.zeros_like(scores)
        R[rows, other], R[rows, labels] = 1.0, -1.0
        return scores[rows, other] - own, f.pull_back(Z, R)

    return objective
