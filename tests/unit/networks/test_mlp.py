from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ratecheck.kernels import NNGP
from ratecheck.networks import MLP
from ratecheck.networks.activations import ACTIVATIONS
from ratecheck.numerics import activations as by_numpy
from ratecheck.types import Array, InputError


def by_hand(network: MLP, params: Any, X: Array) -> Array:
    """The formula of the module's head, in numpy, for the parametrisation of tangent kernels."""
    beta, phi = network.bias**0.5, by_numpy.activation(network.activation)
    h = X @ params[0]["weight"] + (beta * params[0]["bias"] if beta else 0.0)
    for layer in params[1:]:
        h = (network.variance / network.width) ** 0.5 * phi(h) @ layer["weight"]
        h += beta * layer["bias"] if beta else 0.0
    return np.asarray(h)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize(("depth", "bias"), [(1, 0.0), (2, 0.3), (4, 0.0)])
def test_scores_are_those_of_the_formula(
    activation: str, depth: int, bias: float, rng: np.random.Generator, X: Array
) -> None:
    network = MLP(depth=depth, width=7, activation=activation, bias=bias, outputs=3)
    params = network.init(rng, 4)
    np.testing.assert_allclose(network(params, X), by_hand(network, params, X), rtol=1e-12)


def test_both_parametrisations_start_as_one_function(X: Array) -> None:
    network = MLP(depth=3, width=20, bias=0.5, outputs=2)
    other = replace(network, parametrisation="standard")
    values = [n(n.init(np.random.default_rng(5), 4), X) for n in (network, other)]
    np.testing.assert_allclose(values[0], values[1], rtol=1e-12)
    wrong = network(other.init(np.random.default_rng(5), 4), X)
    assert not np.allclose(values[0], wrong, rtol=1e-2)


def test_scores_at_the_start_have_the_covariance_of_the_limit(X: Array) -> None:
    # given the last hidden layer, outputs are independent Gaussians: 4000 of them are a sample;
    # a hidden layer of w units adds a relative variance of at most Var[2 phi^2] / w = 5 / w
    network = MLP(depth=3, width=2048, bias=0.2, outputs=4000)
    scores = network(network.init(np.random.default_rng(1), 4), X)
    expected = NNGP(depth=3, bias=0.2)(X, X)
    deviation = np.sqrt((expected**2 + np.outer(*[np.diag(expected)] * 2)) * (1 / 4000 + 10 / 2048))
    z = (scores @ scores.T / 4000 - expected) / deviation
    assert np.abs(z).max() < 4
    wrong = NNGP(depth=3, bias=0.4)(X, X)
    assert np.abs((scores @ scores.T / 4000 - wrong) / deviation).max() > 4


def test_points_go_through_in_blocks(rng: np.random.Generator) -> None:
    network = MLP(depth=2, width=3)
    params, X = network.init(rng, 2), rng.standard_normal((4100, 2))
    np.testing.assert_allclose(network(params, X), by_hand(network, params, X), rtol=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"depth": 0},
        {"width": 1.5},
        {"activation": "swish"},
        {"parametrisation": "mup"},
        {"bias": -0.1},
        {"outputs": 0},
        {"variance": 0.0},
    ],
)
def test_bad_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        MLP(**{"depth": 2, "width": 4, **wrong})


def test_bad_points_are_refused(rng: np.random.Generator) -> None:
    network = MLP(depth=2, width=4)
    with pytest.raises(InputError, match="finite"):
        network(network.init(rng, 2), np.array([[0.0, np.nan]]))
    with pytest.raises(InputError, match="dimension"):
        network.init(rng, 0)
