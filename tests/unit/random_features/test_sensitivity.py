"""Sensitivities against the explicit feature route, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy

from ratecheck.filters import CutOffFilter, Filter, GradientFlowFilter, RidgeFilter
from ratecheck.numerics.activations import ACTIVATIONS, Activation
from ratecheck.random_features import as_activation, fit_of, sensitivity, sensitivity_of, split_of
from ratecheck.random_features.features import FeatureName
from ratecheck.random_features.inputs import Inputs, draw_problem
from ratecheck.types import Array, InputError, Status
from tests.unit.random_features import naive

NAMES = ["square", "tanh", "cos", "softplus", "relu", "erf"]
OWN = ["x * tanh(x)", "gelu(x)", sympy.Symbol("t") ** 3 / 3 + sympy.sin(sympy.Symbol("t"))]
BOTH: list[FeatureName] = ["rf", "ntk"]

every = pytest.mark.parametrize("activation", [*NAMES, *OWN], ids=str)
both = pytest.mark.parametrize("features", BOTH)


@both
@every
@pytest.mark.parametrize(("N", "d", "k"), [(20, 8, 200), (12, 20, 60), (24, 6, 40)])
def test_equal_to_the_explicit_features(
    features: FeatureName, activation: Any, N: int, d: int, k: int
) -> None:
    X, Y, z, W = naive.problem(N, d, k)
    phi = as_activation(activation)
    expected = naive.sensitivity(features, phi, X, Y, z, W)
    found = sensitivity_of(features, activation, X, Y, z, W)
    assert isinstance(found, float)
    assert found == pytest.approx(expected, rel=1e-10)


@both
@pytest.mark.parametrize("activation", NAMES)
def test_fewer_parameters_than_points_is_least_squares(
    features: FeatureName, activation: str
) -> None:
    X, Y, z, W = naive.problem(12, 20, 9) if features == "rf" else naive.problem(30, 3, 5)
    phi = as_activation(activation)
    expected = naive.sensitivity(features, phi, X, Y, z, W)
    assert sensitivity_of(features, activation, X, Y, z, W) == pytest.approx(expected, rel=1e-10)
    solution = fit_of(features, activation, X, Y, W).solution
    assert solution.status is Status.RANK_DEFICIENT
    rank = np.linalg.matrix_rank(naive.feature_matrix(features, phi, X, W))
    assert solution.rank == rank < Y.size


@both
def test_ill_conditioned_features_keep_their_digits(features: FeatureName) -> None:
    # the kernel's condition number is 1e8: without refinement 1e-9 would be lost
    X, Y, z, W = naive.problem(30, 5, 40)
    expected = naive.sensitivity(features, as_activation("softplus"), X, Y, z, W)
    solution = fit_of(features, "softplus", X, Y, W).solution
    assert solution.condition > 1e6
    assert solution.status is Status.CONVERGED
    assert sensitivity_of(features, "softplus", X, Y, z, W) == pytest.approx(expected, rel=1e-10)
    split = split_of(features, "softplus", X, z, W)
    crude = split.lengths[0] * np.linalg.norm(
        split.interaction[0] @ np.linalg.inv(split.kernel) @ Y
    )
    assert crude != pytest.approx(expected, rel=1e-12)


@both
@pytest.mark.parametrize("activation", NAMES)
def test_several_test_points_at_once(features: FeatureName, activation: str) -> None:
    X, Y, z, W = naive.problem(15, 6, 80, m=4)
    found = sensitivity_of(features, activation, X, Y, z, W)
    one_by_one = [float(sensitivity_of(features, activation, X, Y, point, W)) for point in z]
    assert np.shape(found) == (4,)
    np.testing.assert_allclose(np.asarray(found), one_by_one, rtol=1e-12)
    assert np.shape(sensitivity_of(features, activation, X, Y, z[:1], W)) == (1,)


def regularised(
    features: FeatureName, phi: Activation, data: tuple[Array, ...], rule: Filter, t: float
) -> float:
    """Return the sensitivity of a filter through the singular values of the feature matrix."""
    X, Y, z, W = data
    F = naive.feature_matrix(features, phi, X, W) / np.sqrt(W.shape[1] * Y.size)
    left, singular, right = np.linalg.svd(F, full_matrices=False)
    weights = rule.weight(singular**2, np.array([t]))[0] * singular
    theta = right.T @ (weights * (left.T @ Y)) / np.sqrt(W.shape[1] * Y.size)
    gradient = naive.jacobian(features, phi, z, W) @ theta
    return float(np.linalg.norm(z) * np.linalg.norm(gradient))


@both
@pytest.mark.parametrize("activation", ["tanh", "square", "relu"])
@pytest.mark.parametrize("rule", [GradientFlowFilter(), RidgeFilter(), CutOffFilter()], ids=repr)
def test_filters_equal_those_of_the_feature_matrix(
    features: FeatureName, activation: str, rule: Filter
) -> None:
    data = naive.problem(15, 6, 80)
    times = np.array([0.3, 10.0, 1e3])
    found = sensitivity_of(features, activation, *data, filter=rule, times=times)
    phi = as_activation(activation)
    expected = [regularised(features, phi, data, rule, t) for t in times]
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-9)
    alone = sensitivity_of(features, activation, *data, filter=rule, times=10.0)
    assert alone == pytest.approx(expected[1], rel=1e-9)


@both
def test_late_times_and_small_penalties_end_at_the_minimum_norm(features: FeatureName) -> None:
    data = naive.problem(15, 6, 80)
    end = sensitivity_of(features, "tanh", *data)
    for rule in (GradientFlowFilter(), RidgeFilter()):
        late = sensitivity_of(features, "tanh", *data, filter=rule, times=1e12)
        assert late == pytest.approx(end, rel=1e-6)
        early = sensitivity_of(features, "tanh", *data, filter=rule, times=1.0)
        assert early < 0.5 * float(end)


def test_gradient_flow_is_the_default_filter() -> None:
    data = naive.problem(15, 6, 80)
    plain = sensitivity_of("rf", "tanh", *data, times=3.0)
    assert plain == sensitivity_of("rf", "tanh", *data, times=3.0, filter=GradientFlowFilter())
    assert plain != sensitivity_of("rf", "tanh", *data, times=3.0, filter=RidgeFilter())


@both
def test_drawn_problems_follow_the_stated_order(features: FeatureName) -> None:
    found = sensitivity(features, "tanh", 12, 40, 5, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    X, Y, z = rng.standard_normal((12, 5)), rng.standard_normal(12), rng.standard_normal((1, 5))
    source = np.random.default_rng(rng.integers(2**32, size=8).tolist())
    W = source.standard_normal((40, 5)).T / np.sqrt(5)
    assert found == pytest.approx(float(sensitivity_of(features, "tanh", X, Y, z[0], W)))


@both
def test_nested_widths_are_those_of_one_draw(features: FeatureName) -> None:
    widths = (20, 50, 51, 130)
    together = sensitivity(features, "softplus", 12, widths, 5, np.random.default_rng(3), tests=2)
    apart = [
        np.asarray(sensitivity(features, "softplus", 12, k, 5, np.random.default_rng(3), tests=2))
        for k in widths
    ]
    assert np.shape(together) == (4, 2)
    np.testing.assert_allclose(np.asarray(together), apart, rtol=1e-11)


def test_a_generator_is_advanced_past_the_weights() -> None:
    rng = np.random.default_rng(0)
    values = {sensitivity("rf", "tanh", 5, 20, 4, rng) for _ in range(5)}
    assert len(values) == 5


def test_points_on_the_sphere() -> None:
    draw = draw_problem("sphere", 5, 3, 4, np.random.default_rng(0))
    for points in (draw.data.X, draw.data.z):
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 2.0)
    kinds: list[Inputs] = ["sphere", "gaussian"]
    found, other = (
        sensitivity("ntk", "cos", 5, 20, 4, np.random.default_rng(0), inputs=kind) for kind in kinds
    )
    assert found != other


X, Y, Z, W = naive.problem(5, 3, 7)
NAN = np.where(np.arange(15).reshape(5, 3) == 4, np.nan, X)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cnn", "tanh", X, Y, Z, W), "features must be one of rf, ntk"),
        (("rf", "swish", X, Y, Z, W), "swish"),
        (("rf", 3.0, X, Y, Z, W), "an activation is a name"),
        (("rf", "tanh", X[0], Y, Z, W), "X must have shape"),
        (("rf", "tanh", NAN, Y, Z, W), "X must be finite, but entry 4"),
        (("rf", "tanh", X, Y[:-1], Z, W), "Y must have 5 entries, got 4"),
        (("rf", "tanh", X, Y[:, None], Z, W), "Y must have shape"),
        (("rf", "tanh", X, Y, Z[:-1], W), "z must have 3 columns"),
        (("rf", "tanh", X, Y, Z[None, None], W), "z must have shape"),
        (("rf", "tanh", X, Y, np.full(3, np.inf), W), "z must be finite"),
        (("rf", "tanh", X, Y, Z, W.T), "W must have shape \\(d, k\\) with d = 3"),
        (("rf", "tanh", X, Y, Z, W[:, :0]), "W must have shape"),
        (("rf", "tanh", X, Y, Z, W + np.inf), "W must be finite"),
        (("rf", "tanh", X, Y, np.zeros(3), np.where(np.eye(3, 7), np.nan, W)), "W must be finite"),
        (("rf", "tanh", X, Y, Z, W[0]), "W must have shape"),
        (("rf", "tanh", X[:0], Y[:0], Z, W), "X must have shape"),
        (("rf", "sinh(x)", 1e4 * X, Y, Z, W), "overflow"),
    ],
)
def test_bad_input_is_named(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sensitivity_of(*arguments)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"filter": RidgeFilter()}, "needs times"),
        ({"filter": "ridge", "times": 1.0}, "filter must be"),
        ({"times": -1.0}, "times must be positive"),
        ({"times": np.array([2.0, 1.0])}, "strictly increasing"),
    ],
)
def test_bad_regularisation_is_named(keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sensitivity_of("rf", "tanh", X, Y, Z, W, **keywords)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"N": 0}, "N must be at least 1"),
        ({"d": 0}, "d must be at least 1"),
        ({"k": 0}, "k must be at least 1"),
        ({"k": 2.5}, "k must be an integer"),
        ({"k": -np.inf}, "k must be an integer"),
        ({"k": (4, 3)}, "several k must be increasing"),
        ({"k": ()}, "several k must be increasing and not empty"),
        ({"rng": 0}, "rng must be"),
        ({"tests": 0}, "tests must be at least 1"),
        ({"inputs": "cube"}, "inputs must be one of gaussian, sphere"),
    ],
)
def test_bad_draws_are_named(changed: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"N": 5, "k": 7, "d": 3, "rng": np.random.default_rng(0)}
    with pytest.raises(InputError, match=message):
        sensitivity("rf", "tanh", **(good | changed))


def test_scale_of_the_activation_does_not_matter() -> None:
    data = naive.problem(20, 8, 200)
    for features in BOTH:
        half = sensitivity_of(features, "x**2 / 2", *data)
        assert half == pytest.approx(float(sensitivity_of(features, "square", *data)), rel=1e-10)


def test_a_misprinted_second_derivative_of_tanh_is_rejected() -> None:
    # -2 tanh (1 - tanh), as in public code, for -2 tanh (1 - tanh^2)
    data = naive.problem(20, 8, 60)
    tanh = ACTIVATIONS["tanh"]
    zero, one, _, three = tanh.derivatives
    wrong = replace(
        tanh,
        derivatives=(zero, one, lambda x: -2 * np.tanh(x) * (1 - np.tanh(x)), three),
    )
    for features in BOTH:
        with pytest.raises(InputError, match="derivative 2 of activation 'tanh' is wrong"):
            sensitivity_of(features, wrong, *data)
    own = replace(tanh, name="my tanh")
    for features in BOTH:
        assert sensitivity_of(features, own, *data) == sensitivity_of(features, "tanh", *data)
