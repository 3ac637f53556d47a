"""The tangent kernel of any model from the Jacobians of blocks of points."""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

import numpy as np

from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.model import Model

Side: TypeAlias = jax.Array
"""Jacobians (groups, n, k p) of the chosen outputs, scaled so that a group's sum is its mean."""


def entries(network: Model, params: Params, outputs: int) -> int:
    """Return how many numbers a side holds for one point."""
    return outputs * sum(np.size(leaf) for leaf in jax.tree.leaves(params))


@partial(jax.jit, static_argnums=(2,))
def prepare(
    network: Model, params: Params, groups: tuple[tuple[int, ...], ...], X: jax.Array
) -> Side:
    """Return what the kernel needs of the points X (n, d)."""
    chosen = jnp.array([c for group in groups for c in group])

    def outputs(at: Params, x: jax.Array) -> jax.Array:
        return network.apply(at, x[None, :])[0, chosen]

    jacobians = jax.vmap(jax.jacrev(outputs), in_axes=(None, 0))(params, X)
    rows = [leaf.reshape(*leaf.shape[:2], -1) for leaf in jax.tree.leaves(jacobians)]
    J = jnp.concatenate(rows, axis=2)  # (n, chosen, parameters)
    n, k = J.shape[0], J.shape[1] // len(groups)
    return jnp.asarray(J.reshape(n, len(groups), -1).swapaxes(0, 1) / k**0.5)


@jax.jit
def contract(first: Side, second: Side) -> jax.Array:
    """Return the kernels (groups, n, m) between the points of two sides."""
    return first @ second.swapaxes(1, 2)
