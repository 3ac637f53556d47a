"""Balls of the Euclidean and of the maximum norm, within a box or on the torus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.risk.attack.region import Region, unit
from ratecheck.types import Array, BoolArray


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """The coordinates between ``low`` and ``high``; infinite ends for the whole space.

    With a ``period``, points that differ by a multiple of it in a coordinate are the same.
    """

    low: float = -np.inf
    high: float = np.inf
    period: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether there is no constraint."""
        return self.low == -np.inf and self.high == np.inf

    def clip(self, Z: Array) -> Array:
        """Return the nearest points of the box."""
        return Z if self.is_whole else np.clip(Z, self.low, self.high)

    def kept(self, Z: Array, G: Array) -> Array:
        """Return G with 0 in the coordinates where Z is at the end that G points to."""
        if self.is_whole:
            return G
        out = np.logical_or((self.low >= Z) & (G < 0), (self.high <= Z) & (G > 0))
        return np.where(out, 0.0, G)

    def images(self, C: Array, radius: float) -> Array:
        """Return the points shifted by all multiples of the period up to a radius beyond one."""
        if not self.period:
            return C
        reach = int(np.ceil(radius / self.period)) + 1
        shifts = self.period * np.arange(-reach, reach + 1)
        return np.concatenate([C + shift for shift in shifts])

    def holds(self, Z: Array) -> BoolArray:
        """Tell which rows are in the box."""
        return np.asarray(np.logical_and(self.low <= Z, self.high >= Z).all(axis=1))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class EuclideanBall(Region):
    """|x' - x|_2 <= radius, within a box."""

    radius: float
    box: Box = Box()

    def enlarged(self, by: float) -> EuclideanBall:
        """Return the region with a larger radius."""
        return EuclideanBall(radius=self.radius + by, box=self.box)

    def project(self, Z: Array, X: Array) -> Array:
        """Return the nearest points of ball and box together.

        The Karush-Kuhn-Tucker conditions give x + clip(c (z - x)) with one factor c in [0, 1] per
        row, the largest that keeps the length within the radius.
        """
        V = Z - X
        room = np.where(V > 0, self.box.high - X, X - self.box.low)
        V *= _factor(np.abs(V), room, self.radius)[:, None]
        return self.box.clip(X + V)

    def direction(self, Z: Array, G: Array) -> Array:
        """Return G / |G|, without the coordinates that would leave the box."""
        return unit(self.box.kept(Z, G))

    def tangent(self, Z: Array, G: Array) -> Array:
        """Return G without the coordinates that would leave the box."""
        return self.box.kept(Z, G)

    def diameter(self, dimension: int) -> float:
        """Return 2 r."""
        return 2.0 * self.radius

    def images(self, C: Array) -> Array:
        """Return the points and, on a torus, their shifts."""
        return self.box.images(C, self.radius)

    def draw(self, X: Array, rng: np.random.Generator) -> Array:
        """Return a uniform point of the ball, moved into the box."""
        length = self.radius * rng.random((len(X), 1)) ** (1 / X.shape[1])
        return self.project(X + length * unit(rng.standard_normal(X.shape)), X)

    def distance(self, Z: Array, X: Array) -> Array:
        """Return |z - x|_2."""
        return np.asarray(np.linalg.norm(Z - X, axis=1))

    def inside(self, Z: Array) -> BoolArray:
        """Tell which points are in the box."""
        return self.box.holds(Z)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class MaximumBall(Region):
    """|x' - x|_inf <= radius, within a box."""

    radius: float
    box: Box = Box()

    def enlarged(self, by: float) -> MaximumBall:
        """Return the region with a larger radius."""
        return MaximumBall(radius=self.radius + by, box=self.box)

    def project(self, Z: Array, X: Array) -> Array:
        """Return the coordinates clipped to both intervals."""
        return self.box.clip(np.clip(Z, X - self.radius, X + self.radius))

    def direction(self, Z: Array, G: Array) -> Array:
        """Return the sign of G."""
        return np.sign(G)

    def tangent(self, Z: Array, G: Array) -> Array:
        """Return G without the coordinates that would leave the box."""
        return self.box.kept(Z, G)

    def diameter(self, dimension: int) -> float:
        """Return 2 r sqrt(d)."""
        return float(2.0 * self.radius * np.sqrt(dimension))

    def images(self, C: Array) -> Array:
        """Return the points and, on a torus, their shifts."""
        return self.box.images(C, self.radius)

    def draw(self, X: Array, rng: np.random.Generator) -> Array:
        """Return a random corner for half of the rows, a uniform point for the others."""
        step = rng.uniform(-1, 1, X.shape)
        corner = rng.random(len(X)) < 0.5
        step[corner] = np.sign(step[corner])
        return self.project(X + self.radius * step, X)

    def distance(self, Z: Array, X: Array) -> Array:
        """Return |z - x|_inf."""
        return np.asarray(np.abs(Z - X).max(axis=1))

    def inside(self, Z: Array) -> BoolArray:
        """Tell which points are in the box."""
        return self.box.holds(Z)


def _factor(a: Array, room: Array, radius: float) -> Array:
    """Return the largest c in [0, 1] with sum_i min(c a_i, room_i)^2 <= radius^2, per row.

    The sum is a quadratic in c between the points where a further coordinate meets its wall.
    """
    cut = np.minimum(a, room)
    inside = np.einsum("ij,ij->i", cut, cut) <= radius**2
    if np.isinf(room).all():
        length = np.linalg.norm(a, axis=1)
        return np.where(inside, 1.0, radius / np.where(length == 0, 1.0, length))
    walls = np.where(a > 0, room / np.where(a > 0, a, 1.0), np.inf)
    order = np.argsort(walls, axis=1)
    walls, a, room = (np.take_along_axis(v, order, axis=1) for v in (walls, a, room))
    free = np.cumsum(a[:, ::-1] ** 2, axis=1)[:, ::-1]  # of the coordinates not yet at a wall
    fixed = np.cumsum(np.where(np.isfinite(walls), room, 0.0) ** 2, axis=1)
    fixed = np.hstack([np.zeros((len(a), 1)), fixed[:, :-1]])
    left = np.maximum(radius**2 - fixed, 0.0)
    c = np.sqrt(left / np.where(free > 0, free, 1.0))
    piece = np.argmax((c <= walls) & (free > 0), axis=1)  # the first piece that holds its own root
    return np.where(inside, 1.0, c[np.arange(len(a)), piece])
