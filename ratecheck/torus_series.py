"""Fourier series on the torus of two or three dimensions (and of one, for comparison)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import scipy.fft

from ratecheck import check
from ratecheck.functions import Function
from ratecheck.numerics import nufft
from ratecheck.numerics.lattice import half_shape
from ratecheck.types import Array, ComplexArray, InputError


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class TorusSeries(Function):
    r"""A real trigonometric polynomial on [0, 1)^d.

    .. math:: f(x) = \sum_{|k_i| \le B} c_k e^{2 \pi i k \cdot x}, \quad c_{-k} = \overline{c_k}.

    Attributes
    ----------
    coefficients : complex ndarray, shape (2 B + 1, ..., 2 B + 1, B + 1)
        c_k over the half box: frequencies 0 ... B, -B ... -1 along all axes but the last and
        0 ... B along the last. The plane of last frequency 0 holds both c_k and c_{-k}.

    Raises
    ------
    InputError
        If the shape is none of these.
    """

    coefficients: ComplexArray

    def __post_init__(self) -> None:
        """Check the shape."""
        shape = self.coefficients.shape
        if not shape or shape != half_shape(len(shape), shape[-1] - 1):
            raise InputError(
                f"coefficients must have shape (2 B + 1, ..., 2 B + 1, B + 1), got {shape}"
            )

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return self.coefficients.ndim

    @property
    def band(self) -> int:
        """Largest frequency B along an axis."""
        return int(self.coefficients.shape[-1]) - 1

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X (n, d), shape (n,); X is taken modulo 1."""
        return values_at(check.points("X", X, dimension=self.dimension), self.coefficients)

    def on_grid(self, size: int, shift: Array | None = None) -> Array:
        """Return the values at (i / size + shift), 0 <= i_j < size, shape (size,) * d.

        Exact on any grid: a grid too coarse for the band is taken from a finer one.
        """
        c = self.coefficients if shift is None else self._turned(shift)
        stride = -(-(2 * self.band + 1) // size)
        fine = size * stride
        values = scipy.fft.irfftn(padded(c, fine), (fine,) * self.dimension, overwrite_x=True)
        values *= float(fine) ** self.dimension
        return np.asarray(values[(slice(None, None, stride),) * self.dimension])

    def derivative(self, *axes: int) -> TorusSeries:
        """Return the derivative along each of the axes."""
        c = self.coefficients
        for axis in axes:
            c = c * (2j * np.pi * self._along(axis))
        return TorusSeries(coefficients=c)

    def minus(self, other: TorusSeries) -> TorusSeries:
        """Return the difference of two series."""
        band = max(self.band, other.band)
        return TorusSeries(coefficients=self.within(band) - other.within(band))

    def within(self, band: int) -> ComplexArray:
        """Return the coefficients of the box of another band: zeros added, or modes left out."""
        d, kept = self.dimension, min(band, self.band)
        out = np.zeros(half_shape(d, band), dtype=np.complex128)
        for corner in _corners(d, kept):
            out[corner] = self.coefficients[corner]
        return out

    def mean_square(self) -> float:
        """Return the mean of the square over the torus (Parseval)."""
        power = np.abs(self.coefficients) ** 2
        return float(2 * power.sum() - power[..., 0].sum())

    def _along(self, axis: int) -> Array:
        """Return the frequencies along an axis, shaped to multiply the coefficients."""
        size = self.coefficients.shape[axis]
        last = axis == self.dimension - 1
        k = np.arange(size) if last else np.fft.fftfreq(size, 1 / size).round()
        shape = [size if i == axis else 1 for i in range(self.dimension)]
        return np.asarray(k, dtype=np.float64).reshape(shape)

    def _turned(self, shift: Array) -> ComplexArray:
        c = self.coefficients
        for axis, by in enumerate(shift):
            c = c * np.exp(2j * np.pi * by * self._along(axis))
        return c


def values_at(X: Array, half: ComplexArray) -> Array:
    """Return real series (..., *half box) at points (n, d), shape (..., n).

    f = Re(2 sum over k_d >= 0, with the plane k_d = 0 halved): half of the spectrum is centred
    along the last axis by a factor e^{2 pi i (N // 2) x_d}, which halves the transform's grid.
    """
    d = X.shape[1]
    c = np.fft.fftshift(half, axes=tuple(range(half.ndim - d, half.ndim - 1)))
    c[..., 0] *= 0.5
    centre = c.shape[-1] // 2
    values = nufft.synthesise_box(X, c) * np.exp(2j * np.pi * centre * X[:, -1])
    return np.asarray(2 * values.real)


def padded(half: ComplexArray, size: int) -> ComplexArray:
    """Return the half spectrum on a grid of ``size`` points per axis, as ``irfftn`` takes it."""
    d, band = half.ndim, half.shape[-1] - 1
    out = np.zeros((size,) * (d - 1) + (size // 2 + 1,), dtype=np.complex128)
    for corner in _corners(d, band):
        out[corner] = half[corner]
    return out


def cut(spectrum: ComplexArray, band: int) -> ComplexArray:
    """Return the half box of a band from a larger half spectrum in the order of ``rfftn``."""
    d = spectrum.ndim
    out = np.empty(half_shape(d, band), dtype=np.complex128)
    for corner in _corners(d, band):
        out[corner] = spectrum[corner]
    return out


def _corners(d: int, band: int) -> list[tuple[slice, ...]]:
    """Return slices that pick the modes of a band from any half spectrum at least as large.

    Wrapped frequencies are counted from the end, so that the same slices serve every size.
    """
    sides = [slice(0, band + 1), slice(-band, None)] if band else [slice(0, 1)]
    corners: list[tuple[slice, ...]] = [(slice(0, band + 1),)]
    for _ in range(d - 1):
        corners = [(side, *corner) for side in sides for corner in corners]
    return corners
