"""MarkovGram: semiseparable kernels on the line, applied in O(n) by prefix sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from ratecheck.functions import Function
from ratecheck.operators.base import GramOperator, Reduction
from ratecheck.operators.expansion import krylov_ritz, mean_squares, nothing_truncated
from ratecheck.operators.trace import sampled_spectrum
from ratecheck.types import Array, IntArray, Status


@runtime_checkable
class Semiseparable(Protocol):
    """A kernel with K(x, y) = sum_p F_p(x) G_p(y) for x >= y."""

    def semiseparable_factors(self, X: Array) -> tuple[Array, Array]:
        """Return F and G, each of shape (n, p)."""


@runtime_checkable
class FirstOrder(Protocol):
    """A kernel with K(x, y) = a(min) b(max)."""

    def markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return a and b, each of shape (n,)."""


def factors(kernel: Semiseparable | FirstOrder, X: Array) -> tuple[Array, Array]:
    """Return F and G, each (n, p), with K(x, y) = sum_p F_p(x) G_p(y) for x >= y.

    Raises
    ------
    UnsupportedError
        If the kernel has no such form.
    InputError
        If the factors overflow on the range of the points.
    """
    if isinstance(kernel, Semiseparable):
        return kernel.semiseparable_factors(X)
    a, b = kernel.markov_factors(X)
    return b[:, None], a[:, None]


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class MarkovGram(GramOperator):
    """K/n of a semiseparable kernel; one product costs O(n p).

    Attributes
    ----------
    kernel : Semiseparable or FirstOrder
    X : ndarray, shape (n, 1)
        In the order of the data.
    order : ndarray, shape (n,)
        The permutation that sorts X.
    F, G : ndarray, shape (p, n)
        Factors at the sorted points.
    """

    kernel: Semiseparable | FirstOrder
    X: Array
    order: IntArray
    F: Array
    G: Array

    @staticmethod
    def of(kernel: Semiseparable | FirstOrder, X: Array) -> MarkovGram:
        """Sort the points and evaluate the factors."""
        order = np.argsort(X[:, 0], kind="stable")
        F, G = factors(kernel, X[order])
        F, G = np.ascontiguousarray(F.T), np.ascontiguousarray(G.T)
        return MarkovGram(kernel=kernel, X=X, order=order, F=F, G=G)

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    def apply_sorted(self, v: Array) -> Array:
        """Return (K/n) v at the sorted points, for v (n,) in sorted order."""
        left = np.cumsum(self.G * v, axis=1)
        own = self.F * v
        # summed from the right: a difference of prefix sums would lose what decays to the right
        right = np.cumsum(own[:, ::-1], axis=1)[:, ::-1] - own
        left *= self.F
        right *= self.G
        left += right
        return np.asarray(left.sum(axis=0) / self.size)

    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction by Lanczos on the sorted points."""
        ritz = krylov_ritz(self.apply_sorted, y[self.order], times, tolerance)
        status = Status.CONVERGED if ritz.converged else Status.BUDGET
        return nothing_truncated(
            ritz, lambda: sampled_spectrum(self.apply_sorted, self.size), status
        )

    def function(self, coordinates: Array) -> Function:
        """Return the expansion, itself evaluated in O(n + m log n)."""
        return SemiseparableExpansion(operator=self, weights=coordinates)

    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) at the points X (m, 1)."""
        return _expanded(self, coordinates, X)

    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return the mean squared errors (T,) on other data."""
        return mean_squares(y - self.predict(coordinates, X))


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class SemiseparableExpansion(Function):
    """sum_j weights_j K(x, x_j) with the weights (n,) in sorted order."""

    operator: MarkovGram
    weights: Array

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (m,)."""
        values: Array = _expanded(self.operator, self.weights[:, None], X)[0]
        return values


def _expanded(operator: MarkovGram, weights: Array, X: Array) -> Array:
    """Return sum_j weights_jt K(x_i, x_j), shape (T, m), from prefix sums of G a and F a."""
    F, G = factors(operator.kernel, X)
    points = operator.X[operator.order, 0]
    below = np.searchsorted(points, X[:, 0], side="right")
    out = np.zeros((weights.shape[1], X.shape[0]))
    for p in range(F.shape[1]):
        left = _prefix(operator.G[p][:, None] * weights)
        right = _prefix((operator.F[p][:, None] * weights)[::-1])[::-1]
        out += (F[:, p, None] * left[below] + G[:, p, None] * right[below]).T
    return out


def _prefix(v: Array) -> Array:
    out = np.zeros((v.shape[0] + 1, v.shape[1]))
    np.cumsum(v, axis=0, out=out[1:])
    return out
