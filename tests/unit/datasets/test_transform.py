from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ratecheck.datasets import (
    Dataset,
    load,
    one_hot,
    pair,
    scaling,
    shuffled,
    split,
    standardise,
)
from ratecheck.streams import generator
from ratecheck.types import InputError

DIGITS, DIABETES = load("digits"), load("diabetes")


def test_standardised_features_agree_with_scikit_learn() -> None:
    train, test = split(DIABETES, 0.25, generator(0, "t", role="split"))
    peer = StandardScaler().fit(train.X)
    scaled, other = standardise(train, test)
    np.testing.assert_allclose(scaled.X, peer.transform(train.X), rtol=0, atol=1e-12)
    np.testing.assert_allclose(other.X, peer.transform(test.X), rtol=0, atol=1e-12)
    assert other.box == (-np.inf, np.inf)
    assert scaled.sha256 != train.sha256


def test_the_test_part_does_not_shape_the_scaling() -> None:
    train, test = split(DIABETES, 100, generator(0, "t", role="split"))
    moved = replace(test, X=test.X + 1000.0)
    np.testing.assert_array_equal(standardise(train, test)[0].X, standardise(train, moved)[0].X)
    assert not np.allclose(standardise(train, test)[1].X, standardise(train, moved)[1].X)


def test_responses_are_standardised_by_the_training_part_when_asked() -> None:
    train, test = split(DIABETES, 100, generator(0, "t", role="split"))
    scaled, other = standardise(train, test, responses=True)
    assert scaled.y.mean() == pytest.approx(0, abs=1e-12)
    assert scaled.y.std() == pytest.approx(1)
    np.testing.assert_allclose(other.y, (test.y - train.y.mean()) / train.y.std())
    np.testing.assert_array_equal(standardise(train)[0].y, train.y)
    with pytest.raises(InputError, match="classification"):
        standardise(DIGITS, responses=True)


def test_shuffled_responses_are_a_permutation() -> None:
    mixed = shuffled(DIABETES, generator(0, "t", role="probe"))
    np.testing.assert_array_equal(mixed.X, DIABETES.X)
    np.testing.assert_array_equal(np.sort(mixed.y), np.sort(DIABETES.y))
    assert (mixed.y != DIABETES.y).mean() > 0.9
    assert mixed.sha256 != DIABETES.sha256


def test_features_without_spread_stay_finite() -> None:
    scaled = standardise(DIGITS)[0]
    np.testing.assert_array_equal(scaled.X[:, 0], 0.0)
    assert np.isfinite(scaled.X).all()
    constant = scaling(np.full((7, 1), 0.1))
    np.testing.assert_allclose(constant(np.array([[0.1]])), 0.0, atol=1e-12)


@given(shift=st.floats(-100, 100), size=st.integers(2, 30), seed=st.integers(0, 99))
@settings(max_examples=20)
def test_scaling_can_be_undone(shift: float, size: int, seed: int) -> None:
    X = np.random.default_rng(seed).normal(shift, 3.0, (size, 4))
    map_ = scaling(X)
    np.testing.assert_allclose(map_.inverse(map_(X)), X, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("a", "b"), [(3, 8), ("8", "3"), (0, "9")])
def test_a_pair_is_labelled_by_signs(a: int | str, b: int | str) -> None:
    found = pair(DIGITS, a, b)
    rows = np.isin(DIGITS.y, [int(a), int(b)])
    np.testing.assert_array_equal(found.X, DIGITS.X[rows])
    np.testing.assert_array_equal(found.y, np.where(DIGITS.y[rows] == int(b), 1.0, -1.0))
    assert found.y.dtype == np.float64
    assert found.classes == (str(a), str(b))


def test_bad_pairs() -> None:
    with pytest.raises(InputError, match="different classes"):
        pair(DIGITS, 3, "3")
    with pytest.raises(InputError, match="one of 0, 1"):
        pair(DIGITS, "cat", 1)
    with pytest.raises(InputError, match="between 0 and 9"):
        pair(DIGITS, 3, 10)
    with pytest.raises(InputError, match="regression"):
        pair(DIABETES, 0, 1)
    with pytest.raises(InputError, match="holds no rows"):
        pair(load("digits", limit=3), 1, 7)


def test_one_hot_agrees_with_scikit_learn() -> None:
    peer = OneHotEncoder(sparse_output=False).fit_transform(DIGITS.y[:, None])
    np.testing.assert_array_equal(one_hot(DIGITS), peer)
    with pytest.raises(InputError, match="classification"):
        one_hot(DIABETES)
    with pytest.raises(InputError, match="classification"):
        one_hot(pair(DIGITS, 0, 1))


@pytest.mark.parametrize(("test", "rows"), [(100, 100), (0.25, 110)])
def test_a_split_is_a_partition(test: int | float, rows: int) -> None:
    tagged = replace(DIABETES, y=np.arange(442.0))
    train, held = split(tagged, test, generator(0, "t", role="split"))
    assert held.size == rows
    assert sorted([*train.y, *held.y]) == list(range(442))
    np.testing.assert_array_equal(held.X, DIABETES.X[held.y.astype(int)])


def test_streams_decide_the_split() -> None:
    first, again, other = (
        split(DIABETES, 100, generator(0, "study", k, role="split"))[1].sha256 for k in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize("test", [0, 442, 0.0, 1.0, -0.5, float("nan")])
def test_empty_parts_are_refused(test: float) -> None:
    with pytest.raises(InputError, match="test"):
        split(DIABETES, test, np.random.default_rng(0))


@pytest.mark.parametrize(
    "changes",
    [{"y": np.zeros(3)}, {"shape": (8, 9)}, {"X": np.full((1797, 64), np.nan)}],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        replace(DIGITS, **changes)  # type: ignore[arg-type] # wrong on purpose
    assert isinstance(DIGITS, Dataset)
