"""Linear systems: minimum norm with its conditioning, and filters."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.filters import GradientFlowFilter, RidgeFilter
from ratecheck.random_features.solving import filtered, minimum_norm
from ratecheck.types import Array, Status


def matrix(singular: Array, p: int = 60, seed: int = 0) -> Array:
    """Return features (N, p) with these singular values."""
    rng = np.random.default_rng(seed)
    left = np.linalg.qr(rng.standard_normal((singular.size, singular.size)))[0]
    right = np.linalg.qr(rng.standard_normal((p, singular.size)))[0]
    return np.asarray((left * singular) @ right.T)


def solve(F: Array, Y: Array) -> tuple[Array, float, int, Status]:
    found = minimum_norm(F @ F.T, Y, lambda c: F @ (F.T @ c))
    return F.T @ found.coefficients[:, 0], found.condition, found.rank, found.status


Y = np.random.default_rng(1).standard_normal(12)


@pytest.mark.parametrize("worst", [1.0, 1e-2, 1e-4, 1e-6])
def test_parameters_have_the_accuracy_of_the_features(worst: float) -> None:
    F = matrix(np.geomspace(1.0, worst, 12))
    theta, condition, rank, status = solve(F, Y)
    expected = np.linalg.lstsq(F, Y)[0]
    error = np.linalg.norm(theta - expected) / np.linalg.norm(expected)
    assert error < 50 * 2.2e-16 / worst  # condition of F, not its square
    assert 0.3 < condition * worst**2 < 30
    assert (rank, status) == (12, Status.CONVERGED)


def test_without_features_the_square_of_the_condition_is_lost_and_said() -> None:
    F = matrix(np.geomspace(1.0, 1e-5, 12))
    found = minimum_norm(F @ F.T, Y)
    assert found.status is Status.ILL_CONDITIONED
    exact = np.linalg.lstsq(F, Y)[0]
    error = np.linalg.norm(F.T @ found.coefficients[:, 0] - exact) / np.linalg.norm(exact)
    refined = solve(F, Y)[0]
    assert error > 100 * np.linalg.norm(refined - exact) / np.linalg.norm(exact)


@pytest.mark.parametrize("rank", [1, 5, 11])
def test_rank_deficient_is_least_squares_of_minimum_norm(rank: int) -> None:
    singular = np.where(np.arange(12) < rank, np.geomspace(1.0, 0.01, 12), 0.0)
    F = matrix(singular)
    theta, _, found, status = solve(F, Y)
    np.testing.assert_allclose(theta, np.linalg.pinv(F, rcond=1e-10) @ Y, rtol=1e-8, atol=1e-10)
    assert (found, status) == (rank, Status.RANK_DEFICIENT)


def test_zero_matrix() -> None:
    theta, condition, rank, status = solve(np.zeros((12, 3)), Y)
    assert not theta.any()
    assert (condition, rank, status) == (np.inf, 0, Status.RANK_DEFICIENT)


def test_beyond_rounding_the_status_is_not_good() -> None:
    F = matrix(np.geomspace(1.0, 1e-9, 12))
    *_, status = solve(F, Y)
    assert not status.is_good


def test_no_jitter() -> None:
    # a ridge of 1e-10 of the trace, as others add silently, would show here
    F = matrix(np.geomspace(1.0, 1e-4, 12))
    theta = solve(F, Y)[0]
    allowed = float(10 * 2.2e-16 * 1e4 * np.linalg.norm(theta))  # eps times condition of F
    np.testing.assert_allclose(F @ theta, Y, rtol=0, atol=allowed)
    K = F @ F.T
    bent = F.T @ np.linalg.solve(K + 1e-10 * np.trace(K) * np.eye(12), Y)
    assert np.abs(F @ bent - Y).max() > 1e3 * allowed


def test_filters_have_the_stated_normalisation() -> None:
    F = matrix(np.linspace(1.0, 3.0, 12))
    K, times, scale = F @ F.T, np.array([0.5, 20.0]), 7.0
    flow = filtered(K, Y, scale, GradientFlowFilter(), times)
    values, vectors = np.linalg.eigh(K / (scale * 12))
    for t, c in zip(times, flow.coefficients.T, strict=True):
        expected = vectors @ (-np.expm1(-t * values) * (vectors.T @ Y))
        np.testing.assert_allclose(K @ c, expected, rtol=1e-10)
    ridge = filtered(K, Y, scale, RidgeFilter(), times)
    for t, c in zip(times, ridge.coefficients.T, strict=True):
        expected = np.linalg.solve(K + scale * 12 / t * np.eye(12), Y)
        np.testing.assert_allclose(c, expected, rtol=1e-10)
    assert flow.condition == pytest.approx(9.0, rel=1e-9)


def test_filters_of_singular_matrices_are_defined() -> None:
    F = matrix(np.where(np.arange(12) < 5, 1.0, 0.0))
    found = filtered(F @ F.T, Y, 1.0, GradientFlowFilter(), np.array([1e3]))
    left, singular, _ = np.linalg.svd(F)
    inside = left[:, :5] @ (-np.expm1(-1e3 / 12 * singular[:5] ** 2) * (left[:, :5].T @ Y))
    np.testing.assert_allclose(F @ (F.T @ found.coefficients[:, 0]), inside, atol=1e-10)
    assert (found.rank, found.status) == (5, Status.CONVERGED)
