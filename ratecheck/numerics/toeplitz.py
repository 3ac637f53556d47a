"""Real functions of band M on the circle as real vectors, and multiplication by a density.

A half spectrum c_0 ... c_M is stored as the real view of (c_0, sqrt2 c_1, ..., sqrt2 c_M), of
length 2 M + 2 (the imaginary part of c_0 stays zero). Then the Euclidean inner product is the
L2 inner product of the functions, and every Krylov method runs on plain real vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from ratecheck.types import Array, ComplexArray

_ROOT2 = float(np.sqrt(2.0))


def pack(c: ComplexArray) -> Array:
    """Return the real vector (2 M + 2,) of a half spectrum (M + 1,)."""
    out = np.array(c, dtype=np.complex128)
    out[1:] *= _ROOT2
    out[0] = out[0].real
    return out.view(np.float64)


def unpack(v: Array) -> ComplexArray:
    """Return the half spectra (M + 1, ...) of the real vectors in the columns of v."""
    out = v[0::2] + 1j * v[1::2]
    out[1:] /= _ROOT2
    return out


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Multiplication:
    """The Toeplitz matrix T_{kl} = p_{k-l} of a density p, |k|, |l| <= M, by two real FFTs.

    Attributes
    ----------
    values : ndarray, shape (L,)
        The density, band-limited to 2 M, on a grid of L >= 4 M + 1 points.
    band : int
        M.
    """

    values: Array
    band: int

    @staticmethod
    def of_moments(moments: ComplexArray) -> Multiplication:
        """Build from p_0 ... p_{2M} (odd count), p_{-k} = conj p_k."""
        band = (moments.size - 1) // 2
        size = scipy.fft.next_fast_len(4 * band + 2, real=True)
        values = scipy.fft.irfft(moments, size) * size
        return Multiplication(values=values, band=band)

    def __call__(self, v: Array) -> Array:
        """Return T v for one real vector (2 M + 2,)."""
        c = v.view(np.complex128) * (1 / _ROOT2)
        c[0] = v[0]
        f = scipy.fft.irfft(c, self.values.size, overwrite_x=True)
        f *= self.values
        out = scipy.fft.rfft(f, overwrite_x=True)[: self.band + 1]
        out[1:] *= _ROOT2
        out[0] = out[0].real
        return out.view(np.float64)

    @staticmethod
    def dense(moments: ComplexArray) -> Array:
        """Return the real matrix (2 M + 2, 2 M + 2) of T from p_0 ... p_{2M}.

        In the packed basis 1, sqrt2 cos(2 pi k z), -sqrt2 sin(2 pi k z); the row and column of
        the missing sine of frequency zero are zero.
        """
        band = (moments.size - 1) // 2
        k = np.arange(band + 1)
        plus = moments[np.add.outer(k, k)]
        gap = np.subtract.outer(k, k)
        minus = moments[np.abs(gap)]
        minus = np.where(gap < 0, minus.conj(), minus)
        out = np.empty((2 * band + 2, 2 * band + 2))
        out[0::2, 0::2] = minus.real + plus.real
        out[1::2, 1::2] = minus.real - plus.real
        out[0::2, 1::2] = plus.imag - minus.imag
        out[1::2, 0::2] = plus.imag + minus.imag
        scale = np.ones(2 * band + 2)
        scale[0], scale[1] = 1 / _ROOT2, 0.0
        return np.asarray(out * scale * scale[:, None])
