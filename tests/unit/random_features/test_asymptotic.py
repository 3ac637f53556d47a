"""The universal bound, and the leading order of even activations against random problems."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.random_features import leading_order, parameters, sensitivity, universal_bound
from ratecheck.random_features.features import FeatureName
from ratecheck.types import InputError, UnsupportedError

N, D = 60, 300
CASES: list[tuple[FeatureName, float]] = [
    ("rf", 6_000), ("rf", np.inf), ("ntk", 60), ("ntk", np.inf),
]  # fmt: skip


def measured(features: FeatureName, name: str, k: float) -> tuple[float, float]:
    """Return mean square of S over draws, with its standard error."""
    squares = [
        np.mean(
            np.square(sensitivity(features, name, N, k, D, np.random.default_rng(seed), tests=6))
        )
        for seed in range(4)
    ]
    return float(np.mean(squares)), float(np.std(squares) / np.sqrt(3))


@pytest.mark.parametrize(("features", "k"), CASES)
@pytest.mark.parametrize("name", ["square", "cos", "x * tanh(x)"])
def test_leading_order_is_what_random_problems_give(
    features: FeatureName, name: str, k: float
) -> None:
    mean, error = measured(features, name, k)
    predicted = leading_order(features, name, N, k, D) ** 2
    assert abs(mean / predicted - 1) < 0.1 + 3 * error / predicted
    assert not 0.5 < mean / measured(features, "tanh", k)[0] < 2  # an activation that is not even


def test_square_has_one_law_in_both_models() -> None:
    for p in (3e5, 3e6):
        both = [
            leading_order("rf", "square", N, int(p), D),
            leading_order("ntk", "square", N, int(p) // D, D),
        ]
        assert both[0] == pytest.approx(both[1], rel=1e-12)
        expected = np.sqrt(2 * universal_bound(N, D, p) ** 2 + 4 * N / D)
        assert both[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ["square", "cos", "x**4", "x * tanh(x)", "exp(-x**2)"])
@pytest.mark.parametrize("features", ["rf", "ntk"])
def test_never_below_the_universal_bound(features: FeatureName, name: str) -> None:
    for k in (300, 10**6):
        bound = universal_bound(N, D, parameters(features, D, k))
        assert leading_order(features, name, N, k, D) > np.sqrt(2 - 1e-9) * bound


def test_scale_of_the_activation_does_not_matter() -> None:
    both: list[FeatureName] = ["rf", "ntk"]
    for features in both:
        half = leading_order(features, "x**2 / 2", N, 50, D)
        whole = leading_order(features, "square", N, 50, D)
        assert half == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("name", ["tanh", "softplus", "erf", "relu", "abs", "gelu(x)"])
def test_what_has_no_leading_order_here(name: str) -> None:
    with pytest.raises(UnsupportedError):
        leading_order("rf", name, N, 50, D)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="N must be at least 1"):
        universal_bound(0, 3, 5)
    with pytest.raises(InputError, match="k must be an integer"):
        leading_order("rf", "square", 3, 2.5, 3)
    with pytest.raises(InputError, match="features must be one of"):
        parameters("cnn", 3, 3)  # type: ignore[arg-type] # on purpose
