"""Smoothing without a formula: quadrature in low dimension, Monte Carlo in any."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.functions import Function
from ratecheck.numerics.quadrature import gauss_legendre
from ratecheck.smoothing.extension import Extended, Extension
from ratecheck.streams import generator
from ratecheck.types import Array, UnsupportedError

_REACH = 9.0  # standard deviations: the mass beyond is 2e-19
_GOAL = 1e-11  # of the largest value, at which panels are no more halved
_MOST_NODES = 2**16
_TILE = 2**20  # values held at once
_HIGHEST = 3  # dimension of a tensor rule


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Estimate:
    """Values (m,) with their errors (m,).

    The error of a quadrature is its difference from a coarser rule; of Monte Carlo, one standard
    error.
    """

    values: Array
    errors: Array


class NumericalMean(Function, ABC):
    """A mean E f(x + sigma Z) that is computed up to a stated error."""

    @abstractmethod
    def estimate(self, X: Array) -> Estimate:
        """Return values and errors at the rows of X."""

    @final
    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (m,)."""
        return self.estimate(X).values


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Quadrature:
    """Quadrature in up to three dimensions.

    On the line: Gauss-Legendre panels no longer than sigma between the kinks of the function,
    halved until two rules agree to 1e-11. In two and three dimensions: the tensor product of
    Gauss-Hermite rules, exponentially good for functions that are smooth at the scale of sigma
    and slow for others, which the stated error shows.

    Parameters
    ----------
    nodes : int
        Per axis (Gauss-Hermite) or per panel.
    """

    nodes: int = 16

    def __post_init__(self) -> None:
        """Validate the number of nodes."""
        check.integer("nodes", self.nodes, low=4, high=100)

    def mean(
        self, f: Function, sigma: float, extension: Extension, centres: Array | None
    ) -> NumericalMean:
        """Return E f(x + sigma Z); ``centres`` (n, d) are where f has kinks, if known."""
        line = centres is None or centres.shape[1] == 1
        kinks = centres[:, 0] if centres is not None and line else np.empty(0)
        return QuadratureMean(
            function=f, sigma=sigma, extension=extension, kinks=kinks, nodes=self.nodes
        )


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class MonteCarlo:
    """The mean over fixed draws of the noise, the same at every point.

    The result is a function like any other (a mean of translates of f), whose distance from the
    true mean has the stated standard error.

    Parameters
    ----------
    samples : int
        Draws, at least two.
    seed : int
        Of the draws.
    """

    samples: int = 1024
    seed: int = 0

    def __post_init__(self) -> None:
        """Validate the number of draws and the seed."""
        check.integer("samples", self.samples, low=2)
        check.integer("seed", self.seed, low=0)

    def mean(
        self, f: Function, sigma: float, extension: Extension, centres: Array | None
    ) -> NumericalMean:
        """Return the average of f(x + sigma Z_i)."""
        del centres  # draws do not care for kinks
        return MonteCarloMean(
            function=Extended(function=f, extension=extension), sigma=sigma, draws=self
        )


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class MonteCarloMean(NumericalMean):
    """See `MonteCarlo`."""

    function: Function
    sigma: float
    draws: MonteCarlo

    def estimate(self, X: Array) -> Estimate:
        """Return means and standard errors."""
        count = self.draws.samples
        rng = generator(self.draws.seed, "smoothing", role="probe")
        shifts = self.sigma * rng.standard_normal((count, X.shape[1]))
        step = max(1, _TILE // count)
        parts = [self._block(X[i : i + step], shifts) for i in range(0, X.shape[0], step)]
        values = np.concatenate(parts, axis=1)
        spread = values.std(axis=0, ddof=1)
        return Estimate(values=values.mean(axis=0), errors=spread / np.sqrt(count))

    def _block(self, X: Array, shifts: Array) -> Array:
        points = (X[None, :, :] + shifts[:, None, :]).reshape(-1, X.shape[1])
        return self.function(points).reshape(shifts.shape[0], -1)


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class QuadratureMean(NumericalMean):
    """See `Quadrature`."""

    function: Function
    sigma: float
    extension: Extension
    nodes: int
    kinks: Array = field(default_factory=lambda: np.empty(0))

    def estimate(self, X: Array) -> Estimate:
        """Return values and errors.

        Raises
        ------
        UnsupportedError
            In more than three dimensions.
        """
        if X.shape[1] > _HIGHEST:
            raise UnsupportedError(
                f"quadrature smooths in up to {_HIGHEST} dimensions, got points with "
                f"{X.shape[1]} columns: use method=MonteCarlo(samples=...)"
            )
        return self._line(X[:, 0]) if X.shape[1] == 1 else self._tensor(X)

    def _line(self, x: Array) -> Estimate:
        """Halve panels until the rule agrees with one of fewer nodes on the same panels."""
        low, high = float(x.min()) - _REACH * self.sigma, float(x.max()) + _REACH * self.sigma
        count = int(np.ceil((high - low) / self.sigma))
        kinks = self.extension.kinks(self.kinks, low, high)
        while True:
            edges = np.union1d(np.linspace(low, high, count + 1), kinks)
            values = self._panels(x, edges, self.nodes)
            errors = np.abs(values - self._panels(x, edges, self.nodes - 3))
            enough = errors.max() <= _GOAL * np.abs(values).max()
            if enough or edges.size * self.nodes > _MOST_NODES:
                return Estimate(values=values, errors=errors)
            count *= 2

    def _panels(self, x: Array, edges: Array, nodes: int) -> Array:
        """Return the integrals of f(t) times the density of (t - x)/sigma, shape (m,)."""
        places, shares = gauss_legendre(nodes, 0.0, 1.0)
        t = (edges[:-1, None] + np.diff(edges)[:, None] * places).ravel()
        w = (np.diff(edges)[:, None] * shares).ravel()
        w *= self.function(self.extension.fold(t[:, None])) / (self.sigma * np.sqrt(2 * np.pi))
        step = max(1, _TILE // t.size)
        parts = [
            np.exp(-0.5 * (np.subtract.outer(x[i : i + step], t) / self.sigma) ** 2) @ w
            for i in range(0, x.size, step)
        ]
        return np.concatenate(parts)

    def _tensor(self, X: Array) -> Estimate:
        values = self._hermite(X, self.nodes)
        return Estimate(values=values, errors=np.abs(values - self._hermite(X, self.nodes - 3)))

    def _hermite(self, X: Array, nodes: int) -> Array:
        """Return the tensor Gauss-Hermite rule, one shift of all points at a time."""
        places, shares = np.polynomial.hermite_e.hermegauss(nodes)
        shares = shares / shares.sum()
        out = np.zeros(X.shape[0])
        for index in np.ndindex(*(nodes,) * X.shape[1]):
            shifted = X + self.sigma * places[list(index)]
            out += np.prod(shares[list(index)]) * self.function(self.extension.fold(shifted))
        return out
