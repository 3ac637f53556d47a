"""Adversarial training by small steps: derivatives by differences, limits, the closed form."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from ratecheck.adversarial_flow import AdversarialFlow
from ratecheck.adversarial_flow.dynamics import Attack, Model, Shallow, sensitivities, simulate
from ratecheck.types import Array, InputError

N, D, TIME = 7, 3, 2.0


def problem(width: int = 40) -> tuple[Shallow, tuple[Array, Array], Array]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N, D)) / D**0.5
    return Shallow.draw(width, D, rng), (X, rng.standard_normal(N)), rng.standard_normal((5, D))


def constant(rate: float, steps: int = 10) -> Attack:
    return Attack(rates=lambda _: np.full(N, rate), steps=steps)


def closed(start: Shallow, data: tuple[Array, Array], new: Array, xi: Array) -> Array:
    X, y = data
    weights = AdversarialFlow(start.kernel(X, X), xi).weights(start.values(X) - y)
    return np.asarray(start.values(new) - start.kernel(new, X) @ weights)


def random_step(start: Shallow) -> Shallow:
    return Shallow.draw(start.a.size, D, np.random.default_rng(1))


def test_derivatives_are_those_of_the_values() -> None:
    start, (X, v), _ = problem()
    step, e = random_step(start), 1e-6
    along = (start.plus(step, e).values(X) - start.plus(step, -e).values(X)) / (2 * e)
    np.testing.assert_allclose(start.pushed(X, step), along, rtol=1e-7, atol=1e-8)
    move = np.random.default_rng(2).standard_normal(D)
    slope = (start.values(X + e * move) - start.values(X - e * move)) / (2 * e)
    np.testing.assert_allclose(start.inputs(X) @ move, slope, rtol=1e-7, atol=1e-8)
    slope = (start.pushed(X + e * move, step) - start.pushed(X - e * move, step)) / (2 * e)
    np.testing.assert_allclose(start.pushed_inputs(X, step) @ move, slope, rtol=1e-7, atol=1e-8)
    pulled = start.pulled(X, v)
    inner = float(np.sum(pulled.a * step.a) + np.sum(pulled.b * step.b))
    assert inner == pytest.approx(float(v @ start.pushed(X, step)))


def test_kernel_is_that_of_the_derivatives() -> None:
    start, (X, v), new = problem()
    np.testing.assert_allclose(start.kernel(new, X) @ v, start.pushed(new, start.pulled(X, v)))


def test_frozen_training_tends_to_the_closed_form() -> None:
    start, data, new = problem()
    xi = TIME * np.exp(0.3 * sensitivities(start, data[0]))
    limit = closed(start, data, new, xi)
    gaps = [
        np.abs(simulate("frozen", start, data, new, constant(0.3, k), TIME, k) - limit).max()
        for k in (100, 200, 400)
    ]
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.05)
    assert gaps[1] / gaps[2] == pytest.approx(2, rel=0.05)
    assert gaps[2] < 0.01 * np.abs(limit - start.values(new)).max()


def test_an_attack_that_moves_between_points_has_another_limit() -> None:
    """The control: Theta A(t) does not commute, and the closed form misses by more than steps."""
    start, data, new = problem()
    first = np.arange(N) < N / 2
    moving = Attack(rates=lambda t: np.where(first == (t < TIME / 2), 1.2, 0.0), steps=50)
    k = sensitivities(start, data[0])
    limit = closed(start, data, new, TIME * (1 + np.exp(1.2 * k)) / 2)
    found = [simulate("frozen", start, data, new, moving, TIME, 20 * s) for s in (20, 40)]
    assert np.abs(found[1] - limit).max() > 4 * np.abs(found[0] - found[1]).max()


@pytest.mark.parametrize("model", get_args(Model))
def test_without_attack_all_models_are_gradient_flow(model: Model) -> None:
    start, data, new = problem(4_000 if model == "network" else 40)
    found = simulate(model, start, data, new, constant(0.0, 1), TIME, 200)
    expected = closed(start, data, new, np.full(N, TIME))
    scale = np.abs(expected - start.values(new)).max()
    np.testing.assert_allclose(found, expected, atol=0.02 * scale)


def test_moving_points_are_not_what_the_closed_form_describes() -> None:
    """The gap to the linearised model is of the order of the attack's whole effect (finding)."""
    start, data, new = problem(400)
    rate = 0.1
    xi = TIME * np.exp(rate * sensitivities(start, data[0]))
    moved = simulate("linear", start, data, new, constant(rate), TIME, 200)
    finer = simulate("linear", start, data, new, constant(rate), TIME, 400)
    effect = np.linalg.norm(moved - closed(start, data, new, np.full(N, TIME)))
    gap = np.linalg.norm(moved - closed(start, data, new, xi))
    assert np.linalg.norm(moved - finer) < 0.05 * effect
    assert gap > 0.3 * effect


def test_wide_networks_follow_the_linearised_model_under_attack() -> None:
    gaps = []
    for width in (50, 5000):
        start, data, new = problem(width)
        models: tuple[Model, Model] = ("network", "linear")
        net, line = (simulate(m, start, data, new, constant(0.1, 4), TIME, 80) for m in models)
        gaps.append(np.abs(net - line).max())
    assert gaps[1] < 0.25 * gaps[0]


@pytest.mark.parametrize(
    ("model", "duration", "steps"), [("kernel", 1.0, 1), ("linear", 0.0, 1), ("linear", 1.0, 0)]
)
def test_bad_settings(model: Model, duration: float, steps: int) -> None:
    start, data, new = problem()
    with pytest.raises(InputError):
        simulate(model, start, data, new, constant(0.1), duration, steps)
