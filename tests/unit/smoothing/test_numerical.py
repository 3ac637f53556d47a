"""Quadrature and Monte Carlo: both within their own stated errors."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.functions import Plain
from ratecheck.kernels import Gaussian, Laplace, Matern
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.smoothing import (
    Estimate,
    Extension,
    MonteCarlo,
    NumericalMean,
    Quadrature,
    smooth,
)
from ratecheck.smoothing.numerical import QuadratureMean
from ratecheck.types import Array, InputError, UnsupportedError


def expansion(kernel: Gaussian | Laplace | Matern, d: int, n: int = 12) -> KernelExpansion:
    rng = np.random.default_rng(d)
    return KernelExpansion(
        kernel=kernel, centres=rng.random((n, d)), weights=rng.standard_normal(n)
    )


def estimate(
    f: KernelExpansion | Plain, s: float, method: Quadrature | MonteCarlo, X: Array
) -> Estimate:
    found = smooth(f, s, method=method)
    assert isinstance(found, NumericalMean)
    return found.estimate(X)


@pytest.mark.parametrize("s", [0.02, 0.3, 2.0])
def test_panels_know_the_kinks(s: float) -> None:
    X = np.linspace(-0.2, 1.2, 29)[:, None]
    for kernel in (Laplace(scale=0.2), Matern(nu=1.5, length=0.3)):
        f = expansion(kernel, 1)
        found = estimate(f, s, Quadrature(), X)
        assert found.values == pytest.approx(smooth(f, s)(X), abs=1e-12)
        assert found.errors.max() < 1e-10


def test_a_kink_that_is_not_told_shows_in_the_error() -> None:
    f = Plain(call=lambda X: np.abs(X[:, 0] - 1 / 3))
    X = np.linspace(0, 1, 11)[:, None]
    blind = QuadratureMean(function=f, sigma=0.1, extension=Extension(), nodes=16)
    told = QuadratureMean(
        function=f, sigma=0.1, extension=Extension(), nodes=16, kinks=np.array([1 / 3])
    )
    exact = told.estimate(X)
    assert exact.errors.max() < 1e-12
    found = blind.estimate(X)
    off = np.abs(found.values - exact.values)
    assert off.max() > 1e-11
    assert np.all(off <= 30 * found.errors.max())


@pytest.mark.parametrize("d", [2, 3])
def test_gauss_hermite_for_smooth_functions(d: int) -> None:
    f = expansion(Gaussian(length=0.5), d)
    X = np.random.default_rng(0).random((5, d))
    found = estimate(f, 0.2, Quadrature(nodes=16), X)
    assert found.values == pytest.approx(smooth(f, 0.2)(X), abs=1e-8)
    assert np.all(np.abs(found.values - smooth(f, 0.2)(X)) <= found.errors + 1e-12)
    rough = estimate(expansion(Laplace(scale=0.3), d), 0.2, Quadrature(nodes=16), X)
    assert rough.errors.max() > 1e3 * found.errors.max()  # the stated error tells them apart


def test_no_quadrature_in_high_dimension() -> None:
    f = smooth(expansion(Laplace(), 4), 0.2, method=Quadrature())
    with pytest.raises(UnsupportedError, match="MonteCarlo"):
        f(np.zeros((1, 4)))


@pytest.mark.parametrize("d", [1, 6])
def test_monte_carlo_is_calibrated(d: int) -> None:
    """The distance from the truth, in standard errors, has the law of a standard normal."""
    f = expansion(Laplace(scale=0.4), d)
    X = np.full((1, d), 0.4)
    exact = smooth(f, 0.3)(X)[0]
    scores = []
    for seed in range(300):
        found = estimate(f, 0.3, MonteCarlo(samples=200, seed=seed), X)
        scores.append((found.values[0] - exact) / found.errors[0])
    inside = np.mean(np.abs(scores) <= 1.96)
    assert 0.91 <= inside <= 0.985  # 0.95 with 300 draws: three standard errors are 0.038
    assert abs(np.mean(scores)) < 3 / np.sqrt(300) + 0.02
    wrong = smooth(f, 0.35)(X)[0]  # control: another sigma is seen
    assert abs(np.mean((exact - wrong) / found.errors[0] + np.array(scores))) > 0.5


def test_monte_carlo_error_falls_like_one_over_the_root() -> None:
    f = expansion(Laplace(scale=0.4), 3)
    X = np.random.default_rng(0).random((4, 3))
    small, large = (estimate(f, 0.3, MonteCarlo(samples=m), X).errors for m in (400, 6400))
    assert small / large == pytest.approx(4, rel=0.15)


def test_monte_carlo_is_one_function() -> None:
    """The draws are the same at every point and in every call."""
    f = smooth(expansion(Laplace(), 3), 0.3, method=MonteCarlo(samples=50))
    X = np.random.default_rng(0).random((7, 3))
    assert np.array_equal(f(X), f(X))
    assert f(X[2:3])[0] == pytest.approx(f(X)[2], rel=1e-14)
    other = smooth(expansion(Laplace(), 3), 0.3, method=MonteCarlo(samples=50, seed=1))
    assert not np.allclose(other(X), f(X), rtol=1e-6)


def test_refused_options() -> None:
    for make in (lambda: Quadrature(nodes=3), lambda: MonteCarlo(samples=1)):
        with pytest.raises(InputError):
            make()
    with pytest.raises(InputError, match="method"):
        smooth(expansion(Laplace(), 1), 0.1, method="magic")  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="sigma"):
        smooth(expansion(Laplace(), 1), -0.1)
