"""Kernels of first-order Sobolev spaces on an interval: K(x, y) = a(min) b(max)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.line import coordinate, plain_factors, within
from ratecheck.types import Array


@final
@dataclass(frozen=True, slots=True)
class Brownian(Kernel):
    """K(x, y) = min(x, y) for x, y >= 0: squared norm int f'^2 with f(0) = 0 (theory note A4).

    Examples
    --------
    >>> import numpy as np
    >>> Brownian()(np.array([[0.2]]), np.array([[0.1], [0.7]]))
    array([[0.1, 0.2]])
    """

    @property
    def pieces(self) -> tuple[float, float]:
        """Return (rate, jump): expansions solve f'' = rate^2 f between the centres.

        ``jump`` is how far the slope of K(., y) drops at y, a' b - a b'.
        """
        return 0.0, 1.0

    def log_markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return log a, log b, each (n,); a(x) = x, so that log a is -inf at 0."""
        return _log(self._line(X)), np.zeros(len(X))

    def markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return a, b, each (n,), with K(x, y) = a(min) b(max)."""
        return self._line(X), np.ones(len(X))

    def _line(self, X: Array) -> Array:
        x = coordinate("X", X)
        self._admit("X", x[:, None])
        return x

    def _gram(self, X: Array, Y: Array) -> Array:
        return np.minimum(X, Y.T)

    def _diagonal(self, X: Array) -> Array:
        return X[:, 0].copy()

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return _sum(W * np.heaviside(Y.T - X, 0.5))

    def _admit(self, name: str, X: Array) -> None:
        within(name, X, 0.0, np.inf)


@final
@dataclass(frozen=True, slots=True)
class BrownianPlusOne(Kernel):
    """K(x, y) = 1 + min(x, y) for x, y >= 0: squared norm f(0)^2 + int f'^2 (theory note A4)."""

    @property
    def pieces(self) -> tuple[float, float]:
        """Return (rate, jump): expansions solve f'' = rate^2 f between the centres.

        ``jump`` is how far the slope of K(., y) drops at y, a' b - a b'.
        """
        return 0.0, 1.0

    def log_markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return log a, log b, each (n,)."""
        return np.log1p(self._line(X)), np.zeros(len(X))

    def markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return a, b, each (n,), with K(x, y) = a(min) b(max)."""
        return 1.0 + self._line(X), np.ones(len(X))

    def _line(self, X: Array) -> Array:
        x = coordinate("X", X)
        self._admit("X", x[:, None])
        return x

    def _gram(self, X: Array, Y: Array) -> Array:
        return 1.0 + np.minimum(X, Y.T)

    def _diagonal(self, X: Array) -> Array:
        return 1.0 + X[:, 0]

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return _sum(W * np.heaviside(Y.T - X, 0.5))

    def _admit(self, name: str, X: Array) -> None:
        within(name, X, 0.0, np.inf)


@final
@dataclass(frozen=True, slots=True)
class NeumannSobolev(Kernel):
    """K(x, y) = cosh(c m) cosh(c (1 - M)) / (c sinh c) on [0, 1], m = min, M = max.

    The squared norm is int f'^2 + c^2 f^2 over [0, 1]; eigenpairs 1/(c^2 + pi^2 j^2),
    cos(pi j x) (theory note A4).

    Parameters
    ----------
    c : float
        Positive.

    Examples
    --------
    >>> import numpy as np
    >>> NeumannSobolev(c=1.0).diagonal(np.array([[0.0]])) * np.tanh(1.0)
    array([1.])
    """

    c: float

    def __post_init__(self) -> None:
        """Check the parameter."""
        check.positive("c", self.c)

    @property
    def pieces(self) -> tuple[float, float]:
        """Return (rate, jump): expansions solve f'' = rate^2 f between the centres.

        ``jump`` is how far the slope of K(., y) drops at y, a' b - a b'.
        """
        return self.c, 1.0

    def log_markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return log a, log b, each (n,): a = cosh(c x), b = cosh(c (1 - x)) / (c sinh c)."""
        x = coordinate("X", X)
        self._admit("X", x[:, None])
        c = self.c
        log_scale = np.log(c) + c + np.log(-np.expm1(-2.0 * c))  # of 2 c sinh c
        log_b = c * (1.0 - x) + np.log1p(np.exp(-2.0 * c * (1.0 - x))) - log_scale
        return c * x + np.log1p(np.exp(-2.0 * c * x)) - np.log(2.0), log_b

    def markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return a and b themselves; `InputError` where they would overflow."""
        return plain_factors(*self.log_markov_factors(X))

    def _gram(self, X: Array, Y: Array) -> Array:
        low, high = np.minimum(X, Y.T), np.maximum(X, Y.T)
        even = (1.0 + self._decay(low)) * (1.0 + self._decay(1.0 - high))
        return np.asarray(np.exp(-self.c * (high - low)) * even / (self.c * self._norm))

    def _diagonal(self, X: Array) -> Array:
        x = X[:, 0]
        even = (1.0 + self._decay(x)) * (1.0 + self._decay(1.0 - x))
        return np.asarray(even / (self.c * self._norm))

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        up = (1.0 - self._decay(X)) * (1.0 + self._decay(1.0 - Y.T))  # x <= y
        down = (self._decay(1.0 - X) - 1.0) * (1.0 + self._decay(Y.T))  # x >= y
        below = np.heaviside(Y.T - X, 0.5)
        slope = np.exp(-self.c * np.abs(X - Y.T)) * (below * up + (1.0 - below) * down)
        return _sum(W * slope / self._norm)

    def _admit(self, name: str, X: Array) -> None:
        within(name, X, 0.0, 1.0)

    def _decay(self, x: Array) -> Array:
        return np.exp(-2.0 * self.c * x)

    @property
    def _norm(self) -> float:
        return float(-2.0 * np.expm1(-2.0 * self.c))


def _sum(values: Array) -> Array:
    return np.asarray(np.sum(values, axis=1, keepdims=True))


def _log(x: Array) -> Array:
    with np.errstate(divide="ignore"):  # log 0 = -inf is the right factor: K(0, y) = 0
        return np.log(x)
