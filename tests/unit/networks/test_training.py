from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg

from ratecheck.networks import MLP, PGD, SGD, Ball, Flow, centre, empirical_ntk, linearise, train
from ratecheck.networks.flow import runge_kutta
from ratecheck.networks.losses import LOSSES
from ratecheck.networks.method import Method
from ratecheck.types import Array, InputError, Status

NETWORK = MLP(depth=3, width=12, bias=0.2, outputs=2)
LABELS = np.arange(9) % 2


def leaves(params: Any) -> Array:
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(params)])


def test_the_linearised_flow_is_the_kernel_flow_of_the_empirical_kernel(
    rng: np.random.Generator, X: Array
) -> None:
    network = replace(NETWORK, outputs=1)
    start, y, new = network.init(rng, 4), rng.standard_normal(9), X[:4] + 0.2
    K, k = empirical_ntk(network, start, X), empirical_ntk(network, start, new, X)
    times = (0.5, 3.0, 20.0)
    for centred in (True, False):
        frozen = linearise(network, start, centred=centred)
        found = train(frozen, start, X, y, method=Flow(times=times))
        offset, there = frozen(start, X)[:, 0], frozen(start, new)[:, 0]
        for time, params in zip(times, found.params[1:], strict=True):
            decay = scipy.linalg.expm(-time * K / 9)
            path = k @ np.linalg.solve(K, (np.eye(9) - decay) @ (y - offset))
            np.testing.assert_allclose(frozen(params, new)[:, 0], there + path, atol=2e-4)
            wrong = k @ np.linalg.solve(K, (np.eye(9) - decay @ decay) @ (y - offset))
            assert np.abs(frozen(params, new)[:, 0] - there - wrong).max() > 0.01


def test_outputs_flow_independently_under_the_square_loss(
    rng: np.random.Generator, X: Array
) -> None:
    start, targets = NETWORK.init(rng, 4), rng.standard_normal((9, 2))
    frozen = linearise(NETWORK, start, centred=True)
    found = train(frozen, start, X, targets, method=Flow(times=(2.0,), step=0.02))
    J = np.asarray(jax.vmap(lambda x: leaves_of_jacobian(start, x))(X)).reshape(18, -1)
    decay = scipy.linalg.expm(-2.0 * J @ J.T / 9)
    expected = targets.ravel() - decay @ targets.ravel()
    np.testing.assert_allclose(frozen(found.final, X).ravel(), expected, atol=1e-7)


def leaves_of_jacobian(params: Any, x: jax.Array) -> jax.Array:
    tree = jax.jacrev(lambda at: NETWORK.apply(at, x[None])[0])(params)
    return jnp.concatenate([leaf.reshape(2, -1) for leaf in jax.tree.leaves(tree)], axis=1)


def test_runge_kutta_has_order_four() -> None:
    def velocity(at: Any) -> Any:
        return {"x": -(at["x"] ** 2)}

    errors = []
    for steps in (10, 20):
        at = {"x": jnp.asarray(1.0)}
        for _ in range(steps):
            at = runge_kutta(velocity, at, jnp.asarray(1.0 / steps))
        errors.append(abs(float(at["x"]) - 0.5))
    assert 12 < errors[0] / errors[1] < 20


def test_euler_is_full_batch_descent(rng: np.random.Generator, X: Array) -> None:
    start = NETWORK.init(rng, 4)
    flow = train(NETWORK, start, X, LABELS, method=Flow(times=(0.3,), step=0.1, order=1))
    descent = train(NETWORK, start, X, LABELS, method=SGD(rate=0.1, epochs=3))
    np.testing.assert_allclose(leaves(flow.final), leaves(descent.final), rtol=1e-12)
    exact = train(NETWORK, start, X, LABELS, method=Flow(times=(0.3,), step=0.1))
    assert not np.allclose(leaves(flow.final), leaves(exact.final), rtol=1e-6)


