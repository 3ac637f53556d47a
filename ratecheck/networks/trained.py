"""A model at some parameters, as a function of points with gradients: what an attack sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.model import Model
from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Trained:
    """The scores of a model at fixed parameters.

    Attributes
    ----------
    model : Model
    params : tree of arrays
    """

    model: Model
    params: Params

    def __call__(self, X: Array) -> Array:
        """Return the scores (n, C) of points (n, d)."""
        return self.model(self.params, X)

    def pull_back(self, X: Array, R: Array) -> Array:
        """Return at each row x_i the gradient (n, d) of sum_c R_ic f_c, for R (n, C)."""
        return np.asarray(_pull_back(self.model, self.params, X, R))


@jax.jit
def _pull_back(model: Model, params: Params, X: jax.Array, R: jax.Array) -> jax.Array:
    return jnp.asarray(jax.grad(lambda Z: jnp.sum(R * model.apply(params, Z)))(X))
