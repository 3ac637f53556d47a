"""A small convolutional network for images given as flat rows of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import final, get_args

import numpy as np

from ratecheck import check
from ratecheck.networks.activations import ACTIVATIONS
from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.mlp import Parametrisation
from ratecheck.networks.model import Network
from ratecheck.types import InputError

_SIDE = 3  # of the filters


@final
@jax.tree_util.register_static
@dataclass(frozen=True, kw_only=True, slots=True)
class ConvNet(Network):
    """Convolutions 3 x 3 with zero padding, every second one with stride 2, then a linear layer.

    Each layer computes (2 / fan-in)^{1/2} W * x, the linear one over all pixels; W is standard
    normal at the start (He's scaling), the factor stands where ``parametrisation`` says. No biases.

    Parameters
    ----------
    image : (int, int, int)
        Height, width and channels of a point, rows of pixels first.
    channels : int
        Of each convolution.
    convolutions : int
    activation : str
        As for `MLP`.
    parametrisation : {"ntk", "standard"}
        As for `MLP`.
    outputs : int
        C, the number of scores.

    Examples
    --------
    >>> network = ConvNet(image=(8, 8, 1), channels=4, outputs=10)
    >>> params = network.init(np.random.default_rng(0), dimension=64)
    >>> network(params, np.ones((2, 64))).shape
    (2, 10)
    """

    image: tuple[int, int, int]
    channels: int
    convolutions: int = 2
    activation: str = "relu"
    parametrisation: Parametrisation = "ntk"
    outputs: int = 1

    def __post_init__(self) -> None:
        """Check every parameter."""
        for name in ("channels", "convolutions", "outputs"):
            check.integer(name, getattr(self, name), low=1)
        sides = tuple(check.integer("image", side, low=1) for side in self.image)
        if len(sides) != 3:
            raise InputError(f"image must be (height, width, channels), got {self.image!r}")
        check.choice("activation", self.activation, tuple(ACTIVATIONS))
        check.choice("parametrisation", self.parametrisation, get_args(Parametrisation))

    @property
    def scores(self) -> int:
        """Number of outputs C."""
        return self.outputs

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Fan-in and fan-out of each layer."""
        height, width, before = self.image
        found = []
        for layer in range(self.convolutions):
            found.append((_SIDE**2 * before, self.channels))
            before = self.channels
            height, width = (-(-side // _stride(layer)) for side in (height, width))
        return (*found, (height * width * before, self.outputs))

    def init(self, rng: np.random.Generator, dimension: int) -> Params:
        """Return initial parameters: a tuple of matrices (fan-in, fan-out)."""
        if dimension != prod(self.image):
            raise InputError(f"images of shape {self.image} have no {dimension} columns")
        drawn = (rng.standard_normal(shape) for shape in self.shapes)
        if self.parametrisation == "ntk":
            return tuple(drawn)
        return tuple((2.0 / len(weight)) ** 0.5 * weight for weight in drawn)

    def apply(self, params: Params, X: jax.Array) -> jax.Array:
        """Return the scores (n, C)."""
        if X.shape[1] != prod(self.image):
            raise InputError(f"points must be images of shape {self.image}, got {X.shape}")
        image = jnp.asarray(X).reshape(-1, *self.image)
        for layer, weight in enumerate(params[:-1]):
            h = _patches(image, _stride(layer)) @ (self._factor(weight) * weight)
            image = ACTIVATIONS[self.activation](h)
        flat = image.reshape(image.shape[0], -1)
        return jnp.asarray(flat @ (self._factor(params[-1]) * params[-1]))

    def _factor(self, weight: jax.Array) -> float:
        return (2.0 / weight.shape[0]) ** 0.5 if self.parametrisation == "ntk" else 1.0


def _stride(layer: int) -> int:
    return 1 + layer % 2


def _patches(image: jax.Array, stride: int) -> jax.Array:
    """Return the surroundings (n, h', w', 9 c) of every ``stride``-th pixel of (n, h, w, c)."""
    height, width = image.shape[1:3]
    framed = jnp.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
    shifted = [
        framed[:, i : i + height : stride, j : j + width : stride]
        for i in range(_SIDE)
        for j in range(_SIDE)
    ]
    return jnp.concatenate(shifted, axis=3)