@jax.jit
@jax.grad
def slope(at: Any, X: jax.Array, targets: jax.Array) -> jax.Array:
    return jnp.mean(LOSSES["square"](NETWORK.apply(at, X), targets))


def test_momentum_and_batches_are_those_of_the_formula(rng: np.random.Generator, X: Array) -> None:
    method = SGD(rate=0.05, epochs=2, batch=4, momentum=0.9)
    start = NETWORK.init(rng, 4)
    found = train(NETWORK, start, X, LABELS, method=method, rng=np.random.default_rng(3))
    orders, at, moving = np.random.default_rng(3), start, jax.tree.map(np.zeros_like, start)
    for _ in range(2):
        for rows in orders.permutation(9)[:8].reshape(2, 4):
            targets = np.eye(2)[LABELS[rows]]

            gradient = slope(at, jnp.asarray(X[rows]), jnp.asarray(targets))
            moving = jax.tree.map(lambda m, g: 0.9 * m + g, moving, gradient)
            at = jax.tree.map(lambda a, m: a - 0.05 * m, at, moving)
    np.testing.assert_allclose(leaves(found.final), leaves(at), rtol=1e-10)


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_losses_have_the_gradients_of_their_formulas(loss: str, rng: np.random.Generator) -> None:
    scores, targets = rng.standard_normal((5, 3)), np.eye(3)[[0, 1, 2, 1, 0]]
    gradient = jax.grad(lambda s: jnp.sum(LOSSES[loss](s, jnp.asarray(targets))))(scores)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        gradient, (scores if loss == "square" else weights) - targets, rtol=1e-12
    )


METHODS: list[Method] = [
    Flow(times=(0.5, 1.0)),
    Flow(times=(0.5, 1.0), order=1),
    SGD(rate=0.1, epochs=4, batch=4, momentum=0.5, checkpoints=(1, 4)),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda m: type(m).__name__)
def test_training_repeats_to_the_bit_and_attacks_matter(
    method: Method, rng: np.random.Generator, X: Array
) -> None:
    start, points = NETWORK.init(rng, 4), 0.5 + 0.3 * X

    def run(radius: float, seed: int = 0, share: float = 0.0) -> Array:
        attack = PGD(ball=Ball(radius=radius), steps=3)
        return leaves(
            train(
                NETWORK, start, points, LABELS,
                method=method, loss="cross_entropy", attack=attack, clean_share=share,
                rng=np.random.default_rng(seed),
            ).final
        )  # fmt: skip

    assert (run(0.1) == run(0.1)).all()
    assert not np.allclose(run(0.1), run(0.1, seed=1), rtol=1e-9)
    assert not np.allclose(run(0.1), run(0.0), rtol=1e-3)
    np.testing.assert_allclose(run(0.1, share=1.0), run(0.0), rtol=1e-9)


def test_checkpoints_lie_on_one_path(rng: np.random.Generator, X: Array) -> None:
    start = NETWORK.init(rng, 4)
    found = train(
        NETWORK, start, X, LABELS, loss="cross_entropy",
        method=SGD(rate=0.1, epochs=5, checkpoints=(2, 3, 5)),
    )  # fmt: skip
    assert found.times.tolist() == [0, 2, 3, 5]
    assert found.status is Status.CONVERGED
    assert (leaves(found.params[0]) == leaves(start)).all()
    assert (np.diff(found.losses) < 0).all()
    short = train(NETWORK, start, X, LABELS, loss="cross_entropy", method=SGD(rate=0.1, epochs=3))
    assert (leaves(short.final) == leaves(found.params[2])).all()


