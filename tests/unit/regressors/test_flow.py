"""The scikit-learn face of kernel gradient flow."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.linalg as sl
import scipy.sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_classifiers_train, check_estimator

import ratecheck as rc
from ratecheck.kernels import (
    NTK,
    Brownian,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
    TorusSobolev,
)
from ratecheck.regressors import AdvNTK, AdvNTKClassifier, KernelGradientFlowRegressor
from ratecheck.regressors.settings import KERNELS, RULES
from ratecheck.types import Array, InputError, Status

LINE: dict[int, tuple[Kernel, ...]] = {
    1: (Brownian(), NeumannSobolev(c=1.0), PeriodicSobolev(order=1)),
    2: (TorusSobolev(order=2.0, dimension=2), LiftedNTK(depth=2)),
    10: (LiftedNTK(depth=2),),
}


def noisy(n: int, sigma: float = 0.3, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, 1))
    return X, 5.0 + np.sin(4 * X[:, 0]) + sigma * rng.normal(size=n)


@pytest.mark.parametrize("stopping", ["lepski", "gcv", 30.0])
def test_contract_of_scikit_learn(stopping: Any) -> None:
    """Every check that applies passes; the array-API one needs an environment variable."""
    model = KernelGradientFlowRegressor(stopping=stopping)
    results = check_estimator(model, on_skip=None)
    assert {r["check_name"] for r in results if r["status"] != "passed"} <= {
        "check_array_api_input"
    }
    assert len(results) > 45


def test_classifier_fits_well_by_default() -> None:
    """The whole contract is checked beside the classifier, with a shorter training."""
    check_classifiers_train("AdvNTKClassifier", AdvNTKClassifier())


def test_names_are_loaded_lazily_from_one_place() -> None:
    assert rc.regressors.KernelGradientFlowRegressor is KernelGradientFlowRegressor
    assert rc.regressors.AdvNTK is AdvNTK is rc.adversarial_flow.AdvNTK
    with pytest.raises(AttributeError, match="no attribute 'Ridge'"):
        _ = rc.regressors.Ridge


def test_fixed_time_is_the_matrix_exponential() -> None:
    X, y = noisy(60)
    new = np.linspace(-1, 1, 17)[:, None]
    model = KernelGradientFlowRegressor(Laplace(), stopping=80.0).fit(X, y)
    K, rest = Laplace()(X, X), y - y.mean()
    weights = np.linalg.solve(K, rest - sl.expm(-80.0 * K / 60) @ rest)
    np.testing.assert_allclose(
        model.predict(new), y.mean() + Laplace()(new, X) @ weights, atol=1e-10
    )
    assert (model.time_, model.noise_level_) == (80.0, None)


@pytest.mark.parametrize("stopping", sorted(RULES))
@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_defaults_fit_well(kernel: str, stopping: str) -> None:
    X, y = noisy(300)
    model = KernelGradientFlowRegressor(kernel, stopping=stopping).fit(X, y)
    grid = np.linspace(-1, 1, 200)[:, None]
    error = np.mean((model.predict(grid) - 5.0 - np.sin(4 * grid[:, 0])) ** 2)
    assert error < 0.1 * 0.3**2  # a tenth of the noise
    assert model.status_ is Status.CONVERGED
    early = KernelGradientFlowRegressor(kernel, stopping=0.01).fit(X, y)
    assert np.mean((early.predict(grid) - 5.0 - np.sin(4 * grid[:, 0])) ** 2) > 0.1


def test_interpolation_would_fit_worse() -> None:
    X, y = noisy(300)
    grid = np.linspace(-1, 1, 200)[:, None]
    stopped, late = (
        KernelGradientFlowRegressor("laplace", stopping=rule).fit(X, y).predict(grid)
        for rule in ("lepski", 1e9)
    )
    truth = 5.0 + np.sin(4 * grid[:, 0])
    assert np.mean((late - truth) ** 2) > 5 * np.mean((stopped - truth) ** 2)


def test_noise_level_is_estimated_or_given() -> None:
    X, y = noisy(400)
    model = KernelGradientFlowRegressor().fit(X, y)
    assert model.noise_level_ == pytest.approx(0.3, rel=0.1)
    given = KernelGradientFlowRegressor(noise_level=3.0).fit(X, y)
    assert given.noise_level_ == 3.0
    assert given.time_ < model.time_
    assert KernelGradientFlowRegressor(stopping="gcv").fit(X, y).noise_level_ is None


def test_pipeline_grid_search_and_cross_validation() -> None:
    X, y = load_diabetes(return_X_y=True)
    model = make_pipeline(StandardScaler(), KernelGradientFlowRegressor())
    scores = cross_val_score(model, X, y, cv=5)
    linear = cross_val_score(LinearRegression(), X, y, cv=5)
    assert scores.mean() > linear.mean() - 0.03
    grid = {
        "kernelgradientflowregressor__kernel": ["ntk", "laplace", Gaussian(length=5.0)],
        "kernelgradientflowregressor__stopping": ["lepski", "gcv", 3.0],
    }
    search = GridSearchCV(model, grid, cv=3).fit(X[:200], y[:200])
    assert len(search.cv_results_["params"]) == 9
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_score_ > 0.3


def test_clone_and_pickle_predict_the_same() -> None:
    X, y = noisy(50)
    model = KernelGradientFlowRegressor(NTK(depth=2) + Matern(nu=0.5, length=1.0)).fit(X, y)
    again = clone(model).fit(X, y)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    kept = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(kept.predict(X), model.predict(X))


def test_constant_responses_are_repeated() -> None:
    X, _ = noisy(20)
    model = KernelGradientFlowRegressor().fit(X, np.full(20, 7.0))
    assert (model.predict(X) == 7.0).all()
    assert model.time_ == float("inf")


def test_fast_operator_serves_a_periodic_kernel() -> None:
    rng = np.random.default_rng(1)
    X = rng.random((3000, 1))
    truth = np.cos(2 * np.pi * X[:, 0])
    model = KernelGradientFlowRegressor(PeriodicSobolev(order=1))
    model.fit(X, truth + 0.5 * rng.normal(size=3000))
    assert np.mean((model.predict(X) - truth) ** 2) < 0.01


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kernel": "rbf"}, "kernel must be one of ntk"),
        ({"kernel": 3}, "kernel must be one of ntk"),
        ({"stopping": "cv"}, "stopping must be lepski, gcv"),
        ({"stopping": -1.0}, "stopping must be positive"),
        ({"stopping": rc.stopping.Oracle()}, "stopping must be a number"),
        ({"stopping": rc.stopping.TheoryTime()}, "stopping must be a number"),
        ({"noise_level": -1.0}, "noise_level must not be negative"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], message: str) -> None:
    X, y = noisy(20)
    with pytest.raises(InputError, match=message):
        KernelGradientFlowRegressor(**settings).fit(X, y)


def test_too_few_samples_are_refused() -> None:
    X, y = noisy(3)
    with pytest.raises(InputError, match="n_samples = 3"):
        KernelGradientFlowRegressor().fit(X, y)
    assert np.isfinite(KernelGradientFlowRegressor().fit(*noisy(4)).predict(X)).all()


def test_gcv_does_not_interpolate_pure_noise() -> None:
    """Plain GCV does, with this kernel and size, in 9 of these 60 samples."""
    interpolated = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X, noise = rng.normal(size=(50, 2)), rng.normal(size=50)
        model = KernelGradientFlowRegressor("ntk", stopping="gcv").fit(X, noise)
        interpolated += model.score(X, noise) > 0.9
    assert interpolated <= 2


def test_late_flow_is_ridge_without_penalty_and_early_flow_is_the_library_route() -> None:
    rng = np.random.default_rng(0)
    X, y, new = rng.uniform(-1, 1, (40, 2)), rng.normal(size=40), rng.uniform(-1, 1, (9, 2))
    kernel = Laplace()
    ridge = KernelRidge(alpha=1e-13, kernel="precomputed").fit(kernel(X, X), y - y.mean())
    late = KernelGradientFlowRegressor(kernel, stopping=1e12).fit(X, y)
    np.testing.assert_allclose(
        late.predict(new), y.mean() + ridge.predict(kernel(new, X)), atol=1e-8
    )
    early = KernelGradientFlowRegressor(kernel, stopping=5.0).fit(X, y)
    flow = rc.GradientFlow(tolerance=1e-8)
    path = flow.path(flow.prepare(kernel, X), y - y.mean(), np.array([5.0]))
    np.testing.assert_allclose(early.predict(new), y.mean() + path.function(0)(new), atol=1e-12)
    assert np.abs(early.predict(new) - late.predict(new)).max() > 0.1


@pytest.mark.parametrize("d", [1, 2, 10])
@pytest.mark.parametrize("stopping", ["lepski", "gcv", 2.0])
def test_kernels_of_any_dimension(d: int, stopping: Any) -> None:
    rng = np.random.default_rng(d)
    X = rng.uniform(0.05, 0.95, (40, d))
    y = X[:, 0] + 0.1 * rng.normal(size=40)
    for kernel in (NTK(depth=3, bias=0.1), Laplace(), Matern(nu=2.5, length=1.0), *LINE[d]):
        model = KernelGradientFlowRegressor(kernel, stopping=stopping).fit(X, y)
        assert np.isfinite(model.predict(X)).all()
        assert model.score(X, y) > 0
    if d > 1:
        for kernel in LINE[1]:
            with pytest.raises(InputError, match="X must have 1 columns"):
                KernelGradientFlowRegressor(kernel).fit(X, y)


def test_float32_and_columns_by_name() -> None:
    X, y = noisy(50)
    X = np.column_stack((X, X**2))
    model = KernelGradientFlowRegressor().fit(X.astype(np.float32), y.astype(np.float32))
    exact = KernelGradientFlowRegressor().fit(X, y)
    np.testing.assert_allclose(model.predict(X), exact.predict(X), atol=1e-5)
    frame = pd.DataFrame(X, columns=["a", "b"])
    named = KernelGradientFlowRegressor().fit(frame, y)
    assert list(named.feature_names_in_) == ["a", "b"]
    with pytest.raises(ValueError, match="feature names"):
        named.predict(frame[["b", "a"]])


@pytest.mark.parametrize("kind", [KernelGradientFlowRegressor, AdvNTK, AdvNTKClassifier])
def test_sparse_points_are_refused_with_the_remedy(kind: Any) -> None:
    X, y = noisy(20)
    with pytest.raises(TypeError, match="toarray"):
        kind().fit(scipy.sparse.csr_matrix(X), y > 5)


def test_equal_points_and_responses_that_are_texts() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=20)
    model = KernelGradientFlowRegressor("laplace").fit(np.zeros((20, 2)), y)
    np.testing.assert_allclose(model.predict(np.zeros((1, 2))), y.mean(), atol=3 / np.sqrt(20))
    with pytest.raises(InputError, match="y must be an array of real numbers"):
        KernelGradientFlowRegressor().fit(np.zeros((20, 2)), np.array(["a"] * 20))
