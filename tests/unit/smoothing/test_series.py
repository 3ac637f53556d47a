"""Fourier multipliers: the identity of theory note E, and the variance they leave of noise."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.charts import ArctanChart, CircleChart, TorusChart
from ratecheck.functions import FourierSeries
from ratecheck.kernels import Laplace, NeumannSobolev, PeriodicSobolev
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.smoothing import series, smooth
from ratecheck.smoothing.series import multiplier, smoothed_expansion, smoothed_series


def wave(k: int) -> FourierSeries:
    coefficients = np.zeros(k + 1, dtype=complex)
    coefficients[k] = 0.5 - 0.25j
    return FourierSeries(coefficients=coefficients, chart=TorusChart())


@pytest.mark.parametrize("k", [1, 2, 7, 40])
@pytest.mark.parametrize("s", [1e-4, 0.01, 0.07, 0.3])
def test_multiplier_identity(k: int, s: float) -> None:
    """E e^{2 pi i k (x + s Z)} = exp(-2 pi^2 k^2 s^2) e^{2 pi i k x}, by Gauss-Hermite too."""
    f, x = wave(k), np.linspace(0, 1, 50, endpoint=False)
    smoothed = smooth(f, s)
    assert isinstance(smoothed, FourierSeries)
    found = smoothed(x[:, None])
    factor = np.exp(-2 * np.pi**2 * k**2 * s**2)
    if factor > 1e-17:
        assert smoothed.coefficients[k] == pytest.approx(factor * (0.5 - 0.25j), rel=1e-13)
    assert found == pytest.approx(factor * f(x[:, None]), abs=3e-12)  # a transform's accuracy
    if k * s < 0.7:
        nodes, shares = np.polynomial.hermite_e.hermegauss(60)
        shifted = (f.along((x + s * z) % 1.0) for z in nodes)
        naive = sum(w * v for w, v in zip(shares / shares.sum(), shifted, strict=True))
        assert found == pytest.approx(naive, abs=3e-12)


def test_what_is_left_out_is_nothing() -> None:
    rng = np.random.default_rng(0)
    c = rng.standard_normal(3001) + 1j * rng.standard_normal(3001)
    c[0] = c[0].real
    f = FourierSeries(coefficients=c, chart=TorusChart(), offset=3.0)
    short = smoothed_series(f, 0.01)
    assert short is not None
    assert short.band < 150
    full = c * multiplier(3000, 0.01)
    assert np.abs(full[short.band + 1 :]).max() < 1e-16
    assert short.coefficients == pytest.approx(full[: short.band + 1], abs=1e-15)
    assert short.offset == 3.0


def test_a_weighted_series_has_no_multiplier() -> None:
    f = FourierSeries(coefficients=np.array([1.0 + 0j, 0.5]), chart=ArctanChart())
    assert smoothed_series(f, 0.1) is None
    circle = FourierSeries(coefficients=f.coefficients, chart=CircleChart())
    short = smoothed_series(circle, 0.1)
    assert short is not None
    assert short.coefficients[1] == pytest.approx(0.5 * np.exp(-0.005), rel=1e-14)


@pytest.mark.parametrize("kernel", [PeriodicSobolev(order=1), NeumannSobolev(c=3.0)], ids=repr)
def test_transform_and_direct_sums_agree(
    kernel: PeriodicSobolev | NeumannSobolev, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    X, w = rng.random((60, 1)), rng.standard_normal(60)
    direct = smoothed_expansion(kernel, X, w, 0.02)
    monkeypatch.setattr(series, "_DIRECT", 0)
    transformed = smoothed_expansion(kernel, X, w, 0.02)
    assert direct is not None
    assert transformed is not None
    assert direct.coefficients == pytest.approx(transformed.coefficients, abs=1e-11)


def test_kernels_off_the_circle_have_no_series() -> None:
    X = np.random.default_rng(0).random((5, 2))
    assert smoothed_expansion(Laplace(), X, np.ones(5), 0.1) is None


@pytest.mark.parametrize("order", [1, 2])
def test_variance_left_of_noise(order: int) -> None:
    """Smoothed interpolant of n equispaced noisy values: sigma^2 / (2 sqrt(pi) n s) for s >> 1/n.

    Exactly (sigma^2/n) sum_k m_k^2 exp(-4 pi^2 k^2 s^2), m_k = n mu_k / (eigenvalue of the Gram
    matrix): measured here by the trace over all unit responses.
    """
    n, s = 32, 0.1
    X = np.arange(n)[:, None] / n
    kernel = PeriodicSobolev(order=order)
    inverse = np.linalg.inv(kernel(X, X))
    fits = [KernelExpansion(kernel=kernel, centres=X, weights=w) for w in inverse]
    smoothed = [smooth(f, s) for f in fits]
    trace = sum(f.mean_square() for f in smoothed if isinstance(f, FourierSeries))
    mu = kernel.fourier(20 * n)
    folded = np.concatenate([mu[:0:-1], mu])[n // 2 : -(n // 2) - 1]
    eigen = folded.reshape(-1, n).sum(axis=0)  # of K/n at the frequencies -n/2 ... n/2 - 1
    k = np.arange(n) - n // 2
    ratio = mu[np.abs(k)] / eigen
    exact = np.sum(ratio**2 * multiplier(n // 2, s)[np.abs(k)] ** 2) / n
    assert trace == pytest.approx(exact, rel=2e-3)  # the aliases are cut at frequency 640
    assert trace == pytest.approx(1 / (2 * np.sqrt(np.pi) * n * s), rel=0.01)
    unsmoothed = {1: 2 / 3, 2: 0.874230748895809}[order]  # theory note D: c_m
    assert trace < 0.15 * unsmoothed


def test_theta_sum() -> None:
    """sum_k e^{-4 pi^2 k^2 s^2} = (1 + 2 e^{-1/(4 s^2)} + ...) / (2 sqrt(pi) s)."""
    for s in (0.02, 0.1, 0.25):
        left = 2 * np.sum(multiplier(400, s) ** 2) - 1
        right = (1 + 2 * np.exp(-1 / (4 * s**2))) / (2 * np.sqrt(np.pi) * s)
        assert left == pytest.approx(right, rel=1e-6)
