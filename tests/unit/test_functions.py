from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.charts import ArctanChart, Chart, CircleChart, CosineChart, TorusChart
from ratecheck.functions import FourierSeries, Plain
from ratecheck.types import Array, ComplexArray, InputError

CHARTS: tuple[Chart, ...] = (
    TorusChart(),
    CircleChart(),
    CosineChart(low=-1, high=2),
    ArctanChart(),
)
bands = st.integers(0, 40)
seeds = st.integers(0, 10**6)


def coefficients(band: int, seed: int) -> ComplexArray:
    rng = np.random.default_rng(seed)
    c = rng.standard_normal(band + 1) + 1j * rng.standard_normal(band + 1)
    c[0] = c[0].real
    return np.asarray(c)


def naive(c: ComplexArray, z: Array) -> Array:
    """Return sum over |k| <= B of c_k exp(2 pi i k z), term by term."""
    total = np.full(z.shape, c[0].real)
    for k in range(1, c.size):
        total += 2 * c[k].real * np.cos(2 * np.pi * k * z) - 2 * c[k].imag * np.sin(
            2 * np.pi * k * z
        )
    return total


def points(chart: Chart, count: int, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    if isinstance(chart, CircleChart):
        angle = rng.uniform(-9, 9, count)
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return rng.uniform(-1, 2, (count, 1))


@pytest.mark.parametrize("chart", CHARTS, ids=repr)
@given(band=bands, seed=seeds, offset=st.sampled_from([0.0, -1.5]))
def test_values(chart: Chart, band: int, seed: int, offset: float) -> None:
    c, X = coefficients(band, seed), points(chart, 7, seed)
    f = FourierSeries(coefficients=c, chart=chart, offset=offset)
    expected = chart.weight(X) * naive(c, chart.coordinate(X)) + offset
    size = 1 + np.abs(c).sum()
    assert f(X) == pytest.approx(expected, abs=2e-11 * size)
    assert f.band == band


def test_a_conjugate_error_is_seen() -> None:
    c = coefficients(5, 0)
    z = np.linspace(0, 1, 9)
    assert naive(c.conj(), z) != pytest.approx(naive(c, z), abs=1e-2)


@given(band=bands, size=st.integers(1, 90), shift=st.floats(-2, 2), seed=seeds)
def test_on_grid_is_exact_even_where_frequencies_fold(
    band: int, size: int, shift: float, seed: int
) -> None:
    c = coefficients(band, seed)
    f = FourierSeries(coefficients=c, chart=TorusChart())
    expected = naive(c, np.arange(size) / size + shift)
    assert f.on_grid(size, shift) == pytest.approx(expected, abs=1e-11 * (1 + np.abs(c).sum()))


@pytest.mark.parametrize("size", [8, 9, 16, 17])
def test_truncating_instead_of_folding_is_seen(size: int) -> None:
    c = coefficients(8, 1)
    f = FourierSeries(coefficients=c, chart=TorusChart())
    cut = np.fft.irfft(c, size) * size
    exact = naive(c, np.arange(size) / size)
    if size < 17:
        assert cut != pytest.approx(exact, abs=1e-3)
    else:
        assert cut == pytest.approx(exact, abs=1e-12)
    assert f.on_grid(size) == pytest.approx(exact, abs=1e-12)


@given(band=st.integers(1, 20), seed=seeds)
def test_derivative(band: int, seed: int) -> None:
    c = coefficients(band, seed)
    f = FourierSeries(coefficients=c, chart=TorusChart(), offset=3.0)
    h, z = 1e-5, np.linspace(0, 1, 11)
    slope = (f.along(z + h) - f.along(z - h)) / (2 * h)
    size = float(np.sum(np.arange(band + 1.0) ** 3 * np.abs(c)))
    assert f.derivative().along(z) == pytest.approx(slope, abs=1e-6 * (1 + size))


@given(band=bands, seed=seeds)
def test_parseval(band: int, seed: int) -> None:
    f = FourierSeries(coefficients=coefficients(band, seed), chart=TorusChart())
    grid = naive(f.coefficients, np.arange(2 * band + 1) / (2 * band + 1))
    assert f.mean_square() == pytest.approx(np.mean(grid**2), rel=1e-12)
    half_counted = float(np.sum(np.abs(f.coefficients) ** 2))
    if band:
        assert f.mean_square() > half_counted


def test_plain_functions_are_checked() -> None:
    X = np.zeros((4, 1))
    assert Plain(call=lambda X: X[:, 0])(X).tolist() == [0, 0, 0, 0]
    with pytest.raises(InputError, match=r"must return shape \(4,\), got \(4, 1\)"):
        Plain(call=lambda X: X)(X)
    with pytest.raises(InputError, match="finite"):
        Plain(call=lambda X: X[:, 0] / 1 + np.nan)(X)
