"""A gradient-free attack: random search over blocks of coordinates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.networks.ball import Ball
from ratecheck.networks.robustness.base import Attack, Search
from ratecheck.types import Array, BoolArray, InputError, IntArray


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class BlockSearch(Attack):
    """Random search in the manner of Square Attack (Andriushchenko et al. 2020).

    It asks for scores only, so it is not misled by gradients that vanish or lie. A query changes
    one square of pixels (or, where points are no images, as many coordinates at random), and
    is kept if the margin falls. In an l-infinity ball the square is set to one of the ends
    +- radius, the same for all its pixels of a channel; in an l2 ball it is moved by a random
    amount of up to the radius. The squares' share of the image falls from ``share`` like
    1 / (1 + 20 k / queries) with query k: a smooth form of the paper's schedule.

    Parameters
    ----------
    region : Ball
        Where it may search.
    queries : int
        Per point.
    image : (int, int, int), optional
        Height, width, channels.
    share : float
        In (0, 1].
    """

    region: Ball
    queries: int = 300
    image: tuple[int, int, int] | None = None
    share: float = 0.3

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.integer("queries", self.queries, low=1)
        if check.positive("share", self.share) > 1:
            raise InputError(f"share must be in (0, 1], got {self.share!r}")
        for side in self.image or ():
            check.integer("image", side, low=1)

    @property
    def name(self) -> str:
        """Such as ``block search 300``."""
        return f"block search {self.queries}"

    @property
    def ball(self) -> Ball:
        """Where it may search."""
        return self.region

    def run(self, search: Search, X: Array, rng: np.random.Generator) -> None:
        """Ask ``queries`` times."""
        if self.image is not None and math.prod(self.image) != X.shape[1]:
            raise InputError(f"images of shape {self.image} have no {X.shape[1]} columns")
        for query in range(self.queries):
            share = self.share / (1.0 + 20.0 * query / self.queries)
            blocks = self._blocks(rng, X.shape, share)
            search.ask(self.ball.project(X, self._moved(rng, X, search.points, blocks)))

    def _moved(self, rng: np.random.Generator, X: Array, Z: Array, blocks: BoolArray) -> Array:
        sign = rng.choice((-1.0, 1.0), (len(X), 1 if self.image is None else self.image[2]))
        change = self.ball.radius * np.tile(sign, (1, X.shape[1] // sign.shape[1]))
        if math.isinf(self.ball.norm):
            return np.where(blocks, X + change, Z)
        size = np.sqrt(np.maximum(blocks.sum(axis=1, keepdims=True), 1))
        return np.where(blocks, Z + rng.uniform(size=(len(X), 1)) * change / size, Z)

    def _blocks(self, rng: np.random.Generator, shape: tuple[int, ...], share: float) -> BoolArray:
        """Return which coordinates (n, d) of each point change."""
        if self.image is None:
            count = max(1, round(share * shape[1]))
            return np.argsort(rng.random(shape), axis=1) < count
        height, width = self.image[:2]
        side = max(1, min(height, width, round((share * height * width) ** 0.5)))
        top = rng.integers(0, height - side + 1, shape[0])
        left = rng.integers(0, width - side + 1, shape[0])
        rows, columns = (_between(*pair, side) for pair in ((top, height), (left, width)))
        square = rows[:, :, None, None] & columns[:, None, :, None]
        return np.broadcast_to(square, (shape[0], *self.image)).reshape(shape)


def _between(first: IntArray, count: int, side: int) -> BoolArray:
    """Return (n, count): whether an index lies in [first, first + side)."""
    index = np.arange(count)[None, :]
    return np.asarray((index >= first[:, None]) & (index < first[:, None] + side))
