from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.networks import (
    alignment,
    effective_rank,
    eigenvectors,
    kernel_distance,
    specialisation,
)
from ratecheck.networks.diagnostics import RANKS
from ratecheck.types import Array, InputError

SEEDS = st.integers(0, 2**20)


def psd(seed: int, n: int = 7, rank: int = 4) -> Array:
    factor = np.random.default_rng(seed).standard_normal((n, rank))
    return factor @ factor.T


@given(seed=SEEDS, factor=st.floats(1e-6, 1e6))
def test_distance_laws(seed: int, factor: float) -> None:
    K, L = psd(seed), psd(seed + 1)
    assert kernel_distance(K, factor * K) == pytest.approx(0, abs=1e-12)
    assert kernel_distance(K, L) == pytest.approx(kernel_distance(L, K), abs=1e-12)
    assert 0 < kernel_distance(K, L) < 1


def test_distance_of_orthogonal_kernels_is_one() -> None:
    K = np.diag([1.0, 2, 0, 0])
    assert kernel_distance(K, np.diag([0.0, 0, 3, 1])) == 1
    assert kernel_distance(K, np.eye(4)) == pytest.approx(1 - 3 / 20**0.5)


@given(seed=SEEDS, factor=st.floats(1e-6, 1e6), definition=st.sampled_from(RANKS))
def test_effective_rank_laws(seed: int, factor: float, definition: str) -> None:
    K = psd(seed)
    rank = effective_rank(K, definition)
    turn = np.linalg.qr(np.random.default_rng(seed + 2).standard_normal((7, 7)))[0]
    assert 1 <= rank <= 4 + 1e-9
    assert effective_rank(factor * K, definition) == pytest.approx(rank, rel=1e-9)
    moved = turn @ K @ turn.T
    assert effective_rank(0.5 * (moved + moved.T), definition) == pytest.approx(rank, rel=1e-6)


@pytest.mark.parametrize("definition", RANKS)
def test_effective_rank_of_known_matrices(definition: str) -> None:
    assert effective_rank(np.eye(5), definition) == pytest.approx(5)
    assert effective_rank(np.ones((5, 5)), definition) == pytest.approx(1)
    known = {"entropy": np.exp(1.5 * np.log(2)), "trace": 2.0, "participation": 16 / 6}
    assert effective_rank(np.diag([2.0, 1, 1, 0]), definition) == pytest.approx(known[definition])


def test_eigenvectors_come_in_order_with_a_sign() -> None:
    K = psd(3, rank=7)
    values, vectors = eigenvectors(K, 3)
    np.testing.assert_allclose(K @ vectors, vectors * values, atol=1e-10)
    assert (np.diff(values) < 0).all()
    assert values[0] == pytest.approx(np.linalg.norm(K, 2))
    assert (np.sum(vectors**3, axis=0) > 0).all()


def test_alignment_of_the_ideal_kernel_is_one_and_of_noise_small() -> None:
    labels = np.arange(40) % 4
    Y = np.eye(4)[labels]
    for centred in (True, False):
        assert alignment(Y @ Y.T, labels, centred=centred) == pytest.approx(1)
    noise = psd(5, 40, 400)
    # of the identity it is (3 / 39)^{1/2}: the labels span 3 of the 39 centred directions
    assert alignment(noise, labels) == pytest.approx((3 / 39) ** 0.5, abs=0.03)
    shifted = noise + 1e5
    assert alignment(shifted, labels) == pytest.approx(alignment(noise, labels), rel=1e-6)
    assert alignment(shifted, labels, centred=False) == pytest.approx(0.5, abs=0.01)


def test_specialisation_by_its_definition() -> None:
    labels = np.array([0, 1, 2, 0, 1, 2, 0])
    kernels = np.stack([psd(seed) for seed in (1, 2, 3)])
    A = np.empty((3, 3))
    for c, c2 in np.ndindex(3, 3):
        y = (labels == c2).astype(float)
        target = np.outer(y, y)
        norms = np.linalg.norm(kernels[c]) * np.linalg.norm(target)
        A[c, c2] = np.trace(kernels[c] @ target) / norms
    found = specialisation(kernels, labels)
    np.testing.assert_allclose(found, A / A.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.mean(axis=0), 1, rtol=1e-12)
    assert not np.allclose(found.mean(axis=1), 1, rtol=1e-3)
    own = np.stack([np.outer(labels == c, labels == c).astype(float) for c in range(3)])
    np.testing.assert_allclose(specialisation(own, labels), 3 * np.eye(3), atol=1e-12)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: kernel_distance(np.eye(2), np.eye(3)), "one shape"),
        (lambda: kernel_distance(np.eye(2), np.zeros((2, 2))), "zero matrix"),
        (lambda: kernel_distance(np.full((2, 2), np.nan), np.eye(2)), "finite"),
        (lambda: effective_rank(np.eye(2), "rank"), "definition"),
        (lambda: effective_rank(np.ones((2, 3))), "square"),
        (lambda: effective_rank(np.array([[1.0, 2], [0, 1]])), "symmetric"),
        (lambda: effective_rank(np.diag([1.0, -0.1])), "semidefinite"),
        (lambda: effective_rank(np.zeros((2, 2))), "semidefinite"),
        (lambda: eigenvectors(np.eye(2), 3), "count"),
        (lambda: alignment(np.eye(3), [0, 1]), "3 entries"),
        (lambda: alignment(np.eye(2), [0.5, 1]), "integers"),
        (lambda: alignment(np.eye(2), [0, 0]), "do not vary"),
        (lambda: specialisation(np.eye(3), [0, 1, 1]), "shape"),
        (lambda: specialisation(np.stack([np.eye(3)] * 2), [0, 0, 0]), "absent: \\[1\\]"),
    ],
)
def test_bad_input_is_refused(call: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        call()
