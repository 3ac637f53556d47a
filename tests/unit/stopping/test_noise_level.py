from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.domains import Circle, Cube, Interval, Torus
from ratecheck.stopping import estimate_noise, from_residuals, rice
from ratecheck.streams import generator
from ratecheck.types import InputError
from tests.unit.stopping.sequence_model import FakePath, Model


def stream(seed: int) -> np.random.Generator:
    return generator(seed, "level", role="noise")


def test_rice_finds_sigma_beside_a_smooth_signal() -> None:
    n, sigma = 20_000, 0.3
    x = np.sort(stream(0).random(n))
    y = np.sin(2 * np.pi * x) + sigma * stream(1).standard_normal(n)
    error = sigma * math.sqrt(3 / (4 * n))  # asymptotic standard deviation of the estimate
    assert abs(rice(y) - sigma) < 5 * error
    shuffled = stream(2).permutation(y)  # the order is what the method lives on
    assert abs(rice(shuffled) - sigma) > 5 * error


@given(
    seed=st.integers(0, 2**32),
    shift=st.floats(-100, 100),
    c=st.floats(1e-3, 1e3),
    n=st.integers(2, 50),
)
def test_rice_ignores_the_mean_and_scales(seed: int, shift: float, c: float, n: int) -> None:
    y = stream(seed).standard_normal(n)
    assert rice(c * y + shift) == pytest.approx(c * rice(y), rel=1e-9, abs=1e-11)
    assert rice(y) == pytest.approx(math.sqrt(np.mean(np.diff(y) ** 2) / 2))


def test_one_observation_is_not_enough() -> None:
    with pytest.raises(InputError, match="at least 2"):
        rice(np.array([1.0]))


@pytest.mark.parametrize("smoothness", [1.0, 2.0])
def test_residuals_of_an_undersmoothed_fit_find_sigma(smoothness: float) -> None:
    model = Model(size=4096, smoothness=smoothness, sigma=0.4)
    found = [
        from_residuals(model.draw(stream(seed), np.sqrt(2.0) ** np.arange(60)).path)
        for seed in range(10)
    ]
    # 3072 degrees of freedom or so: relative error 1.3 % each, 0.4 % of the mean
    assert np.mean(found) == pytest.approx(0.4, rel=0.015)
    oversmoothed = from_residuals(model.draw(stream(0), np.array([1e-6, 2e-6])).path)
    assert oversmoothed > 0.4 * 1.015


def test_the_fit_used_is_the_last_with_a_quarter_of_the_freedom() -> None:
    n = 100
    path = FakePath(
        times=np.arange(1.0, 5.0),
        size=n,
        residuals=np.array([9.0, 4.0, 2.0, 1.0]),
        gaps=np.zeros((4, 4)),
        traces=np.array([1.0, 25.0, 25.1, 60.0]),
        square_traces=np.array([0.5, 20.0, 21.0, 50.0]),
    )
    assert from_residuals(path) == pytest.approx(math.sqrt(n * 4.0 / (n - 50.0 + 20.0)))


def test_a_path_that_starts_too_late_is_refused() -> None:
    late = Model(size=64, smoothness=1.0).draw(stream(0), np.array([1e8, 2e8])).path
    with pytest.raises(InputError, match="start the grid earlier"):
        from_residuals(late)


@pytest.mark.parametrize("domain", [Torus(d=1), Interval(-1, 1), Circle()], ids=repr)
def test_the_order_of_the_data_is_found(domain: Torus | Interval | Circle) -> None:
    X = domain.design(500, stream(0))
    y = np.cos(3 * X[:, 0]) + 0.1 * stream(1).standard_normal(500)
    path = Model(size=64, smoothness=1.0).draw(stream(0)).path
    mixed = stream(2).permutation(500)
    assert estimate_noise(X, y, domain, path) == rice(y)
    assert estimate_noise(X[mixed], y[mixed], domain, path) == pytest.approx(rice(y), rel=1e-12)
    assert rice(y[mixed]) > 1.5 * rice(y)


def test_several_dimensions_use_the_residuals() -> None:
    draw = Model(size=64, smoothness=1.0).draw(stream(0))
    X = Cube(d=2).design(64, stream(1))
    assert estimate_noise(X, draw.z, Cube(d=2), draw.path) == from_residuals(draw.path)
