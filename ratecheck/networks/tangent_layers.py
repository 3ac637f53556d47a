"""The tangent kernel of a fully connected network layer by layer, without its Jacobian.

With a_l the inputs of layer l, d_l^c = df_c / dh_l its back-propagated slopes, s_l and beta_l the
factors of its weights and biases,

    K_c(x, y) = sum_l (s_l^2 <a_l(x), a_l(y)> + beta_l^2) <d_l^c(x), d_l^c(y)>.
"""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

import numpy as np

from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.mlp import MLP

Side: TypeAlias = list[tuple[jax.Array, jax.Array]]
"""Of each layer: its inputs with factors and the bias's column (n, w), its slopes (g, n, k w')."""


def entries(network: MLP, params: Params, outputs: int) -> int:
    """Return how many numbers a side holds for one point."""
    return sum(sum(np.shape(layer["weight"])) * outputs for layer in params)


@partial(jax.jit, static_argnums=(2,))
def prepare(
    network: MLP, params: Params, groups: tuple[tuple[int, ...], ...], X: jax.Array
) -> Side:
    """Return what the kernel needs of the points X (n, d)."""
    widths = [layer["weight"].shape[1] for layer in params]
    taps = tuple(jnp.zeros((X.shape[0], width)) for width in widths)
    _, back, inputs = jax.vjp(partial(network.tapped, params, X), taps, has_aux=True)
    chosen = jnp.array([c for group in groups for c in group])
    basis = jax.nn.one_hot(chosen, network.outputs, dtype=X.dtype)[:, None, :]
    basis = jnp.broadcast_to(basis, (len(chosen), X.shape[0], network.outputs))
    slopes = jax.vmap(back)(basis)[0]
    return [
        (_with_bias(a, scale, "bias" in layer), _grouped(d, len(groups)))
        for a, scale, layer, d in zip(inputs, network.scales, params, slopes, strict=True)
    ]


def _with_bias(inputs: jax.Array, scale: tuple[float, float], biased: bool) -> jax.Array:
    columns = [scale[0] * inputs]
    if biased:
        columns.append(jnp.full((inputs.shape[0], 1), scale[1]))
    return jnp.concatenate(columns, axis=1)


def _grouped(slopes: jax.Array, groups: int) -> jax.Array:
    """Return slopes (c, n, w) as (groups, n, k w), scaled so that a group's sum is its mean."""
    count, n, width = slopes.shape
    k = count // groups
    together = slopes.reshape(groups, k, n, width).swapaxes(1, 2).reshape(groups, n, -1)
    return jnp.asarray(together / k**0.5)


@jax.jit
def contract(first: Side, second: Side) -> jax.Array:
    """Return the kernels (groups, n, m) between the points of two sides."""
    parts = [
        (a @ b.T) * (d @ e.swapaxes(1, 2)) for (a, d), (b, e) in zip(first, second, strict=True)
    ]
    return jnp.sum(jnp.stack(parts), axis=0)
