"""Fitted functions, and the split of their gradients into kernel and interaction matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ratecheck.random_features import as_activation, fit_of, sensitivity_of, split_of
from ratecheck.random_features.features import FeatureName
from ratecheck.random_features.finite import FeatureFunction
from ratecheck.types import Array, InputError, Status
from tests.unit.random_features import naive

NAMES = ["square", "tanh", "cos", "softplus", "relu", "erf", "x * tanh(x)"]
BOTH: list[FeatureName] = ["rf", "ntk"]
both = pytest.mark.parametrize("features", BOTH)
every = pytest.mark.parametrize("name", NAMES)


def differences(function: FeatureFunction, z: Array) -> Array:
    """Return the gradient at z (d,) by central differences of the function."""
    step = 1e-6 * np.eye(z.size)
    return (function(z + step) - function(z - step)) / 2e-6


@both
@every
def test_fit_interpolates_and_its_gradient_is_that_of_differences(
    features: FeatureName, name: str
) -> None:
    X, Y, z, W = naive.problem(15, 6, 80)
    fit = fit_of(features, name, X, Y, W)
    assert isinstance(fit.function, FeatureFunction)
    np.testing.assert_allclose(fit.function(X), Y, rtol=1e-9, atol=1e-9)
    gradient = fit.function.gradient(z[None])[0]
    np.testing.assert_allclose(gradient, differences(fit.function, z), rtol=1e-6, atol=1e-7)
    found = sensitivity_of(features, name, X, Y, z, W)
    assert found == pytest.approx(np.linalg.norm(z) * np.linalg.norm(gradient), rel=1e-10)
    assert fit.solution.status is Status.CONVERGED


def test_differences_reject_a_wrong_second_derivative_of_tanh() -> None:
    # the identity above, with -2 tanh (1 - tanh) slipped in behind the check of derivatives
    X, Y, z, W = naive.problem(15, 6, 80)
    fit = fit_of("ntk", "tanh", X, Y, W).function
    assert isinstance(fit, FeatureFunction)
    zero, one, _, three = fit.activation.derivatives
    misprint = (zero, one, lambda x: -2 * np.tanh(x) * (1 - np.tanh(x)), three)
    bad = replace(fit, activation=replace(fit.activation, derivatives=misprint))
    gap = np.abs(bad.gradient(z[None])[0] - differences(bad, z)).max()
    right = np.abs(fit.gradient(z[None])[0] - differences(fit, z)).max()
    assert gap > 1e-2
    assert right < 1e-6


@both
def test_fit_has_the_minimum_norm(features: FeatureName) -> None:
    X, Y, _, W = naive.problem(15, 6, 80)
    fit = fit_of(features, "tanh", X, Y, W).function
    assert isinstance(fit, FeatureFunction)
    F = naive.feature_matrix(features, as_activation("tanh"), X, W)
    theta = np.linalg.pinv(F) @ Y
    np.testing.assert_allclose(fit.theta.ravel(), theta, rtol=1e-9, atol=1e-12)


@both
def test_values_and_gradients_together(features: FeatureName) -> None:
    X, Y, z, W = naive.problem(15, 6, 80, m=4)
    fit = fit_of(features, "softplus", X, Y, W, time=30.0).function
    assert isinstance(fit, FeatureFunction)
    values, gradients = fit.with_gradient(z)
    np.testing.assert_allclose(values, fit(z), rtol=1e-12)
    np.testing.assert_allclose(gradients, fit.gradient(z), rtol=1e-12)
    assert np.abs(fit(X) - Y).max() > 1e-3  # stopped early: no interpolation


@both
@every
def test_split(features: FeatureName, name: str) -> None:
    X, Y, z, W = naive.problem(12, 8, 90, m=3)
    phi = as_activation(name)
    split = split_of(features, name, X, z, W)
    F = naive.feature_matrix(features, phi, X, W)
    np.testing.assert_allclose(split.kernel, F @ F.T, rtol=1e-11, atol=1e-11)
    for j, point in enumerate(z):
        expected = naive.jacobian(features, phi, point, W) @ F.T
        np.testing.assert_allclose(split.interaction[j], expected, rtol=1e-10, atol=1e-10)
    found = np.asarray(sensitivity_of(features, name, X, Y, z, W))
    np.testing.assert_allclose(split.sensitivity(Y), found, rtol=1e-8)
    assert (split.bound(Y) >= found).all()
    smallest = np.linalg.eigvalsh(split.kernel)[0]
    assert split.smallest == pytest.approx(smallest, rel=1e-8)
    norms = np.sqrt((split.interaction**2).sum(axis=(1, 2)))
    np.testing.assert_allclose(split.alignment, norms, rtol=1e-12)


def test_split_of_one_test_point_and_bad_input() -> None:
    X, Y, z, W = naive.problem(6, 4, 30)
    split = split_of("rf", "tanh", X, z, W)
    assert split.interaction.shape == (1, 4, 6)
    with pytest.raises(InputError, match="Y must have 6 entries"):
        split.sensitivity(Y[:3])
    with pytest.raises(InputError, match="W must have shape"):
        split_of("rf", "tanh", X, z, W.T)
    with pytest.raises(InputError, match="X must have shape"):
        split_of("rf", "tanh", X[0], z, W)


def test_the_bound_of_a_singular_kernel_says_nothing() -> None:
    X, Y, z, W = naive.problem(12, 20, 9)
    split = split_of("rf", "tanh", X, z, W)
    assert abs(split.smallest) < 1e-12 * np.trace(split.kernel)
    assert split.bound(Y)[0] == np.inf
