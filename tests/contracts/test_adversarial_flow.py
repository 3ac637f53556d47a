"""Laws of linearised adversarial training (theory note F), over random kernels and Xi."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratecheck as rc
from ratecheck.adversarial_flow import (
    AdversarialFlow,
    adversarial_flow_gradient,
    adversarial_flow_operator,
)
from ratecheck.kernels import Entry, registry
from ratecheck.types import Array

FEW = settings(max_examples=12)
KERNELS = [pytest.param(e, id=repr(e.kernel)) for e in registry()[::4]]
seeds = st.integers(0, 10**6)


def draw(seed: int) -> tuple[Array, Array]:
    """Draw Theta, sometimes singular, and xi over several decades, zeros included."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    A = rng.standard_normal((n, n if seed % 3 else n // 2))
    xi = 10.0 ** rng.uniform(-4, 1.5, n) * (rng.random(n) > 0.15)
    return A @ A.T, xi


@FEW
@given(seed=seeds)
def test_operator_is_symmetric_and_between_zero_and_the_inverse(seed: int) -> None:
    Theta, xi = draw(seed)
    P = adversarial_flow_operator(Theta, xi)
    np.testing.assert_array_equal(P, P.T)
    size = max(np.abs(P).max(), 1e-300)
    assert np.linalg.eigvalsh(P)[0] >= -1e-13 * size
    # P <= Theta^-1, without the inverse: Theta P Theta <= Theta
    gap = Theta - Theta @ P @ Theta
    assert np.linalg.eigvalsh(gap)[0] >= -1e-12 * np.trace(Theta)


@FEW
@given(seed=seeds)
def test_nothing_is_learnt_from_points_without_time(seed: int) -> None:
    Theta, xi = draw(seed)
    rows = xi > 0
    P = adversarial_flow_operator(Theta, xi)
    assert not P[~rows].any()
    if rows.any():
        alone = adversarial_flow_operator(Theta[np.ix_(rows, rows)], xi[rows])
        np.testing.assert_allclose(P[np.ix_(rows, rows)], alone, atol=1e-12 * np.abs(alone).max())


@FEW
@given(seed=seeds, factor=st.floats(1e-3, 1e3))
def test_scaling_the_kernel_is_scaling_time(seed: int, factor: float) -> None:
    Theta, xi = draw(seed)
    scaled = factor * adversarial_flow_operator(factor * Theta, xi / factor)
    P = adversarial_flow_operator(Theta, xi)
    np.testing.assert_allclose(scaled, P, atol=1e-11 * max(np.abs(P).max(), 1e-300))


@FEW
@given(seed=seeds)
def test_order_of_points_does_not_matter(seed: int) -> None:
    Theta, xi = draw(seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(xi.size)
    a, y = rng.standard_normal((2, xi.size))
    g = adversarial_flow_gradient(Theta, xi, a, y)
    moved = adversarial_flow_gradient(Theta[np.ix_(order, order)], xi[order], a[order], y[order])
    np.testing.assert_allclose(moved, g[order], atol=1e-11 * np.abs(g).max())


@FEW
@given(seed=seeds)
def test_gradient_is_bilinear_and_symmetric(seed: int) -> None:
    Theta, xi = draw(seed)
    a, y = np.random.default_rng(seed).standard_normal((2, xi.size))
    flow = AdversarialFlow(Theta, xi)
    g = flow.gradient(a, y)
    np.testing.assert_allclose(g, flow.gradient(y, a), atol=1e-12 * np.abs(g).max())
    polar = (flow.gradient(a + y, a + y) - flow.gradient(a - y, a - y)) / 4
    np.testing.assert_allclose(g, polar, atol=1e-11 * (np.abs(polar).max() + np.abs(a * y).max()))


@FEW
@given(seed=seeds)
def test_derivative_along_xi_is_known(seed: int) -> None:
    """d/dc P(c Xi) = Xi e^{-c Theta Xi} = Xi (I - Theta P) at c = 1."""
    Theta, xi = draw(seed)
    a, y = np.random.default_rng(seed).standard_normal((2, xi.size))
    flow = AdversarialFlow(Theta, xi)
    expected = (xi * a) @ (y - Theta @ flow.weights(y))
    scale = np.abs(xi * a).sum() * np.abs(y).max() * (1 + np.abs(Theta @ flow.operator).max())
    assert abs(xi @ flow.gradient(a, y) - expected) <= 1e-12 * scale + 1e-300


@pytest.mark.parametrize("entry", KERNELS)
def test_equal_times_are_gradient_flow(entry: Entry) -> None:
    rng = np.random.default_rng(0)
    n, t = 12, 0.7
    X = rng.uniform(0.05, 0.95, (n, entry.columns[0]))
    y, new = rng.standard_normal(n), rng.uniform(0.05, 0.95, (5, entry.columns[0]))
    flow = AdversarialFlow(entry.kernel(X, X), np.full(n, t))
    estimator = rc.GradientFlow()
    path = estimator.path(estimator.prepare(entry.kernel, X), y, np.array([n * t]))
    found = entry.kernel(new, X) @ flow.weights(y)
    np.testing.assert_allclose(found, estimator.predict(path, new)[0], atol=1e-8)


@FEW
@given(seed=seeds)
def test_long_training_forgets_the_attack(seed: int) -> None:
    """P(c Xi_0) -> Theta^{-1} whatever Xi_0 > 0 is: adversarial training degenerates (D2)."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    A = rng.standard_normal((n, 2 * n))
    Theta, first = A @ A.T / n + 0.05 * np.eye(n), rng.uniform(0.2, 5, n)
    inverse = np.linalg.inv(Theta)
    gaps = [
        np.linalg.norm(adversarial_flow_operator(Theta, c * first) - inverse)
        for c in (1, 10, 100, 1e3, 1e6)
    ]
    gaps = [gap / np.linalg.norm(inverse) for gap in gaps]
    assert all(late <= early + 1e-12 for early, late in pairwise(gaps))
    assert gaps[-2] < 1e-3
    assert gaps[-1] < 1e-10


def test_a_point_without_time_keeps_the_limit_away() -> None:
    """The control of the law above: Xi_0 must be positive everywhere."""
    Theta = np.eye(3) + 0.5
    P = adversarial_flow_operator(Theta, np.array([1e6, 1e6, 0.0]))
    assert np.linalg.norm(P - np.linalg.inv(Theta)) > 0.5


def test_operator_is_not_monotone_in_xi() -> None:
    """More time everywhere does not mean a larger P: kept so that nobody assumes it."""
    rng = np.random.default_rng(0)
    worst = 0.0
    for _ in range(300):
        A = rng.standard_normal((3, 3))
        xi = 10 ** rng.uniform(-2, 1.5, 3)
        P, Q = (adversarial_flow_operator(A @ A.T, x) for x in (xi, xi + 5 * rng.random(3)))
        worst = min(worst, float(np.linalg.eigvalsh(Q - P)[0] / np.abs(Q).max()))
    assert worst < -0.01


def test_equal_times_are_monotone() -> None:
    """What does hold: P(t I) grows with t."""
    rng = np.random.default_rng(0)
    A = rng.standard_normal((5, 5))
    P = [adversarial_flow_operator(A @ A.T, np.full(5, t)) for t in (0.1, 0.2, 1.0, 30.0)]
    steps = [np.linalg.eigvalsh(late - early)[0] for early, late in pairwise(P)]
    assert min(steps) >= -1e-13
