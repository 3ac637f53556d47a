"""Losses of scores against targets, point by point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ratecheck import check
from ratecheck.networks.backend import jax, jnp
from ratecheck.types import InputError

Loss = Callable[[jax.Array, jax.Array], jax.Array]


def _square(scores: jax.Array, targets: jax.Array) -> jax.Array:
    return 0.5 * jnp.sum((scores - targets) ** 2, axis=-1)


def _cross_entropy(scores: jax.Array, targets: jax.Array) -> jax.Array:
    return -jnp.sum(targets * jax.nn.log_softmax(scores), axis=-1)


LOSSES: Final[dict[str, Loss]] = {"square": _square, "cross_entropy": _cross_entropy}
"""Scores and targets (n, C) to values (n,): |f - y|^2 / 2, and -sum_c y_c log softmax(f)_c."""


def admit(loss: str, scores: int) -> None:
    """Raise `InputError` for an unknown loss, or one that a number of scores does not suit."""
    check.choice("loss", loss, tuple(LOSSES))
    if loss == "cross_entropy" and scores < 2:
        raise InputError("cross-entropy needs outputs >= 2; with one output use loss='square'")
