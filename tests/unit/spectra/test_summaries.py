"""Effective dimensions, Sobolev orders and Hermite coefficients: tables, identities, mutants."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.filters import GradientFlowFilter, RidgeFilter
from ratecheck.kernels import NTK, ArcCosine, Gaussian, Kernel, Matern, Product
from ratecheck.numerics import hermite
from ratecheck.numerics.activations import ACTIVATIONS
from ratecheck.spectra import effective_dimension, hermite_coefficients, sobolev_order
from ratecheck.types import Array, InputError, UnsupportedError

FOLDER = Path(__file__).parents[2] / "reference"
SMOOTH = tuple(name for name, phi in ACTIVATIONS.items() if phi.degree is None)


@pytest.mark.parametrize("m", [1, 2, 3])
def test_effective_dimensions_of_the_torus(m: int) -> None:
    rows = json.loads((FOLDER / "effective_dimension.json").read_text(encoding="utf-8"))[f"m={m}"]
    exact = {key.split(":")[0]: float(x) for key, x in rows.items()}
    t = 1e8 if m == 1 else 1e8 ** float(m)
    k = np.arange(1.0, 300_000)
    mu = np.append(1.0, (2 * np.pi * k) ** (-2.0 * m))
    counts = np.append(1.0, np.full(k.size, 2.0))
    for name, filter_ in (("GF", GradientFlowFilter()), ("KRR", RidgeFilter())):
        found = np.array(effective_dimension(mu, counts, filter_.residual, t))
        scaled = found * np.pi / t ** (1 / (2 * m))
        expected = np.array([exact[f"{name} N1"], exact[f"{name} N2"]])
        lost = np.array([2 * np.pi * t ** (1 - 1 / (2 * m)) * mu[-1] * k[-1] / (2 * m - 1), 0])
        np.testing.assert_allclose(scaled + lost, expected, rtol=1e-3)
        assert np.abs(scaled / expected[::-1] - 1).min() > 0.02  # mutated: N_1 for N_2
    alone = effective_dimension(mu[1:], counts[1:], GradientFlowFilter().residual, 1e4)[1]
    whole = effective_dimension(mu, counts, GradientFlowFilter().residual, 1e4)[1]
    assert whole - alone == pytest.approx(1, abs=1e-12)


@given(
    st.lists(st.floats(-12, 3), min_size=1, max_size=30),
    st.floats(-4, 12),
    st.integers(0, 2**32 - 1),
)
def test_flow_and_ridge_have_comparable_dimensions(
    logs: list[float], log_t: float, seed: int
) -> None:
    mu, t = 10.0 ** np.array(logs), 10.0**log_t
    counts = np.random.default_rng(seed).integers(1, 50, mu.size).astype(np.float64)
    first, second = effective_dimension(mu, counts, GradientFlowFilter().residual, t)
    ridge = effective_dimension(mu, counts, RidgeFilter().residual, t)[0]
    slack = 1e-9 * counts.sum()
    assert ridge - slack <= first <= 1.2985 * ridge + slack
    assert second <= first + slack


def test_the_constant_between_flow_and_ridge_is_sharp() -> None:
    one = np.ones(1)
    first = effective_dimension(one, one, GradientFlowFilter().residual, 1.7933)[0]
    assert first > 1.2984 * effective_dimension(one, one, RidgeFilter().residual, 1.7933)[0]


@pytest.mark.parametrize(("t", "counts"), [(0.0, np.ones(2)), (1.0, np.ones(3))])
def test_bad_input_to_effective_dimensions(t: float, counts: Array) -> None:
    with pytest.raises(InputError):
        effective_dimension(np.ones(2), counts, GradientFlowFilter().residual, t)


def test_orders_of_combinations() -> None:
    smooth, rough = Gaussian(length=1.0), NTK(depth=3)
    assert sobolev_order(rough + smooth, 4) == sobolev_order(2.0 * rough, 4)
    assert sobolev_order(ArcCosine(order=2) + rough, 4) == sobolev_order(rough, 4)
    assert float(sobolev_order(Matern(nu=0.8, length=0.7), 3)) == 2.3


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        (Gaussian(length=1.0), "faster than any power"),
        (NTK(depth=1) + Gaussian(length=1.0), "faster than any power"),
        (Product(factors=(NTK(depth=2), NTK(depth=3))), "eigendecay"),
        (Product(factors=(NTK(depth=2), NTK(depth=3))) + NTK(depth=2), "eigendecay"),
    ],
    ids=str,
)
def test_no_order(kernel: Kernel, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        sobolev_order(kernel, 2)
    with pytest.raises(InputError, match="d must be"):
        sobolev_order(kernel, 0)


@pytest.mark.parametrize("name", ["tanh", "cos", "erf", "relu"])
def test_hermite_coefficients_of_the_table(name: str) -> None:
    table = json.loads((FOLDER / "hermite_duals.json").read_text(encoding="utf-8"))[name]
    exact = [float(x) for x in table["a_k" if name == "relu" else "a_k (k=0..20)"]]
    np.testing.assert_allclose(hermite_coefficients(name, 21), exact, rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", SMOOTH)
def test_coefficients_of_derivatives(name: str) -> None:
    a, k = hermite_coefficients(name, 61), np.arange(60)
    slope = hermite.coefficients(name, 60, derivative=1)
    np.testing.assert_allclose(slope, np.sqrt(k + 1) * a[1:], rtol=0, atol=1e-12)
    bend = hermite.coefficients(name, 59, derivative=2)
    np.testing.assert_allclose(bend, np.sqrt(k[:59] + 1) * slope[1:], rtol=0, atol=1e-12)
    assert np.abs(slope - np.sqrt(k) * a[1:]).max() > 1e-2  # mutated: k for k + 1


def test_the_published_second_derivative_of_tanh_is_wrong() -> None:
    x, mass = np.polynomial.hermite_e.hermegauss(120)
    mass = mass / mass.sum()
    u = np.tanh(x)
    slope = np.sqrt(np.arange(1.0, 5)) * hermite.coefficients("tanh", 5, derivative=1)[1:]
    first = np.stack([np.ones_like(x), x, (x**2 - 1) / np.sqrt(2), (x**3 - 3 * x) / np.sqrt(6)])
    right, published = (first * mass @ phi for phi in (-2 * u * (1 - u**2), -2 * u * (1 - u)))
    np.testing.assert_allclose(right, slope, atol=1e-6)
    assert np.abs(published - slope).max() > 0.1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_parity_of_activations(name: str) -> None:
    a = np.abs(hermite_coefficients(name, 60))
    is_even, is_odd = a[1::2].max() < 1e-14, a[::2].max() < 1e-14
    assert ACTIVATIONS[name].parity == int(is_even) - int(is_odd)


def test_tangent_kernel_of_relu_from_its_coefficients() -> None:
    rho = np.array([-0.7, -0.2, 0.0, 0.3, 0.6])
    a = hermite_coefficients("relu", 400)
    k = np.arange(400)
    dual = (a**2) @ rho ** k[:, None]
    slope = (a[1:] ** 2 * k[1:]) @ rho ** k[:-1, None]
    np.testing.assert_allclose(2 * (rho * slope + dual), NTK(depth=2).profile(rho), atol=1e-12)
    assert np.abs(rho * slope + 2 * dual - NTK(depth=2).profile(rho)).max() > 0.05  # mutated


def test_activations_are_named() -> None:
    with pytest.raises(InputError, match="tanh"):
        hermite_coefficients("swish", 3)
    with pytest.raises(InputError, match="count"):
        hermite_coefficients("tanh", 0)
