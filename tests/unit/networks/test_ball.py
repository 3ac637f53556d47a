from __future__ import annotations

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.networks import MLP, PGD, Ball
from ratecheck.networks.attacks import attacked
from ratecheck.types import Array, InputError

SEEDS = st.integers(0, 2**20)
NORMS = st.sampled_from([math.inf, 2])
ROUNDING = 1e-12


def sample(seed: int) -> tuple[Array, Array]:
    """Clean points in the box, and points anywhere."""
    rng = np.random.default_rng(seed)
    return rng.random((6, 5)), 3 * rng.standard_normal((6, 5))


@given(seed=SEEDS, norm=NORMS, radius=st.floats(0, 2))
def test_projections_are_in_ball_and_box_and_stay_there(
    seed: int, norm: float, radius: float
) -> None:
    ball, (X, Z) = Ball(radius=radius, norm=norm), sample(seed)
    P = ball.project(X, Z)
    assert ball.distances(X, P).max() <= radius + ROUNDING
    assert P.min() >= 0
    assert P.max() <= 1
    np.testing.assert_allclose(ball.project(X, P), P, atol=ROUNDING)
    np.testing.assert_allclose(ball.project(jnp.asarray(X), Z, jnp), P, atol=ROUNDING)


@given(seed=SEEDS, norm=NORMS)
def test_without_a_box_no_point_of_the_ball_is_nearer(seed: int, norm: float) -> None:
    ball, (X, Z) = Ball(radius=0.5, norm=norm, box=None), sample(seed)
    away = np.linalg.norm(Z - ball.project(X, Z), axis=1)
    others = X + ball.starts(np.random.default_rng(seed + 1), (200, 6, 5))
    assert (np.linalg.norm(Z - others, axis=2) >= away - ROUNDING).all()


@given(seed=SEEDS, norm=NORMS)
def test_ascent_is_the_steepest_direction(seed: int, norm: float) -> None:
    ball, (_, G) = Ball(radius=1.0, norm=norm, box=None), sample(seed)
    step = ball.ascent(G)
    others = ball.starts(np.random.default_rng(seed + 1), (200, 6, 5))
    assert (np.sum(step * G, axis=1) >= np.sum(others * G, axis=2) - ROUNDING).all()
    assert ball.distances(0 * G, step).max() <= 1 + ROUNDING
    assert (ball.ascent(0 * G) == 0).all()


@pytest.mark.parametrize("norm", [math.inf, 2])
def test_starts_are_uniform_in_the_ball(norm: float) -> None:
    # the ball of half the radius holds 2^-d of the volume
    ball, count = Ball(radius=0.3, norm=norm), 40_000
    starts = ball.starts(np.random.default_rng(0), (count, 3))
    lengths = ball.distances(0 * starts, starts)
    assert lengths.max() <= 0.3
    share = np.mean(lengths < 0.15)
    assert abs(share - 1 / 8) < 4 * (7 / 64 / count) ** 0.5
    assert np.abs(starts.mean(axis=0)).max() < 4 * 0.3 / count**0.5


# What public code of arXiv 2210.12030 does (theory note H), as the laws that it breaks.


def public_start(X: Array, radius: float, offsets: Array) -> Array:
    """Its random start: clamped as if the norm were l2, and added to the image a second time."""
    return np.asarray(X + Ball(radius=radius, norm=2, box=None).project(X, X + offsets))


def public_project(X: Array, Z: Array, radius: float) -> Array:
    """Its projection: box first, then ball."""
    return np.asarray(X + np.clip(np.clip(Z, 0, 1) - X, -radius, radius))


def test_the_start_is_added_once_and_clamped_in_its_own_norm() -> None:
    X, _ = sample(0)
    attack = PGD(ball=Ball(radius=0.1), steps=1)
    offsets = attack.starts(np.random.default_rng(1), X.shape)
    first = attack.ball.project(X, X + offsets)
    np.testing.assert_allclose(first, np.clip(X + offsets, 0, 1), atol=ROUNDING)
    assert attack.ball.distances(X, public_start(X, 0.1, offsets)).max() > 0.1 + 1e-3
    assert np.linalg.norm(offsets, axis=1).max() > 0.1  # an l2 clamp would have cut it


def test_the_box_comes_after_the_ball() -> None:
    # the two orders agree on clean points inside the box; on the box's edge rounding decides
    X = np.full((1, 2), 1.0 - 2**-53)
    Z, ball = X + 0.5, Ball(radius=0.1)
    assert ball.project(X, Z).max() <= 1
    outside = np.array([[1.2, 0.5]])  # a clean point beyond the box: only one order ends inside
    assert ball.project(outside, outside).max() <= 1
    assert public_project(outside, outside, 0.1).max() > 1


def naive(network: MLP, params: Any, X: Array, targets: Array, attack: PGD, start: Array) -> Array:
    """Projected ascent point by point, with gradients by central differences."""

    def loss(x: Array, row: Array) -> float:
        return float(0.5 * np.sum((network(params, x[None])[0] - row) ** 2))

    out = []
    for x, row, offset in zip(X, targets, start, strict=True):
        z = attack.ball.project(x[None], (x + offset)[None])[0]
        for _ in range(attack.steps):
            h = 1e-6 * np.eye(len(z))
            slope = np.array([(loss(z + e, row) - loss(z - e, row)) / 2e-6 for e in h])
            step = attack.step * attack.ball.ascent(slope[None])[0]
            z = attack.ball.project(x[None], (z + step)[None])[0]
        out.append(z)
    return np.array(out)


@pytest.mark.parametrize("norm", [math.inf, 2])
def test_the_compiled_attack_is_the_naive_one(norm: float, rng: np.random.Generator) -> None:
    network = MLP(depth=2, width=6, activation="tanh", outputs=2)
    params, X, targets = network.init(rng, 3), rng.random((3, 3)), np.eye(2)[[0, 1, 1]]
    attack = PGD(ball=Ball(radius=0.2, norm=norm), steps=4)
    start = attack.starts(rng, X.shape)
    found = attacked(attack, "square", network, params, X, targets, start)  # type: ignore[arg-type] # numpy arrays are jax's input
    np.testing.assert_allclose(found, naive(network, params, X, targets, attack, start), atol=1e-6)
    assert np.abs(found - X).max() > 0.1


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Ball(radius=-0.1), "radius"),
        (lambda: Ball(radius=math.inf), "radius"),
        (lambda: Ball(radius=0.1, norm=1), "norm"),
        (lambda: Ball(radius=0.1, box=(1.0, 0.0)), "box"),
        (lambda: Ball(radius=0.1, box=(0.0, 0.5, 1.0)), "box"),  # type: ignore[arg-type] # the point
        (lambda: Ball(radius=0.1, box=(0.0, math.nan)), "box"),
        (lambda: PGD(ball=Ball(radius=0.1), steps=0), "steps"),
        (lambda: PGD(ball=Ball(radius=0.1), rate=-1.0), "rate"),
        (lambda: Ball(radius=0.1).admit(np.array([[1.5]])), "outside"),
    ],
)
def test_bad_settings_are_refused(make: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        make()
