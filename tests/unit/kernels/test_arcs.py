"""Identities of the arc-cosine functions (theory note A1)."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.kernels import NTK, ArcCosine, MpmathField
from ratecheck.kernels.arcs import angle_and_sine, drop
from ratecheck.kernels.field import arc_cosine
from ratecheck.types import Array

U = np.linspace(-0.98, 0.98, 99)
inner = st.floats(-1.0, 1.0)


def kappa(order: int, u: Array | float) -> Array:
    return ArcCosine(order=order).profile(np.asarray(u))


def slope(f: Callable[[Array], Array], u: Array) -> Array:
    return np.asarray((f(u + 1e-6) - f(u - 1e-6)) / 2e-6)


@pytest.mark.parametrize(("order", "factor"), [(1, 1.0), (2, 4.0)])
def test_derivative_of_one_order_is_the_order_below(order: int, factor: float) -> None:
    error = slope(lambda u: kappa(order, u), U) - factor * kappa(order - 1, U)
    assert np.abs(error).max() < 1e-6
    mutated = slope(lambda u: kappa(order, u), U) - 1.01 * factor * kappa(order - 1, U)
    assert np.abs(mutated).max() > 1e-3


@given(u=inner)
def test_parity(u: float) -> None:
    assert kappa(0, -u) == pytest.approx(1 - kappa(0, u), abs=1e-15)
    assert kappa(1, -u) == pytest.approx(kappa(1, u) - u, abs=1e-15)
    two = NTK(depth=2)
    assert two.profile(np.array(-u)) == pytest.approx(two.profile(np.array(u)) - 2 * u, abs=4e-15)


def test_parity_is_rejected_with_a_bias() -> None:
    two, u = NTK(depth=2, bias=0.1), np.array(0.5)
    assert abs(two.profile(-u) - two.profile(u) + 2 * u) > 1e-2


@pytest.mark.parametrize(
    ("order", "u", "value"),
    [
        (0, 1, 1), (1, 1, 1), (2, 1, 3), (0, -1, 0), (1, -1, 0), (2, -1, 0),
        (0, 0, 0.5), (1, 0, 1 / np.pi), (2, 0, 0.5),
    ],
)  # fmt: skip
def test_special_values(order: int, u: float, value: float) -> None:
    assert kappa(order, float(u)) == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("u", ["-0.7", "0.2", "0.95"])
def test_closed_form_is_the_gaussian_expectation(order: int, u: str) -> None:
    # E[X_+^n Y_+^n] in polar coordinates: a factor in the radius times an integral over angles.
    with mpmath.workdps(25):
        rho = mpmath.mpf(u)
        angle = mpmath.acos(rho)
        radial = mpmath.mpf(2) ** order * mpmath.factorial(order)
        arc = mpmath.quad(
            lambda a: (mpmath.cos(a) * mpmath.cos(a - angle)) ** order,
            [angle - mpmath.pi / 2, mpmath.pi / 2],
        )
        expected = 2 * radial * arc / (2 * mpmath.pi)
        assert abs(arc_cosine(order, rho, MpmathField()) - expected) < mpmath.mpf(10) ** -20
        assert abs(float(kappa(order, float(u))) - float(expected)) < 1e-14


@pytest.mark.parametrize(("order", "power", "c"), [
    (0, 0.5, -np.sqrt(2) / np.pi),
    (1, 1.5, 2 * np.sqrt(2) / (3 * np.pi)),
    (2, 2.5, -16 * np.sqrt(2) / (15 * np.pi)),
])  # fmt: skip
def test_singular_term_at_the_end(order: int, power: float, c: float) -> None:
    with mpmath.workdps(60):
        field, t = MpmathField(), mpmath.mpf(10) ** -16
        smooth = {0: 1, 1: 1 - t, 2: 3 - 4 * t}[order]
        extra = {0: 0, 1: 0, 2: t * t}[order]  # kappa_2''(1)/2 = 2 kappa_0(1) = 2, less below
        rest = arc_cosine(order, 1 - t, field) - smooth - 2 * extra
        assert float(rest / t ** mpmath.mpf(power)) == pytest.approx(c, rel=1e-6)


def test_drop_keeps_relative_digits() -> None:
    t = np.asarray(10.0 ** -np.arange(2, 15), dtype=np.float64)
    value = drop(t, *angle_and_sine(t, 2 - t))
    with mpmath.workdps(50):
        exact = [1 - arc_cosine(1, 1 - mpmath.mpf(float(s)), MpmathField()) for s in t]
    np.testing.assert_allclose(value, np.array([float(e) for e in exact]), rtol=1e-8)
    angle = np.sqrt(2 * np.array([float(e) for e in exact]))
    np.testing.assert_allclose(np.sqrt(2 * value), angle, rtol=0, atol=4e-16)  # what is needed
    naive = np.sqrt(2 * (1 - kappa(1, 1 - t)))
    assert np.abs(naive - angle).max() > 1e-12
