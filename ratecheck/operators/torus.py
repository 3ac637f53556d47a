"""TorusGram: the Fourier operator on the torus of one to three dimensions.

As on the circle, the coefficients of a fit obey f' = D (Y - T f), with T the block-Toeplitz matrix
of the design's empirical measure. One non-uniform transform of the strengths 1 + i y gives T and
Y together; T is applied by two real FFTs in d dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import final

import numpy as np
import scipy.fft

from ratecheck import check
from ratecheck.charts import turns
from ratecheck.kernels import TorusSobolev
from ratecheck.numerics import nufft
from ratecheck.numerics.lattice import half_box, half_shape, shells
from ratecheck.operators import room
from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.coefficients import rational
from ratecheck.torus_series import TorusSeries, cut, padded, values_at
from ratecheck.types import Array, ComplexArray, Status

HIGHEST_BAND = {1: 2**14, 2: 2**8, 3: 40}  # at most 2^20 coefficients: 8 MB for each vector
LOWEST_BAND = 3
TAIL_SHARE = 1e-3  # of N_2(t) that the modes beyond the band may have
_FAR = 2.0**13  # frequencies beyond have no share in any trace
_ROOT2 = float(np.sqrt(2.0))


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class TorusGram(GramOperator):
    """K/n through Fourier coefficients on [0, 1)^d, d = 1, 2, 3.

    Coordinates of functions are the real view of the half spectrum of `TorusSeries`, frequencies
    k_d > 0 times sqrt2: the Euclidean inner product is that of L2. Modes outside the ball
    |k| <= B have prior zero and stay zero.

    Attributes
    ----------
    kernel : TorusSobolev
    X : ndarray, shape (n, d)
    population : Spectrum or None
        Spectrum of the integral operator under the law of the design; None if it is uniform.
    """

    kernel: TorusSobolev
    X: Array
    population: Spectrum | None = None

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    def band(self, t: float) -> int:
        """Return the least band that leaves modes with 0.1 % of N_2(t) out, for times up to t."""
        return band_limit(self.kernel, t)

    def coefficient_bytes(self, t: float) -> float:
        """Return the bytes of the vectors of coefficients."""
        shape = half_shape(self.kernel.dimension, self.band(t))
        return room.rational_bytes(2 * int(np.prod(shape)))

    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction by rational Krylov vectors.

        Raises
        ------
        UnsupportedError
            Times so late that the coefficients do not fit into memory.
        """
        room.require(self.size, float(times[-1]), self.coefficient_bytes(float(times[-1])))
        d, band = self.kernel.dimension, self.band(float(times[-1]))
        energy = float(np.mean(y**2))
        moments, data = self._transform(y, band, energy)
        squared = half_box(d, band)
        prior = np.where(squared <= band**2, self.kernel.eigenvalue(squared), 0.0)
        prior = np.repeat(prior.ravel(), 2)
        multiply = BoxMultiplication.of_moments(moments, d)
        bound = float(multiply.values.max())
        ritz = rational(prior, multiply, bound, data, energy, times, tolerance)
        squares, counts = shells(d, float(band), max(_FAR, 2.0 * band))
        tail = self.kernel.eigenvalue(squares)
        return Reduction(
            ritz=ritz,
            spectrum=self._spectrum,
            tail_values=tail,
            tail_counts=counts,
            tail_scale=_overlap(moments, self.size)
            * (1 + _effective_count(tail, counts) / self.size)
            / self.size,
            status=Status.CONVERGED if ritz.converged else Status.BUDGET,
        )

    def _transform(self, y: Array, band: int, energy: float) -> tuple[ComplexArray, Array]:
        """Return the moments over the half box of 2 B, and the packed data over that of B."""
        scale = np.sqrt(energy) or 1.0
        strengths = np.ones(self.size, dtype=np.complex128)
        np.divide(y, scale, out=strengths.imag)
        both = nufft.analyse_box(self.X, strengths, 2 * band) / self.size
        mirrored = np.flip(both).conj()
        moments, data = (both + mirrored) / 2, (both - mirrored) / 2j
        order = tuple(range(both.ndim - 1))
        half = (slice(None),) * len(order) + (slice(2 * band, None),)
        moments, data = (np.fft.ifftshift(a[half], axes=order) for a in (moments, data))
        return moments, scale * pack(cut(data, band))

    def _spectrum(self) -> Spectrum:
        return self.population if self.population is not None else torus_spectrum(self.kernel)

    def function(self, coordinates: Array) -> TorusSeries:
        """Return the trigonometric polynomial with the given coordinates."""
        return TorusSeries(coefficients=unpack(coordinates, self.kernel.dimension))

    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) by one batched transform."""
        d = self.kernel.dimension
        half = np.stack([unpack(c, d) for c in coordinates.T])
        return values_at(on_torus(X, d), half).reshape(len(half), -1)

    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return ||y' - f_t||^2 = ||y'||^2 - 2 Y'.f_t + f_t.T'f_t by one transform of (X, y)."""
        d = self.kernel.dimension
        band = unpack(coordinates[:, 0], d).shape[-1] - 1
        energy = float(np.mean(y**2))
        moments, data = replace(self, X=on_torus(X, d))._transform(y, band, energy)
        multiply = BoxMultiplication.of_moments(moments, d)
        squares = [c @ multiply(c) for c in np.ascontiguousarray(coordinates.T)]
        return np.asarray(energy - 2 * (data @ coordinates) + squares)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class BoxMultiplication:
    """The block-Toeplitz matrix T_{kl} = p_{k-l} of a density p over a box, by two real FFTs.

    Attributes
    ----------
    values : ndarray, shape (L, ..., L)
        The density, band-limited to 2 B, on a grid of L >= 4 B + 1 points per axis.
    band : int
        B.
    """

    values: Array
    band: int

    @staticmethod
    def of_moments(moments: ComplexArray, d: int) -> BoxMultiplication:
        """Build from the half box (4 B + 1, ..., 2 B + 1) of moments."""
        band = (moments.shape[-1] - 1) // 2
        size = scipy.fft.next_fast_len(4 * band + 1, real=True)
        values = scipy.fft.irfftn(padded(moments, size), (size,) * d) * float(size) ** d
        return BoxMultiplication(values=values, band=band)

    def __call__(self, v: Array) -> Array:
        """Return T v for one packed vector."""
        d, size = self.values.ndim, self.values.shape[0]
        f = scipy.fft.irfftn(padded(unpack(v, d), size), (size,) * d, overwrite_x=True)
        f *= self.values
        return pack(cut(scipy.fft.rfftn(f, overwrite_x=True), self.band))


