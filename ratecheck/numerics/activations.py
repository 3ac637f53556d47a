"""Activation functions with their derivatives, by name.

``square`` is x^2 and ``erf`` the error function itself, without further scaling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.types import Array

Function = Callable[[Array], Array]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Activation:
    """A function phi with phi, phi', phi'', phi''' (almost everywhere).

    ``parity`` is +1 (even), -1 (odd) or 0; ``degree`` the degree of positive homogeneity of a
    function with a kink at 0, and None for an analytic function.
    """

    name: str
    derivatives: tuple[Function, Function, Function, Function]
    parity: int = 0
    degree: int | None = None

    def __call__(self, x: Array) -> Array:
        """Return phi(x)."""
        return self.derivatives[0](x)


def _erf(x: Array) -> Array:
    from scipy.special import erf

    return np.asarray(erf(x))


def _logistic(x: Array) -> Array:
    from scipy.special import expit

    return np.asarray(expit(x))


def _bell(x: Array) -> Array:
    return (2.0 / sqrt(pi)) * np.exp(-x * x)


def _sech2(x: Array) -> Array:
    return 1.0 - np.tanh(x) ** 2


def _softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def _logistic1(x: Array) -> Array:
    return _logistic(x) * _logistic(-x)


_ACTIVATIONS = (
    Activation(
        name="erf",
        derivatives=(
            _erf,
            _bell,
            lambda x: -2.0 * x * _bell(x),
            lambda x: (4.0 * x * x - 2.0) * _bell(x),
        ),
        parity=-1,
    ),
    Activation(
        name="tanh",
        derivatives=(
            np.tanh,
            _sech2,
            lambda x: -2.0 * np.tanh(x) * _sech2(x),
            lambda x: (6.0 * np.tanh(x) ** 2 - 2.0) * _sech2(x),
        ),
        parity=-1,
    ),
    Activation(
        name="softplus",
        derivatives=(
            _softplus,
            _logistic,
            _logistic1,
            lambda x: -np.tanh(0.5 * x) * _logistic1(x),
        ),
    ),
    Activation(
        name="cos",
        derivatives=(np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin),
        parity=1,
    ),
    Activation(
        name="square",
        derivatives=(
            np.square,
            lambda x: 2.0 * x,
            lambda x: np.full_like(x, 2.0),
            np.zeros_like,
        ),
        parity=1,
    ),
    Activation(
        name="relu",
        derivatives=(
            lambda x: np.maximum(x, 0.0),
            lambda x: np.heaviside(x, 0.5),
            np.zeros_like,
            np.zeros_like,
        ),
        degree=1,
    ),
    Activation(
        name="abs",
        derivatives=(np.abs, np.sign, np.zeros_like, np.zeros_like),
        parity=1,
        degree=1,
    ),
)
ACTIVATIONS: dict[str, Activation] = {a.name: a for a in _ACTIVATIONS}


def activation(name: str | Activation) -> Activation:
    """Return the activation called ``name``, or raise `InputError` that lists the names.

    An `Activation` is returned as it is, so that what works by name works for a user's own.

    >>> activation("square")(np.array([3.0]))
    array([9.])
    """
    if isinstance(name, Activation):
        return name
    check.choice("activation", name, tuple(ACTIVATIONS))
    return ACTIVATIONS[name]
