"""The largest eigenvalue of the bias operator, against dense algebra and random directions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.linalg import aslinearoperator

from ratecheck import bounds
from ratecheck.filters import CutOffFilter, Filter, GradientFlowFilter, RidgeFilter
from ratecheck.types import Array, InputError

FILTERS: tuple[Filter, ...] = (GradientFlowFilter(), RidgeFilter(), CutOffFilter())


def basis(x: Array, band: int) -> tuple[Array, Array]:
    """The real Fourier basis without its constant, (n, 2 band), and the frequencies."""
    k = np.repeat(np.arange(1.0, band + 1), 2)
    phase = np.tile([0.0, np.pi / 2], band)
    return np.sqrt(2) * np.cos(2 * np.pi * np.outer(x, k) - phase), k


@pytest.mark.parametrize("size", [5, 64, 150])
def test_lanczos_equals_the_dense_eigenvalue_and_beats_random_directions(size: int) -> None:
    rng = np.random.default_rng(size)
    bias, axes = rng.standard_normal((size + 3, size)), rng.uniform(0.5, 3, size)
    worst = bounds.worst_target(bias, axes, radius=2.0)
    dense = np.linalg.norm(bias / axes, ord=2) ** 2 * 4
    assert worst.squared_bias == pytest.approx(dense, abs=0, rel=1e-10)
    assert np.sum((bias @ worst.coefficients) ** 2) == pytest.approx(dense, abs=0, rel=1e-9)
    assert np.sum((axes * worst.coefficients) ** 2) == pytest.approx(4, abs=0, rel=1e-10)
    draws = rng.standard_normal((500, size))
    draws *= 2 / np.linalg.norm(draws, axis=1, keepdims=True)
    assert (np.sum((bias @ (draws / axes).T) ** 2, axis=0) <= worst.squared_bias).all()
    through = bounds.worst_target(aslinearoperator(bias), axes, radius=2.0)
    np.testing.assert_allclose(through.coefficients, worst.coefficients, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("estimator", FILTERS, ids=repr)
def test_a_fine_equispaced_design_gives_the_sequence_model(estimator: Filter) -> None:
    n, s, m, t = 256, 1.5, 1.0, 300.0
    features, k = basis(np.arange(n) / n, 60)
    fit = bounds.linear_estimator(features, (2 * np.pi * k) ** (-2 * m), estimator, t)
    axes = (2 * np.pi * k) ** s
    worst = bounds.worst_target(fit @ features - np.eye(len(k)), axes)
    risk = bounds.worst_case_risk(estimator, n, t, s, m)
    assert worst.squared_bias == pytest.approx(float(risk.squared_bias), abs=0, rel=1e-8)
    assert np.sum(fit**2) == pytest.approx(float(risk.variance) - 1 / n, abs=0, rel=1e-3)
    heaviest = k[np.abs(worst.coefficients).argmax()]
    assert heaviest == risk.frequency


def test_random_designs_mix_waves_and_stay_above_the_floor() -> None:
    n, s, m, t = 100, 1.5, 1.0, 300.0
    grid = bounds.worst_case_risk(FILTERS[0], n, t, s, m)
    features, k = basis(np.random.default_rng(1).random(n), 80)
    fit = bounds.linear_estimator(features, (2 * np.pi * k) ** (-2 * m), FILTERS[0], t)
    worst = bounds.worst_target(fit @ features - np.eye(len(k)), (2 * np.pi * k) ** s)
    waves = np.sum((fit @ features - np.eye(len(k))) ** 2, axis=0) / (2 * np.pi * k) ** (2 * s)
    assert worst.squared_bias > waves.max() > float(grid.squared_bias)
    assert worst.squared_bias + np.sum(fit**2) + 1 / n > bounds.minimax_lower_bound(n, s)


@pytest.mark.parametrize("axes", [np.ones(3), np.array([1.0, 0.0])])
def test_bad_axes(axes: Array) -> None:
    with pytest.raises(InputError, match="axes"):
        bounds.worst_target(np.eye(2), axes)
