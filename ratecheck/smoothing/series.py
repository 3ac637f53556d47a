"""Smoothing by Fourier coefficients: exp(2 pi i k z) becomes exp(-2 pi^2 k^2 s^2) exp(2 pi i k z).

(Theory note E.) Coefficients beyond frequency 1.41/s lose 17 digits and are left out, so that a
smoothed fit is a short series whatever the number of its kernel functions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ratecheck.charts import Chart, CircleChart, CosineChart, TorusChart
from ratecheck.functions import FourierSeries
from ratecheck.kernels import Kernel, NeumannSobolev, PeriodicSobolev
from ratecheck.numerics import nufft
from ratecheck.spectra import circle_coefficients
from ratecheck.types import Array, ComplexArray, IntArray, UnsupportedError

_HIGHEST = 1.41  # frequency times sigma beyond which exp(-2 pi^2 k^2 sigma^2) < 1e-17
_LONGEST = 2**20  # series; sigma = 1.3e-6 on the torus
_DIRECT = 2**24  # terms up to which sums of exponentials are summed one by one, to rounding
_TILE = 2**20


def unit(chart: Chart) -> float | None:
    """Return the length of the chart's period in the unit of the noise; None if there is none.

    The torus has period 1, the circle 2 pi (noise in the angle), a cosine series twice its
    interval (reflection). Functions with a weight are no periodic functions.
    """
    match chart:
        case TorusChart():
            return 1.0
        case CircleChart():
            return float(2 * np.pi)
        case CosineChart(low=low, high=high):
            return 2 * (high - low)
    return None


def multiplier(band: int, turn: float) -> Array:
    """Return exp(-2 pi^2 k^2 turn^2), k = 0 ... band; ``turn`` is sigma in periods."""
    return np.asarray(np.exp(-2.0 * (np.pi * turn * np.arange(band + 1.0)) ** 2))


def band_limit(turn: float) -> int:
    """Return the frequency beyond which smoothing by ``turn`` periods leaves nothing.

    Raises
    ------
    UnsupportedError
        If that is more than 2^20.
    """
    band = int(_HIGHEST / turn) + 1
    if band > _LONGEST:
        raise UnsupportedError(
            f"sigma = {turn:g} periods is too small to smooth by Fourier coefficients (at least "
            f"{_HIGHEST / _LONGEST:.2g}): use sigma = 0"
        )
    return band


def smoothed_series(f: FourierSeries, sigma: float) -> FourierSeries | None:
    """Return the smoothed series, or None for a chart with a weight."""
    period = unit(f.chart)
    if period is None:
        return None
    band = min(f.band, int(_HIGHEST * period / sigma) + 1)
    factors = multiplier(band, sigma / period)
    return replace(f, coefficients=f.coefficients[: band + 1] * factors)


def smoothed_expansion(
    kernel: Kernel, centres: Array, weights: Array, sigma: float
) -> FourierSeries | None:
    """Return sum_j weights_j E K(x + sigma Z, centres_j) on a circle, or None if K is on none.

    Raises
    ------
    UnsupportedError
        If sigma is so small that the series would be too long, see `band_limit`.
    """
    if (chart := _closed_chart(kernel, centres)) is None:
        return None
    period = unit(chart)
    assert period is not None
    band = band_limit(sigma / period)
    coefficients = _fourier(kernel, chart, band) * multiplier(band, sigma / period)
    sums = _sums(chart.coordinate(centres), weights, band)
    if isinstance(chart, CosineChart):
        sums = sums.real.astype(np.complex128)
    return FourierSeries(coefficients=coefficients * sums, chart=chart)


def _closed_chart(kernel: Kernel, centres: Array) -> Chart | None:
    match kernel:
        case PeriodicSobolev():
            return TorusChart()
        case NeumannSobolev():
            return CosineChart(low=0.0, high=1.0)
    return CircleChart() if kernel.is_zonal and on_circle(centres) else None


def on_circle(X: Array) -> bool:
    """Tell whether the points are unit vectors of the plane."""
    return X.shape[1] == 2 and bool(np.allclose(np.sum(X**2, axis=1), 1.0, atol=1e-9))


def _fourier(kernel: Kernel, chart: Chart, band: int) -> Array:
    """Return mu with K = sum_k mu_k e^{2 pi i k (z - z')}; for Neumann with its reflection."""
    match kernel:
        case PeriodicSobolev():
            return kernel.fourier(band)
        case NeumannSobolev(c=c):
            return np.asarray(1.0 / (c**2 + (np.pi * np.arange(band + 1.0)) ** 2))
    return circle_coefficients(kernel, band)


def _sums(z: Array, weights: Array, band: int) -> ComplexArray:
    """Return sum_j w_j exp(-2 pi i k z_j), k = 0 ... band.

    The weights of an interpolant are large and cancel: transforms, good to 1e-12 of the largest
    weights, are used only where direct sums would take seconds.
    """
    if z.size * band > _DIRECT:
        return nufft.analyse(z, weights.astype(np.complex128), band)[band:]
    step = max(1, _TILE // z.size)
    parts = [
        np.exp(-2j * np.pi * _phase(np.arange(k, min(k + step, band + 1)), z)) @ weights
        for k in range(0, band + 1, step)
    ]
    return np.concatenate(parts)


def _phase(k: IntArray, z: Array) -> Array:
    turn = np.multiply.outer(k, z)
    return turn - np.round(turn)
