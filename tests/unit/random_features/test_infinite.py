"""Infinite width: kernels by dual activations, gradients, and finite widths on their way there."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.numerics import duals
from ratecheck.numerics.activations import activation
from ratecheck.random_features import as_activation, fit_of, sensitivity, sensitivity_of
from ratecheck.random_features.features import FeatureName, features_called
from ratecheck.random_features.infinite import wide_kernel
from ratecheck.types import InputError, Status, UnsupportedError
from tests.unit.random_features import naive

NAMES = ["square", "tanh", "cos", "softplus", "relu", "erf"]
BOTH: list[FeatureName] = ["rf", "ntk"]
both = pytest.mark.parametrize("features", BOTH)


@both
@pytest.mark.parametrize("name", ["square", "tanh", "cos", "softplus", "erf", "x * tanh(x)"])
def test_kernel_is_the_expectation_over_one_neuron(features: FeatureName, name: str) -> None:
    X = np.random.default_rng(0).standard_normal((4, 5))
    kind, phi = features_called(features), as_activation(name)
    K = wide_kernel(kind, phi, 5)(X / np.sqrt(5), X / np.sqrt(5))
    lengths = np.linalg.norm(X, axis=1)
    for i, j in ((0, 0), (0, 1), (2, 3)):
        u = float(X[i] @ X[j] / (lengths[i] * lengths[j]))
        p, q = lengths[[i, j]] / np.sqrt(5)
        expected = duals.by_quadrature(phi, u, p, q, kind.order)
        expected *= X[i] @ X[j] if features == "ntk" else 1.0
        assert K[i, j] == pytest.approx(expected, rel=1e-9)


@both
@pytest.mark.parametrize("name", [*NAMES, "gelu(x)", "x * tanh(x)"])
def test_gradient_against_differences(features: FeatureName, name: str) -> None:
    X, Y, z, _ = naive.problem(12, 6, 1)
    fit = fit_of(features, name, X, Y, None)
    np.testing.assert_allclose(fit.function(X), Y, rtol=1e-8, atol=1e-8)
    step = 1e-6 * np.eye(6)
    numeric = (fit.function(z + step) - fit.function(z - step)) / 2e-6
    np.testing.assert_allclose(fit.function.gradient(z[None])[0], numeric, rtol=2e-6, atol=1e-7)
    expected = float(np.linalg.norm(z) * np.linalg.norm(numeric))
    assert sensitivity_of(features, name, X, Y, z, None) == pytest.approx(expected, rel=1e-5)
    assert fit.solution.status is Status.CONVERGED


@pytest.mark.parametrize(
    ("features", "name"),
    [("rf", name) for name in NAMES]
    + [("ntk", name) for name in ("square", "tanh", "cos", "softplus", "erf")]
    + [("rf", "x * tanh(x)"), ("ntk", "gelu(x)")],
)
def test_finite_widths_converge(features: FeatureName, name: str) -> None:
    X, Y, z, W = naive.problem(10, 12, 64_000, m=3)
    limit = np.asarray(sensitivity_of(features, name, X, Y, z, None))
    gaps = [
        np.abs(np.asarray(sensitivity_of(features, name, X, Y, z, W[:, :k])) / limit - 1).max()
        for k in (1_000, 64_000)
    ]
    assert gaps[1] < 0.03
    assert gaps[1] < 0.5 * gaps[0]  # k^{-1/2} gives 1/8


def test_tangent_features_of_relu_do_not_converge_to_the_gradient() -> None:
    # f jumps where a neuron switches; the gradient in between misses that part for ever
    X, Y, z, W = naive.problem(10, 12, 64_000)
    limit = float(sensitivity_of("ntk", "relu", X, Y, z, None))
    found = float(sensitivity_of("ntk", "relu", X, Y, z, W))
    assert abs(found / limit - 1) > 0.03


@both
def test_filters_work_at_infinite_width(features: FeatureName) -> None:
    X, Y, z, W = naive.problem(10, 12, 64_000)
    times = np.array([1.0, 30.0])
    limit = np.asarray(sensitivity_of(features, "tanh", X, Y, z, None, times=times))
    finite = np.asarray(sensitivity_of(features, "tanh", X, Y, z, W, times=times))
    np.testing.assert_allclose(finite, limit, rtol=0.03)


def test_drawn_problems_of_infinite_width() -> None:
    found = sensitivity("rf", "tanh", 12, np.inf, 5, np.random.default_rng(3), tests=2)
    near = sensitivity("rf", "tanh", 12, 50_000, 5, np.random.default_rng(3), tests=2)
    assert np.shape(found) == (2,)
    np.testing.assert_allclose(np.asarray(near), np.asarray(found), rtol=0.1)


def test_a_kinked_formula_has_no_dual_here() -> None:
    X, Y, z, _ = naive.problem(5, 3, 1)
    with pytest.raises(UnsupportedError, match="Hermite"):
        sensitivity_of("ntk", "max(x, 0)", X, Y, z, None)


def test_singular_kernel_says_so() -> None:
    X, Y, _, _ = naive.problem(20, 4, 1)  # x^2 spans 10 dimensions
    solution = fit_of("rf", "square", X, Y, None).solution
    assert solution.rank == 10
    assert solution.status is Status.RANK_DEFICIENT


def test_overflow_is_named() -> None:
    X, Y, z, _ = naive.problem(5, 3, 1)
    with pytest.raises(InputError, match="overflow"):
        sensitivity_of("rf", "square", 1e200 * X, Y, z, None)


def test_own_activation_has_the_dual_of_its_twin() -> None:
    x = np.linspace(-0.9, 0.9, 5)[None]
    own = duals.by_series(as_activation("tanh(x)"), x, np.ones(1), np.ones(5))
    twin = duals.by_series(activation("tanh"), x, np.ones(1), np.ones(5))
    np.testing.assert_allclose(own, twin, rtol=1e-12)
