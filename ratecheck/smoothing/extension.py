"""How a function goes on beyond its domain: noise leaves every bounded set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final, get_args

import numpy as np

from ratecheck import check
from ratecheck.charts import turns
from ratecheck.functions import Function
from ratecheck.types import Array, InputError

ExtensionName = Literal["natural", "ambient", "clipped", "periodic", "reflected"]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """What f(x + sigma Z) means where x + sigma Z lies outside the domain.

    Parameters
    ----------
    name : str
        "natural": torus and circle are closed (on the circle Z turns the angle, in radians),
        `NeumannSobolev` goes on by reflection, every other fit by its kernel's formula on R^d
        (`Brownian` fits: linear to the left of 0, constant to the right of the last knot);
        "ambient": the kernel's formula on R^d, on the circle too, whose points then leave it;
        "clipped": f at the nearest point of the cube; "periodic", "reflected": coordinates modulo
        the interval, and mirrored at its ends.
    low, high : float
        The interval of each coordinate, for the last three names.
    """

    name: ExtensionName = "natural"
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """Validate name and interval."""
        check.choice("extension", self.name, get_args(ExtensionName))
        low, high = check.number("low", self.low), check.number("high", self.high)
        if low >= high:
            raise InputError(f"the interval must have low < high, got {low!r}, {high!r}")

    def fold(self, X: Array) -> Array:
        """Return the points (m, d) at which the unextended function is evaluated instead."""
        length = self.high - self.low
        match self.name:
            case "clipped":
                return np.clip(X, self.low, self.high)
            case "periodic":
                return self.low + length * turns((X - self.low) / length)
            case "reflected":
                turn = turns((X - self.low) / (2 * length))
                return self.low + 2 * length * np.minimum(turn, 1 - turn)
        return X

    def kinks(self, centres: Array, low: float, high: float) -> Array:
        """Return where in [low, high] the extended function of one variable may not be smooth.

        ``centres`` (n,) are the kinks of the function itself.
        """
        ends = np.array([self.low, self.high])
        match self.name:
            case "clipped":
                inside = centres[(centres > self.low) & (centres < self.high)]
                found = np.concatenate([inside, ends])
            case "periodic":
                found = self._images(np.append(centres, ends), self.high - self.low, low, high)
            case "reflected":
                both = np.concatenate([centres, 2 * self.low - centres, ends])
                found = self._images(both, 2 * (self.high - self.low), low, high)
            case _:
                found = centres
        return np.unique(found[(found > low) & (found < high)])

    def _images(self, points: Array, period: float, low: float, high: float) -> Array:
        first = np.floor((low - points.max()) / period)
        last = np.ceil((high - points.min()) / period)
        return np.add.outer(period * np.arange(first, last + 1), points).ravel()


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Extended(Function):
    """A function with its extension to R^d."""

    function: Function
    extension: Extension

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (m,)."""
        return self.function(self.extension.fold(X))
