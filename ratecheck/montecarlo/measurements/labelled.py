"""Classification problems for kernels: training, held-out and test rows, some labels wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.datasets import NAMES, load
from ratecheck.montecarlo.measured import Streams
from ratecheck.types import Array, InputError, IntArray


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """Points, their labels, and the labels' indicators.

    Attributes
    ----------
    X : ndarray, shape (n, d)
    labels : ndarray of int, shape (n,)
    Y : ndarray, shape (n, C)
    """

    X: Array
    labels: IntArray
    Y: Array


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """Random rows of an image data set, pixels in the data's box (0 to 1 for digits).

    Parameters
    ----------
    data : str
        Name of a data set with classes, such as "digits".
    held : int
        Rows held out for validation.
    test : int
        Rows for testing; their labels are always right.
    wrong : float
        Share of training and held-out labels that are replaced by random ones.
    """

    data: str
    held: int
    test: int
    wrong: float = 0.0

    def __post_init__(self) -> None:
        """Check the settings."""
        check.choice("data", self.data, NAMES)
        check.integer("held", self.held, low=0)
        check.integer("test", self.test, low=1)
        if not 0 <= check.number("wrong", self.wrong) <= 1:
            raise InputError(f"wrong must be a share, got {self.wrong!r}")

    def draw(self, train: int, streams: Streams) -> tuple[Rows, Rows, Rows]:
        """Return training, held-out and test rows; equal streams give the same rows."""
        data = load(self.data)
        if data.classes is None:
            raise InputError(f"{data.name} has no classes")
        total = train + self.held + self.test
        if total > data.size:
            raise InputError(f"{data.name} has {data.size} rows, but {total} are wanted")
        order = streams("split").permutation(data.size)[:total]
        noise, count = streams("noise"), len(data.classes)
        labels = data.y[order].astype(np.int64)
        learnt = labels.copy()
        flipped = noise.random(total) < self.wrong
        learnt[flipped] = noise.integers(count, size=total)[flipped]
        learnt[train + self.held :] = labels[train + self.held :]
        ends = np.cumsum([train, self.held])
        return tuple(  # type: ignore[return-value] # three of them
            Rows(X=X, labels=own, Y=np.eye(count)[own])
            for X, own in zip(np.split(data.X[order], ends), np.split(learnt, ends), strict=True)
        )
