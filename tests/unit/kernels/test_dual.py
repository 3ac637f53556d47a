"""Dual activations by two routes each (theory note A5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.kernels import DualActivation
from ratecheck.numerics import duals, hermite
from ratecheck.numerics.activations import ACTIVATIONS, activation
from ratecheck.types import InputError, UnsupportedError
from tests.reference import make_hermite_duals as maker

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "reference" / "hermite_duals.json").read_text(encoding="utf-8")
)
SMOOTH = [name for name, phi in ACTIVATIONS.items() if phi.degree is None]
KINKED = [name for name, phi in ACTIVATIONS.items() if phi.degree is not None]
TABULATED = ["tanh", "cos", "erf"]


@pytest.mark.parametrize("name", TABULATED)
def test_coefficients_and_duals_of_the_table(name: str) -> None:
    entry = TABLE[name]
    expected = np.array([float(a) for a in entry["a_k (k=0..20)"]])
    np.testing.assert_allclose(hermite.coefficients(name, 21), expected, rtol=0, atol=1e-15)
    kernel = DualActivation(activation=name)
    for rho, value in entry["dual(rho) by 2-D trapezoid"].items():
        assert kernel.profile(np.array(float(rho))) == pytest.approx(float(value), abs=1e-14)
        wrong = DualActivation(activation=name, tangent=True).profile(np.array(float(rho)))
        assert wrong != pytest.approx(float(value), abs=1e-3)
    one = kernel.profile(np.array(1.0))
    assert one == pytest.approx(float(entry["E[phi^2]=dual(1)"]), abs=1e-14)


def test_relu_coefficients_of_the_table() -> None:
    expected = np.array([float(a) for a in TABLE["relu"]["a_k"]])
    np.testing.assert_allclose(hermite.coefficients("relu", 21), expected, rtol=0, atol=1e-16)
    even = np.where(np.arange(21) % 2 == 0, 2 * expected, 0)
    np.testing.assert_allclose(hermite.coefficients("abs", 21), even, rtol=0, atol=1e-16)


def test_table_is_what_the_script_makes() -> None:
    with mpmath.workdps(30):
        coarse = [float(a) for a in maker.coefficients("tanh", count=6, steps=8)]
        stored = [float(a) for a in TABLE["tanh"]["a_k (k=0..20)"][:6]]
        assert coarse == pytest.approx(stored, abs=1e-12)
        dual = float(maker.dual("cos", "0.6", steps=2))
        assert dual == pytest.approx(float(TABLE["cos"]["dual(rho) by 2-D trapezoid"]["0.6"]))
        assert mpmath.nstr(maker.relu_coefficient(6), 28) == TABLE["relu"]["a_k"][6]


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("tangent", [False, True])
@settings(max_examples=8)
@given(u=st.floats(-1, 1), p=st.floats(0.05, 2.0), q=st.floats(0.05, 2.0))
def test_kernel_is_the_gaussian_expectation(
    name: str, tangent: bool, u: float, p: float, q: float
) -> None:
    kernel = DualActivation(activation=name, tangent=tangent)
    x = np.array([[p, 0.0]])
    y = q * np.array([[u, np.sqrt(1 - u * u)]])
    expected = duals.by_quadrature(name, u, p, q, int(tangent))
    assert kernel(x, y)[0, 0] == pytest.approx(expected, rel=1e-12, abs=1e-13)
    assert kernel(y, x)[0, 0] == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("tangent", [False, True])
def test_profile_is_the_hermite_series(name: str, tangent: bool) -> None:
    u, one = np.linspace(-1, 1, 41), np.ones(1)
    series = duals.by_series(name, u[None], one, one, int(tangent), int(tangent))[0]
    kernel = DualActivation(activation=name, tangent=tangent)
    np.testing.assert_allclose(kernel.profile(u), series, rtol=0, atol=5e-15)


@pytest.mark.parametrize("name", KINKED)
@pytest.mark.parametrize("tangent", [False, True])
def test_kinked_profile_is_its_hermite_series(name: str, tangent: bool) -> None:
    u = np.linspace(-0.8, 0.8, 17)  # 400 terms: 0.8^400 = 2e-39
    a = hermite.coefficients(name, 400, derivative=int(tangent))
    series = np.polynomial.polynomial.polyval(u, a * a)
    kernel = DualActivation(activation=name, tangent=tangent)
    np.testing.assert_allclose(kernel.profile(u), series, rtol=0, atol=5e-15)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_tangent_kernel_is_the_derivative_of_the_profile(name: str) -> None:
    u, step = np.linspace(-0.95, 0.95, 21), 1e-5
    kernel, slope = (DualActivation(activation=name, tangent=flag) for flag in (False, True))
    numeric = (kernel.profile(u + step) - kernel.profile(u - step)) / (2 * step)
    np.testing.assert_allclose(slope.profile(u), numeric, rtol=1e-6, atol=1e-8)
    assert np.abs(2 * slope.profile(u) - numeric).max() > 1e-3


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_coefficients_of_the_derivative(name: str) -> None:
    a, da = hermite.coefficients(name, 61), hermite.coefficients(name, 60, derivative=1)
    root = np.sqrt(np.arange(1, 61))
    np.testing.assert_allclose(da, root * a[1:], rtol=0, atol=1e-12)
    assert np.abs(da - root[::-1] * a[1:]).max() > 1e-3


@pytest.mark.parametrize("name", SMOOTH)
def test_written_derivatives(name: str) -> None:
    phi, x, step = activation(name), np.linspace(-3, 3, 61), 1e-5
    for f, slope in zip(phi.derivatives, phi.derivatives[1:], strict=False):
        numeric = (f(x + step) - f(x - step)) / (2 * step)
        np.testing.assert_allclose(slope(x), numeric, rtol=1e-6, atol=1e-8)


def test_a_misprinted_derivative_of_tanh_is_rejected() -> None:
    # -2 tanh (1 - tanh), as once printed, for -2 tanh (1 - tanh^2)
    x = np.linspace(-3, 3, 61)
    wrong = -2 * np.tanh(x) * (1 - np.tanh(x))
    assert np.abs(wrong - activation("tanh").derivatives[2](x)).max() > 0.1


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_parity(name: str) -> None:
    u, parity = np.linspace(-0.9, 0.9, 7), ACTIVATIONS[name].parity
    values = DualActivation(activation=name).profile(u)
    for sign in (1, -1):
        agrees = np.allclose(DualActivation(activation=name).profile(-u), sign * values)
        assert agrees == (sign == parity)


def test_long_vectors_are_refused_where_the_series_is_too_long() -> None:
    far = np.array([[30.0, 0.0]])
    for name in ("tanh", "softplus"):
        with pytest.raises(UnsupportedError, match="scale the points down"):
            DualActivation(activation=name)(far, far)
    for name in ("erf", "cos", "square", "relu", "abs"):
        assert np.isfinite(DualActivation(activation=name)(far, far)).all()


def test_cos_does_not_overflow() -> None:
    X = np.array([[100.0, 0.0], [0.0, 100.0]])
    np.testing.assert_allclose(DualActivation(activation="cos")(X, X), 0.5 * np.eye(2))


def test_bad_activation_and_flag() -> None:
    with pytest.raises(InputError, match="gelu"):
        DualActivation(activation="gelu")
    with pytest.raises(InputError, match="tangent"):
        DualActivation(activation="erf", tangent=1)  # type: ignore[arg-type]
    with pytest.raises(UnsupportedError, match="derivative"):
        hermite.coefficients("relu", 4, derivative=2)
