"""The largest eigenvalue of a tangent kernel: what limits the step of gradient flow."""

from __future__ import annotations

import numpy as np

from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.model import Model
from ratecheck.types import Array

_ITERATIONS = 30  # of the power method: the ratio of neighbouring eigenvalues matters little here


def tangent_norm(model: Model, params: Params, X: Array) -> float:
    """Return lambda_max(J J^T / n), J the Jacobian (n C, p); from below, within a few per cent."""
    return float(_power(model, params, X))


@jax.jit
def _power(model: Model, params: Params, X: jax.Array) -> jax.Array:
    def values(at: Params) -> jax.Array:
        return model.apply(at, X)

    _, back = jax.vjp(values, params)

    def apply(v: jax.Array) -> jax.Array:
        return jnp.asarray(jax.jvp(values, (params,), back(v))[1]) / X.shape[0]

    def step(_: int, v: jax.Array) -> jax.Array:
        return _normalised(apply(v))

    size = X.shape[0] * model.scores
    first = 1.0 + 0.5 * np.cos(np.arange(size))  # a fixed vector orthogonal to nothing in sight
    start = _normalised(jnp.asarray(first.reshape(X.shape[0], model.scores)))
    return jnp.asarray(jnp.linalg.norm(apply(jax.lax.fori_loop(0, _ITERATIONS, step, start))))


def _normalised(v: jax.Array) -> jax.Array:
    return jnp.asarray(v / jnp.linalg.norm(v))
