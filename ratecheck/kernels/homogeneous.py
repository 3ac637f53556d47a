"""Kernels |x|^n |y|^n f(u), u the cosine of the angle: values, diagonal and gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ratecheck.kernels.geometry import halves, polar
from ratecheck.types import Array

Profile = Callable[[Array, Array], Array]  # of t = 1 - u and v = 1 + u
Pair = Callable[[Array, Array], tuple[Array, Array]]  # f(u) and f'(u)


def homogeneous_gram(X: Array, Y: Array, degree: int, profile: Profile) -> Array:
    """Return the values (n, m)."""
    (p, x), (q, y) = polar(X), polar(Y)
    values = profile(*halves(x, y))
    return values * (p**degree * q.T**degree) if degree else values


def homogeneous_diagonal(X: Array, degree: int, profile: Profile) -> Array:
    """Return |x|^{2n} f(1), and f(0) instead of f(1) at the origin for n = 0 (u = 0 there)."""
    square = np.einsum("ij,ij->i", X, X)
    t = np.where(X.any(axis=1), 0.0, 1.0)
    return np.asarray(square**degree * profile(t, 2.0 - t))


def homogeneous_gradient(
    X: Array, Y: Array, W: Array, degree: int, profile: Profile, slope: Profile
) -> Array:
    """Return sum_j W_ij grad_x K(x_i, y_j); ``slope`` is f'(u); zero at the origin."""
    pair = homogeneous_pair(X, Y, W, degree, lambda t, v: (profile(t, v), slope(t, v)))
    return pair[1]


def homogeneous_pair(
    X: Array, Y: Array, W: Array, degree: int, profile: Pair
) -> tuple[Array, Array]:
    """Return the values (n, m), and sum_j W_ij grad_x K(x_i, y_j), zero at the origin.

    grad_x = |x|^{n-1} |y|^n (n f(u) x^ + f'(u) (y^ - u x^)), with ^ for directions.
    """
    (p, x), (q, y) = polar(X), polar(Y)
    t, v = halves(x, y)
    values, slopes = profile(t, v)
    W = W * q.T**degree
    tangential = W * slopes
    radial = degree * W * values - tangential * (1.0 - t)
    direction = tangential @ y + radial.sum(axis=1, keepdims=True) * x
    size = np.where(p == 0, 1.0, p) ** (degree - 1.0)
    scaled = values * (p**degree * q.T**degree) if degree else values
    return scaled, np.asarray(np.where(p == 0, 0.0, size * direction))
