from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from ratecheck.networks import MLP, PGD, Ball, Trained
from ratecheck.networks.robustness import Ascent, Attack, AutoPGD, BlockSearch, evaluate, margins
from ratecheck.networks.robustness.criteria import CRITERIA
from ratecheck.types import Array, InputError, IntArray


@dataclass
class Linear:
    """Scores ``scale * X W``: the worst case is known."""

    W: Array
    scale: float = 1.0

    def __call__(self, X: Array) -> Array:
        return np.asarray(self.scale * X @ self.W)

    def pull_back(self, X: Array, R: Array) -> Array:
        return np.asarray(self.scale * R @ self.W.T)

    def worst(self, X: Array, labels: IntArray, ball: Ball) -> Array:
        """Exact smallest margins without a box: each rival falls by radius times its dual norm."""
        gaps = self.W[:, labels].T[:, :, None] - self.W[None]  # (n, d, C)
        reach = np.linalg.norm(gaps, ord=1 if math.isinf(ball.norm) else 2, axis=1)
        values = np.einsum("nd,ndc->nc", X, gaps) - ball.radius * reach
        values[np.arange(len(X)), labels] = np.inf
        return np.asarray(self.scale * values.min(axis=1))


def attacks(ball: Ball) -> list[Attack]:
    return [
        Ascent(pgd=PGD(ball=ball, steps=20), criterion="margin", restarts=2),
        Ascent(pgd=PGD(ball=ball, steps=20)),
        AutoPGD(region=ball, steps=40, criterion="margin"),
        AutoPGD(region=ball, steps=40),
        BlockSearch(region=ball, queries=1500),
    ]


def problem(seed: int = 0) -> tuple[Linear, Array, IntArray]:
    rng = np.random.default_rng(seed)
    X, labels = rng.random((30, 6)), np.arange(30) % 4
    return Linear(rng.standard_normal((6, 4))), X, labels


@pytest.mark.parametrize("norm", [math.inf, 2])
@pytest.mark.parametrize("index", range(5))
def test_attacks_find_the_worst_case_of_a_linear_classifier(norm: float, index: int) -> None:
    victim, X, labels = problem()
    ball = Ball(radius=0.1, norm=norm, box=None)
    attack = attacks(ball)[index]
    Z = attack(victim, X, labels, np.random.default_rng(1))
    found, exact = margins(victim(Z), labels), victim.worst(X, labels, ball)
    clean = margins(victim(X), labels)
    assert ball.distances(X, Z).max() <= 0.1 + 1e-12
    assert (found >= exact - 1e-12).all()
    shares = (clean - found) / (clean - exact)
    # cross-entropy has its maximum elsewhere in a Euclidean ball; one start may take a wrong rival
    assert np.median(shares) > (0.95 if attack.name.endswith("cross_entropy") else 0.99)
    assert shares.min() > 0.5


@pytest.mark.parametrize("norm", [math.inf, 2])
def test_found_points_are_admissible_and_never_better_than_clean(norm: float) -> None:
    victim, X, labels = problem()
    ball = Ball(radius=0.3, norm=norm)
    for attack in attacks(ball):
        Z = attack(victim, X, labels, np.random.default_rng(1))
        assert ball.distances(X, Z).max() <= 0.3 + 1e-12
        assert Z.min() >= 0
        assert Z.max() <= 1
        assert (margins(victim(Z), labels) <= margins(victim(X), labels)).all()


def test_vanishing_gradients_deceive_some_attacks_but_not_the_worst_case() -> None:
    # scores so large that the softmax is saturated in float64: its gradient is exactly zero
    _, X, labels = problem()
    W = np.linalg.lstsq(X, np.eye(4)[labels])[0]
    sure = Linear(np.asarray(W), scale=1e6)
    labels = np.argmax(sure(X), axis=1)
    ball = Ball(radius=0.2)
    naive = Ascent(pgd=PGD(ball=ball, steps=20, random=False))
    others = (
        AutoPGD(region=ball, steps=40, criterion="dlr"),
        BlockSearch(region=ball, queries=300),
    )
    found = evaluate(sure, X, labels, (naive, *others), np.random.default_rng(1))
    assert found.accuracy(naive.name) > 0.9
    assert all(found.accuracy(attack.name) < 0.2 for attack in others)
    assert found.accuracy() <= min(found.accuracy(attack.name) for attack in others)


def test_the_worst_case_is_pointwise_and_takes_transferred_points() -> None:
    victim, X, labels = problem()
    ball = Ball(radius=0.1)
    weak, strong = Ascent(pgd=PGD(ball=ball, steps=1)), AutoPGD(region=ball, steps=20)
    there = strong(problem(1)[0], X, labels, np.random.default_rng(2))
    found = evaluate(
        victim, X, labels, (weak, strong), np.random.default_rng(1), {"transfer": there}
    )
    stacked = np.stack([found.clean, *found.attacked.values()])
    assert set(found.attacked) == {weak.name, strong.name, "transfer"}
    np.testing.assert_array_equal(found.worst, stacked.min(axis=0))
    assert found.accuracy() == np.mean(found.worst > 0)
    assert found.accuracy("transfer") >= found.accuracy()
    with pytest.raises(InputError, match="no attack 'FAB'"):
        found.accuracy("FAB")


