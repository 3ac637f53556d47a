"""Gradient flow of the full batch by small steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.method import Method, Visit
from ratecheck.networks.model import Model
from ratecheck.networks.objective import Objective
from ratecheck.networks.step import tangent_norm
from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Flow(Method):
    r"""Gradient flow :math:`\dot\theta = -\nabla L(\theta)`, L the mean loss over all points.

    With the square loss a wide network follows the kernel flow of this package: started from the
    zero function (see `centre`), its values on the data at time t are
    :math:`(I - e^{-tK/n}) y`, K the tangent kernel.

    Parameters
    ----------
    times : tuple of float
        Checkpoints, positive and increasing.
    step : float, optional
        Largest step; 1 / (2 lambda_max(K/n)) of the initial tangent kernel unless given.
    order : {4, 1}
        Runge-Kutta of order 4, or Euler. At the default step the former errs by 3e-4 of the
        decay of the fastest mode in one step, and by less of slower ones.

    Notes
    -----
    An attack is run at every evaluation of the gradient, always from the same random offsets.
    """

    times: tuple[float, ...]
    step: float | None = None
    order: int = 4

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.times("times", self.times)
        check.choice("order", self.order, (1, 4))
        if self.step is not None:
            check.positive("step", self.step)

    @property
    def end(self) -> float:
        """Time of the last checkpoint."""
        return self.times[-1]

    @property
    def is_random(self) -> bool:
        """Return False."""
        return False

    def visits(
        self,
        objective: Objective,
        model: Model,
        params: Params,
        data: tuple[Array, Array],
        rng: np.random.Generator,
    ) -> Iterator[Visit]:
        """Yield the checkpoints."""
        largest = self.step or 0.5 / tangent_norm(model, params, data[0])
        attack, start = objective.attack, np.zeros_like(data[0])
        start = start if attack is None else attack.starts(rng, start.shape)
        for before, after in zip((0.0, *self.times), self.times, strict=False):
            steps = ceil((after - before) / largest)
            segment = (after - before) / steps, steps
            params, loss = _move(self.order, objective, model, params, *data, start, *segment)
            yield Visit(after, params, float(loss))


@partial(jax.jit, static_argnums=(0,))
def _move(
    order: int,
    objective: Objective,
    model: Model,
    params: Params,
    X: jax.Array,
    targets: jax.Array,
    start: jax.Array,
    h: jax.Array,
    steps: jax.Array,
) -> tuple[Params, jax.Array]:
    """Return the parameters after ``steps`` steps of length h, and the loss there."""

    def loss(at: Params) -> jax.Array:
        return objective(model, at, X, targets, start)

    def velocity(at: Params) -> Params:
        return jax.tree.map(jnp.negative, jax.grad(loss)(at))

    def step(_: int, at: Params) -> Params:
        return runge_kutta(velocity, at, h) if order == 4 else _ahead(at, h, velocity(at))

    params = jax.lax.fori_loop(0, steps, step, params)
    return params, loss(params)


def _ahead(at: Params, h: jax.Array | float, velocity: Params) -> Params:
    return jax.tree.map(lambda a, v: a + h * v, at, velocity)


def runge_kutta(velocity: Callable[[Params], Params], at: Params, h: jax.Array) -> Params:
    """Return one step of the classical method of order 4."""
    first = velocity(at)
    second = velocity(_ahead(at, 0.5 * h, first))
    third = velocity(_ahead(at, 0.5 * h, second))
    fourth = velocity(_ahead(at, h, third))

    def mean(p: jax.Array, q: jax.Array, r: jax.Array, s: jax.Array) -> jax.Array:
        return (p + 2.0 * (q + r) + s) / 6.0

    return _ahead(at, h, jax.tree.map(mean, first, second, third, fourth))
