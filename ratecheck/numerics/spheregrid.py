"""Transforms on a product grid of S^d, and multiplication by a density there (d >= 3).

The grid has Gauss-Gegenbauer nodes in the last coordinate, times the grid of S^{d-1}, down to
equispaced angles on the circle: one matrix product for each l and level, and one real FFT. On
S^2, `numerics.spherical` does the same with ducc0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft

from ratecheck.numerics.hyperspherical import band_of, offset, polynomials
from ratecheck.types import Array, ComplexArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class SphereGrid:
    """A product grid of S^d whose rule integrates functions of degree <= ``degree`` exactly."""

    d: int
    degree: int

    @property
    def columns(self) -> int:
        """Number of angles on the circle."""
        return int(scipy.fft.next_fast_len(self.degree + 1, real=True))

    @property
    def rings(self) -> int:
        """Number of nodes in each of the other d - 1 coordinates."""
        return self.degree // 2 + 1

    def synthesise(self, c: Array) -> Array:
        """Return sum_i c_i e_i at the nodes, shape (rings, ..., rings, columns)."""
        band = band_of(self.d, c.size)
        lead = c[None, :]
        for d in range(self.d, 1, -1):
            lead = self._down(d, band, lead)
        values = scipy.fft.irfft(_half(lead, self.columns), self.columns, axis=-1) * self.columns
        shape = (self.rings,) * (self.d - 1) + (self.columns,)
        return np.asarray(values.reshape(shape))

    def analyse(self, values: Array, band: int) -> Array:
        """Return the rule applied to values times e_i, shape (P,): the adjoint with weights."""
        half = scipy.fft.rfft(values.reshape(-1, self.columns), axis=-1) / self.columns
        lead = np.empty((half.shape[0], 2 * band + 1))
        lead[:, 0] = half[:, 0].real
        lead[:, 1::2] = math.sqrt(2.0) * half[:, 1 : band + 1].real
        lead[:, 2::2] = -math.sqrt(2.0) * half[:, 1 : band + 1].imag
        for d in range(2, self.d + 1):
            lead = self._up(d, band, lead)
        return np.asarray(lead[0])

    def _down(self, d: int, band: int, lead: Array) -> Array:
        """Return coefficients on S^{d-1} at each node, (L rings, P_{d-1}), from (L, P_d)."""
        out = np.empty((lead.shape[0], self.rings, offset(d - 1, band + 1)))
        for low, (rows, table) in enumerate(_tables(d, band, self.rings)):
            block = lead[:, rows]  # (L, m, j)
            out[:, :, offset(d - 1, low) : offset(d - 1, low + 1)] = table.T @ block
        return out.reshape(-1, out.shape[-1])

    def _up(self, d: int, band: int, lead: Array) -> Array:
        """Return the adjoint of `_down` with the weights of the nodes."""
        weighted = lead.reshape(-1, self.rings, lead.shape[-1]) * _nodes(d, self.rings)[1][:, None]
        out = np.empty((weighted.shape[0], offset(d, band + 1)))
        for low, (rows, table) in enumerate(_tables(d, band, self.rings)):
            block = weighted[:, :, offset(d - 1, low) : offset(d - 1, low + 1)]
            out[:, rows] = table @ block
        return out


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Density:
    """The matrix T_ij = int p e_i e_j of a density p on S^d, up to degree ``band``.

    ``values`` are the density, band-limited to 2 band, at the nodes of a grid that is exact for
    degree 4 band.
    """

    grid: SphereGrid
    values: Array
    band: int

    @staticmethod
    def of_moments(d: int, moments: Array) -> Density:
        """Build from int p e_i up to the even degree 2 B."""
        twice = band_of(d, moments.size)
        grid = SphereGrid(d=d, degree=2 * twice)
        return Density(grid=grid, values=grid.synthesise(moments), band=twice // 2)

    def __call__(self, v: Array) -> Array:
        """Return T v, shape (P,)."""
        return self.grid.analyse(self.values * self.grid.synthesise(v), self.band)


def _half(c: Array, columns: int) -> ComplexArray:
    """Return half spectra (L, columns // 2 + 1) of packed coefficients on the circle."""
    half = np.zeros((c.shape[0], columns // 2 + 1), dtype=np.complex128)
    half[:, 0] = c[:, 0]
    count = c.shape[1] // 2 + 1
    half[:, 1:count] = (c[:, 1::2] - 1j * c[:, 2::2]) * math.sqrt(0.5)
    return half


@lru_cache(maxsize=32)
def _nodes(d: int, rings: int) -> tuple[Array, Array]:
    """Return Gauss nodes and weights (sum 1) for (1 - u^2)^{d/2 - 1}."""
    from scipy.special import roots_gegenbauer

    u, weights = roots_gegenbauer(rings, (d - 1) / 2)
    return u, weights / weights.sum()


@lru_cache(maxsize=32)
def _tables(d: int, band: int, rings: int) -> tuple[tuple[IntArray, Array], ...]:
    """Return for each l the rows of e_{l+m,l,j} and (1-u^2)^{l/2} p_m(u), (band-l+1, rings)."""
    u, _ = _nodes(d, rings)
    height = np.sqrt((1 - u) * (1 + u))
    starts = np.array([offset(d, k) for k in range(band + 1)])
    found = []
    for low in range(band + 1):
        places = np.arange(offset(d - 1, low), offset(d - 1, low + 1))
        values = polynomials(d, low, band - low, u, 1.0) * height**low
        found.append((starts[low:, None] + places, values))
    return tuple(found)