def test_an_adversarial_flow_lowers_the_attacked_loss(rng: np.random.Generator, X: Array) -> None:
    # a linear model under the square loss: the worst attack is known, sign by sign
    linear = MLP(depth=1, width=1)
    start, y, radius = linear.init(rng, 4), np.sign(X[:, 0]), 0.2
    attack = PGD(ball=Ball(radius=radius, box=None), steps=1, rate=2 * radius, random=False)
    found = train(linear, start, X, y, method=Flow(times=(50.0,), step=0.05), attack=attack)

    def worst(weight: Array) -> float:
        reach = radius * np.abs(weight).sum()
        return float(np.mean((np.abs(X @ weight - y) + reach) ** 2) / 2)

    w = np.asarray(found.final[0]["weight"][:, 0])
    assert found.losses[0] == pytest.approx(worst(w), rel=1e-6)
    plain = np.asarray(np.linalg.lstsq(X, y)[0])
    assert worst(w) < 0.95 * worst(plain)
    for _ in range(200):
        assert worst(w) <= worst(w + 0.02 * rng.standard_normal(4)) + 1e-3


def test_divergence_is_a_status(rng: np.random.Generator, X: Array) -> None:
    start = NETWORK.init(rng, 4)
    method = SGD(rate=1e3, epochs=99, checkpoints=tuple(range(1, 100)))
    found = train(NETWORK, start, X, LABELS, method=method)
    assert found.status is Status.DIVERGED
    assert len(found.times) == len(found.params) < 100
    assert all(np.isfinite(leaves(params)).all() for params in found.params)


def test_bad_input_is_refused(rng: np.random.Generator, X: Array) -> None:
    start, flow = NETWORK.init(rng, 4), Flow(times=(1.0,))
    with pytest.raises(InputError, match="finite"):
        train(NETWORK, start, np.full((2, 4), np.nan), [0, 1], method=flow)
    with pytest.raises(InputError, match="labels must lie in 0"):
        train(NETWORK, start, X, LABELS + 5, method=flow)
    with pytest.raises(InputError, match="labels must be integers"):
        train(NETWORK, start, X, LABELS + 0.5, method=flow)
    with pytest.raises(InputError, match="9 rows of 2"):
        train(NETWORK, start, X, np.zeros((8, 2)), method=flow)
    with pytest.raises(InputError, match="pass rng="):
        train(NETWORK, start, X, LABELS, method=SGD(rate=0.1, epochs=1, batch=2))
    attack, single = PGD(ball=Ball(radius=0.1), random=False), replace(NETWORK, outputs=1)
    with pytest.raises(InputError, match="outside the attack's box"):
        train(NETWORK, start, X, LABELS, method=flow, attack=attack)
    with pytest.raises(InputError, match="outputs >= 2"):
        train(single, start, X, LABELS, method=flow, loss="cross_entropy")
    with pytest.raises(InputError, match="loss must be one of"):
        train(NETWORK, start, X, LABELS, method=flow, loss="hinge")


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Flow(times=()), "times"),
        (lambda: Flow(times=(2.0, 1.0)), "increasing"),
        (lambda: Flow(times=(1.0,), step=0.0), "step"),
        (lambda: Flow(times=(1.0,), order=2), "order"),
        (lambda: SGD(rate=-1.0, epochs=1), "rate"),
        (lambda: SGD(rate=1.0, epochs=0), "epochs"),
        (lambda: SGD(rate=1.0, epochs=1, batch=0), "batch"),
        (lambda: SGD(rate=1.0, epochs=1, momentum=1.0), "momentum"),
        (lambda: SGD(rate=1.0, epochs=3, checkpoints=(3, 2)), "increase"),
        (lambda: SGD(rate=1.0, epochs=3, checkpoints=(4,)), "checkpoint"),
    ],
)
def test_bad_methods_are_refused(make: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        make()


def test_a_centred_network_starts_at_zero(rng: np.random.Generator, X: Array) -> None:
    start = NETWORK.init(rng, 4)
    model = centre(NETWORK, start)
    assert (model(start, X) == 0).all()
    moved = train(model, start, X, LABELS, method=Flow(times=(1.0,))).final
    difference = NETWORK(moved, X) - NETWORK(start, X)
    np.testing.assert_allclose(model(moved, X), difference, atol=1e-13)
