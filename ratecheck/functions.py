"""Functions on a domain: targets and fitted values alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
import scipy.fft

from ratecheck import check
from ratecheck.charts import Chart
from ratecheck.numerics import nufft
from ratecheck.types import Array, ComplexArray, InputError


class Function(ABC):
    """A real function of points."""

    @abstractmethod
    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (n,)."""


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class FourierSeries(Function):
    r"""A trigonometric polynomial in a chart's coordinate.

    .. math:: f(x) = w(x) \sum_{|k| \le B} c_k e^{2 \pi i k z(x)} + a,
        \quad c_{-k} = \overline{c_k}.

    Attributes
    ----------
    coefficients : complex ndarray, shape (B + 1,)
        c_0 ... c_B; c_0 is real.
    chart : Chart
        Supplies z and w.
    offset : float
        a; it matters where w is not constant.
    """

    coefficients: ComplexArray
    chart: Chart
    offset: float = 0.0

    @property
    def band(self) -> int:
        """Largest frequency B."""
        return self.coefficients.size - 1

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (n,)."""
        values = self.along(self.chart.coordinate(X))
        if self.chart.is_weighted:
            values *= self.chart.weight(X)
        return values + self.offset if self.offset else values

    def along(self, z: Array) -> Array:
        """Return the unweighted series at coordinates z, shape (n,)."""
        # f = c_0 + 2 Re sum_{k>=1} c_k e^{...}: half the spectrum, centred, halves the grid
        half = np.concatenate([np.zeros(self.band), self.coefficients])
        half[self.band] *= 0.5
        values: Array = 2 * nufft.synthesise(z, half).real
        return values

    def on_grid(self, size: int, shift: float = 0.0) -> Array:
        """Return the unweighted series at z = i / size + shift, i = 0 ... size - 1.

        Frequencies beyond the grid fold, as sampling does: the values are exact on any grid.
        """
        c = self.coefficients
        if shift:
            c = c * np.exp(2j * np.pi * shift * np.arange(c.size))
        if 2 * self.band >= size:
            c = _folded(c, size)
        values: Array = scipy.fft.irfft(c, size) * size
        return values

    def derivative(self) -> FourierSeries:
        """Return the derivative with respect to z of the unweighted series."""
        factors = 2j * np.pi * np.arange(self.coefficients.size)
        return FourierSeries(coefficients=factors * self.coefficients, chart=self.chart)

    def mean_square(self) -> float:
        """Return the mean of the squared unweighted series over one period (Parseval)."""
        power = np.abs(self.coefficients) ** 2
        return float(2 * power.sum() - power[0])


def _folded(c: ComplexArray, size: int) -> ComplexArray:
    """Return the half spectrum of the samples on a grid too coarse for the band."""
    length = size * -(-2 * c.size // size)
    full = np.zeros(length, dtype=np.complex128)
    full[: c.size] = c
    full[length - c.size + 1 :] += c[:0:-1].conj()
    folded: ComplexArray = full.reshape(-1, size).sum(axis=0)
    return folded[: size // 2 + 1]


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Plain(Function):
    """A Python callable (n, d) -> (n,) as a function; its output is checked."""

    call: Callable[[Array], Array]

    def __call__(self, X: Array) -> Array:
        """Return the checked values at the rows of X, shape (n,)."""
        values = np.asarray(self.call(X), dtype=np.float64)
        if values.shape != (X.shape[0],):
            raise InputError(f"the function must return shape ({X.shape[0]},), got {values.shape}")
        return check.finite("function values", values)
