"""Synthetic risks whose asymptotic exponent is known: curves, noise, and the scenarios of both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck.types import Array

EXPONENT: Final = -0.75


class Shape(ABC):
    """What multiplies the leading power n^-3/4."""

    __slots__ = ()

    @abstractmethod
    def factor(self, sizes: Array) -> Array:
        """Return the factor at (k,) sizes."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Straight(Shape):
    """Nothing: an exact power law."""

    def factor(self, sizes: Array) -> Array:
        return np.ones_like(sizes)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Term(Shape):
    """A lower-order term: 1 + amount * n^-power."""

    amount: float
    power: float

    def factor(self, sizes: Array) -> Array:
        return 1 + self.amount * sizes**-self.power


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Logarithm(Shape):
    """(log n)^power."""

    power: float

    def factor(self, sizes: Array) -> Array:
        return np.asarray(np.log(sizes) ** self.power)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Kink(Shape):
    """Another exponent, n^-(3/4 + change), up to a size; a sharp corner there."""

    change: float
    size: float

    def factor(self, sizes: Array) -> Array:
        return np.asarray(np.maximum(self.size / sizes, 1.0) ** self.change)


class Noise(ABC):
    """Positive factors of mean one that a replicate multiplies the risks with."""

    __slots__ = ()

    @abstractmethod
    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        """Return (k, count) factors."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class ChiSquared(Noise):
    """Sums of ``freedom`` squares, as risks are."""

    freedom: float = 4.0

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        return rng.gamma(self.freedom / 2, 2 / self.freedom, (sizes.size, count))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Growing(Noise):
    """Chi-squared with n^power degrees of freedom: noisy at small n, calm at large n."""

    power: float = 1 / 3

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        half = sizes[:, None] ** self.power / 2
        return rng.gamma(half, 1 / half, (sizes.size, count))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class LogNormal(Noise):
    """Heavy tails: exp(spread * normal), scaled to mean one."""

    spread: float = 1.0

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        normal = rng.standard_normal((sizes.size, count))
        return np.exp(self.spread * normal - self.spread**2 / 2)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class InverseGamma(Noise):
    """Heavier tails: the moments from ``shape`` on are infinite."""

    shape: float = 5.0

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        return np.asarray((self.shape - 1) / rng.gamma(self.shape, 1.0, (sizes.size, count)))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Common(Noise):
    """Common random numbers: a chi-squared factor that all sizes of a replicate share."""

    shared: float = 6.0
    own: float = 12.0

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        own = rng.gamma(self.own / 2, 2 / self.own, (sizes.size, count))
        return np.asarray(own * rng.gamma(self.shared / 2, 2 / self.shared, (1, count)))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Nested(Noise):
    """Nested samples: log factors are a stationary autoregression along the sizes."""

    correlation: float = 0.8
    spread: float = 0.5

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        log = rng.standard_normal((sizes.size, count))
        for i in range(1, sizes.size):
            log[i] = self.correlation * log[i - 1] + (1 - self.correlation**2) ** 0.5 * log[i]
        return np.asarray(np.exp(self.spread * log - self.spread**2 / 2))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A curve, noise and sizes.

    Parameters
    ----------
    name : str
    shape : Shape
    noise : Noise
    sizes : tuple of float
    """

    name: str
    shape: Shape
    noise: Noise
    sizes: tuple[float, ...]

    @property
    def is_straight(self) -> bool:
        """Whether the slope in the window is the exponent."""
        return isinstance(self.shape, Straight)

    def risks(self, rng: np.random.Generator, count: int) -> Array:
        """Return (k, count) risks."""
        n = np.array(self.sizes)
        mean = n**EXPONENT * self.shape.factor(n)
        return np.asarray(mean[:, None] * self.noise.draw(rng, n, count))
