"""Geodesic caps of spheres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.risk.attack.region import ROUNDING, Region, angle, unit
from ratecheck.types import Array, BoolArray


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Cap(Region):
    """The points of the unit sphere within geodesic angle ``radius`` of x."""

    radius: float

    def enlarged(self, by: float) -> Cap:
        """Return the region with a larger radius."""
        return Cap(radius=self.radius + by)

    def project(self, Z: Array, X: Array) -> Array:
        """Return the nearest points of the cap: on the great circle through x and z.

        <z, cos(a) x + sin(a) e> is largest at the angle of z, or at the rim if that is beyond.
        """
        U, valid = unit(Z), np.any(Z != 0, axis=1)
        tangent = unit(U - _dot(U, X) * X)
        tangent = unit(tangent - _dot(tangent, X) * X)  # once more: digits are lost near x
        rim = np.cos(self.radius) * X + np.sin(self.radius) * tangent
        near = (angle(U, X) <= self.radius) & valid
        return np.where(near[:, None], U, np.where(np.any(tangent, axis=1)[:, None], unit(rim), X))

    def direction(self, Z: Array, G: Array) -> Array:
        """Return the unit vector of the tangential part of G."""
        return unit(self.tangent(Z, G))

    def tangent(self, Z: Array, G: Array) -> Array:
        """Return the part of G orthogonal to Z."""
        return G - _dot(G, Z) * Z

    def diameter(self, dimension: int) -> float:
        """Return the chord of the angle 2 r."""
        return float(2.0 * np.sin(min(self.radius, np.pi / 2)))

    def images(self, C: Array) -> Array:
        """Return the points."""
        return C

    def draw(self, X: Array, rng: np.random.Generator) -> Array:
        """Return a point in a random direction, at an angle r U^{1/d}, U uniform in [0, 1]."""
        far = min(self.radius, np.pi) * rng.random((len(X), 1)) ** (1 / (X.shape[1] - 1))
        step = self.direction(X, rng.standard_normal(X.shape))
        return unit(np.cos(far) * X + np.sin(far) * step)

    def distance(self, Z: Array, X: Array) -> Array:
        """Return the angle between z and x."""
        return angle(Z, X)

    def inside(self, Z: Array) -> BoolArray:
        """Tell which points have length 1."""
        return np.asarray(np.abs(np.linalg.norm(Z, axis=1) - 1.0) <= ROUNDING)


def _dot(X: Array, Y: Array) -> Array:
    return np.asarray(np.einsum("ij,ij->i", X, Y)[:, None])
