"""Smoothed Matern kernels: against quadrature on the line, against sums of Gaussians in R^d."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from ratecheck.kernels import Gaussian, Kernel, Laplace, Matern, PeriodicSobolev
from ratecheck.smoothing import SmoothedMatern, amplitude, smoothed_kernel
from ratecheck.smoothing.radial import Table, mixture
from ratecheck.types import InputError

CASES = [
    (0.5, 0.5, 0.3), (0.5, 1e-3, 0.1), (1.5, 0.7, 0.2), (2.5, 0.7, 0.05), (2.5, 0.7, 1.5),
    (1.5, 0.1, 0.7), (0.8, 0.7, 0.3),
]  # fmt: skip


def on_the_line(kernel: Kernel, r: float, s: float) -> float:
    """Return E K(r + s Z, 0) by adaptive quadrature between the kink and the bulk."""

    def integrand(t: float) -> float:
        k = kernel(np.array([[t]]), np.zeros((1, 1)))[0, 0]
        return float(k * np.exp(-0.5 * ((t - r) / s) ** 2) / (s * np.sqrt(2 * np.pi)))

    cuts = sorted({r - 10 * s, r - 2 * s, r, r + 2 * s, r + 10 * s, -0.01, 0.0, 0.01})
    return sum(quad(integrand, a, b, epsabs=1e-14, epsrel=1e-13)[0] for a, b in pairwise(cuts))


@pytest.mark.parametrize(("nu", "length", "s"), CASES)
def test_line_against_quadrature(nu: float, length: float, s: float) -> None:
    kernel = SmoothedMatern(nu=nu, length=length, sigma=s, dimension=1)
    for r in (0.0, 0.13, 0.9):
        naive = on_the_line(Matern(nu=nu, length=length), r, s)
        assert kernel.at(np.array([r]))[0] == pytest.approx(naive, abs=1e-12)


@pytest.mark.parametrize(("nu", "length", "s"), CASES)
def test_closed_form_and_mixture_agree_on_the_line(nu: float, length: float, s: float) -> None:
    kernel = SmoothedMatern(nu=nu, length=length, sigma=s, dimension=1)
    weights, variances = mixture(kernel)
    r = np.linspace(0, 3, 61)
    sums = np.exp(-0.5 * r[:, None] ** 2 / variances) @ weights
    assert kernel.at(r) == pytest.approx(sums, abs=1e-12)


@pytest.mark.parametrize("d", [2, 5, 20])
@pytest.mark.parametrize("s", [1e-3, 0.1, 1.0])
def test_table_reproduces_the_mixture(d: int, s: float) -> None:
    kernel = SmoothedMatern(nu=0.5, length=0.8, sigma=s, dimension=d)
    weights, variances = mixture(kernel)
    r = np.concatenate([[0.0], np.geomspace(1e-5, 5, 400)])
    gauss = np.exp(-0.5 * r[:, None] ** 2 / variances)
    assert kernel.at(r) == pytest.approx(gauss @ weights, abs=1e-12)
    points = np.zeros((r.size, d))
    points[:, 0] = r
    slope = kernel.gradient(points, np.zeros((1, d)), np.ones(1))[:, 0]
    exact = -r * (gauss @ (weights / variances))
    assert slope == pytest.approx(exact, abs=1e-9 / s)


@pytest.mark.parametrize("d", [2, 3])
def test_dimension_matters_as_it_should(d: int) -> None:
    """E exp(-|x + s Z|) in R^d by radial quadrature over the norm at x = 0."""
    from scipy.stats import chi

    s = 0.4
    kernel = SmoothedMatern(nu=0.5, length=1.0, sigma=s, dimension=d)
    naive = quad(lambda q: np.exp(-s * q) * chi.pdf(q, d), 0, 30, epsabs=1e-14)[0]
    assert kernel.at(np.zeros(1))[0] == pytest.approx(naive, rel=1e-11)
    other = SmoothedMatern(nu=0.5, length=1.0, sigma=s, dimension=d + 1)
    assert other.at(np.zeros(1))[0] < 0.95 * naive


@pytest.mark.parametrize("d", [1, 3, 10])
def test_smoothed_kernels_are_kernels(d: int) -> None:
    X = np.random.default_rng(d).random((40, d))
    for kernel in (Laplace(scale=0.5), Matern(nu=1.5, length=0.6), Gaussian(length=0.5)):
        smoothed = smoothed_kernel(kernel + 0.5 * Gaussian(length=1.0), 0.2, d)
        assert smoothed is not None
        values = np.linalg.eigvalsh(smoothed(X, X))
        assert values.min() > -1e-12 * values.max()


def test_amplitude_of_a_lone_peak() -> None:
    assert amplitude(Gaussian(length=0.3), 0.4, 7) == pytest.approx(0.6**7)
    peaks = [amplitude(Laplace(scale=1.0), 0.2, d) or 0.0 for d in (1, 2, 5, 20)]
    assert peaks == sorted(peaks, reverse=True)
    assert amplitude(PeriodicSobolev(order=1), 0.2, 1) is None


@pytest.mark.parametrize("d", [1, 4])
def test_gradient_is_the_slope(d: int) -> None:
    rng = np.random.default_rng(1)
    X, Y, w = rng.random((6, d)), rng.random((9, d)), rng.standard_normal(9)
    for nu, s in ((0.5, 0.1), (1.5, 0.1), (2.5, 2.0), (0.8, 0.2)):
        kernel = SmoothedMatern(nu=nu, length=0.7, sigma=s, dimension=d)
        h, found = 1e-5, kernel.gradient(X, Y, w)
        for axis in range(d):
            step = h * np.eye(d)[axis]
            slope = (kernel(X + step, Y) - kernel(X - step, Y)) @ w / (2 * h)
            assert found[:, axis] == pytest.approx(slope, abs=1e-7)


def test_table_is_a_cubic_spline() -> None:
    t = np.linspace(0, 3, 301)
    table = Table.of(0.01, t**3 - t)
    assert table.at(np.array([0.0, 0.005, 2.999, 3.0])) == pytest.approx(
        [0.0, 0.005**3 - 0.005, 2.999**3 - 2.999, 24.0], abs=1e-12
    )


@pytest.mark.parametrize(
    "bad", [{"nu": 0.0}, {"length": -1.0}, {"sigma": 0.0}, {"dimension": 0}, {"sigma": np.nan}]
)
def test_refused_parameters(bad: dict[str, float]) -> None:
    good = {"nu": 0.5, "length": 1.0, "sigma": 0.1, "dimension": 2}
    with pytest.raises(InputError, match=next(iter(bad))):
        SmoothedMatern(**(good | bad))  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="2 columns"):
        SmoothedMatern(nu=0.5, length=1.0, sigma=0.1, dimension=2).diagonal(np.zeros((3, 1)))
