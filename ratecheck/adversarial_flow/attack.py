"""Attacks on functions with several outputs: plain projected gradient, and Auto-PGD with restarts.

A point outside ball or box is projected onto the ball first, then onto the box (for l2 onto both
at once, see `ratecheck.risk.attack.EuclideanBall`), so that every iterate is admissible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.adversarial_flow.outputs import Objective, Scores, margin_loss
from ratecheck.risk.attack import Box, EuclideanBall, MaximumBall, Region
from ratecheck.risk.attack.ascent import ascend
from ratecheck.types import Array, BoolArray, InputError, IntArray


def ball(radius: float, norm: float, box: tuple[float, float] | None) -> Region:
    """Return the adversary's region.

    Parameters
    ----------
    radius : float
        >= 0.
    norm : {2, inf}
    box : (float, float), optional
        Range of every coordinate.

    Raises
    ------
    InputError
        Negative radius, another norm, an empty box.
    """
    check.nonnegative("radius", radius)
    if norm not in (2, math.inf):
        raise InputError(f"norm must be 2 or math.inf, got {norm!r}")
    low, high = (-math.inf, math.inf) if box is None else box
    if not low < high:
        raise InputError(f"box must be (low, high) with low < high, got {box!r}")
    kind = EuclideanBall if norm == 2 else MaximumBall
    return kind(radius=float(radius), box=Box(low=float(low), high=float(high)))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class PGD:
    """Projected gradient ascent with a fixed step from one random point.

    Attributes
    ----------
    steps : int
        At least 1.
    share : float
        Length of a step as a share of the radius.
    """

    steps: int = 10
    share: float = 0.2

    def __post_init__(self) -> None:
        """Check the settings."""
        check.integer("steps", self.steps, low=1)
        check.positive("share", self.share)

    def __call__(
        self, objective: Objective, X: Array, region: Region, rng: np.random.Generator
    ) -> Array:
        """Return where the ascents ended, shape (m, d); with radius 0, X."""
        if region.radius == 0:
            return X
        Z = region.project(X + region.radius * rng.uniform(-1, 1, X.shape), X)
        for _ in range(self.steps):
            step = self.share * region.radius * region.direction(Z, objective(Z)[1])
            Z = region.project(Z + step, X)
        return Z


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Restarts:
    """Auto-PGD from the clean point and from random points; per point the worst of all.

    Attributes
    ----------
    starts, steps : int
        At least 1.
    """

    starts: int = 2
    steps: int = 20

    def __post_init__(self) -> None:
        """Check the settings."""
        check.integer("starts", self.starts, low=1)
        check.integer("steps", self.steps, low=1)

    def __call__(
        self, objective: Objective, X: Array, region: Region, rng: np.random.Generator
    ) -> tuple[Array, Array]:
        """Return the worst points (m, d) found, and their losses (m,)."""
        worst, losses = X, objective(X)[0]
        for index in range(self.starts if region.radius > 0 else 0):
            start = X if index == 0 else region.draw(X, rng)
            found, values = ascend(objective, start, X, region, self.steps, 2 * region.radius)
            better = values > losses
            worst, losses = np.where(better[:, None], found, worst), np.maximum(losses, values)
        return worst, losses


def margins(
    f: Scores,
    X: Array,
    labels: IntArray,
    region: Region,
    rng: np.random.Generator,
    search: Restarts | None = None,
) -> Array:
    """Return the largest margin found against the true class of each point, shape (m,).

    Positive: misclassified somewhere in the region. The share of the others, the robust accuracy
    under this attack, is an upper bound of the robust accuracy.

    Parameters
    ----------
    f : Scores
        `Outputs`, or anything with its two methods.
    X : array of shape (m, d)
    labels : array of shape (m,)
        Columns of f.
    region : Region
    rng : Generator
    search : Restarts, optional
    """
    _admitted(f, X, labels)
    return (search or Restarts())(margin_loss(f, labels), X, region, rng)[1]


def survivors(
    f: Scores,
    X: Array,
    labels: IntArray,
    region: Region,
    rng: np.random.Generator,
    search: Restarts | None = None,
) -> BoolArray:
    """Return which points are classified rightly wherever the attack looked, shape (m,).

    As ``margins(...) <= 0``, but points that have been misclassified are not attacked again.
    """
    scores, rules = _admitted(f, X, labels), search or Restarts()
    alive = np.asarray(scores.argmax(axis=1) == labels)
    for index in range(rules.starts if region.radius > 0 else 0):
        rows = np.flatnonzero(alive)
        if rows.size == 0:
            break
        start = X[rows] if index == 0 else region.draw(X[rows], rng)
        objective, first_step = margin_loss(f, labels[rows]), 2 * region.radius
        found = ascend(objective, start, X[rows], region, rules.steps, first_step)[1]
        alive[rows] = found <= 0
    return alive


def _admitted(f: Scores, X: Array, labels: IntArray) -> Array:
    """Return the scores, or raise `InputError` where the labels are none of their columns."""
    scores = f(X)
    if labels.shape != (len(X),) or labels.min() < 0 or labels.max() >= scores.shape[1]:
        raise InputError(f"labels must be {len(X)} integers in 0 ... {scores.shape[1] - 1}")
    return scores