def test_a_network_is_a_victim_with_the_right_gradients(rng: np.random.Generator) -> None:
    network = MLP(depth=3, width=9, activation="tanh", bias=0.1, outputs=3)
    victim = Trained(model=network, params=network.init(rng, 4))
    X, R, h = rng.random((5, 4)), rng.standard_normal((5, 3)), 1e-6
    slopes = [
        np.sum(R * (victim(X + h * e) - victim(X - h * e)), axis=1) / (2 * h) for e in np.eye(4)
    ]
    np.testing.assert_allclose(victim.pull_back(X, R), np.stack(slopes, axis=1), atol=1e-8)


@pytest.mark.parametrize("criterion", sorted(CRITERIA))
def test_criteria_have_the_gradients_of_their_values(criterion: str) -> None:
    rng = np.random.default_rng(0)
    scores, labels, h = rng.standard_normal((20, 5)), np.arange(20) % 5, 1e-6
    _, slope = CRITERIA[criterion](scores, labels)
    for c in range(5):
        e = h * np.eye(5)[c]
        ends = [CRITERIA[criterion](scores + sign * e, labels)[0] for sign in (1, -1)]
        np.testing.assert_allclose(slope[:, c], (ends[0] - ends[1]) / (2 * h), atol=1e-7)


def test_the_dlr_loss_does_not_change_under_affine_maps() -> None:
    rng = np.random.default_rng(0)
    scores, labels = rng.standard_normal((20, 5)), np.arange(20) % 5
    values = CRITERIA["dlr"](scores, labels)[0]
    np.testing.assert_allclose(CRITERIA["dlr"](1e6 * scores + 3, labels)[0], values, rtol=1e-9)
    assert not np.allclose(CRITERIA["margin"](1e6 * scores + 3, labels)[0], values, rtol=0.1)
    ordered = np.sort(scores, axis=1)
    right = labels == np.argmax(scores, axis=1)
    by_hand = -(ordered[:, -1] - ordered[:, -2]) / (ordered[:, -1] - ordered[:, -3])
    np.testing.assert_allclose(values[right], by_hand[right])


def test_blocks_are_squares_of_pixels() -> None:
    search = BlockSearch(region=Ball(radius=0.1), image=(4, 5, 2))
    blocks = search._blocks(np.random.default_rng(0), (50, 40), 0.3).reshape(50, 4, 5, 2)
    assert (blocks[..., 0] == blocks[..., 1]).all()
    for block in blocks[..., 0]:
        rows, columns = np.flatnonzero(block.any(axis=1)), np.flatnonzero(block.any(axis=0))
        assert len(rows) == len(columns) == 2  # round((0.3 * 20) ** 0.5)
        assert np.diff(rows) == np.diff(columns) == 1
        assert block.sum() == 4
    assert len({tuple(block.ravel()) for block in blocks}) > 5


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Ascent(pgd=PGD(ball=Ball(radius=0.1)), criterion="hinge"), "criterion"),
        (lambda: Ascent(pgd=PGD(ball=Ball(radius=0.1)), restarts=0), "restarts"),
        (lambda: AutoPGD(region=Ball(radius=0.1), steps=1), "steps"),
        (lambda: BlockSearch(region=Ball(radius=0.1), queries=0), "queries"),
        (lambda: BlockSearch(region=Ball(radius=0.1), share=1.5), "share"),
        (lambda: CRITERIA["dlr"](np.zeros((1, 2)), np.zeros(1, dtype=np.int64)), "3 classes"),
    ],
)
def test_bad_settings_are_refused(make: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        make()


def test_bad_input_is_refused() -> None:
    victim, X, labels = problem()
    ball, rng = Ball(radius=0.1), np.random.default_rng(0)
    attack, wide = AutoPGD(region=ball), AutoPGD(region=Ball(radius=0.2), steps=9)
    with pytest.raises(InputError, match="outside the attack's box"):
        attack(victim, X + 1, labels, rng)
    with pytest.raises(InputError, match="labels must lie in 0"):
        attack(victim, X, labels + 9, rng)
    with pytest.raises(InputError, match="30 entries"):
        attack(victim, X, labels[:-1], rng)
    with pytest.raises(InputError, match="one ball"):
        evaluate(victim, X, labels, (attack, wide), rng)
    with pytest.raises(InputError, match="leave the balls"):
        evaluate(victim, X, labels, (attack,), rng, {"far": np.clip(X + 0.2, 0, 1)})
    with pytest.raises(InputError, match="no 6 columns"):
        BlockSearch(region=ball, image=(2, 2, 1))(victim, X, labels, rng)
