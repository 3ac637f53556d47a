"""SphereGram: zonal kernels on S^d through the spherical harmonics up to an adaptive degree.

K(x, x') = sum_k mu_k sum_i e_ki(x) e_ki(x'). A fit is a sum of harmonics; its coefficients obey
f' = D (Y - T f) with D = diag(mu) and T the Gram matrix of the harmonics over the design. For
independent uniform points T is close to the identity. On S^2 the points are touched by two fast
non-uniform transforms (ducc0), whatever the number of times and steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import final

import numpy as np

from ratecheck.functions import Function
from ratecheck.harmonics import HarmonicSeries, evaluate, on_sphere
from ratecheck.numerics import hyperspherical
from ratecheck.numerics.ritz import Ritz
from ratecheck.operators import room
from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.coefficients import (
    DENSE_BELOW,
    all_of,
    dense,
    krylov,
    rational,
    sampled,
    symmetric,
)
from ratecheck.operators.normal import HIGHEST_BAND, Normal, normal_equations
from ratecheck.spectra.degrees import multiplicities
from ratecheck.types import Array, IntArray, Status

BAND_SHARE = 4e-3  # of the fit's variance that may be cut off: 0.4 of what says TRUNCATED
RATIONAL_FROM = 2**17  # points; below, Lanczos takes fewer products (48 for 162 at n = 2^11)
_LOWEST_BAND = 8
_TAIL_FACTOR = 16  # discarded degrees are summed up to this multiple of the band
_EVEN = 0.05  # squared moments beyond chance up to which the design counts as uniform


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class SphereGram(GramOperator):
    """K/n through the harmonics of degree at most B.

    Attributes
    ----------
    X : ndarray, shape (n, d + 1)
        Unit vectors.
    eigenvalues : ndarray, shape (C,)
        mu_0 ... mu_{C-1} by degree under the uniform probability measure.
    """

    X: Array
    eigenvalues: Array

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the sphere."""
        return int(self.X.shape[1]) - 1

    def band(self, t: float) -> int:
        """Return the band limit for times up to t, at most `HIGHEST_BAND`.

        The smallest B whose discarded part of a fit to white noise, of variance
        (sigma^2/n) (sum_{k>B} N(d,k) (t mu_k)^2 + (sum_{k>B} N(d,k) t mu_k)^2 / n), is below
        `BAND_SHARE` of the variance N_2(t) sigma^2/n of the fit. (The second sum is the part of
        K/n that acts on each response alone.)
        """
        shares = -np.expm1(-t * self.eigenvalues)
        counts = multiplicities(self.d, shares.size)
        once, twice = _beyond(counts * shares), _beyond(counts * shares**2)
        lost = twice + once**2 / self.size
        enough = np.flatnonzero(lost <= BAND_SHARE * float(counts @ shares**2))
        highest = min(HIGHEST_BAND[self.d], self.eigenvalues.size - 1)
        wanted = int(enough[0]) if enough.size else highest
        return min(max(wanted, _LOWEST_BAND), highest)

    def coefficient_bytes(self, t: float) -> float:
        """Return the bytes of the vectors of coefficients, for an even design."""
        count = int(self._counts(self.band(t) + 1).sum())
        if count <= DENSE_BELOW:
            return 0.0
        if self.size >= RATIONAL_FROM:
            return room.rational_bytes(count)
        return room.lanczos_bytes(count, t, float(self.eigenvalues.max()))

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
        normal = normal_equations(self.X, y, band)
        prior = np.repeat(self.eigenvalues[: band + 1], self._counts(band + 1))
        even = normal.unevenness <= _EVEN
        near = even and self.size >= RATIONAL_FROM  # T is close to the identity
        ritz = _ritz(prior, normal, energy, times, tolerance, near=near)
        if prior.size <= DENSE_BELOW:
            spectrum = all_of(ritz)
        elif even:
            spectrum = self._population
        else:
            spectrum = partial(sampled, symmetric(prior, normal.apply), prior.size)
        tail, counts = self._tail(band)
        return Reduction(
            ritz=ritz,
            spectrum=spectrum,
            tail_values=tail,
            tail_counts=counts,
            tail_scale=(1 + max(normal.unevenness, 0.0) + self._alone(tail, counts)) / self.size,
            status=Status.CONVERGED if ritz.converged else Status.BUDGET,
        )

    def _counts(self, count: int) -> IntArray:
        return multiplicities(self.d, count).astype(np.int64)

    def _tail(self, band: int) -> tuple[Array, Array]:
        """Return the discarded eigenvalues and their multiplicities."""
        degrees = slice(band + 1, _TAIL_FACTOR * (band + 1))
        values = self.eigenvalues[degrees]
        return values, multiplicities(self.d, self.eigenvalues.size)[degrees]

    def _alone(self, tail: Array, counts: Array) -> float:
        """Return (sum mu)^2 / (n sum mu^2): how much more each response fits of itself."""
        squares = float(counts @ tail**2)
        return float(counts @ tail) ** 2 / (self.size * squares) if squares else 0.0

    def _population(self) -> Spectrum:
        return Spectrum(
            values=self.eigenvalues,
            counts=multiplicities(self.d, self.eigenvalues.size),
            exact=False,
        )

    def function(self, coordinates: Array) -> Function:
        """Return the sum of harmonics with the given coefficients."""
        return HarmonicSeries(d=self.d, coefficients=coordinates)

    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) at the points X."""
        return evaluate(on_sphere(X, self.d), coordinates)

    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return ||y' - f_t||^2 = ||y'||^2 - 2 Y'.f_t + f_t.T'f_t from the moments of (X, y)."""
        band = hyperspherical.band_of(self.d, coordinates.shape[0])
        other = normal_equations(on_sphere(X, self.d), y, band)
        images = np.stack([other.apply(c) for c in np.ascontiguousarray(coordinates.T)], axis=1)
        squares = np.einsum("kt,kt->t", coordinates, images)
        return np.asarray(float(np.mean(y**2)) - 2 * (other.data @ coordinates) + squares)


def _beyond(terms: Array) -> Array:
    """Return the sums of all later terms."""
    return np.append(np.cumsum(terms[:0:-1])[::-1], 0.0)


def _ritz(
    prior: Array, normal: Normal, energy: float, times: Array, tolerance: float, *, near: bool
) -> Ritz:
    if prior.size <= DENSE_BELOW:
        matrix = np.stack([normal.apply(unit) for unit in np.eye(prior.size)])
        return dense(prior, (matrix + matrix.T) / 2, normal.data, energy)
    if near:
        return rational(prior, normal.apply, normal.bound, normal.data, energy, times, tolerance)
    apply = symmetric(prior, normal.apply)
    return krylov(prior, apply, normal.data, energy, times, tolerance)
