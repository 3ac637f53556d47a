r"""Fits of infinite width: kernels of dual activations, k = infinity.

With w ~ N(0, I/d), K(x, y)/k converges to E[phi(<w,x>) phi(<w,y>)] (random features) or to
<x, y> E[phi'(<w,x>) phi'(<w,y>)] (tangent features): the dual activation, or that of phi', at the
points x / sqrt(d).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.filters import Filter
from ratecheck.functions import Function
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.dual import DualActivation
from ratecheck.kernels.geometry import halves, polar
from ratecheck.numerics import duals
from ratecheck.numerics.activations import ACTIVATIONS, Activation
from ratecheck.random_features.features import Features
from ratecheck.random_features.solving import Solution, filtered, minimum_norm
from ratecheck.random_features.sweep import finite
from ratecheck.types import Array


@final
@dataclass(frozen=True, slots=True)
class InnerProduct(Kernel):
    """K(x, y) = <x, y>."""

    def _gram(self, X: Array, Y: Array) -> Array:
        return np.asarray(X @ Y.T)

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return np.asarray(np.broadcast_to(W, (len(X), len(Y))) @ Y)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesDual(Kernel):
    """E[phi(<w, x>) phi(<w, y>)] of a user's own smooth activation (phi' if ``tangent``).

    Summed as a Hermite series like the duals of tanh and softplus in
    `ratecheck.kernels.DualActivation`; `UnsupportedError` where that needs too many terms, as at
    kinks.
    """

    activation: Activation
    tangent: bool

    def _gram(self, X: Array, Y: Array) -> Array:
        j = int(self.tangent)
        return self._series(X, Y, j, j)

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        j = int(self.tangent)  # d/d<x,y> = E[phi'(U) phi'(V)], d/d<x,x> = E[phi''(U) phi(V)]/2
        mixed, own = self._series(X, Y, j + 1, j + 1), 0.5 * self._series(X, Y, j + 2, j)
        return np.asarray((W * mixed) @ Y + 2.0 * np.sum(W * own, axis=1, keepdims=True) * X)

    def _series(self, X: Array, Y: Array, i: int, j: int) -> Array:
        (p, x), (q, y) = polar(X), polar(Y)
        u = 1.0 - halves(x, y)[0]
        return duals.by_series(self.activation, u, p[:, 0], q[:, 0], i, j)


def wide_kernel(features: Features, phi: Activation, d: int) -> Kernel:
    """Return the kernel of infinitely many neurons, divided by their number, at x / sqrt(d)."""
    tangent = features.order == 1
    known = ACTIVATIONS.get(phi.name) is phi
    dual: Kernel = (
        DualActivation(activation=phi.name, tangent=tangent)
        if known
        else SeriesDual(activation=phi, tangent=tangent)
    )
    return float(d) * (InnerProduct() * dual) if tangent else dual


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class WideFunction(Function):
    """f(x) = sum_i c_i K(x / sqrt(d), x_i / sqrt(d)).

    Attributes
    ----------
    kernel : Kernel
    X : ndarray, shape (N, d)
    c : ndarray, shape (N,)
    """

    kernel: Kernel
    X: Array
    c: Array

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (n,)."""
        scale = np.sqrt(self.X.shape[1])
        return np.asarray(self.kernel(X / scale, self.X / scale) @ self.c)

    def gradient(self, X: Array) -> Array:
        """Return the gradients at the rows of X, shape (n, d)."""
        scale = np.sqrt(self.X.shape[1])
        return np.asarray(self.kernel.gradient(X / scale, self.X / scale, self.c) / scale)


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class WideFit:
    """Fits of infinite width; the solution has T columns of coefficients."""

    kernel: Kernel
    X: Array
    solution: Solution

    def function(self, index: int) -> WideFunction:
        """Return one of the fits."""
        return WideFunction(kernel=self.kernel, X=self.X, c=self.solution.coefficients[:, index])

    def gradients(self, z: Array) -> Array:
        """Return grad f_t(z_j), shape (T, m, d)."""
        count = self.solution.coefficients.shape[1]
        return np.stack([self.function(index).gradient(z) for index in range(count)])


def wide_fit(
    features: Features,
    phi: Activation,
    X: Array,
    Y: Array,
    rule: Filter | None = None,
    times: Array | None = None,
) -> WideFit:
    """Return the fits of infinite width: of minimum norm, or of a filter at times (T,)."""
    kernel = wide_kernel(features, phi, X.shape[1])
    points = X / np.sqrt(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):  # said by an error instead
        K = finite(kernel(points, points), phi)
    if rule is not None and times is not None:
        solution = filtered(K, Y, 1.0, rule, times)
    else:
        solution = minimum_norm(K, Y)
    return WideFit(kernel=kernel, X=X, solution=solution)
