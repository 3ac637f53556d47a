"""FourierGram: kernels that are stationary in a chart of the circle, by non-uniform FFT.

K(x, x') = w(x) w(x') sum_k mu_k e^{2 pi i k (z - z')}. A fit is a trigonometric polynomial times
w; its coefficients obey f' = D (Y - T f) with D = diag(mu) and T the Toeplitz matrix of the
weighted design. One complex transform of the strengths w^2 + i w y gives T and Y together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import final

import numpy as np

from ratecheck.charts import Chart
from ratecheck.functions import FourierSeries, Function
from ratecheck.numerics import nufft
from ratecheck.numerics.toeplitz import Multiplication, pack, unpack
from ratecheck.operators import room
from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.coefficients import (
    DENSE_BELOW,
    all_of,
    blocks,
    dense,
    krylov,
    rational,
    sampled,
    symmetric,
)
from ratecheck.types import Array, ComplexArray, Status

BAND_FACTOR = 4  # band limit in units of the active frequency of the largest time
_TAIL_FACTOR = 16  # discarded modes are summed up to this multiple of the band


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class FourierGram(GramOperator):
    """K/n through the Fourier coefficients of the kernel.

    Attributes
    ----------
    chart : Chart
    z, w : ndarray, shape (n,)
        Coordinates (increasing is fastest) and weights; w is None for weight one.
    coefficients : ndarray, shape (C,)
        mu_0 ... mu_{C-1}, enough for every band asked for.
    population : Spectrum or None
        Spectrum of the integral operator, for traces; None if the coefficients are it.
    constant : float
        Variance of a constant added to the kernel; its coordinate takes the slot of the sine of
        frequency zero, which does not exist.
    uniform : bool
        Whether the weighted design fills the circle evenly (T close to the identity), so that
        the rational Krylov route applies; Lanczos otherwise.
    """

    chart: Chart
    z: Array
    w: Array | None
    coefficients: Array
    population: Spectrum | None = None
    constant: float = 0.0
    uniform: bool = True

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.z.size)

    def band(self, t: float) -> int:
        """Return the band limit for times up to t: 4 times the last k with t mu_k >= 1."""
        active = np.flatnonzero(self.coefficients >= 1 / t)  # parity zeros may lie between
        last = int(active[-1]) + 1 if active.size else 0
        return int(min(max(BAND_FACTOR * (last + 1), 32), (self.coefficients.size - 1) // 2))

    def coefficient_bytes(self, t: float) -> float:
        """Return the bytes of the vectors of coefficients."""
        count = 2 * (self.band(t) + 1)
        if count <= DENSE_BELOW:
            return 0.0
        if self.uniform:
            return room.rational_bytes(count)
        return room.lanczos_bytes(count, t, float(self.coefficients.max()))

    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction; dense, rational Krylov or Lanczos by size and design.

        Raises
        ------
        UnsupportedError
            Times so late that the coefficients do not fit into memory.
        """
        room.require(self.size, float(times[-1]), self.coefficient_bytes(float(times[-1])))
        band = self.band(float(times[-1]))
        energy = float(np.mean(y**2))
        moments, data = self._transform(y, band, energy)
        prior = np.repeat(self.coefficients[: band + 1], 2)
        prior[1] = self.constant
        link = self._link(band)
        spectrum = self._population
        if prior.size <= DENSE_BELOW:
            ritz = dense(prior, _bordered(Multiplication.dense(moments), link), data, energy)
            spectrum = all_of(ritz)
        elif self.uniform:
            multiply = Multiplication.of_moments(moments)
            bound = float(multiply.values.max())
            ritz = rational(prior, multiply, bound, data, energy, times, tolerance)
        else:
            apply = symmetric(prior, _with_link(Multiplication.of_moments(moments), link))
            ritz = krylov(prior, apply, data, energy, times, tolerance)
            if self.population is None:
                spectrum = partial(sampled, apply, prior.size)
        mean_weight = float(moments[0].real)
        # modes beyond the band overlap where the design leaves part of the circle empty
        overlap = 2 * float(np.sum(np.abs(moments[: band + 1]) ** 2)) / mean_weight**2 - 1
        tail, counts = blocks(self.coefficients[band + 1 : _TAIL_FACTOR * band])
        return Reduction(
            ritz=ritz,
            spectrum=spectrum,
            tail_values=tail * mean_weight,
            tail_counts=2 * counts,
            tail_scale=overlap * mean_weight / self.size,
            status=Status.CONVERGED if ritz.converged else Status.BUDGET,
        )

    def _transform(self, y: Array, band: int, energy: float) -> tuple[ComplexArray, Array]:
        """Return the moments (2 band + 1,) and the packed data (2 band + 2,), ||y||_n^2 given.

        The transform's error is relative to both parts together: y enters at size one.
        """
        scale = np.sqrt(energy) or 1.0
        strengths = np.empty(self.size, dtype=np.complex128)
        strengths.real = 1.0 if self.w is None else self.w**2
        np.divide(y if self.w is None else self.w * y, scale, out=strengths.imag)
        both = nufft.analyse(self.z, strengths, 2 * band) / self.size
        positive, negative = both[2 * band :], both[2 * band :: -1].conj()
        moments, data = (positive + negative) / 2, (positive - negative) / 2j
        packed = scale * pack(data[: band + 1])
        packed[1] = y.mean() if self.constant else 0.0
        return moments, packed

    def _link(self, band: int) -> Array | None:
        """Return the empirical inner products (2 M + 2,) of the constant with the basis."""
        if not self.constant:
            return None
        strengths = np.ones(self.size) if self.w is None else self.w
        both = nufft.analyse(self.z, strengths.astype(np.complex128), band) / self.size
        link = pack(both[band:])
        link[1] = 1.0
        return link

    def _population(self) -> Spectrum:
        """Return the spectrum that stands in for that of the design."""
        if self.population is not None:
            return self.population
        values, counts = blocks(self.coefficients[1:])
        return Spectrum(
            values=np.concatenate([self.coefficients[:1], values]),
            counts=np.concatenate([[1.0], 2 * counts]),
            exact=False,
        )

    def function(self, coordinates: Array) -> Function:
        """Return the trigonometric polynomial with packed coefficients (2 M + 2,)."""
        offset = float(coordinates[1]) if self.constant else 0.0  # not rounding noise
        return FourierSeries(coefficients=_series(coordinates), chart=self.chart, offset=offset)

    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) by one batched transform."""
        half = _series(coordinates).T
        band = half.shape[1] - 1
        full = np.concatenate([half[:, :0:-1].conj(), half], axis=1)
        full = np.ascontiguousarray(full).reshape(-1, 2 * band + 1)
        values = nufft.synthesise(self.chart.coordinate(X), full).real
        values = values.reshape(half.shape[0], -1) * self.chart.weight(X)
        return np.asarray(values + coordinates[1][:, None])

    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return ||y' - f_t||^2 = ||y'||^2 - 2 Y'.f_t + f_t.T'f_t by one transform of (X, y)."""
        z, w = self.chart.coordinate(X), self.chart.weight(X) if self.w is not None else None
        other = replace(self, z=z, w=w)
        band = coordinates.shape[0] // 2 - 1
        energy = float(np.mean(y**2))
        moments, data = other._transform(y, band, energy)
        multiply = _with_link(Multiplication.of_moments(moments), other._link(band))
        images = np.stack([multiply(c) for c in np.ascontiguousarray(coordinates.T)], axis=1)
        squares = np.einsum("kt,kt->t", coordinates, images)
        return np.asarray(energy - 2 * (data @ coordinates) + squares)


def _series(coordinates: Array) -> ComplexArray:
    c = unpack(coordinates)
    c[0] = c[0].real
    return c


def _bordered(matrix: Array, link: Array | None) -> Array:
    if link is not None:
        matrix[1, :] = matrix[:, 1] = link
    return matrix


def _with_link(multiply: Multiplication, link: Array | None) -> Callable[[Array], Array]:
    """Return v -> T v with the row and column of the constant added to the Toeplitz part."""
    if link is None:
        return multiply

    def apply(v: Array) -> Array:
        constant, v = v[1], v.copy()
        v[1] = 0.0
        out = multiply(v)
        out += constant * link
        out[1] = link @ v + constant
        return out

    return apply
