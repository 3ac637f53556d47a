"""Sweeps: nested widths, sample sizes and activations from two passes."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.filters import RidgeFilter
from ratecheck.random_features import as_activation, sensitivity_of, sweep, weights
from ratecheck.random_features.features import Data, FeatureName, features_called
from ratecheck.random_features.sweep import Task, run
from ratecheck.random_features.weights import DrawnWeights, GivenWeights, edges_of
from ratecheck.types import InputError, Status
from tests.unit.random_features import naive

ACTIVATIONS = ("tanh", "square", "gelu(x)")
SIZES, WIDTHS = (7, 12), (20, 41, 90)
BOTH: list[FeatureName] = ["rf", "ntk"]
both = pytest.mark.parametrize("features", BOTH)


def task(features: FeatureName, **changed: object) -> Task:
    X, Y, z, W = naive.problem(12, 8, 100, m=3)
    arguments: dict[str, object] = {
        "features": features_called(features),
        "activations": tuple(map(as_activation, ACTIVATIONS)),
        "data": Data(X=X, z=z),
        "Y": Y,
        "weights": GivenWeights(W),
        "widths": WIDTHS,
        "sizes": SIZES,
    }
    return Task(**(arguments | changed))  # type: ignore[arg-type] # a table of keywords


@pytest.fixture(params=["kept", "made again"])
def memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "made again":
        monkeypatch.setattr(sweep, "KEPT", 0)
    monkeypatch.setattr(weights, "GROUP", 17)
    return str(request.param)


@both
def test_every_entry_is_that_of_a_single_fit(features: FeatureName, memory: str) -> None:
    found = run(task(features))
    X, Y, z, W = naive.problem(12, 8, 100, m=3)
    assert found.values.shape == (3, 2, 3, 1, 3)
    for a, activation in enumerate(ACTIVATIONS):
        for s, size in enumerate(SIZES):
            for k, width in enumerate(WIDTHS):
                alone = sensitivity_of(features, activation, X[:size], Y[:size], z, W[:, :width])
                np.testing.assert_allclose(
                    found.values[a, s, k, 0], np.asarray(alone), rtol=1e-9 if memory else 0
                )
    assert found.status is Status.CONVERGED
    assert found.conditions.shape == (3, 2, 3)
    assert (found.conditions >= 1).all()


@both
def test_filters(features: FeatureName, memory: str) -> None:
    times = np.array([1.0, 50.0])
    found = run(task(features, rule=RidgeFilter(), times=times))
    X, Y, z, W = naive.problem(12, 8, 100, m=3)
    alone = sensitivity_of(
        features, "tanh", X[:7], Y[:7], z, W[:, :41], filter=RidgeFilter(), times=times
    )
    np.testing.assert_allclose(found.values[0, 0, 1], np.asarray(alone), rtol=1e-9)
    assert memory


@both
def test_drawn_weights_are_the_same_in_both_passes(features: FeatureName, memory: str) -> None:
    drawn = DrawnWeights(dimension=8, width=90, generator=np.random.default_rng(5))
    W = np.random.default_rng(5).standard_normal((90, 8)).T / np.sqrt(8)
    left = run(task(features, weights=drawn)).values
    right = run(task(features, weights=GivenWeights(W))).values
    np.testing.assert_allclose(left, right, rtol=1e-9)
    assert memory


def test_drawing_elsewhere_does_not_change_drawn_weights() -> None:
    rng = np.random.default_rng(5)
    drawn = DrawnWeights(dimension=2, width=3, generator=rng)
    first = np.hstack(list(drawn.groups([0, 1, 3])))
    rng.standard_normal(10)
    np.testing.assert_array_equal(first, np.hstack(list(drawn.groups([0, 3]))))
    assert first.shape == (2, 3)


def test_edges_contain_every_width() -> None:
    assert edges_of((3, 10, 11), group=4) == [0, 3, 7, 10, 11]
    assert edges_of((4, 8), group=4) == [0, 4, 8]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"widths": (20, 101)}, "widths must be between 1 and 100"),
        ({"widths": (41, 20)}, "widths must be increasing"),
        ({"widths": ()}, "widths must be increasing and not empty"),
        ({"sizes": (13,)}, "sizes must be between 1 and 12"),
        ({"sizes": (7, 7)}, "sizes must be increasing"),
    ],
)
def test_bad_sweeps_are_named(changed: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        task("rf", **changed)


def test_the_worst_status_is_told() -> None:
    assert run(task("rf", widths=(5, 90))).status is Status.RANK_DEFICIENT
