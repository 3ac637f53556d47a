"""Laplace, Matern and Gaussian kernels."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from ratecheck.kernels import Gaussian, Laplace, Matern, MpmathField
from ratecheck.kernels.radial import exact_matern, matern, matern_ratio
from ratecheck.types import InputError

Z = np.array([1e-200, 1e-12, 1e-8, 1e-4, 0.01, 0.3, 1.0, 1.99, 2.01, 5.0, 30.0, 300.0, 800.0])


@pytest.mark.parametrize(
    "nu", ["0.3", "0.5", "0.8", "1", "1.5", "2", "2.3", "9.5", "20.1", "150.3"]
)
def test_matern_has_its_digits(nu: str) -> None:
    order = Fraction(nu)
    with mpmath.workdps(40):
        exact = [float(exact_matern(order, mpmath.mpf(float(z)), MpmathField())) for z in Z]
    np.testing.assert_allclose(matern(order, Z), exact, rtol=0, atol=1e-13)
    assert matern(order, np.zeros(1))[0] == 1.0
    assert np.abs(matern(order * 2, Z) - exact).max() > 1e-4


@pytest.mark.parametrize("nu", ["0.3", "0.5", "1", "1.5", "2.3", "7.5"])
def test_matern_ratio_is_the_derivative(nu: str) -> None:
    z, step, order = np.array([0.05, 0.4, 1.0, 3.0]), 1e-6, Fraction(nu)
    numeric = (matern(order, z + step) - matern(order, z - step)) / (2 * step * z)
    np.testing.assert_allclose(matern_ratio(order, z), numeric, rtol=1e-6)


@pytest.mark.parametrize(
    ("nu", "closed"),
    [
        (0.5, lambda r: np.exp(-r)),
        (1.5, lambda r: (1 + 3**0.5 * r) * np.exp(-(3**0.5) * r)),
        (2.5, lambda r: (1 + 5**0.5 * r + 5 * r * r / 3) * np.exp(-(5**0.5) * r)),
    ],
)
def test_half_integer_forms(nu: float, closed: object) -> None:
    assert callable(closed)
    r = np.linspace(0, 4, 9)
    values = Matern(nu=nu, length=1.0)(r[:, None], np.zeros((1, 1)))[:, 0]
    np.testing.assert_allclose(values, closed(r), rtol=1e-14)


def test_matern_approaches_the_gaussian() -> None:
    x = np.linspace(0, 3, 7)[:, None]
    gap = [np.abs(Matern(nu=nu, length=1.0)(x, x) - Gaussian(length=1.0)(x, x)).max()
           for nu in (5.0, 50.0, 500.0)]  # fmt: skip
    assert gap[1] < 0.2 * gap[0]
    assert gap[2] < 0.2 * gap[1]


def test_laplace_is_matern_one_half() -> None:
    X = np.random.default_rng(0).standard_normal((5, 3))
    expected = Matern(nu=0.5, length=0.7)(X, X)
    np.testing.assert_allclose(Laplace(scale=0.7)(X, X), expected, rtol=1e-14)


def test_laplace_keeps_tiny_distances() -> None:
    X = np.full((1, 5), 0.3)
    Y = X + 1e-9
    expected = 1 - 1e-9 * 5**0.5
    assert Laplace()(X, Y)[0, 0] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf, "1", True])
def test_bad_parameters(bad: float) -> None:
    with pytest.raises(InputError, match="scale"):
        Laplace(scale=bad)
    with pytest.raises(InputError, match="length"):
        Gaussian(length=bad)
    with pytest.raises(InputError, match="nu"):
        Matern(nu=bad, length=1.0)
    with pytest.raises(InputError, match="length"):
        Matern(nu=1.0, length=bad)
