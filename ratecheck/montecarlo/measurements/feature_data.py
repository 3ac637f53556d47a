"""Where a sensitivity's data come from: random points and labels, or two classes of a data set."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, final

import numpy as np

from ratecheck import check
from ratecheck.datasets import Dataset, load, pair
from ratecheck.datasets.folder import VARIABLE
from ratecheck.montecarlo.measured import Streams
from ratecheck.random_features.inputs import Inputs, draw_problem
from ratecheck.types import Array, InputError


class FeatureData(ABC):
    """A source of data X (N, d), labels Y (N,) and test points z (m, d)."""

    __slots__ = ()

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Number of columns d."""

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the data sets that points come from, none for random ones."""
        return ()

    @abstractmethod
    def draw(self, N: int, m: int, streams: Streams) -> tuple[Array, Array, Array]:
        """Return X, Y, z; X and Y of fewer points are their first rows."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Synthetic(FeatureData):
    """x, z ~ N(0, I_d) or on the sphere of radius sqrt(d); y ~ N(0, 1) (theory note G)."""

    d: int
    inputs: Inputs = "gaussian"

    @property
    def dimension(self) -> int:
        """As given."""
        return self.d

    def draw(self, N: int, m: int, streams: Streams) -> tuple[Array, Array, Array]:
        """Draw everything from the stream of the design."""
        drawn = draw_problem(self.inputs, N, m, self.d, streams("design"))
        return drawn.data.X, drawn.Y, drawn.data.z


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class ClassPair(FeatureData):
    """Two classes with labels -1 and +1 (or none), rows drawn without replacement.

    Raw pixels in [0, 1] are what the paper's code uses. Centred: the mean of the N drawn rows is
    subtracted and one factor makes their mean square length d, as in the synthetic case.

    Parameters
    ----------
    dataset : {"digits", "mnist", "cifar10"}
        The last two from a local folder (`ratecheck.datasets.load`).
    first, second : str
        Classes.
    labels : {"class", "random"}
        Those of the data set, or N(0, 1) without any relation to the points.
    pixels : {"raw", "centred"}
    """

    dataset: str
    first: str
    second: str
    labels: Literal["class", "random"] = "class"
    pixels: Literal["raw", "centred"] = "raw"

    def __post_init__(self) -> None:
        """Check the kinds; the data set is looked at when it is needed."""
        check.choice("labels", self.labels, ("class", "random"))
        check.choice("pixels", self.pixels, ("raw", "centred"))

    @property
    def dimension(self) -> int:
        """Number of pixels."""
        return self._rows().dimension

    @property
    def datasets(self) -> tuple[str, ...]:
        """The one that the classes are taken from."""
        return (self.dataset,)

    def draw(self, N: int, m: int, streams: Streams) -> tuple[Array, Array, Array]:
        """Draw N rows to fit and m others to test."""
        data = self._rows()
        if data.size < N + m:
            raise InputError(f"{data.name} has {data.size} rows, {N} + {m} are asked for")
        chosen = streams("split").permutation(data.size)[: N + m]
        X = data.X[chosen]
        if self.pixels == "centred":
            X = X - X[:N].mean(axis=0)
            X *= np.sqrt(data.dimension / np.mean(np.sum(X[:N] ** 2, axis=1)))
        if self.labels == "random":
            return X[:N], streams("noise").standard_normal(N), X[N:]
        return X[:N], np.asarray(data.y[chosen[:N]], dtype=np.float64), X[N:]

    def _rows(self) -> Dataset:
        return _class_pair(self.dataset, self.first, self.second, os.environ.get(VARIABLE))


@lru_cache(maxsize=4)
def _class_pair(name: str, first: str, second: str, _: str | None) -> Dataset:
    """Load a pair once for each folder of local files."""
    check.choice("dataset", name, ("digits", "mnist", "cifar10"))
    return pair(load(name), first, second)
