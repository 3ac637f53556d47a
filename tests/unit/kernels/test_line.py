"""One-dimensional kernels: reference values, Markov and semiseparable forms (theory note A4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.kernels import (
    Brownian,
    BrownianPlusOne,
    Kernel,
    Laplace,
    LiftedNTK,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.types import Array, InputError
from tests.reference import make_oned_kernels as maker

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "reference" / "oned_kernels.json").read_text(encoding="utf-8")
)
BERNOULLI = TABLE["bernoulli_(-1)^(m-1)B_2m(x)/(2m)!"]
Markov = Brownian | BrownianPlusOne | NeumannSobolev | Laplace
MARKOV: tuple[Markov, ...] = (
    Brownian(),
    BrownianPlusOne(),
    NeumannSobolev(c=0.5),
    NeumannSobolev(c=5.0),
    NeumannSobolev(c=400.0),
    Laplace(),
    Laplace(scale=0.01),
)


def point(x: float | str) -> Array:
    return np.array([[float(x)]])


@pytest.mark.parametrize("c", [1, 2])
def test_neumann_values(c: int) -> None:
    expected = TABLE[f"green_values_c{c}"]
    kernel = NeumannSobolev(c=float(c))
    for x, y in (("0.2", "0.7"), ("0", "0")):
        value = kernel(point(x), point(y))[0, 0]
        assert value == pytest.approx(float(expected[f"neumann K({x},{y})"]), rel=1e-14)
        assert value != pytest.approx(float(expected[f"periodic K({x},{y})"]), rel=1e-3)


@pytest.mark.parametrize("key", BERNOULLI)
def test_bernoulli_values(key: str) -> None:
    kernel = PeriodicSobolev(order=int(key[2:]))
    for x, expected in BERNOULLI[key].items():
        value = kernel(point(x), point(0.0))[0, 0] - 1.0
        assert value == pytest.approx(float(expected), abs=4e-16)


@pytest.mark.parametrize("pair", TABLE["ntk_1d_bias_values"])
def test_lifted_values_on_the_line(pair: str) -> None:
    x, y = map(point, pair.split(","))
    expected = float(TABLE["ntk_1d_bias_values"][pair]) + 1.0  # the table leaves the constant out
    assert LiftedNTK(depth=2)(x, y)[0, 0] == pytest.approx(expected, rel=1e-14)


def test_table_is_what_the_script_makes() -> None:
    assert maker.text(lambda: maker.bernoulli(3, "0.1")) == BERNOULLI["m=3"]["0.1"]
    assert maker.green(2) == TABLE["green_values_c2"]
    assert maker.text(lambda: 1 / maker.one_plus_min(3) ** 2) == TABLE["one_plus_min"]["lambda"][2]
    assert maker.text(lambda: maker.lifted("2", "-3")) == TABLE["ntk_1d_bias_values"]["2,-3"]


@pytest.mark.parametrize("order", [1, 2, 3, 6])
def test_periodic_kernel_is_its_fourier_series(order: int) -> None:
    kernel, band = PeriodicSobolev(order=order), 4000
    mu, z = kernel.fourier(band), np.linspace(0, 1, 7)
    waves = np.cos(2 * np.pi * np.multiply.outer(z, np.arange(1, band + 1)))
    tail = 2 * (2 * np.pi) ** (-2.0 * order) * band ** (1.0 - 2 * order)
    series = 1 + 2 * waves @ mu[1:]
    np.testing.assert_allclose(kernel(z[:, None], point(0))[:, 0], series, atol=tail + 2e-15)
    assert mu[0] == 1.0
    mutated = 1 + 2 * waves @ (1.01 * mu[1:])
    assert order > 3 or np.abs(mutated - series).max() > 10 * (tail + 2e-15)


@given(x=st.floats(-50, 50), y=st.floats(-50, 50), shift=st.integers(-9, 9))
def test_periodic_kernel_has_period_one(x: float, y: float, shift: int) -> None:
    kernel = PeriodicSobolev(order=2)
    moved = kernel(point(x + shift), point(y))
    assert moved == pytest.approx(kernel(point(x), point(y)), abs=1e-14)


@pytest.mark.parametrize("order", [1, 2])
def test_periodic_kernel_is_semiseparable(order: int) -> None:
    x = np.sort(np.random.default_rng(0).random(40))[:, None]
    kernel = PeriodicSobolev(order=order)
    F, G = kernel.semiseparable_factors(x)
    low, up = np.tril_indices(40), np.triu_indices(40, 1)
    assert F.shape == G.shape == (40, 2 * order + 1)
    np.testing.assert_allclose((F @ G.T)[low], kernel(x, x)[low], rtol=0, atol=5e-16)
    assert np.abs((F @ G.T)[up] - kernel(x, x)[up]).max() > 1e-3


@pytest.mark.parametrize("kernel", MARKOV, ids=repr)
def test_markov_factors(kernel: Markov) -> None:
    x = np.sort(np.random.default_rng(1).random(40))[:, None]
    log_a, log_b = kernel.log_markov_factors(x)
    K = kernel(x, x)  # row i, column j >= i: a(x_i) b(x_j)
    up, low = np.triu_indices(40), np.tril_indices(40, -1)
    np.testing.assert_allclose(np.exp(np.add.outer(log_a, log_b))[up], K[up], rtol=1e-12)
    with np.errstate(over="ignore"):
        wrong = np.exp(np.add.outer(log_a, log_b))[low] / K[low]
    assert np.abs(wrong - 1).max() > 1e-2
    a, b = kernel.markov_factors(x[:, 0])  # coordinates do as well
    np.testing.assert_allclose(np.multiply.outer(a, b)[up], K[up], rtol=1e-12)


def test_markov_factors_at_zero_and_beyond_float64() -> None:
    log_a, _ = Brownian().log_markov_factors(point(0))
    assert log_a[0] == -np.inf
    with pytest.raises(InputError, match="log_markov_factors"):
        Laplace(scale=1e-3).markov_factors(point(1))
    with pytest.raises(InputError, match="log_markov_factors"):
        NeumannSobolev(c=1e4).markov_factors(point(1))
    assert np.isfinite(NeumannSobolev(c=1e4)(point(0.3), point(0.30001))).all()


@pytest.mark.parametrize(
    ("kernel", "outside"),
    [
        (Brownian(), -0.1),
        (BrownianPlusOne(), -1e-9),
        (NeumannSobolev(c=1.0), 1.0001),
        (NeumannSobolev(c=1.0), -0.1),
    ],
)
def test_points_outside_the_domain(kernel: Kernel, outside: float) -> None:
    inside = point(0.5)
    for either in (kernel, 2.0 * kernel, kernel + Laplace(), kernel * Laplace()):
        with pytest.raises(InputError, match=r"X must.*rescale the points"):
            either(point(outside), inside)
        with pytest.raises(InputError, match=r"Y must.*rescale the points"):
            either.gradient(inside, point(outside), np.ones(1))
        with pytest.raises(InputError, match=r"X must.*rescale the points"):
            either.diagonal(point(outside))


@pytest.mark.parametrize("bad", [0, -1, 21, 1.5, True])
def test_bad_order(bad: Any) -> None:
    with pytest.raises(InputError, match="order"):
        PeriodicSobolev(order=bad)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_bad_rate(bad: float) -> None:
    with pytest.raises(InputError, match="c must"):
        NeumannSobolev(c=bad)
