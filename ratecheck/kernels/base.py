"""The kernel contract: one required method, checked shapes, an algebra.

Subclasses are final and supply ``_gram``; the other hooks (``_diagonal``, ``_gradient``,
``_admit``, ``_zonal``, ``_exact``) have a default that says what is missing, and are supplied where
there is a formula. The public methods are never overridden.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ratecheck import check
from ratecheck.kernels import tiling
from ratecheck.kernels.field import exact
from ratecheck.types import Array, InputError, UnsupportedError

if TYPE_CHECKING:
    from ratecheck.kernels.field import Field, Value

_BLOCK = 64


class Kernel(ABC):
    """A symmetric positive semi-definite function K(x, y) of two points.

    Points are rows of float64 arrays of shape (n, d). ``K(X, Y)`` is the (n, m) matrix of values,
    ``diagonal(X)`` its diagonal for Y = X. Kernels add, multiply, and scale by positive numbers.
    A *zonal* kernel is a function of u = <x, y> on unit vectors: ``profile`` evaluates it.
    """

    __slots__ = ()

    def __call__(self, X: Array, Y: Array) -> Array:
        """Return the matrix of K(x_i, y_j).

        Parameters
        ----------
        X : array of shape (n, d)
            First arguments.
        Y : array of shape (m, d)
            Second arguments; pass the same object as ``X`` for an exactly symmetric matrix at
            half the cost.

        Returns
        -------
        array of shape (n, m)

        Raises
        ------
        InputError
            Wrong shape, NaN or infinite entries, points outside the kernel's domain.
        """
        first, second = self._pair(X, Y)
        return tiling.gram(self._tiles(), first, second)

    def diagonal(self, X: Array) -> Array:
        """Return K(x_i, x_i), shape (n,), for points of shape (n, d)."""
        points = self._checked("X", X)
        values = self._diagonal(points)
        if values.shape != (len(points),):
            raise TypeError(f"{self!r} returned a diagonal of shape {values.shape}")
        return values

    def gradient(self, X: Array, Y: Array, weights: Array) -> Array:
        """Return the gradient at each x_i of x -> sum_j weights_j K(x, y_j).

        Shapes: X (n, d), centres Y (m, d), weights (m,); result (n, d). At a kink (x_i equal to
        a centre of a kernel that is not differentiable there) the term of that centre counts
        with the mean of its one-sided derivatives.
        """
        first, second = self._pair(X, Y)
        row = check.values("weights", weights, length=len(second))[None, :]
        out = np.empty_like(first)
        for i in tiling.row_blocks(len(first), len(second)):
            out[i] = self._gradient(first[i], second, row)
        return out

    def profile(self, u: Array) -> Array:
        """Return K(x, y) of unit vectors with <x, y> = u, for u in [-1, 1], any shape."""
        inner = check.finite("u", np.asarray(u, dtype=np.float64))
        if np.any(np.abs(inner) > 1 + 1e-12):
            raise InputError(f"u must lie in [-1, 1], got {inner.min()} to {inner.max()}")
        flat = np.clip(inner, -1.0, 1.0).ravel()
        return self._zonal(1.0 - flat, 1.0 + flat).reshape(inner.shape)

    def at_angle(self, theta: Array) -> Array:
        """Return K(x, y) of unit vectors at angle ``theta``; no digits are lost near 0 and pi."""
        angle = check.finite("theta", np.asarray(theta, dtype=np.float64))
        half = 0.5 * angle.ravel()
        values = self._zonal(2.0 * np.sin(half) ** 2, 2.0 * np.cos(half) ** 2)
        return values.reshape(angle.shape)

    def exact_profile(self, u: Value, field: Field) -> Value:
        """Return the profile at ``u`` in another arithmetic (see `ratecheck.kernels.field`)."""
        return self._exact(u, field)

    @property
    def is_zonal(self) -> bool:
        """Whether ``profile``, ``at_angle`` and ``exact_profile`` are defined."""
        return False

    def __add__(self, other: Kernel) -> Sum:
        """Return the kernel K + L."""
        return Sum(terms=(self, other)) if _is_kernel(other) else NotImplemented

    def __mul__(self, other: Kernel | float) -> Product | Scaled:
        """Return the kernel K L, or c K for a number c > 0."""
        if isinstance(other, Kernel):
            return Product(factors=(self, other))
        return Scaled(kernel=self, factor=check.positive("factor", other))

    def __rmul__(self, other: float) -> Product | Scaled:
        """Return the kernel c K for a number c > 0."""
        return self * other

    @abstractmethod
    def _gram(self, X: Array, Y: Array) -> Array:
        """Return the values (n, m) on one tile of checked points."""

    def _tiles(self) -> tiling.Tiles[Any]:
        """Return how tiles are made; kernels that can prepare their points once override it."""
        return tiling.unprepared(self._gram)

    def _diagonal(self, X: Array) -> Array:
        """Return the diagonal (n,); by tiles, where a kernel has no formula."""
        parts = [np.diagonal(self._gram(X[i], X[i])) for i in tiling.blocks(len(X), _BLOCK)]
        return np.concatenate(parts)

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        """Return sum_j W_ij grad_x K(x_i, y_j), shape (n, d); W has shape (n, m) or (1, m)."""
        raise UnsupportedError(f"{self!r} has no gradient: supply _gradient")

    def _gram_and_gradient(self, X: Array, Y: Array, W: Array) -> tuple[Array, Array]:
        """Return `_gram` and `_gradient` together: kernels with common parts share them."""
        return self._gram(X, Y), self._gradient(X, Y, W)

    def _admit(self, name: str, X: Array) -> None:
        """Raise `InputError` for points outside the kernel's domain; by default R^d."""
        check.points(name, X)

    def _zonal(self, t: Array, v: Array) -> Array:
        """Return the profile at u = 1 - t = v - 1; of t and v the smaller is the accurate one."""
        raise UnsupportedError(f"{self!r} is not a zonal kernel: it has no profile")

    def _exact(self, u: Value, field: Field) -> Value:
        """Return the profile over a field."""
        raise UnsupportedError(f"{self!r} has no closed-form profile over a field")

    def _checked(self, name: str, X: Array) -> Array:
        points = check.points(name, X)
        self._admit(name, points)
        return points

    def _pair(self, X: Array, Y: Array) -> tuple[Array, Array]:
        first = self._checked("X", X)
        second = first if Y is X else self._checked("Y", Y)
        if first.shape[1] != second.shape[1]:
            shapes = f"{first.shape} and {second.shape}"
            raise InputError(f"X and Y must have equally many columns, got shapes {shapes}")
        return first, second


