"""First-layer weights, given or drawn, handed out in groups of neurons."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, final

import numpy as np

from ratecheck import check
from ratecheck.types import Array, InputError

GROUP: Final = 2048  # neurons at once: 20 MB at 1200 data points


class Weights(ABC):
    """The columns of a matrix (d, k), in order; every pass over them sees the same numbers."""

    __slots__ = ()

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Number of rows d."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Number of columns k."""

    @abstractmethod
    def groups(self, edges: Sequence[int]) -> Iterator[Array]:
        """Yield the columns between consecutive edges (increasing, starting at 0), (d, b) each."""


@final
@dataclass(frozen=True, eq=False, slots=True)
class GivenWeights(Weights):
    """A matrix in memory."""

    matrix: Array

    @property
    def dimension(self) -> int:
        """Rows."""
        return int(self.matrix.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.matrix.shape[1])

    def groups(self, edges: Sequence[int]) -> Iterator[Array]:
        """Yield slices."""
        for start, stop in pairwise(edges):
            yield self.matrix[:, start:stop]


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class DrawnWeights(Weights):
    """Independent N(0, 1/d) entries, drawn neuron by neuron whenever they are asked for.

    The first k neurons are the same whatever the width, so widths are nested, and no matrix of
    all of them is kept: two passes cost two draws and no memory.
    """

    dimension: int
    width: int
    generator: np.random.Generator

    def __post_init__(self) -> None:
        """Check the sizes; keep the generator's present state, whatever is drawn from it later."""
        check.integer("d", self.dimension, low=1)
        check.integer("k", self.width, low=1)
        object.__setattr__(self, "generator", copy.deepcopy(random_source(self.generator)))

    def groups(self, edges: Sequence[int]) -> Iterator[Array]:
        """Yield freshly drawn groups."""
        rng = copy.deepcopy(self.generator)
        for start, stop in pairwise(edges):
            neurons = rng.standard_normal((stop - start, self.dimension))
            neurons /= np.sqrt(self.dimension)
            yield neurons.T


def random_source(rng: Any) -> np.random.Generator:  # noqa: ANN401 - judged here
    """Return ``rng`` if it is a generator, or raise `InputError`."""
    if not isinstance(rng, np.random.Generator):
        raise InputError(f"rng must be a numpy.random.Generator, got {rng!r}: default_rng(0)")
    return rng


def edges_of(widths: Sequence[int], group: int | None = None) -> list[int]:
    """Return edges of groups that contain every width, at most ``group`` (`GROUP`) neurons each.

    >>> edges_of((3, 10), group=4)
    [0, 3, 7, 10]
    """
    edges = [0]
    for width in widths:
        while edges[-1] < width:
            edges.append(min(edges[-1] + (group or GROUP), width))
    return edges
