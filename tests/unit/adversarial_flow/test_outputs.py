"""Functions with several outputs, their losses and the attacks on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ratecheck.adversarial_flow import PGD, Outputs, Restarts, ball, margins, survivors
from ratecheck.adversarial_flow.outputs import Objective, margin_loss, square_loss
from ratecheck.kernels import NTK, DualActivation, Gaussian, Kernel
from ratecheck.types import Array, InputError


def outputs(kernel: Kernel, seed: int = 0) -> tuple[Outputs, Array, np.random.Generator]:
    """Return a random function with three outputs, and five points."""
    rng = np.random.default_rng(seed)
    f = Outputs(
        kernel=kernel, centres=rng.uniform(0, 1, (12, 4)),
        weights=rng.standard_normal((12, 3)), offset=rng.standard_normal(3),
    )  # fmt: skip
    return f, rng.uniform(0.1, 0.9, (5, 4)), rng


def slopes(objective: Objective, X: Array, step: float = 1e-6) -> Array:
    """Return central differences of the losses, shape (m, d)."""
    moves = step * np.eye(X.shape[1])
    return np.stack(
        [(objective(X + v)[0] - objective(X - v)[0]) / (2 * step) for v in moves], axis=1
    )


KERNELS = (NTK(depth=3, bias=0.1), DualActivation("erf", tangent=True), Gaussian(0.7))


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_gradients_of_losses(kernel: Kernel) -> None:
    f, X, rng = outputs(kernel)
    losses = square_loss(f, rng.standard_normal((5, 3))), margin_loss(f, np.array([0, 1, 2, 0, 1]))
    for objective in losses:
        values, gradients = objective(X)
        assert values.shape == (5,)
        np.testing.assert_allclose(gradients, slopes(objective, X), rtol=1e-5, atol=1e-7)


def test_values_are_kernel_expansions() -> None:
    f, X, _ = outputs(KERNELS[0])
    expected = f.kernel(X, f.centres) @ f.weights + f.offset
    np.testing.assert_allclose(f(X), expected, rtol=1e-13)


def test_margin_is_that_of_the_best_wrong_class() -> None:
    f, X, _ = outputs(KERNELS[0])
    labels = np.array([0, 1, 2, 0, 1])
    scores = f(X)
    expected = [max(np.delete(row, k)) - row[k] for row, k in zip(scores, labels, strict=True)]
    np.testing.assert_allclose(margin_loss(f, labels)(X)[0], expected, rtol=1e-13)


@pytest.mark.parametrize("norm", [2, math.inf])
def test_attacked_points_are_admissible_and_worse(norm: float) -> None:
    f, X, rng = outputs(KERNELS[0])
    region, box = ball(0.2, norm, (0.0, 1.0)), (0.0, 1.0)
    objective = square_loss(f, np.zeros((5, 3)))
    plain = PGD()(objective, X, region, rng)
    best, losses = Restarts()(objective, X, region, rng)
    for Z in (plain, best):
        assert np.linalg.norm(Z - X, axis=1, ord=norm).max() <= 0.2 * (1 + 1e-12)
        assert box[0] <= Z.min()
        assert box[1] >= Z.max()
    np.testing.assert_allclose(losses, objective(best)[0], rtol=1e-12)
    assert (objective(plain)[0] > objective(X)[0]).all()
    assert (losses >= objective(plain)[0] * 0.999).all()


def test_attack_finds_the_worst_point_of_a_linear_function() -> None:
    """With K = <x, y> the margin is linear: its maximum over a cube is known."""
    rng = np.random.default_rng(1)
    f = Outputs(kernel=NTK(depth=1), centres=rng.standard_normal((6, 4)),
                weights=rng.standard_normal((6, 2)), offset=np.zeros(2))  # fmt: skip
    X, labels = rng.standard_normal((7, 4)), np.zeros(7, dtype=np.int64)
    slope = f.centres.T @ (f.weights[:, 1] - f.weights[:, 0])
    expected = X @ slope + 0.3 * np.abs(slope).sum()
    np.testing.assert_allclose(
        margins(f, X, labels, ball(0.3, math.inf, None), rng), expected, rtol=1e-10
    )
    euclidean = X @ slope + 0.3 * np.linalg.norm(slope)
    np.testing.assert_allclose(margins(f, X, labels, ball(0.3, 2, None), rng), euclidean, rtol=1e-6)


def test_no_radius_is_no_attack() -> None:
    f, X, rng = outputs(KERNELS[0])
    region, labels = ball(0.0, math.inf, None), np.zeros(5, dtype=np.int64)
    np.testing.assert_array_equal(margins(f, X, labels, region, rng), margin_loss(f, labels)(X)[0])
    np.testing.assert_array_equal(PGD()(margin_loss(f, labels), X, region, rng), X)


@pytest.mark.parametrize("radius", [0.0, 0.05, 0.3])
def test_survivors_are_the_points_without_positive_margin(radius: float) -> None:
    f, _, rng = outputs(KERNELS[0])
    X = rng.uniform(0, 1, (40, 4))
    labels, region = f(X).argmax(axis=1), ball(radius, 2, None)
    labels[:5] = (labels[:5] + 1) % 3
    alive = survivors(f, X, labels, region, np.random.default_rng(0))
    worst = margins(f, X, labels, region, np.random.default_rng(0), Restarts(starts=4))
    assert not alive[:5].any()
    assert np.mean(alive != (worst <= 0)) <= 0.05  # random starts differ


def test_more_restarts_are_never_weaker() -> None:
    f, X, _ = outputs(KERNELS[0])
    labels, region = np.zeros(5, dtype=np.int64), ball(0.3, math.inf, (0.0, 1.0))
    found = [
        margins(f, X, labels, region, np.random.default_rng(0), Restarts(starts=k, steps=8))
        for k in (1, 3)
    ]
    assert (found[1] >= found[0]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((-0.1, 2, None), "radius"), ((0.1, 1, None), "norm"), ((0.1, 2, (1.0, 0.0)), "box")],
)
def test_bad_regions(
    arguments: tuple[float, float, tuple[float, float] | None], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        ball(*arguments)


@pytest.mark.parametrize("labels", [np.zeros(4, dtype=np.int64), np.full(5, 3), np.full(5, -1)])
def test_bad_labels(labels: Array) -> None:
    f, X, rng = outputs(KERNELS[0])
    with pytest.raises(InputError, match="labels"):
        margins(f, X, labels, ball(0.1, 2, None), rng)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    "make",
    [
        lambda: PGD(steps=0),
        lambda: PGD(share=0.0),
        lambda: Restarts(starts=0),
        lambda: Restarts(steps=0),
    ],
)
def test_bad_settings(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator] # a lambda
