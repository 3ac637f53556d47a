"""Curves and noise made to mislead a verdict: bends of no correction term, wild replicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.montecarlo.measurements.synthetic_risks import Noise, Shape
from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Terms(Shape):
    """Several lower-order terms: 1 + sum of amount * n^-power."""

    amounts: tuple[float, ...]
    powers: tuple[float, ...]

    def factor(self, sizes: Array) -> Array:
        falling = sizes[:, None] ** -np.array(self.powers)
        return np.asarray(1 + falling @ np.array(self.amounts))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Periodic(Shape):
    """A log-periodic factor, 1 + amount * cos(2 pi log2(n) / octaves + phase)."""

    amount: float
    octaves: float
    phase: float = 0.0

    def factor(self, sizes: Array) -> Array:
        angle = 2 * np.pi * np.log2(sizes) / self.octaves + self.phase
        return np.asarray(1 + self.amount * np.cos(angle))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class IteratedLogarithm(Shape):
    """(log log n)^power."""

    power: float

    def factor(self, sizes: Array) -> Array:
        return np.asarray(np.log(np.log(sizes)) ** self.power)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class InverseLogarithm(Shape):
    """1 + amount / log n: a correction slower than every power."""

    amount: float

    def factor(self, sizes: Array) -> Array:
        return np.asarray(1 + self.amount / np.log(sizes))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Floor(Shape):
    """A plateau, as a bias or machine precision makes: n^-3/4 meets it at ``size``."""

    size: float

    def factor(self, sizes: Array) -> Array:
        return np.asarray(1 + (sizes / self.size) ** 0.75)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Outlier(Shape):
    """One size, by its place, whose risk is wrong by a factor."""

    place: int
    by: float

    def factor(self, sizes: Array) -> Array:
        return np.where(np.arange(sizes.size) == self.place, self.by, 1.0)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Pareto(Noise):
    """Density of order x^-(1 + tail) from 0 on (Lomax): infinite variance for tail <= 2."""

    tail: float = 1.5

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        return np.asarray((self.tail - 1) * rng.pareto(self.tail, (sizes.size, count)))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Contaminated(Noise):
    """Chi-squared with four degrees of freedom; a share of the replicates is ``by`` times larger.

    The share is the same at every size, so that the exponent of the mean is untouched.
    """

    share: float = 0.02
    by: float = 30.0

    def draw(self, rng: np.random.Generator, sizes: Array, count: int) -> Array:
        wild = rng.random((sizes.size, count)) < self.share
        mean = 1 + self.share * (self.by - 1)
        return np.asarray(rng.gamma(2.0, 0.5, wild.shape) * np.where(wild, self.by, 1.0) / mean)
