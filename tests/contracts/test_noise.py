"""Laws that every noise model obeys."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.noise import Gaussian, Laplace, Noise, Rademacher, Uniform
from ratecheck.streams import generator
from ratecheck.types import InputError

#: Model and its kurtosis E e^4 / sigma^4.
MODELS: tuple[tuple[type[Noise], float], ...] = (
    (Gaussian, 3.0),
    (Uniform, 1.8),
    (Rademacher, 1.0),
    (Laplace, 6.0),
)
TYPES = [model for model, _ in MODELS]
N = 1_000_000


def stream(seed: int) -> np.random.Generator:
    return generator(seed, "noise", role="noise")


def made(model: type[Noise], sigma: float) -> Noise:
    return model(sigma)  # type: ignore[call-arg]  # every final model has the one field


def deviations(model: type[Noise], sigma: float, declared: float, kurtosis: float) -> list[float]:
    """Return mean, variance and (scaled) fourth moment in units of their Monte Carlo errors."""
    e = made(model, sigma).draw(N, stream(7)) / declared
    square_error = math.sqrt(max(kurtosis - 1, 1e-4) / N)
    fourth_error = (e**4).std() / math.sqrt(N) + 1e-6
    return [
        abs(e.mean()) * math.sqrt(N),
        abs((e**2).mean() - 1) / square_error,
        abs((e**4).mean() - kurtosis) / fourth_error,
    ]


@pytest.mark.parametrize(("model", "kurtosis"), MODELS)
@pytest.mark.parametrize("sigma", [0.1, 1.0, 3.0])
def test_mean_zero_deviation_sigma_and_shape(
    model: type[Noise], kurtosis: float, sigma: float
) -> None:
    assert max(deviations(model, sigma, sigma, kurtosis)) < 5


@pytest.mark.parametrize(("model", "kurtosis"), MODELS)
def test_the_laws_reject_a_wrong_sigma_and_a_wrong_model(
    model: type[Noise], kurtosis: float
) -> None:
    assert max(deviations(model, 1.01, 1.0, kurtosis)) > 5
    wrong = next(k for m, k in MODELS if m is not model)
    assert max(deviations(model, 1.0, 1.0, wrong)) > 5


@pytest.mark.parametrize("model", TYPES)
@given(
    n=st.integers(1, 100), seed=st.integers(0, 2**32), sigma=st.floats(0, 1e6), c=st.integers(0, 8)
)
def test_draws_are_fixed_by_the_stream_and_scale_with_sigma(
    model: type[Noise], n: int, seed: int, sigma: float, c: int
) -> None:
    e = made(model, sigma).draw(n, stream(seed))
    assert e.shape == (n,)
    assert e.dtype == np.float64
    assert np.array_equal(e, made(model, sigma).draw(n, stream(seed)))
    scaled = made(model, 2.0**c * sigma).draw(n, stream(seed))
    assert np.allclose(scaled, 2.0**c * e, rtol=1e-14)


@pytest.mark.parametrize("model", TYPES)
def test_sigma_zero_means_exact_data(model: type[Noise]) -> None:
    assert not made(model, 0).draw(5, stream(0)).any()


@pytest.mark.parametrize(("model", "bound"), [(Uniform, math.sqrt(3)), (Rademacher, 1.0)])
def test_bounded_models_stay_within_their_bound_and_reach_it(
    model: type[Noise], bound: float
) -> None:
    largest = np.abs(made(model, 2.0).draw(N, stream(1))).max()
    assert 0.999 * 2 * bound < largest <= 2 * bound


@pytest.mark.parametrize("model", TYPES)
def test_the_repr_is_the_identity(model: type[Noise]) -> None:
    noise = made(model, np.float64(0.5))
    assert repr(noise) == f"{model.__name__}(sigma=0.5)"
    assert eval(repr(noise)) == noise
    assert hash(noise) == hash(made(model, 0.5))


@pytest.mark.parametrize("model", TYPES)
@pytest.mark.parametrize("sigma", [-0.1, math.nan, math.inf, "1", None, True])
def test_a_bad_sigma_is_named(model: type[Noise], sigma: float) -> None:
    with pytest.raises(InputError, match="sigma must"):
        made(model, sigma)


@pytest.mark.parametrize("n", [0, -1, 1.5])
def test_a_bad_size_is_named(n: int) -> None:
    with pytest.raises(InputError, match="n must be"):
        Gaussian(1.0).draw(n, stream(0))
