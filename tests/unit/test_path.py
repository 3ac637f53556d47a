"""What stopping rules read of a path, against explicit n x n hat matrices."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.estimators import SpectralEstimator
from ratecheck.filters import CutOffFilter, Filter, GradientFlowFilter, IteratedRidgeFilter
from ratecheck.kernels import Kernel, Laplace, Matern, PeriodicSobolev
from ratecheck.numerics.lanczos import lanczos
from ratecheck.numerics.ritz import compress
from ratecheck.operators.expansion import point_ritz
from ratecheck.operators.prepare import OperatorName
from ratecheck.path import Path
from ratecheck.types import Array, Status

TIMES = np.geomspace(0.3, 300.0, 9)
FILTERS: tuple[Filter, ...] = (
    GradientFlowFilter(),
    IteratedRidgeFilter(order=1),
    IteratedRidgeFilter(order=3),
    CutOffFilter(),
)
KERNELS: tuple[Kernel, ...] = (
    Laplace(scale=0.4),
    Matern(nu=2.5, length=0.5),
    PeriodicSobolev(order=1),
)


def data(n: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.random((n, 1))
    return X, np.sin(6 * X[:, 0]) + 0.5 * rng.standard_normal(n)


def fitted(kernel: Kernel, f: Filter, X: Array, y: Array, operator: OperatorName = "eigh") -> Path:
    estimator = SpectralEstimator(filter=f, operator=operator)
    return estimator.path(estimator.prepare(kernel, X), y, TIMES)


def hats(kernel: Kernel, f: Filter, X: Array) -> Array:
    """Return the hat matrices (T, n, n) from the eigenvectors of K/n."""
    values, u = np.linalg.eigh(kernel(X, X) / len(X))
    kept = 1 - f.residual(np.maximum(values, 0), TIMES)
    return np.asarray(np.einsum("ik,tk,jk->tij", u, kept, u))


@pytest.mark.parametrize("f", FILTERS, ids=repr)
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@settings(max_examples=8)
@given(n=st.integers(2, 40), seed=st.integers(0, 10**6))
def test_everything_against_hat_matrices(kernel: Kernel, f: Filter, n: int, seed: int) -> None:
    X, y = data(n, seed)
    path, S = fitted(kernel, f, X, y), hats(kernel, f, X)
    fits = S @ y
    scale = float(np.mean(y**2)) + 1e-3
    assert path.size == n
    assert path.residuals == pytest.approx(np.mean((y - fits) ** 2, axis=1), abs=1e-10 * scale)
    gaps = np.mean((fits[:, None] - fits) ** 2, axis=2)
    assert path.gaps == pytest.approx(gaps, abs=1e-10 * scale)
    assert path.traces == pytest.approx(np.trace(S, axis1=1, axis2=2), abs=1e-9 * n)
    squares = np.einsum("tij,tji->t", S, S)
    assert path.square_traces == pytest.approx(squares, abs=1e-9 * n)
    assert path.operator.predict(path.coordinates, X) == pytest.approx(fits, abs=1e-7)
    # the controls: unsquared traces, a missing mean, another time
    if f.is_continuous and n > 5:
        assert path.square_traces != pytest.approx(path.traces, rel=1e-3)
        assert path.gaps != pytest.approx(n * gaps, rel=1e-3)
        assert path.residuals != pytest.approx(np.roll(path.residuals, 1), rel=1e-6)


@pytest.mark.parametrize("f", FILTERS, ids=repr)
def test_laws_of_a_path(f: Filter) -> None:
    X, y = data(60, 1)
    path = fitted(Laplace(scale=0.4), f, X, y)
    assert (np.diff(path.residuals) <= 1e-12).all()
    assert (np.diff(path.traces) >= -1e-12).all()
    assert (path.square_traces <= path.traces + 1e-12).all()
    assert (path.traces <= path.size).all()
    assert (path.gaps == path.gaps.T).all()
    assert np.abs(np.diag(path.gaps)).max() <= 1e-14
    assert path.status == (Status.CONVERGED,) * TIMES.size


def test_gradient_flow_is_the_ordinary_differential_equation() -> None:
    X, y = data(30, 2)
    K = Laplace(scale=0.4)(X, X) / 30
    path = fitted(Laplace(scale=0.4), GradientFlowFilter(), X, y)
    steps = 20_000
    A = np.linalg.matrix_power(np.eye(30) - TIMES[4] / steps * K, steps)
    euler = y - A @ y
    assert path.operator.predict(path.coordinates, X)[4] == pytest.approx(euler, abs=2e-3)
    assert path.operator.predict(path.coordinates, X)[3] != pytest.approx(euler, abs=1e-2)


def test_functions_are_the_columns_of_coordinates() -> None:
    X, y = data(40, 3)
    path = fitted(Matern(nu=1.5, length=0.2), GradientFlowFilter(), X, y)
    new = np.linspace(0, 1, 11)[:, None]
    values = path.operator.predict(path.coordinates, new)
    for i in range(TIMES.size):
        assert path.function(i)(new) == pytest.approx(values[i], abs=1e-12)


def test_a_band_limit_that_matters_is_a_status() -> None:
    X, y = data(300, 4)
    path = fitted(PeriodicSobolev(order=1), GradientFlowFilter(), X, y, "fourier")
    assert set(path.status) == {Status.CONVERGED}
    cut = dataclasses.replace(
        path, times=TIMES * 1e5, reduction=path.reduction
    )  # the same band for times that need far more
    assert cut.status[-1] is Status.TRUNCATED
    assert cut.truncation[-1] > 100 * path.truncation[-1]
    assert cut.errors[-1] >= 2 * cut.truncation[-1]


def test_a_status_of_the_algebra_holds_for_all_times() -> None:
    X, y = data(30, 5)
    path = fitted(Laplace(scale=0.4), GradientFlowFilter(), X, y)
    for status in (Status.BUDGET, Status.CLIPPED):
        reduction = dataclasses.replace(path.reduction, status=status)
        worse = dataclasses.replace(path, reduction=reduction)
        assert worse.status == (status,) * TIMES.size


def test_only_jumps_add_to_the_error_of_exact_algebra() -> None:
    X, y = data(50, 6)
    kernel = Laplace(scale=0.4)
    smooth = fitted(kernel, GradientFlowFilter(), X, y)
    assert smooth.errors.max() <= 2e-9
    values = np.linalg.eigvalsh(kernel(X, X) / 50)
    for shift, near in ((1.01, True), (1.2, False)):
        estimator = SpectralEstimator(filter=CutOffFilter(), operator="eigh")
        path = estimator.path(estimator.prepare(kernel, X), y, np.array([shift / values[-1]]))
        assert bool(path.errors[0] > 1e-3) is near


LATE = (1e2, 1e4, 1e6)


@pytest.mark.parametrize("ahead", [(), (0.5,)], ids=["alone", "with another late time"])
@pytest.mark.parametrize("operator", ["dense", "markov"])
@pytest.mark.parametrize("t", LATE)
def test_late_times_alone_are_as_accurate_as_on_a_grid(
    t: float, operator: OperatorName, ahead: tuple[float, ...]
) -> None:
    """Poles near one late time left errors of a per cent with the status CONVERGED."""
    X, y = data(120, 5)
    kernel, times = Laplace(scale=0.4), np.array([*(share * t for share in ahead), t])
    values, u = np.linalg.eigh(kernel(X, X) / len(X))
    exact = u @ (-np.expm1(-t * np.maximum(values, 0)) * (u.T @ y))
    estimator = SpectralEstimator(filter=GradientFlowFilter(), operator=operator)
    path = estimator.path(estimator.prepare(kernel, X), y, times)
    error = float(np.sqrt(np.mean((estimator.predict(path, X)[-1] - exact) ** 2)))
    assert error <= path.errors[-1] <= 1e-6
    assert path.status[-1] is Status.CONVERGED


def test_too_few_directions_for_the_tolerance_have_a_status() -> None:
    """A hand-made reduction from poles at one late time: what was called CONVERGED before."""
    X, y = data(120, 5)
    kernel, t = Laplace(scale=0.4), 1e4
    estimator = SpectralEstimator(filter=GradientFlowFilter(), operator="dense")
    state = estimator.prepare(kernel, X)
    good = estimator.path(state, y, np.array([t]))
    run = lanczos(
        lambda v: kernel(X, X) @ v / len(X), y, shift=1 / t, tolerance=1e-9, budget=600,
        reorthogonalise=True,
    )  # fmt: skip
    small = compress(run, np.geomspace(2 / t, 0.2 / t, 10))
    ritz = point_ritz(small.values, small.vectors, small.loadings, y, small.defect, converged=True)
    bad = dataclasses.replace(good, reduction=dataclasses.replace(good.reduction, ritz=ritz))
    values, u = np.linalg.eigh(kernel(X, X) / len(X))
    exact = u @ (-np.expm1(-t * np.maximum(values, 0)) * (u.T @ y))
    error = float(np.sqrt(np.mean((estimator.predict(bad, X)[-1] - exact) ** 2)))
    assert 1e-5 < error <= bad.errors[-1]
    assert bad.status == (Status.TRUNCATED,)
    assert good.status == (Status.CONVERGED,)
    coarse = dataclasses.replace(bad, tolerance=1.0)  # what was asked for decides
    assert coarse.status == (Status.CONVERGED,)


def test_grids_from_the_first_eigenvalue_on_are_left_as_they_are() -> None:
    X, y = data(60, 3)
    estimator = SpectralEstimator(filter=GradientFlowFilter(), operator="dense")
    times = np.geomspace(0.3, 300.0, 21)
    path = estimator.path(estimator.prepare(Laplace(scale=0.4), X), y, times)
    np.testing.assert_array_equal(path.reduction.ritz.refined(times), times)
    wide = path.reduction.ritz.refined(np.array([1e3, 1e9]))
    assert wide[0] <= 2 / path.reduction.ritz.values.max()
    assert {1e3, 1e9} <= set(wide)
    assert (wide[1:] / wide[:-1]).max() <= 2 * (1 + 1e-9)
