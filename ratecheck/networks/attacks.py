"""Projected gradient ascent inside compiled training."""

from __future__ import annotations

from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.ball import PGD
from ratecheck.networks.losses import LOSSES
from ratecheck.networks.model import Model


def attacked(
    attack: PGD,
    loss: str,
    model: Model,
    params: Params,
    X: jax.Array,
    targets: jax.Array,
    start: jax.Array,
) -> jax.Array:
    """Return the attacked points (n, d): the last of ``attack.steps`` iterates from X + start.

    The points count as constants in derivatives with respect to the parameters, which by
    Danskin's theorem is right at a maximum.
    """
    ball, params = attack.ball, jax.lax.stop_gradient(params)  # no derivatives in the loop

    def total(Z: jax.Array) -> jax.Array:
        return jnp.sum(LOSSES[loss](model.apply(params, Z), targets))

    def step(_: int, Z: jax.Array) -> jax.Array:
        uphill = ball.ascent(jax.grad(total)(Z), jnp)
        return jnp.asarray(ball.project(X, Z + attack.step * uphill, jnp))

    first = ball.project(X, X + start, jnp)
    return jnp.asarray(jax.lax.fori_loop(0, attack.steps, step, first))
