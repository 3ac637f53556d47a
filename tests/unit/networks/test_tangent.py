from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

from ratecheck.kernels import NTK, DualActivation
from ratecheck.networks import MLP, ConvNet, centre, empirical_ntk, linearise, tangent
from ratecheck.networks.model import Network
from ratecheck.networks.tangent import Route
from ratecheck.types import Array, InputError

NETWORKS: list[Network] = [
    MLP(depth=1, width=1, bias=0.5, outputs=2),
    MLP(depth=3, width=13, bias=0.2, outputs=3),
    MLP(depth=2, width=8192, bias=0.5, outputs=2),
    MLP(depth=4, width=6, activation="tanh", parametrisation="standard", outputs=2),
    MLP(depth=3, width=5, activation="erf", bias=1.0, parametrisation="standard"),
    ConvNet(image=(2, 2, 1), channels=3, outputs=3),
]


def naive(network: Network, params: Any, X: Array) -> Array:
    """Jacobian entry by entry: one gradient for each output of each point; (C, n, p)."""

    @jax.jit
    def gradient(c: int, x: jax.Array) -> Any:
        return jax.grad(lambda at: network.apply(at, x[None])[0, c])(params)

    def row(c: int, x: Array) -> Array:
        return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(gradient(c, x))])

    return np.array([[row(c, x) for x in X] for c in range(network.scores)])


@pytest.mark.parametrize("network", NETWORKS, ids=repr)
def test_kernel_is_that_of_the_naive_jacobian(
    network: Network, rng: np.random.Generator, X: Array
) -> None:
    params = network.init(rng, 4)
    J = naive(network, params, X)
    expected = J @ J.swapaxes(1, 2)
    size = np.abs(expected).max()
    routes: tuple[Route, ...] = ("jacobian", "layers")
    for route in routes[: 2 if isinstance(network, MLP) else 1]:
        K = empirical_ntk(network, params, X, logits="each", route=route)
        assert np.abs(K - expected).max() <= 1e-10 * size
        assert (K.swapaxes(1, 2) == K).all()