def _is_kernel(value: object) -> bool:
    return isinstance(value, Kernel)


def _kernels(name: str, parts: tuple[Kernel, ...]) -> None:
    if len(parts) < 2 or not all(map(_is_kernel, parts)):
        raise InputError(f"{name} must be a tuple of at least two kernels, got {parts!r}")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Sum(Kernel):
    """The kernel (x, y) -> sum of K_i(x, y)."""

    terms: tuple[Kernel, ...]

    def __post_init__(self) -> None:
        """Check the terms."""
        _kernels("terms", self.terms)

    @property
    def is_zonal(self) -> bool:
        """Whether all terms are zonal."""
        return all(term.is_zonal for term in self.terms)

    def _gram(self, X: Array, Y: Array) -> Array:
        return reduce(add, (term._gram(X, Y) for term in self.terms))

    def _diagonal(self, X: Array) -> Array:
        return reduce(add, (term._diagonal(X) for term in self.terms))

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return reduce(add, (term._gradient(X, Y, W) for term in self.terms))

    def _gram_and_gradient(self, X: Array, Y: Array, W: Array) -> tuple[Array, Array]:
        pairs = [term._gram_and_gradient(X, Y, W) for term in self.terms]
        return reduce(add, (p[0] for p in pairs)), reduce(add, (p[1] for p in pairs))

    def _admit(self, name: str, X: Array) -> None:
        for term in self.terms:
            term._admit(name, X)

    def _zonal(self, t: Array, v: Array) -> Array:
        return reduce(add, (term._zonal(t, v) for term in self.terms))

    def _exact(self, u: Value, field: Field) -> Value:
        return reduce(add, (term._exact(u, field) for term in self.terms))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Product(Kernel):
    """The kernel (x, y) -> product of K_i(x, y)."""

    factors: tuple[Kernel, ...]

    def __post_init__(self) -> None:
        """Check the factors."""
        _kernels("factors", self.factors)

    @property
    def is_zonal(self) -> bool:
        """Whether all factors are zonal."""
        return all(factor.is_zonal for factor in self.factors)

    def _gram(self, X: Array, Y: Array) -> Array:
        return reduce(mul, (factor._gram(X, Y) for factor in self.factors))

    def _diagonal(self, X: Array) -> Array:
        return reduce(mul, (factor._diagonal(X) for factor in self.factors))

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        grams = [factor._gram(X, Y) for factor in self.factors]
        out = np.zeros_like(X)
        for i, factor in enumerate(self.factors):  # product rule
            others = reduce(mul, grams[:i] + grams[i + 1 :])
            out += factor._gradient(X, Y, W * others)
        return out

    def _admit(self, name: str, X: Array) -> None:
        for factor in self.factors:
            factor._admit(name, X)

    def _zonal(self, t: Array, v: Array) -> Array:
        return reduce(mul, (factor._zonal(t, v) for factor in self.factors))

    def _exact(self, u: Value, field: Field) -> Value:
        return reduce(mul, (factor._exact(u, field) for factor in self.factors))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Scaled(Kernel):
    """The kernel (x, y) -> factor K(x, y), factor > 0."""

    kernel: Kernel
    factor: float

    def __post_init__(self) -> None:
        """Check kernel and factor."""
        if not _is_kernel(self.kernel):
            raise InputError(f"kernel must be a kernel, got {self.kernel!r}")
        check.positive("factor", self.factor)

    @property
    def is_zonal(self) -> bool:
        """Whether the kernel is zonal."""
        return self.kernel.is_zonal

    def _gram(self, X: Array, Y: Array) -> Array:
        return self.factor * self.kernel._gram(X, Y)

    def _diagonal(self, X: Array) -> Array:
        return self.factor * self.kernel._diagonal(X)

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return self.factor * self.kernel._gradient(X, Y, W)

    def _gram_and_gradient(self, X: Array, Y: Array, W: Array) -> tuple[Array, Array]:
        values, gradient = self.kernel._gram_and_gradient(X, Y, W)
        return self.factor * values, self.factor * gradient

    def _admit(self, name: str, X: Array) -> None:
        self.kernel._admit(name, X)

    def _zonal(self, t: Array, v: Array) -> Array:
        return self.factor * self.kernel._zonal(t, v)

    def _exact(self, u: Value, field: Field) -> Value:
        return field.number(exact(self.factor)) * self.kernel._exact(u, field)
