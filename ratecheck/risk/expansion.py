"""Kernel expansions of several fits on common centres: what attacks and certificates work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, final, runtime_checkable

import numpy as np

from ratecheck import check
from ratecheck.functions import Function
from ratecheck.kernels import Kernel, tiling
from ratecheck.operators.expansion import TILE, KernelExpansion
from ratecheck.types import Array, InputError, IntArray, UnsupportedError


@runtime_checkable
class FitPath(Protocol):
    """What is needed of a path of fits: `ratecheck.path.Path`, or that of an interpolant."""

    @property
    def times(self) -> Array:
        """Stopping times (T,)."""

    def function(self, index: int) -> Function:
        """Return the fit at the index-th time."""


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Expansion:
    """The functions f_t(x) = sum_j weights_jt K(x, centres_j), t = 1 ... T.

    One pass of kernel evaluations at a point serves all T functions.

    Attributes
    ----------
    kernel : Kernel
    centres : ndarray, shape (n, d)
    weights : ndarray, shape (n, T)

    Examples
    --------
    >>> import numpy as np
    >>> from ratecheck.kernels import Gaussian
    >>> fits = Expansion(kernel=Gaussian(length=1.0), centres=np.zeros((1, 2)),
    ...                  weights=np.array([[1.0, -2.0]]))
    >>> fits.values(np.zeros((1, 2)))
    array([[ 1., -2.]])
    """

    kernel: Kernel
    centres: Array
    weights: Array

    def __post_init__(self) -> None:
        """Check the shapes."""
        centres = check.points("centres", self.centres)
        weights = check.points("weights", self.weights)
        if len(weights) != len(centres):
            shapes = f"{centres.shape} and {weights.shape}"
            raise InputError(f"centres (n, d) and weights (n, T) must agree in n, got {shapes}")
        self.kernel.diagonal(centres[:1])  # raises for points outside the kernel's domain

    @property
    def count(self) -> int:
        """Number of functions T."""
        return int(self.weights.shape[1])

    @property
    def dimension(self) -> int:
        """Number of columns d of a point."""
        return int(self.centres.shape[1])

    def values(self, X: Array) -> Array:
        """Return the values of all functions at the rows of X, shape (m, T)."""
        step = max(1, TILE // (4 * len(self.centres)))
        blocks = tiling.blocks(len(X), step)
        return np.concatenate([self.kernel(X[i], self.centres) @ self.weights for i in blocks])

    def gradients(self, X: Array, columns: IntArray) -> Array:
        """Return at each row of X the gradient of the function ``columns`` names, shape (m, d)."""
        return self.climb(X, columns)[1]

    def climb(self, X: Array, columns: IntArray) -> tuple[Array, Array]:
        """Return `values` and `gradients` from one pass, shapes (m, T) and (m, d)."""
        values, gradients = np.empty((len(X), self.count)), np.empty_like(X)
        first, second = self.kernel._pair(X, self.centres)
        for i in tiling.row_blocks(len(X), len(self.centres)):
            W = self._rows[columns[i]]
            gram, gradients[i] = self.kernel._gram_and_gradient(first[i], second, W)
            values[i] = gram @ self.weights
        return values, gradients

    @cached_property
    def _rows(self) -> Array:
        """The weights of one function side by side in memory, shape (T, n)."""
        return np.ascontiguousarray(self.weights.T)

    @cached_property
    def gram(self) -> Array:
        """The matrix K(centres, centres), shape (n, n)."""
        return self.kernel(self.centres, self.centres)

    @cached_property
    def at_centres(self) -> Array:
        """Values of all functions at the centres, shape (n, T)."""
        return np.asarray(self.gram @ self.weights)

    def restricted(self, columns: Sequence[int] | IntArray) -> Expansion:
        """Return the expansion of some of the functions."""
        weights = self.weights[:, np.asarray(columns)]
        return Expansion(kernel=self.kernel, centres=self.centres, weights=weights)


def as_expansion(*fits: object) -> Expansion:
    """Return fits of one kernel and one design as one expansion, in the order given.

    Parameters
    ----------
    *fits : path of fits, KernelExpansion or Expansion
        A path of early-stopped fits followed by that of the interpolant, say.

    Raises
    ------
    InputError
        If kernels or designs differ.
    UnsupportedError
        If a fit is no kernel expansion, as with the Fourier and Markov operators: those exist in
        one dimension only, where the supremum is exact (`Adversarial`).
    """
    if not fits:
        raise InputError("as_expansion needs at least one fit or path, got none")
    parts = [part for fit in fits for part in _parts(fit)]
    total = parts[0]
    same = all(p.kernel == total.kernel for p in parts)
    if not same or not all(np.array_equal(p.centres, total.centres) for p in parts):
        raise InputError("all fits must have the same kernel and the same design")
    weights = np.hstack([p.weights for p in parts])
    return Expansion(kernel=total.kernel, centres=total.centres, weights=weights)


def _parts(fit: object) -> list[Expansion]:
    if isinstance(fit, FitPath):
        return [_one(fit.function(i)) for i in range(len(fit.times))]
    return [_one(fit)]


def _one(f_hat: object) -> Expansion:
    if isinstance(f_hat, Expansion):
        return f_hat
    if not isinstance(f_hat, KernelExpansion):
        raise UnsupportedError(
            f"attacks in more than one dimension need kernel expansions, got "
            f"{type(f_hat).__name__}: prepare the estimator with operator='eigh', 'dense' or "
            "'blocked'"
        )
    weights = f_hat.weights[:, None]
    return Expansion(kernel=f_hat.kernel, centres=f_hat.centres, weights=weights)