@pytest.mark.parametrize("route", ["jacobian", "layers"])
def test_outputs_can_be_chosen_or_averaged(
    route: Route, rng: np.random.Generator, X: Array
) -> None:
    network = MLP(depth=2, width=4, bias=0.2, outputs=3)
    params = network.init(rng, 4)
    each = empirical_ntk(network, params, X, logits="each")
    mean = empirical_ntk(network, params, X, route=route)
    np.testing.assert_allclose(mean, each.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(
        empirical_ntk(network, params, X, X[2:4], logits=1, route=route), each[1][:, 2:4]
    )


def test_jacobian_is_that_of_finite_differences(rng: np.random.Generator, X: Array) -> None:
    network = MLP(depth=3, width=5, activation="softplus", bias=0.4, outputs=2)
    params, h = network.init(rng, 4), 1e-6
    leaves, tree = jax.tree.flatten(params)
    columns = []
    for i, leaf in enumerate(leaves):
        for place in np.ndindex(leaf.shape):
            ends = []
            for sign in (1, -1):
                moved = [np.array(x) for x in leaves]
                moved[i][place] += sign * h
                ends.append(network(jax.tree.unflatten(tree, moved), X))
            columns.append((ends[0] - ends[1]) / (2 * h))
    J = np.stack(columns, axis=-1)
    expected = np.einsum("ncp,mcp->cnm", J, J)
    K = empirical_ntk(network, params, X, logits="each")
    np.testing.assert_allclose(K, expected, rtol=1e-7)


def test_blocks_do_not_show(
    rng: np.random.Generator, X: Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = MLP(depth=3, width=5, bias=0.4, outputs=2)
    params = network.init(rng, 4)
    whole = [empirical_ntk(network, params, X), empirical_ntk(network, params, X, X[2:4])]
    monkeypatch.setattr(tangent, "_ENTRIES", 200)
    routes: tuple[Route, ...] = ("layers", "jacobian")
    for route in routes:
        K = empirical_ntk(network, params, X, route=route)
        np.testing.assert_allclose(K, whole[0], rtol=1e-12)
        assert (K == K.T).all()
        K = empirical_ntk(network, params, X, X[2:4], route=route)
        np.testing.assert_allclose(K, whole[1], rtol=1e-12)


def spread(X: Array, bias: float, draws: int = 400_000) -> Array:
    """Standard deviation of one hidden unit's part of the depth-2 kernel, times width^{1/2}."""
    rng = np.random.default_rng(99)
    U = rng.standard_normal((draws, X.shape[1])) @ X.T + bias**0.5 * rng.standard_normal((draws, 1))
    a, on = rng.standard_normal(draws), U > 0
    G = X @ X.T + bias
    out = np.empty_like(G)
    for i, j in np.ndindex(*G.shape):
        both = on[:, i] & on[:, j]
        out[i, j] = np.std(2.0 * both * (U[:, i] * U[:, j] + a**2 * G[i, j]))
    return out


@pytest.mark.parametrize("bias", [0.0, 0.5])
def test_wide_networks_spread_around_the_limit_as_predicted(bias: float, X: Array) -> None:
    # depth 2 is a mean of 8192 independent parts: entries are the limit + spread / 8192^{1/2}
    width, network = 8192, MLP(depth=2, width=8192, bias=bias)
    deviation = spread(X, bias) / width**0.5
    K = np.array(
        [
            empirical_ntk(network, network.init(np.random.default_rng(seed), 4), X)
            for seed in range(12)
        ]
    )
    z = (K - NTK(depth=2, bias=bias)(X, X)) / deviation
    assert np.abs(z).max() < 5  # 12 * 45 nearly normal numbers: exceeded once in 3000 such tests
    assert 0.6 < np.mean(z**2) < 1.6
    wrong = (K - NTK(depth=2, bias=bias + 0.1)(X, X)) / deviation
    assert np.mean(wrong**2) > 3


@pytest.mark.parametrize("depth", [3, 4])
def test_deeper_networks_approach_the_limit_like_the_root_of_the_width(
    depth: int, X: Array
) -> None:
    limit = NTK(depth=depth, bias=0.1)(X[:4], X[:4])
    errors = []
    for width, seeds in ((64, 64), (1024, 8)):
        network = MLP(depth=depth, width=width, bias=0.1)
        starts = (network.init(np.random.default_rng(seed), 4) for seed in range(seeds))
        K = np.array([empirical_ntk(network, start, X[:4]) for start in starts])
        errors.append(np.sqrt(np.mean((K - limit) ** 2)))
    assert 2.5 < errors[0] / errors[1] < 6.4  # 4 up to the chance of 8 seeds


def test_other_activations_have_the_kernel_of_their_dual(X: Array) -> None:
    network = MLP(depth=2, width=8192, activation="erf")
    starts = (network.init(np.random.default_rng(seed), 4) for seed in range(6))
    K = np.mean([empirical_ntk(network, start, X) for start in starts], axis=0)
    tangent_part = X @ X.T * DualActivation("erf", tangent=True)(X, X)
    limit = 2 * (DualActivation("erf")(X, X) + tangent_part)
    assert np.abs(K - limit).max() < 0.05
    assert np.abs(K - 2 * DualActivation("erf")(X, X)).max() > 0.5


def test_what_is_made_of_a_network_keeps_its_kernel(rng: np.random.Generator, X: Array) -> None:
    network = MLP(depth=3, width=6, outputs=2)
    params, elsewhere = network.init(rng, 4), network.init(rng, 4)
    K = empirical_ntk(network, params, X)
    for centred in (True, False):
        frozen = linearise(network, params, centred=centred)
        np.testing.assert_allclose(empirical_ntk(frozen, elsewhere, X), K, rtol=1e-12)
    np.testing.assert_allclose(empirical_ntk(centre(network, elsewhere), params, X), K, rtol=1e-12)


def test_bad_input_is_refused(rng: np.random.Generator, X: Array) -> None:
    network, image = MLP(depth=2, width=3, outputs=2), ConvNet(image=(2, 2, 1), channels=1)
    params = network.init(rng, 4)
    with pytest.raises(InputError, match="logits must be between 0 and 1"):
        empirical_ntk(network, params, X, logits=2)
    with pytest.raises(InputError, match="logits must be one of mean, each"):
        empirical_ntk(network, params, X, logits="all")
    with pytest.raises(InputError, match="Y must have 4 columns"):
        empirical_ntk(network, params, X, X[:, :3])
    with pytest.raises(InputError, match="not for ConvNet"):
        empirical_ntk(image, image.init(rng, 4), X, route="layers")
