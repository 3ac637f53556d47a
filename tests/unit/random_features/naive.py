"""The explicit routes: feature matrices, pseudo-inverse, Jacobians written out."""

from __future__ import annotations

import numpy as np

from ratecheck.numerics.activations import Activation
from ratecheck.types import Array


def feature_matrix(features: str, phi: Activation, X: Array, W: Array) -> Array:
    """Return Phi (N, p): phi(X W), or rows x (x) phi'(W^T x)."""
    if features == "rf":
        return phi.derivatives[0](X @ W)
    return np.stack([np.kron(x, phi.derivatives[1](x @ W)) for x in X])


def jacobian(features: str, phi: Activation, z: Array, W: Array) -> Array:
    """Return d Phi(z)_p / d z_i, shape (d, p)."""
    _, first, second, _ = phi.derivatives
    inner = z @ W
    if features == "rf":
        return W * first(inner)
    rows = [
        np.kron(unit, first(inner)) + np.kron(z, W[i] * second(inner))
        for i, unit in enumerate(np.eye(z.size))
    ]
    return np.stack(rows)


def gradient(features: str, phi: Activation, X: Array, Y: Array, z: Array, W: Array) -> Array:
    """Return grad f(z) of the minimum-norm fit, (d,)."""
    theta = np.linalg.pinv(feature_matrix(features, phi, X, W)) @ Y
    return jacobian(features, phi, z, W) @ theta


def sensitivity(features: str, phi: Activation, X: Array, Y: Array, z: Array, W: Array) -> float:
    """Return ||z|| ||grad f(z)||."""
    return float(np.linalg.norm(z) * np.linalg.norm(gradient(features, phi, X, Y, z, W)))


def problem(
    N: int, d: int, k: int, seed: int = 0, m: int | None = None
) -> tuple[Array, Array, Array, Array]:
    """Return X (N, d), Y (N,), z (d,) or (m, d), W (d, k)."""
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((N, d)), rng.standard_normal(N)
    z = rng.standard_normal(d if m is None else (m, d))
    return X, Y, z, rng.standard_normal((d, k)) / np.sqrt(d)
