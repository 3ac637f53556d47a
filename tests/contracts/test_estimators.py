"""Laws of all estimators: what their fits must satisfy whatever the kernel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.estimators import (
    CutOff,
    GradientFlow,
    IteratedRidge,
    Ridge,
    SpectralEstimator,
)
from ratecheck.filters import CutOffFilter, GradientFlowFilter, IteratedRidgeFilter, RidgeFilter
from ratecheck.kernels import Gaussian, Kernel, Laplace, LiftedNTK, Matern, PeriodicSobolev
from ratecheck.types import Array, InputError

ESTIMATORS = (GradientFlow(), Ridge(), CutOff(), IteratedRidge(3))
KERNELS: tuple[Kernel, ...] = (
    Laplace(scale=0.5),
    Matern(nu=1.5, length=0.4),
    Gaussian(length=0.5),
    PeriodicSobolev(order=1),
    LiftedNTK(depth=3),
)
every = pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: repr(e.filter))
over = pytest.mark.parametrize("kernel", KERNELS, ids=repr)
TIMES = np.array([0.5, 5.0, 50.0])
NEW = np.linspace(0, 0.99, 9)[:, None]
seeds = st.integers(0, 10**6)


def data(n: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.random((n, 1)), rng.standard_normal(n)


def predicted(
    e: SpectralEstimator, kernel: Kernel, X: Array, y: Array, times: Array = TIMES
) -> Array:
    return e.predict(e.path(e.prepare(kernel, X), y, times), NEW)


@every
@over
@settings(max_examples=6)
@given(n=st.integers(1, 50), seed=seeds, a=st.floats(-5, 5), b=st.floats(0.1, 5))
def test_fits_are_linear_in_the_responses(
    estimator: SpectralEstimator, kernel: Kernel, n: int, seed: int, a: float, b: float
) -> None:
    X, y = data(n, seed)
    _, z = data(n, seed + 1)
    left = predicted(estimator, kernel, X, a * y + b * z)
    right = a * predicted(estimator, kernel, X, y) + b * predicted(estimator, kernel, X, z)
    assert left == pytest.approx(right, abs=1e-8 * (1 + np.abs(right).max()))


@every
@over
@settings(max_examples=6)
@given(n=st.integers(2, 50), seed=seeds, factor=st.floats(0.1, 10))
def test_time_and_the_size_of_the_kernel_are_one_parameter(
    estimator: SpectralEstimator, kernel: Kernel, n: int, seed: int, factor: float
) -> None:
    X, y = data(n, seed)
    scaled = predicted(estimator, factor * kernel, X, y)
    moved = predicted(estimator, kernel, X, y, TIMES * factor)
    assert scaled == pytest.approx(moved, abs=1e-7 * (1 + np.abs(moved).max()))
    if estimator.filter.is_continuous and abs(factor - 1) > 0.3:
        still = predicted(estimator, kernel, X, y)
        assert np.abs(scaled - still).max() > 1e-4 * np.abs(still).max()


@every
@over
@settings(max_examples=4)
@given(n=st.integers(2, 30), seed=seeds)
def test_repeating_all_data_changes_nothing(
    estimator: SpectralEstimator, kernel: Kernel, n: int, seed: int
) -> None:
    X, y = data(n, seed)
    twice = predicted(estimator, kernel, np.concatenate([X, X]), np.concatenate([y, y]))
    once = predicted(estimator, kernel, X, y)
    # 64 points and more of some kernels go by Fourier series: a stated error, not rounding
    assert twice == pytest.approx(once, abs=1e-7 if 2 * n < 64 else 1e-2)


@every
@over
def test_fits_shrink_towards_zero_and_end_at_the_data(
    estimator: SpectralEstimator, kernel: Kernel
) -> None:
    X = np.linspace(0.05, 0.95, 6)[:, None]
    y = np.array([1.0, -1, 1, 1, -1, 1])
    path = estimator.path(estimator.prepare(kernel, X), y, np.array([1e-8, 1e14]))
    fits = estimator.predict(path, X)
    assert np.abs(fits[0]).max() <= 1e-6
    if not isinstance(kernel, Gaussian):  # numerically singular
        assert fits[1] == pytest.approx(y, abs=1e-3)


@over
@settings(max_examples=8)
@given(n=st.integers(2, 40), seed=seeds)
def test_ridge_solves_its_linear_system(kernel: Kernel, n: int, seed: int) -> None:
    X, y = data(n, seed)
    K = kernel(X, X)
    for row, t in zip(predicted(Ridge(), kernel, X, y), TIMES, strict=True):
        weights = np.linalg.solve(K + n / t * np.eye(n), y)
        assert row == pytest.approx(kernel(NEW, X) @ weights, abs=1e-8)
        unnormalised = np.linalg.solve(K + np.eye(n) / t, y)
        if n > 5:
            assert row != pytest.approx(kernel(NEW, X) @ unnormalised, abs=1e-3)


@over
@settings(max_examples=8)
@given(n=st.integers(2, 40), seed=seeds)
def test_gradient_flow_goes_on_from_where_it_was(kernel: Kernel, n: int, seed: int) -> None:
    X, y = data(n, seed)
    flow = GradientFlow()
    state = flow.prepare(kernel, X)
    first = flow.path(state, y, np.array([3.0]))
    left = y - flow.predict(first, X)[0]
    second = flow.path(state, left, np.array([4.0]))
    together = flow.predict(first, NEW)[0] + flow.predict(second, NEW)[0]
    whole = predicted(flow, kernel, X, y, np.array([7.0]))[0]
    assert together == pytest.approx(whole, abs=1e-8)


def test_factories_differ_by_their_filter() -> None:
    assert GradientFlow().filter == GradientFlowFilter()
    assert Ridge().filter == RidgeFilter() == IteratedRidge(1).filter
    assert CutOff().filter == CutOffFilter()
    assert IteratedRidge(3).filter == IteratedRidgeFilter(order=3)
    assert GradientFlow(tolerance=1e-5).tolerance == 1e-5
    assert GradientFlow(operator="eigh").operator == "eigh"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"operator": "magic"}, "operator must be one of"),
        ({"tolerance": 0.0}, "tolerance must be positive"),
    ],
)
def test_refused_options(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        GradientFlow(**arguments)  # type: ignore[arg-type] # on purpose


def test_refused_data() -> None:
    flow = GradientFlow()
    X, y = data(5, 0)
    state = flow.prepare(Laplace(scale=1.0), X)
    for bad in (np.array([0.0, 1.0]), np.array([2.0, 1.0]), np.array([])):
        with pytest.raises(InputError, match="times"):
            flow.path(state, y, bad)
    with pytest.raises(InputError, match="finite"):
        flow.path(state, y * np.nan, TIMES)
    with pytest.raises(InputError, match="shape"):
        flow.predict(flow.path(state, y, TIMES), np.zeros(3))
    with pytest.raises(InputError, match="shape"):
        flow.prepare(Laplace(scale=1.0), np.zeros(3))
