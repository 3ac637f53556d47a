"""Fully connected networks, scaled so that their infinite-width limit is a kernel of this package.

With L = ``depth`` weight layers, w = ``width``, beta^2 = ``bias`` and phi the activation,

    h_1 = W_1 x + beta b_1,    h_{l+1} = (variance / w)^{1/2} W_{l+1} phi(h_l) + beta b_{l+1},

all entries of W_l and b_l independent standard normal, f = h_L. For ReLU and variance 2 the
empirical tangent kernel tends to ``ratecheck.kernels.NTK(depth, bias)`` as w grows (theory note
A1: first layer weight variance 1, not divided by its fan-in, later 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, final, get_args

import numpy as np

from ratecheck import check
from ratecheck.networks.activations import ACTIVATIONS
from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.model import Network

Parametrisation = Literal["ntk", "standard"]


class Scale(NamedTuple):
    """Factors of a layer's weights and biases in the forward pass."""

    weight: float
    bias: float


@final
@jax.tree_util.register_static
@dataclass(frozen=True, kw_only=True, slots=True)
class MLP(Network):
    """A fully connected network.

    Parameters
    ----------
    depth : int
        L, the number of weight layers; 1 is a linear model.
    width : int
        Units of each hidden layer.
    activation : {"relu", "abs", "tanh", "erf", "softplus", "cos", "square"}
    parametrisation : {"ntk", "standard"}
        Where the factors stand: in the forward pass, with standard normal parameters, or in the
        initialisation. Both are the same random function at the start; gradient flow differs (in
        the standard one later layers learn w / variance times as fast as in the other).
    bias : float
        beta^2 >= 0, the variance of the biases of every layer; 0 means that there are none.
    outputs : int
        C, the number of scores.
    variance : float
        Of the weights after the first layer, times w.

    Raises
    ------
    InputError
        If a parameter is out of its range.

    Examples
    --------
    >>> network = MLP(depth=2, width=16)
    >>> params = network.init(np.random.default_rng(0), dimension=3)
    >>> network(params, np.zeros((4, 3))).shape
    (4, 1)
    """

    depth: int
    width: int
    activation: str = "relu"
    parametrisation: Parametrisation = "ntk"
    bias: float = 0.0
    outputs: int = 1
    variance: float = 2.0

    def __post_init__(self) -> None:
        """Check every parameter."""
        for name in ("depth", "width", "outputs"):
            check.integer(name, getattr(self, name), low=1)
        check.choice("activation", self.activation, tuple(ACTIVATIONS))
        check.choice("parametrisation", self.parametrisation, get_args(Parametrisation))
        check.nonnegative("bias", self.bias)
        check.positive("variance", self.variance)

    @property
    def scores(self) -> int:
        """Number of outputs C."""
        return self.outputs

    @property
    def scales(self) -> tuple[Scale, ...]:
        """Factors of the forward pass, layer by layer."""
        if self.parametrisation == "standard":
            return (Scale(1.0, 1.0),) * self.depth
        return self._deviations

    @property
    def _deviations(self) -> tuple[Scale, ...]:
        """Standard deviations of weights and biases at the start, factors included."""
        beta, later = self.bias**0.5, (self.variance / self.width) ** 0.5
        return (Scale(1.0, beta),) + (Scale(later, beta),) * (self.depth - 1)

    def init(self, rng: np.random.Generator, dimension: int) -> Params:
        """Return initial parameters: one dictionary per layer, ``weight`` and perhaps ``bias``."""
        check.integer("dimension", dimension, low=1)
        hidden = [self.width] * (self.depth - 1)
        shapes = zip([dimension, *hidden], [*hidden, self.outputs], self._deviations, strict=True)
        return tuple(self._layer(rng, *shape) for shape in shapes)

    def _layer(self, rng: np.random.Generator, rows: int, columns: int, scale: Scale) -> Params:
        drawn = scale if self.parametrisation == "standard" else Scale(1.0, 1.0)
        layer: dict[str, Any] = {"weight": drawn.weight * rng.standard_normal((rows, columns))}
        if self.bias:
            layer["bias"] = drawn.bias * rng.standard_normal(columns)
        return layer

    def apply(self, params: Params, X: jax.Array) -> jax.Array:
        """Return the scores (n, C)."""
        return self.tapped(params, X, (0.0,) * self.depth)[0]

    def tapped(
        self, params: Params, X: jax.Array, taps: tuple[Any, ...]
    ) -> tuple[jax.Array, list[jax.Array]]:
        """Return the scores, and the inputs of each layer; ``taps`` are added to h_1 ... h_L.

        Derivatives with respect to the taps are what back-propagation brings to each layer.
        """
        phi, inputs = ACTIVATIONS[self.activation], [jnp.asarray(X)]
        for layer, scale, tap in zip(params, self.scales, taps, strict=True):
            h = scale.weight * (inputs[-1] @ layer["weight"]) + tap
            h = h + scale.bias * layer["bias"] if "bias" in layer else h
            inputs.append(phi(h))
        return h, inputs[:-1]
