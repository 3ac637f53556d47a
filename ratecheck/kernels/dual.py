"""Dual activations: kernels of random features phi(<w, x>) with standard Gaussian w."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from ratecheck import check
from ratecheck.kernels import arcs
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.dual_closed import CLOSED, EXACT
from ratecheck.kernels.geometry import halves, polar
from ratecheck.kernels.homogeneous import (
    homogeneous_diagonal,
    homogeneous_gradient,
    homogeneous_gram,
)
from ratecheck.numerics import duals
from ratecheck.numerics.activations import ACTIVATIONS
from ratecheck.types import Array, InputError, UnsupportedError

if TYPE_CHECKING:
    from ratecheck.kernels.field import Field, Value


@final
@dataclass(frozen=True, slots=True)
class DualActivation(Kernel):
    """K(x, y) = E[phi(<w, x>) phi(<w, y>)], w standard Gaussian; phi' for phi if ``tangent``.

    On unit vectors this is the dual phi^(u) = sum_k a_k^2 u^k, a_k the Hermite coefficients, and
    the tangent kernel is its derivative. Points need not be unit vectors: erf, cos and square
    have closed forms in <x, x>, <x, y>, <y, y>; relu and abs are homogeneous (degree 1, tangent
    degree 0); tanh and softplus are summed as Hermite series of phi(|x| .), which reaches full
    accuracy for |x| up to about 4 (tanh) and 8 (softplus; gradients: 3 and 6) and is refused
    beyond. Points of one common length are served by a polynomial in u, about thirty times as
    fast as mixed lengths.

    Parameters
    ----------
    activation : {"erf", "tanh", "softplus", "cos", "square", "relu", "abs"}
        phi; "square" is x^2, relu'(0) = 1/2 and the sign of 0 is 0.
    tangent : bool
        Use phi' instead of phi.

    Notes
    -----
    Theory note A5: erf (2/pi) asin(2 u/3), cos e^{-1} cosh u, square 1 + 2 u^2, relu kappa_1(u)/2,
    abs kappa_1(u) + kappa_1(-u).

    Examples
    --------
    >>> import numpy as np
    >>> DualActivation(activation="square").profile(np.array([0.5]))
    array([1.5])
    """

    activation: str
    tangent: bool = False

    def __post_init__(self) -> None:
        """Check activation and flag."""
        check.choice("activation", self.activation, tuple(ACTIVATIONS))
        if not isinstance(self.tangent, bool):
            raise InputError(f"tangent must be True or False, got {self.tangent!r}")

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    @property
    def _key(self) -> tuple[str, bool]:
        return self.activation, self.tangent

    @property
    def _degree(self) -> int | None:
        degree = ACTIVATIONS[self.activation].degree
        return None if degree is None else degree - self.tangent

    def _gram(self, X: Array, Y: Array) -> Array:
        if self._degree is not None:
            return homogeneous_gram(X, Y, self._degree, self._zonal)
        if self._key in CLOSED:
            return CLOSED[self._key](*_moments(X, Y))[0]
        return self._series(X, Y, self.tangent, self.tangent)

    def _diagonal(self, X: Array) -> Array:
        if self._degree is not None:
            return homogeneous_diagonal(X, self._degree, self._zonal)
        s = np.einsum("ij,ij->i", X, X)
        if self._key in CLOSED:
            return CLOSED[self._key](s, s, s)[0]
        return duals.second_moments(self.activation, np.sqrt(s), int(self.tangent))

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        if self._degree is not None:
            return homogeneous_gradient(X, Y, W, self._degree, self._zonal, self._slope)
        if self._key in CLOSED:
            _, mixed, own = CLOSED[self._key](*_moments(X, Y))
        else:  # d/d<x,y> = E[phi'(U) phi'(V)], d/d<x,x> = E[phi''(U) phi(V)]/2
            j = int(self.tangent)
            mixed = self._series(X, Y, j + 1, j + 1)
            own = 0.5 * self._series(X, Y, j + 2, j)
        return np.asarray((W * mixed) @ Y + 2.0 * np.sum(W * own, axis=1, keepdims=True) * X)

    def _admit(self, name: str, X: Array) -> None:
        check.points(name, X)
        if self._degree is None and self._key not in CLOSED:
            longest = float(np.sqrt(np.max(np.einsum("ij,ij->i", X, X))))
            duals.length(self.activation, longest, int(self.tangent))  # raises if too long

    def _zonal(self, t: Array, v: Array) -> Array:
        if self._degree is not None:
            order, sign = 1 - self.tangent, -1.0 if self.tangent else 1.0
            if self.activation == "relu":
                return 0.5 * arcs.kappa(order, t, v)
            return arcs.kappa(order, t, v) + sign * arcs.kappa(order, v, t)
        if self._key in CLOSED:
            one = np.ones_like(t)
            return CLOSED[self._key](1.0 - t, one, one)[0]
        return self._sum(1.0 - t, np.ones(1), np.ones(1), self.tangent, self.tangent)

    def _slope(self, t: Array, v: Array) -> Array:
        order, sign = 1 - self.tangent, 1.0 if self.tangent else -1.0
        if self.activation == "relu":
            return 0.5 * arcs.kappa_slope(order, t, v)
        return arcs.kappa_slope(order, t, v) + sign * arcs.kappa_slope(order, v, t)

    def _series(self, X: Array, Y: Array, i: int, j: int) -> Array:
        (p, x), (q, y) = polar(X), polar(Y)
        return self._sum(1.0 - halves(x, y)[0], p[:, 0], q[:, 0], i, j)

    def _sum(self, u: Array, p: Array, q: Array, i: int, j: int) -> Array:
        return duals.by_series(self.activation, u, p, q, int(i), int(j))

    def _exact(self, u: Value, field: Field) -> Value:
        if self._key not in EXACT:
            raise UnsupportedError(f"{self!r} has no closed form, only a Hermite series")
        return EXACT[self._key](u, field)


def _moments(X: Array, Y: Array) -> tuple[Array, Array, Array]:
    """Return <x, y> (n, m), <x, x> (n, 1) and <y, y> (1, m)."""
    s, q = (np.einsum("ij,ij->i", Z, Z) for Z in (X, Y))
    return X @ Y.T, s[:, None], q[None, :]
