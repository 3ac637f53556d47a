"""Laws of sensitivities, over both feature maps and all activations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.filters import CutOffFilter, GradientFlowFilter, RidgeFilter
from ratecheck.numerics.activations import ACTIVATIONS
from ratecheck.random_features import fit_of, sensitivity_of
from ratecheck.random_features.features import FeatureName
from ratecheck.types import Array

BOTH: list[FeatureName] = ["rf", "ntk"]
NAMES = [*ACTIVATIONS, "x * tanh(x)", "gelu(x)"]
every = pytest.mark.parametrize("name", NAMES)
both = pytest.mark.parametrize("features", BOTH)
few = settings(max_examples=5, deadline=None)
seeds = st.integers(0, 10**6)


def problem(seed: int) -> tuple[Array, Array, Array, Array]:
    """Return 8 points in 6 dimensions, labels, 2 test points, 60 neurons."""
    rng = np.random.default_rng(seed)
    X, Y, z = rng.standard_normal((8, 6)), rng.standard_normal(8), rng.standard_normal((2, 6))
    return X, Y, z, rng.standard_normal((6, 60)) / np.sqrt(6)


def S(features: FeatureName, name: str, *data: Array | None) -> Array:
    return np.asarray(sensitivity_of(features, name, *data))  # type: ignore[arg-type] # by position


@both
@every
@few
@given(seed=seeds, factor=st.floats(-50, 50).filter(lambda c: abs(c) > 1e-3))
def test_homogeneous_in_the_labels(
    features: FeatureName, name: str, seed: int, factor: float
) -> None:
    X, Y, z, W = problem(seed)
    found = S(features, name, X, factor * Y, z, W)
    np.testing.assert_allclose(found, abs(factor) * S(features, name, X, Y, z, W), rtol=1e-8)


@both
@every
@few
@given(seed=seeds)
def test_order_of_data_and_neurons_does_not_matter(
    features: FeatureName, name: str, seed: int
) -> None:
    X, Y, z, W = problem(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(8), rng.permutation(60)
    found = S(features, name, X[rows], Y[rows], z, W[:, columns])
    np.testing.assert_allclose(found, S(features, name, X, Y, z, W), rtol=1e-8)


@both
@every
@few
@given(seed=seeds)
def test_rotations_of_everything_do_not_matter(features: FeatureName, name: str, seed: int) -> None:
    X, Y, z, W = problem(seed)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((6, 6)))[0]
    base = S(features, name, X, Y, z, W)
    np.testing.assert_allclose(S(features, name, X @ Q, Y, z @ Q, Q.T @ W), base, rtol=1e-7)
    assert not np.allclose(S(features, name, X @ Q, Y, z, W), base, rtol=1e-3)


@both
@every
@few
@given(seed=seeds)
def test_every_neuron_twice_changes_nothing(features: FeatureName, name: str, seed: int) -> None:
    X, Y, z, W = problem(seed)
    twice = S(features, name, X, Y, z, np.hstack([W, W]))
    np.testing.assert_allclose(twice, S(features, name, X, Y, z, W), rtol=1e-8)


@both
@every
@few
@given(seed=seeds)
def test_a_point_without_length_or_labels_without_size_have_no_sensitivity(
    features: FeatureName, name: str, seed: int
) -> None:
    X, Y, z, W = problem(seed)
    assert not S(features, name, X, Y, 0.0 * z, W).any()
    assert not S(features, name, X, 0.0 * Y, z, W).any()


@both
@pytest.mark.parametrize("name", [n for n, phi in ACTIVATIONS.items() if phi.parity == 1])
@few
@given(seed=seeds)
def test_even_activations_do_not_see_signs_of_neurons(
    features: FeatureName, name: str, seed: int
) -> None:
    X, Y, z, W = problem(seed)
    flips = np.where(np.random.default_rng(seed).random(60) < 0.5, -1.0, 1.0)
    base = S(features, name, X, Y, z, W)
    np.testing.assert_allclose(S(features, name, X, Y, z, W * flips), base, rtol=1e-8)
    assert not np.allclose(S(features, "softplus", X, Y, z, W * flips), base, rtol=1e-3)


@both
@every
@few
@given(seed=seeds, late=st.floats(1.5, 100.0))
def test_norms_of_fits_grow_with_time(
    features: FeatureName, name: str, seed: int, late: float
) -> None:
    X, Y, _, W = problem(seed)
    for rule in (GradientFlowFilter(), RidgeFilter(), CutOffFilter()):
        norms, losses = [], []
        for time in (1.0, late):
            function = fit_of(features, name, X, Y, W, filter=rule, time=time).function
            norms.append(np.linalg.norm(getattr(function, "theta")))  # noqa: B009 - of both kinds
            losses.append(np.linalg.norm(function(X) - Y))
        assert norms[0] <= norms[1] * (1 + 1e-9)
        assert losses[1] <= losses[0] * (1 + 1e-9)
