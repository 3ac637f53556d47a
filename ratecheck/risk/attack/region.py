"""What an adversary may do: the points within a radius of x that belong to the domain."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

import numpy as np

from ratecheck.types import Array, BoolArray

ROUNDING = 1e-12  # of lengths, relative to the points and the radius


class Region(ABC):
    """The set of x' with |x' - x| <= radius, for each of m points x; arrays have shape (m, d)."""

    __slots__ = ()

    @property
    @abstractmethod
    def radius(self) -> float:
        """The radius r, in the unit of length of the domain."""

    @abstractmethod
    def project(self, Z: Array, X: Array) -> Array:
        """Return the admissible points nearest to the rows of Z."""

    @abstractmethod
    def direction(self, Z: Array, G: Array) -> Array:
        """Return the unit step of steepest ascent at Z for gradients G; 0 where G is 0."""

    @abstractmethod
    def tangent(self, Z: Array, G: Array) -> Array:
        """Return the part of the gradients G that the domain lets one follow at Z."""

    @abstractmethod
    def diameter(self, dimension: int) -> float:
        """Return the largest Euclidean distance of two admissible points in R^dimension."""

    @abstractmethod
    def images(self, C: Array) -> Array:
        """Return the points C (n, d) themselves, once for each of their images in the domain."""

    @abstractmethod
    def draw(self, X: Array, rng: np.random.Generator) -> Array:
        """Return one random admissible point for each row of X."""

    @abstractmethod
    def distance(self, Z: Array, X: Array) -> Array:
        """Return |z - x| in the norm of the region, shape (m,)."""

    @abstractmethod
    def inside(self, Z: Array) -> BoolArray:
        """Tell which points belong to the domain (not: whether they are near enough)."""

    @abstractmethod
    def enlarged(self, by: float) -> Region:
        """Return the region with a larger radius."""

    @final
    def widened(self, X: Array) -> Region:
        """Return a region that also holds points admitted by rounding."""
        return self.enlarged(ROUNDING * (float(np.abs(X).max()) + self.radius))

    @final
    def admits(self, Z: Array, X: Array) -> BoolArray:
        """Tell which rows of Z are admissible for X, up to rounding."""
        size = np.abs(X).max(axis=1, initial=0.0) + self.radius
        near = self.distance(Z, X) <= self.radius + ROUNDING * size
        return np.asarray(np.logical_and(near, self.inside(Z)))


def unit(V: Array) -> Array:
    """Return the rows divided by their lengths; zero rows stay zero."""
    size = np.linalg.norm(V, axis=1, keepdims=True)
    return np.asarray(V / np.where(size == 0, 1.0, size))


def angle(X: Array, Y: Array) -> Array:
    """Return the angles (m,) between unit rows, without loss of digits at 0 and pi."""
    apart, opposite = np.linalg.norm(X - Y, axis=1), np.linalg.norm(X + Y, axis=1)
    return np.asarray(2.0 * np.arctan2(apart, opposite))
