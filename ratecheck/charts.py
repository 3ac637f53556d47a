"""Charts: how a one-dimensional domain is laid on the circle of period one.

A stationary kernel composed with a chart is diagonal in the Fourier basis of the circle, so one
fast operator serves the torus, the circle, and (by the angle map) the lifted NTK on an interval.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.types import Array, InputError


def turns(z: Array) -> Array:
    """Return z modulo 1 in [0, 1): unlike ``np.mod``, never 1.0 for a tiny negative z.

    Examples
    --------
    >>> turns(np.array([-1e-20, 1.25]))
    array([0.  , 0.25])
    """
    out = z - np.floor(z)
    out[out >= 1.0] = 0.0
    return out


class Chart(ABC):
    """A map from points to a coordinate z in [0, 1), with a positive weight."""

    @abstractmethod
    def coordinate(self, X: Array) -> Array:
        """Return z(X) of shape (n,), in [0, 1)."""

    @abstractmethod
    def weight(self, X: Array) -> Array:
        """Return w(X) of shape (n,): functions are w(X) g(z(X))."""

    @property
    @abstractmethod
    def is_weighted(self) -> bool:
        """Whether the weight differs from one anywhere."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class TorusChart(Chart):
    """z = x mod 1 on the torus [0, 1)."""

    def coordinate(self, X: Array) -> Array:
        """Return x mod 1."""
        x = X[:, 0]
        return x if x.size and x.min() >= 0 and x.max() < 1 else turns(x)

    def weight(self, X: Array) -> Array:
        """Return ones."""
        return np.ones(X.shape[0])

    @property
    def is_weighted(self) -> bool:
        """Never weighted."""
        return False


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class CircleChart(Chart):
    """z = angle / (2 pi) of a unit vector of the plane."""

    def coordinate(self, X: Array) -> Array:
        """Return the angle over 2 pi, in [0, 1)."""
        return turns(np.arctan2(X[:, 1], X[:, 0]) / (2 * np.pi))

    def weight(self, X: Array) -> Array:
        """Return ones."""
        return np.ones(X.shape[0])

    @property
    def is_weighted(self) -> bool:
        """Never weighted."""
        return False


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class CosineChart(Chart):
    """z = (x - low) / (2 (high - low)): even periodic functions are cosine series in x."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Validate ``low < high``."""
        if not check.number("low", self.low) < check.number("high", self.high):
            raise InputError(f"low must be below high, got low={self.low}, high={self.high}")

    def coordinate(self, X: Array) -> Array:
        """Return z in [0, 1/2]."""
        return turns((X[:, 0] - self.low) / (2 * (self.high - self.low)))

    def weight(self, X: Array) -> Array:
        """Return ones."""
        return np.ones(X.shape[0])

    @property
    def is_weighted(self) -> bool:
        """Never weighted."""
        return False


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class ArctanChart(Chart):
    """z = arctan(x) / (2 pi) mod 1, w = sqrt(1 + x^2): the angle map of the lift x -> (x, 1)."""

    def coordinate(self, X: Array) -> Array:
        """Return the angle of (1, x) over 2 pi, in [0, 1)."""
        return turns(np.arctan(X[:, 0]) / (2 * np.pi))

    def weight(self, X: Array) -> Array:
        """Return the norm of (x, 1)."""
        return np.sqrt(1 + X[:, 0] ** 2)

    @property
    def is_weighted(self) -> bool:
        """Weighted by the norm of the lifted point."""
        return True
