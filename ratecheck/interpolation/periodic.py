r"""Interpolants of periodic Sobolev kernels on equispaced points: splines, by FFT, exactly.

The interpolant has Fourier coefficients c_l = mu_l yhat_k / Lambda_k, k = l mod n, with
Lambda_k = sum_j mu_{k+jn} the eigenvalues of K/n. For mu_l = (2 pi l)^{-2m} the derivatives at the
nodes are again sums over j, Hurwitz zeta functions of q = k/n:

    f^{(p)} n^{-p}:  yhat_k (2 pi i)^p (zeta(2m-p, q) + (-1)^p zeta(2m-p, 1-q)) / Z(q),
    Z(q) = zeta(2m, q) + zeta(2m, 1-q).

Between nodes f^{(2m)} is constant, so that the Taylor polynomial at the left node is the function
itself: no band limit, no cancellation at any order (derived; theory note B3 for the eigenvalues).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import scipy.fft
from scipy.special import zeta

from ratecheck.charts import TorusChart, turns
from ratecheck.functions import FourierSeries
from ratecheck.interpolation.pieces import PiecewiseMonotone
from ratecheck.interpolation.polynomials import critical_points, evaluate
from ratecheck.kernels.line import coordinate
from ratecheck.types import Array, ComplexArray


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class PeriodicSpline(PiecewiseMonotone):
    """A periodic spline of degree 2m on the nodes origin + i/n.

    Attributes
    ----------
    order : int
        m.
    origin : float
        First node, in [0, 1/n).
    spectrum : complex ndarray, shape (n // 2 + 1,)
        yhat_k = (1/n) sum_i y_i e^{-2 pi i k i/n}.
    size : int
        n.
    """

    order: int
    origin: float
    spectrum: ComplexArray
    size: int

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X (m, 1), shape (m,)."""
        place = turns(coordinate("X", X) - self.origin) * self.size
        i = np.minimum(place.astype(np.int64), self.size - 1)
        return evaluate(self.pieces[:, i], place - i)

    @cached_property
    def pieces(self) -> Array:
        """Coefficients of u^p, p = 0 ... 2m, of f(origin + (i + u)/n), shape (2m + 1, n)."""
        return np.stack([self._power(p) for p in range(2 * self.order + 1)])

    def _power(self, p: int) -> Array:
        harmonics = self.spectrum * taylor_multiplier(self.order, self.size, p)
        values = scipy.fft.irfft(harmonics, self.size) * self.size
        return np.asarray(values / math.factorial(p))

    def series(self, band: int) -> FourierSeries:
        """Return the Fourier series cut at a frequency; beyond n it misses mu_l / Lambda_k."""
        k = np.arange(band + 1)
        fold = k % self.size
        mirrored = fold > self.size // 2
        data = self.spectrum[np.where(mirrored, self.size - fold, fold)]
        data = np.where(mirrored, data.conj(), data)
        shares = np.concatenate([[1.0], (2 * np.pi * k[1:]) ** (-2.0 * self.order)])
        shares /= aliased(self.order, self.size)[np.where(mirrored, self.size - fold, fold)]
        turn = np.exp(-2j * np.pi * self.origin * k)
        return FourierSeries(coefficients=data * shares * turn, chart=TorusChart())

    @property
    def period(self) -> float:
        """One."""
        return 1.0

    @property
    def nodes(self) -> Array:
        """The design points."""
        return np.asarray(self.origin + np.arange(self.size) / self.size)

    @property
    def degree(self) -> int:
        """Twice the order."""
        return 2 * self.order

    def turning_points(self) -> tuple[Array, Array]:
        """Return the nodes and every zero of the derivative between them."""
        inside = critical_points(self.pieces)
        places = np.concatenate([np.zeros((1, self.size)), inside])
        values = np.stack([evaluate(self.pieces, u) for u in places])
        keep = np.concatenate([np.ones((1, self.size), dtype=bool), inside > 0]).T
        positions = (self.origin + (np.arange(self.size) + places) / self.size).T
        return positions[keep], values.T[keep]


def aliased(order: int, n: int) -> Array:
    """Return Lambda_k = sum_j mu_{k + jn}, k = 0 ... n // 2: eigenvalues of K/n on n points."""
    q = np.arange(1, n // 2 + 1) / n
    first = 1.0 + 2 * zeta(2 * order) * (2 * np.pi * n) ** (-2.0 * order)
    return np.concatenate([[first], (2 * np.pi * n) ** (-2.0 * order) * _hurwitz(order, q)])


def noise_factor(order: int, n: int) -> float:
    r"""Return E of the mean square of the interpolant of unit white noise on n equispaced points.

    (1/n) sum_k S_{4m}(k/n) / S_{2m}(k/n)^2 with S_p(q) = sum_j |j + q|^{-p}: the clean risk over
    sigma^2 for the target 0. It tends to c_m (theory note D: 2/3, 0.8742, 0.9180, ...).
    """
    q = np.arange(1, n) / n
    scale = (2 * np.pi * n) ** (-2.0 * order)
    constant = (1 + 2 * zeta(4 * order) * scale**2) / (1 + 2 * zeta(2 * order) * scale) ** 2
    return float((constant + np.sum(_hurwitz(2 * order, q) / _hurwitz(order, q) ** 2)) / n)


def taylor_multiplier(order: int, n: int, p: int) -> ComplexArray:
    """Return what turns yhat_k into that of the right-hand f^{(p)} n^{-p}, k = 0 ... n // 2."""
    q = np.arange(1, n // 2 + 1) / n
    out = np.zeros(n // 2 + 1, dtype=np.complex128)
    if p == 0:
        return out + 1
    total, sign = _hurwitz(order, q), (-1.0) ** order
    mean = 1 / (n ** (2.0 * order) * aliased(order, n)[0])  # of the weights, in units n^{-2m}
    if p == 2 * order:
        out[0] = -sign * mean
    elif p == 2 * order - 1:  # principal value and half the jump of the (2m-1)-th derivative
        out[0] = sign * mean / 2
        half = (2 * np.pi) ** (2 * order) / (2 * total)
        out[1:] = sign * half * (1 - 1j / np.tan(np.pi * q))
    else:
        s = 2.0 * order - p
        out[0] = _at_zero(order, n, p)
        parts = zeta(s, q) + (-1) ** p * zeta(s, 1 - q)
        out[1:] = (2j * np.pi) ** p * parts / total
    return out


def _at_zero(order: int, n: int, p: int) -> float:
    if p % 2:
        return 0.0
    scale = (2 * np.pi * n) ** (-2.0 * order) / aliased(order, n)[0]
    return float((-1) ** (p // 2) * (2 * np.pi) ** p * 2 * zeta(2 * order - p) * scale)


def _hurwitz(order: int, q: Array) -> Array:
    """Return sum_j |j + q|^{-2m}, 0 < q < 1."""
    return np.asarray(zeta(2.0 * order, q) + zeta(2.0 * order, 1 - q))
