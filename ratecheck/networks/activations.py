"""Activation functions that jax can differentiate, under the names of `numerics.activations`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ratecheck.networks.backend import jax, jnp

Activation = Callable[[jax.Array], jax.Array]


def _relu(x: jax.Array) -> jax.Array:
    """Return max(x, 0), whose derivative at 0 is 0 here: a null set under random weights."""
    return jax.nn.relu(x)


ACTIVATIONS: Final[dict[str, Activation]] = {
    "relu": _relu,
    "abs": jnp.abs,
    "tanh": jnp.tanh,
    "erf": jax.scipy.special.erf,
    "softplus": jax.nn.softplus,
    "cos": jnp.cos,
    "square": jnp.square,
}
