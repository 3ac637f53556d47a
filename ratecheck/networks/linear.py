"""Models made from a network: its linearisation at a checkpoint, and the network minus its start.

Theory note H (arXiv 2210.12030; public code): with J the Jacobian at the checkpoint theta_1, the
linearised model is f(theta_1) + J (theta - theta_1), and *centred* it is J (theta - theta_1). Its
tangent kernel is the empirical one at theta_1, whatever theta.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import final

from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.model import Model


@final
@partial(
    jax.tree_util.register_dataclass, data_fields=["origin"], meta_fields=["network", "centred"]
)
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Linearised(Model):
    """The first-order expansion of a network in its parameters; made by `linearise`."""

    network: Model
    origin: Params
    centred: bool

    @property
    def scores(self) -> int:
        """Number of outputs C."""
        return self.network.scores

    def apply(self, params: Params, X: jax.Array) -> jax.Array:
        """Return the scores (n, C)."""
        change = jax.tree.map(jnp.subtract, params, self.origin)
        value, slope = jax.jvp(lambda at: self.network.apply(at, X), (self.origin,), (change,))
        return jnp.asarray(slope if self.centred else value + slope)


@final
@partial(jax.tree_util.register_dataclass, data_fields=["origin"], meta_fields=["network"])
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Centred(Model):
    """A network minus what it is at its start; made by `centre`."""

    network: Model
    origin: Params

    @property
    def scores(self) -> int:
        """Number of outputs C."""
        return self.network.scores

    def apply(self, params: Params, X: jax.Array) -> jax.Array:
        """Return the scores (n, C)."""
        return self.network.apply(params, X) - self.network.apply(self.origin, X)


def linearise(network: Model, params: Params, *, centred: bool = False) -> Linearised:
    """Return the linearised model at ``params``; train it with `train`, from ``params`` on.

    Parameters
    ----------
    network : Model
    params : tree of arrays
        The checkpoint theta_1.
    centred : bool
        Leave out f(theta_1), so that the model starts from zero.
    """
    return Linearised(network=network, origin=params, centred=centred)


def centre(network: Model, params: Params) -> Centred:
    """Return the network minus its values at ``params``: the same tangent kernel, start at 0."""
    return Centred(network=network, origin=params)
