"""The ball that an attack may use, cut by a box, and projected gradient ascent's settings.

The projection is in this order: first the ball around the clean point, then the box. (Public code
of arXiv 2210.12030 clips to the box first, clamps an l-infinity start as if it were l2 and adds
the start twice; theory note H.) Clipping to the box moves a point towards the clean one in every
coordinate, so that a clean point inside the box keeps the ball. Needs no jax: ``xp`` is numpy, or
`jax.numpy` under jax's transformations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ratecheck import check
from ratecheck.risk.attack import Box, EuclideanBall, MaximumBall, Region
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Ball:
    """All points within ``radius`` of the clean one in a norm, and in the box.

    Parameters
    ----------
    radius : float
        At least 0.
    norm : {math.inf, 2}
    box : (float, float) or None
        Interval that every coordinate stays in, such as that of a pixel.

    Raises
    ------
    InputError
        If a parameter is out of its range.
    """

    radius: float
    norm: float = math.inf
    box: tuple[float, float] | None = (0.0, 1.0)

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.nonnegative("radius", self.radius)
        check.choice("norm", self.norm, (math.inf, 2))
        ends = (0.0, 1.0) if self.box is None else tuple(check.number("box", x) for x in self.box)
        if len(ends) != 2 or ends[0] >= ends[1]:
            raise InputError(f"box must be (low, high) with low < high, or None; got {self.box!r}")

    @property
    def region(self) -> Region:
        """The same set for the attacks of `ratecheck.risk`, which project onto both at once."""
        box = Box() if self.box is None else Box(low=self.box[0], high=self.box[1])
        kind = MaximumBall if math.isinf(self.norm) else EuclideanBall
        return kind(radius=self.radius, box=box)

    def project(self, X: Any, Z: Any, xp: Any = np) -> Any:  # noqa: ANN401 - numpy or jax arrays
        """Return Z (n, d) projected onto the balls around the rows of X, then onto the box."""
        if math.isinf(self.norm):
            Z = X + xp.clip(Z - X, -self.radius, self.radius)
        else:
            Z = X + (Z - X) * xp.minimum(1.0, self.radius / self._length(Z - X, xp))
        return Z if self.box is None else xp.clip(Z, *self.box)

    def ascent(self, gradient: Any, xp: Any = np) -> Any:  # noqa: ANN401 - numpy or jax arrays
        """Return the steepest direction (n, d), of length one in the norm; 0 for gradient 0."""
        if math.isinf(self.norm):
            return xp.sign(gradient)
        return gradient / self._length(gradient, xp)

    def starts(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Return offsets (..., d), independent and uniform in the ball (without the box)."""
        if math.isinf(self.norm):
            return rng.uniform(-self.radius, self.radius, shape)
        direction = rng.standard_normal(shape)
        direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
        depth = rng.uniform(size=(*shape[:-1], 1)) ** (1.0 / shape[-1])
        return np.asarray(self.radius * depth * direction)

    def distances(self, X: Array, Z: Array) -> Array:
        """Return the lengths (n,) of the rows of Z - X in the norm."""
        return np.asarray(np.linalg.norm(Z - X, ord=self.norm, axis=-1))

    def admit(self, X: Array) -> Array:
        """Return X if all its entries are in the box, or raise `InputError`."""
        if self.box is not None and not (X.min() >= self.box[0] and X.max() <= self.box[1]):
            span = f"[{X.min():g}, {X.max():g}]"
            raise InputError(f"points span {span}, outside the attack's box {self.box}: rescale")
        return X

    def _length(self, D: Any, xp: Any) -> Any:  # noqa: ANN401 - numpy or jax arrays
        length = xp.sqrt(xp.sum(D * D, axis=-1, keepdims=True))
        return xp.where(length == 0, 1.0, length)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class PGD:
    """Settings of projected gradient ascent.

    Parameters
    ----------
    ball : Ball
    steps : int
        At least 1.
    rate : float, optional
        Length of a step in the ball's norm; 2.5 radius / steps unless given.
    random : bool
        Start from a uniform point of the ball, drawn and added once, else from its centre.
    """

    ball: Ball
    steps: int = 10
    rate: float | None = None
    random: bool = True

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.integer("steps", self.steps, low=1)
        if self.rate is not None:
            check.positive("rate", self.rate)

    @property
    def step(self) -> float:
        """Length of a step."""
        return 2.5 * self.ball.radius / self.steps if self.rate is None else self.rate

    def starts(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Return the offsets (..., d) of the starting points."""
        return self.ball.starts(rng, shape) if self.random else np.zeros(shape)