def pack(half: ComplexArray) -> Array:
    """Return the real vector of a half box, with the Euclidean norm of L2."""
    out = np.array(half, dtype=np.complex128)
    out[..., 1:] *= _ROOT2
    return out.ravel().view(np.float64)


def unpack(v: Array, d: int) -> ComplexArray:
    """Return the half box of a packed vector: undoes `pack`."""
    band = round((v.size / 2 * 2 ** (d - 1)) ** (1 / d) - 1)  # B + 1 and B + 1/2 agree to 1/2
    while np.prod(half_shape(d, band)) * 2 > v.size:
        band -= 1
    while np.prod(half_shape(d, band)) * 2 < v.size:
        band += 1
    out = np.ascontiguousarray(v).view(np.complex128).reshape(half_shape(d, band)).copy()
    out[..., 1:] /= _ROOT2
    return np.asarray(out)


def on_torus(X: Array, d: int) -> Array:
    """Return the checked points (n, d) modulo 1."""
    return turns(check.points("X", X, dimension=d))


def _overlap(moments: ComplexArray, n: int) -> float:
    """Return the sum of |p_k|^2 over the density of the design's law: 1 where it is uniform.

    Each of the moments has 1/n from sampling alone, which is taken off.
    """
    band = moments.shape[-1] - 1
    noise = (2 * band + 1) ** moments.ndim / n
    return max(TorusSeries(coefficients=moments).mean_square() - float(noise), 1.0)


def _effective_count(values: Array, counts: Array) -> float:
    """Return (sum mu)^2 / sum mu^2: how many discarded modes fit alike.

    Where they are more than n, each y_i fits itself through all of them together.
    """
    return float((values @ counts) ** 2 / (values**2 @ counts))


@lru_cache(maxsize=16)
def torus_spectrum(kernel: TorusSobolev) -> Spectrum:
    """Return the spectrum of the integral operator under the uniform law."""
    squared, counts = shells(kernel.dimension, 0.0, _FAR)
    return Spectrum(
        values=np.concatenate([[1.0], kernel.eigenvalue(squared)]),
        counts=np.concatenate([[1.0], counts]),
        exact=True,
    )


@lru_cache(maxsize=256)
def band_limit(kernel: TorusSobolev, t: float) -> int:
    """Return the least B with at most 0.1 % of N_2(t) of gradient flow beyond |k| = B."""
    squared, counts = shells(kernel.dimension, 0.0, _FAR)
    part = np.cumsum(np.expm1(-t * kernel.eigenvalue(squared)) ** 2 * counts)
    enough = int(np.searchsorted(part, part[-1] - TAIL_SHARE * (part[-1] + 1)))
    needed = int(np.ceil(np.sqrt(squared[min(enough, squared.size - 1)])))
    return min(max(needed, LOWEST_BAND), HIGHEST_BAND[kernel.dimension])
