"""What can be trained and attacked: a function of parameters and points."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from ratecheck import check
from ratecheck.kernels.tiling import blocks
from ratecheck.networks.backend import Params, jax
from ratecheck.types import Array

_ROWS = 2048  # points of one forward pass: bounds the memory of wide layers


class Model(ABC):
    """A map (params, X) -> scores; a pytree, so that compiled code is shared between instances."""

    __slots__ = ()

    @property
    @abstractmethod
    def scores(self) -> int:
        """Number of outputs C."""

    @abstractmethod
    def apply(self, params: Params, X: jax.Array) -> jax.Array:
        """Return the scores (n, C) of points (n, d); pure, for use under jax's transformations."""

    def __call__(self, params: Params, X: Array) -> Array:
        """Return the scores (n, C) of checked points (n, d) as a numpy array."""
        X = check.points("X", X)
        parts = [np.asarray(_scores(self, params, X[rows])) for rows in blocks(len(X), _ROWS)]
        return np.concatenate(parts)


class Network(Model):
    """A model with a random initialisation."""

    __slots__ = ()

    @abstractmethod
    def init(self, rng: np.random.Generator, dimension: int) -> Params:
        """Return initial parameters for points with ``dimension`` columns: numpy, float64.

        Draws from ``rng`` layer by layer, weights before biases.
        """


@jax.jit
def _scores(model: Model, params: Params, X: jax.Array) -> jax.Array:
    return model.apply(params, X)


def host(params: Params) -> Params:
    """Return the same tree with numpy arrays: nothing keeps a device's memory."""
    return jax.tree.map(np.asarray, params)
