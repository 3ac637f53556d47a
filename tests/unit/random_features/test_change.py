"""Changes of fitted functions in a ball: attack below, certificate above, exact for x^2."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.numerics.activations import ACTIVATIONS
from ratecheck.random_features import fit_of
from ratecheck.random_features.change import (
    BENDS,
    curvature_bound,
    hessian_of_square,
    largest_change,
)
from ratecheck.random_features.features import FeatureName
from ratecheck.random_features.finite import FeatureFunction
from ratecheck.random_features.trust_region import largest_on_sphere_or_inside
from ratecheck.types import Array, InputError, UnsupportedError
from tests.unit.random_features import naive

BOTH: list[FeatureName] = ["rf", "ntk"]
both = pytest.mark.parametrize("features", BOTH)
every = pytest.mark.parametrize("name", list(BENDS))


def fitted(features: FeatureName, name: str) -> tuple[FeatureFunction, Array]:
    X, Y, z, W = naive.problem(12, 5, 70, m=4)
    function = fit_of(features, name, X, Y, W).function
    assert isinstance(function, FeatureFunction)
    return function, z


def hessian(f: FeatureFunction, x: Array) -> Array:
    step = 1e-5 * np.eye(x.size)
    return (f.gradient(x + step) - f.gradient(x - step)) / 2e-5


@both
@every
@pytest.mark.parametrize("radius", [1e-3, 0.1, 1.0])
def test_bracket(features: FeatureName, name: str, radius: float) -> None:
    f, z = fitted(features, name)
    change = largest_change(f, z, radius, np.random.default_rng(0))
    assert (change.found <= change.certified * (1 + 1e-12)).all()
    rng = np.random.default_rng(1)
    for _ in range(300):  # random points see less than the attack
        step = rng.standard_normal(z.shape)
        step *= radius * rng.random() / np.linalg.norm(step, axis=1, keepdims=True)
        assert (np.abs(f(z + step) - f(z)) <= change.found * (1 + 1e-9)).all()
    if radius == 1e-3:
        np.testing.assert_allclose(change.found, change.linear, rtol=0.05)
        np.testing.assert_allclose(change.certified, change.linear, rtol=0.2)


@both
def test_quadratic_changes_are_exact(features: FeatureName) -> None:
    f, z = fitted(features, "square")
    np.testing.assert_allclose(hessian_of_square(f), hessian(f, z[0]), rtol=1e-6, atol=1e-6)
    for radius in (0.01, 0.5, 3.0):
        change = largest_change(f, z, radius, np.random.default_rng(0))
        np.testing.assert_allclose(change.found, change.certified, rtol=1e-6)
        assert not np.allclose(change.linear, change.certified, rtol=1e-3)


@both
@every
def test_curvature_bound_holds(features: FeatureName, name: str) -> None:
    f, z = fitted(features, name)
    bound = curvature_bound(f, z, 0.7)
    rng = np.random.default_rng(0)
    for point, most in zip(z, bound, strict=True):
        for _ in range(20):
            step = rng.standard_normal(5)
            there = point + 0.7 * rng.random() * step / np.linalg.norm(step)
            assert np.linalg.norm(hessian(f, there), 2) <= most * (1 + 1e-6)


@pytest.mark.parametrize("name", list(BENDS))
def test_bounds_of_derivatives_are_sharp(name: str) -> None:
    x = np.linspace(-6, 6, 200_001)
    for order, most in zip((2, 3), BENDS[name], strict=True):
        values = np.abs(ACTIVATIONS[name].derivatives[order](x)).max()
        assert values == pytest.approx(most, rel=1e-6, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), r=st.floats(0.01, 100), d=st.integers(1, 4))
def test_trust_region_against_many_points(seed: int, r: float, d: int) -> None:
    rng = np.random.default_rng(seed)
    values, g = np.sort(rng.standard_normal(d)), rng.standard_normal(d)
    found = largest_on_sphere_or_inside(values, g, r)
    x = rng.standard_normal((4000, d))
    x *= (r * rng.random((4000, 1)) ** (1 / 8)) / np.linalg.norm(x, axis=1, keepdims=True)
    reached = (x @ g + 0.5 * (x * x) @ values).max()
    assert reached <= found * (1 + 1e-9) + 1e-12
    best = x[np.argmax(x @ g + 0.5 * (x * x) @ values)]
    for _ in range(300):  # projected gradient from the best of them
        best = best + 0.1 * min(r, 1.0) * (g + values * best)
        best *= min(1.0, r / np.linalg.norm(best))
    assert best @ g + 0.5 * (best * best) @ values >= 0.9 * found - 1e-9


def test_hard_case() -> None:
    # no gradient along the leading eigenvector: it fills up the length
    found = largest_on_sphere_or_inside(np.array([0.0, 2.0]), np.array([1.0, 0.0]), 3.0)
    assert found == pytest.approx(0.5 * 1.0 + 0.25 * 0.0 + (9.0 - 0.25), rel=1e-9)


def test_bad_input() -> None:
    f, z = fitted("rf", "tanh")
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="radius must be positive"):
        largest_change(f, z, 0.0, rng)
    with pytest.raises(InputError, match="z must have 5 columns"):
        largest_change(f, z[:, :3], 1.0, rng)
    kinked, _ = fitted("rf", "relu")
    with pytest.raises(UnsupportedError, match="no certificate for 'relu'"):
        largest_change(kinked, z, 1.0, rng)
