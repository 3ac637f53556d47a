"""Noise models: independent, centred, and all measured by their standard deviation ``sigma``."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.types import Array


class Noise(ABC):
    """Independent errors with mean 0 and standard deviation ``sigma >= 0`` (0: exact data)."""

    __slots__ = ()

    sigma: float

    @abstractmethod
    def _standard(self, n: int, rng: np.random.Generator) -> Array:
        """Return ``n`` independent draws with mean 0 and variance 1, in a fresh array."""

    @final
    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Return ``n >= 1`` independent errors, shape (n,)."""
        errors = self._standard(check.integer("n", n, low=1), rng)
        errors *= self.sigma
        return errors


def _validate(noise: Noise) -> None:
    object.__setattr__(noise, "sigma", check.nonnegative("sigma", noise.sigma))


@final
@dataclass(frozen=True, slots=True)
class Gaussian(Noise):
    """Normal errors, density proportional to ``exp(-e^2 / (2 sigma^2))``.

    Examples
    --------
    >>> Gaussian(0.5).draw(3, np.random.default_rng(0)).shape
    (3,)
    """

    sigma: float

    def __post_init__(self) -> None:
        """Validate ``sigma``."""
        _validate(self)

    def _standard(self, n: int, rng: np.random.Generator) -> Array:
        return rng.standard_normal(n)


@final
@dataclass(frozen=True, slots=True)
class Uniform(Noise):
    """Errors uniform on ``[-sqrt(3) sigma, sqrt(3) sigma]``: bounded."""

    sigma: float

    def __post_init__(self) -> None:
        """Validate ``sigma``."""
        _validate(self)

    def _standard(self, n: int, rng: np.random.Generator) -> Array:
        return rng.uniform(-math.sqrt(3.0), math.sqrt(3.0), n)


@final
@dataclass(frozen=True, slots=True)
class Rademacher(Noise):
    """Errors ``+sigma`` or ``-sigma``, each with probability one half."""

    sigma: float

    def __post_init__(self) -> None:
        """Validate ``sigma``."""
        _validate(self)

    def _standard(self, n: int, rng: np.random.Generator) -> Array:
        signs = rng.integers(0, 2, n, dtype=np.int8).astype(np.float64)
        return np.asarray(2.0 * signs - 1.0)


@final
@dataclass(frozen=True, slots=True)
class Laplace(Noise):
    """Double exponential errors, density ``exp(-sqrt(2) |e| / sigma) / (sqrt(2) sigma)``.

    The tails are sub-exponential, heavier than Gaussian ones.
    """

    sigma: float

    def __post_init__(self) -> None:
        """Validate ``sigma``."""
        _validate(self)

    def _standard(self, n: int, rng: np.random.Generator) -> Array:
        return rng.laplace(0.0, math.sqrt(0.5), n)
