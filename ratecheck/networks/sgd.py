"""Stochastic gradient descent with momentum, by optax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ratecheck import check
from ratecheck.networks.backend import Params, jax, optax
from ratecheck.networks.method import Method, Visit
from ratecheck.networks.model import Model
from ratecheck.networks.objective import Objective
from ratecheck.types import Array, InputError, IntArray


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SGD(Method):
    """Descent on the mean loss of random batches; time is counted in epochs.

    Parameters
    ----------
    rate : float
        Learning rate.
    epochs : int
    batch : int, optional
        Points of a batch; all of them unless given. Each epoch shuffles anew; points that do not
        fill a last batch sit out that epoch.
    momentum : float
        In [0, 1).
    checkpoints : tuple of int
        Epochs to stop at, increasing; the last epoch unless given.

    Notes
    -----
    An attack starts from fresh offsets for every batch.
    """

    rate: float
    epochs: int
    batch: int | None = None
    momentum: float = 0.0
    checkpoints: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.positive("rate", self.rate)
        check.integer("epochs", self.epochs, low=1)
        if not 0 <= check.number("momentum", self.momentum) < 1:
            raise InputError(f"momentum must be in [0, 1), got {self.momentum!r}")
        if self.batch is not None:
            check.integer("batch", self.batch, low=1)
        for epoch in self.checkpoints:
            check.integer("checkpoint", epoch, low=1, high=self.epochs)
        if list(self.checkpoints) != sorted(set(self.checkpoints)):
            raise InputError(f"checkpoints must increase, got {self.checkpoints!r}")

    @property
    def end(self) -> float:
        """Last checkpoint, in epochs."""
        return float(self.checkpoints[-1] if self.checkpoints else self.epochs)

    @property
    def is_random(self) -> bool:
        """Whether there is an order of batches to draw."""
        return self.batch is not None

    def visits(
        self,
        objective: Objective,
        model: Model,
        params: Params,
        data: tuple[Array, Array],
        rng: np.random.Generator,
    ) -> Iterator[Visit]:
        """Yield the checkpoints."""
        rule = self.rate, self.momentum
        state = optax.sgd(self.rate, self.momentum).init(params)
        for epoch in range(1, int(self.end) + 1):
            order = self._order(rng, len(data[0]))
            starts = np.zeros((*order.shape, data[0].shape[1]))
            if objective.attack is not None:
                starts = objective.attack.starts(rng, starts.shape)
            batches = (order, starts)
            params, state, loss = _epoch(rule, objective, model, params, state, data, batches)
            if epoch in (self.checkpoints or (self.epochs,)) or not np.isfinite(loss):
                yield Visit(float(epoch), params, float(loss))

    def _order(self, rng: np.random.Generator, n: int) -> IntArray:
        """Return the indices (batches, batch) of the points of an epoch's batches."""
        size = min(self.batch or n, n)
        return rng.permutation(n)[: n - n % size].reshape(-1, size)


@jax.jit
def _epoch(
    rule: tuple[jax.Array, jax.Array],
    objective: Objective,
    model: Model,
    params: Params,
    state: Any,  # noqa: ANN401 - what optax remembers
    data: tuple[jax.Array, jax.Array],
    batches: tuple[jax.Array, jax.Array],
) -> tuple[Params, Any, jax.Array]:
    """Return parameters, optax's state and the mean loss of an epoch."""
    optimiser = optax.sgd(*rule)  # rate and momentum are traced: no code is compiled for each

    def step(carry: tuple[Params, Any], batch: tuple[jax.Array, jax.Array]) -> Any:  # noqa: ANN401
        (params, state), (rows, start) = carry, batch

        def loss(at: Params) -> jax.Array:
            return objective(model, at, data[0][rows], data[1][rows], start)

        value, gradient = jax.value_and_grad(loss)(params)
        updates, state = optimiser.update(gradient, state)
        return (optax.apply_updates(params, updates), state), value

    (params, state), losses = jax.lax.scan(step, (params, state), batches)
    return params, state, losses.mean()
