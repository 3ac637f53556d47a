"""Equispaced points of the torus or the circle: the Gram matrix is circulant, one FFT solves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import scipy.fft

from ratecheck.charts import CircleChart
from ratecheck.functions import FourierSeries, Function
from ratecheck.interpolation.dense import EPS, ill_conditioned
from ratecheck.interpolation.periodic import PeriodicSpline, aliased
from ratecheck.interpolation.solver import Solution, Solver
from ratecheck.kernels import Kernel, PeriodicSobolev
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.operators.prepare import frequency_coefficients
from ratecheck.types import Array, ComplexArray, IntArray, Status

_AWAY = 1e-13  # of a turn: how far a point may lie from the grid; the residual stays below n times


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class PeriodicSolver(Solver):
    """PeriodicSobolev on n equispaced points of the torus: a spline, exactly.

    Attributes
    ----------
    kernel : PeriodicSobolev
    origin : float
        First point.
    order : ndarray, shape (n,)
        Where the increasing points stand in the data.
    """

    kernel: PeriodicSobolev
    origin: float
    order: IntArray

    @cached_property
    def eigenvalues(self) -> Array:
        """Eigenvalues of K/n for k = 0 ... n // 2, each to full relative accuracy."""
        return aliased(self.kernel.order, self.order.size)

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue; harmless here, since the solve is diagonal."""
        return float(self.eigenvalues.max() / self.eigenvalues.min())

    def solve(self, y: Array) -> Solution:
        """Divide by the eigenvalues."""
        n = self.order.size
        data = scipy.fft.rfft(y[self.order]) / n
        weights, norm_squared = _weights(data, self.eigenvalues, self.order)
        return Solution(
            function=PeriodicSpline(
                order=self.kernel.order, origin=self.origin, spectrum=data, size=n
            ),
            weights=weights,
            norm_squared=norm_squared,
            status=Status.CONVERGED,
        )


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class CircleSolver(Solver):
    """A zonal kernel on n equispaced points of the circle.

    The fit is a Fourier series, cut where what is left out is below ``tolerance`` times the
    largest |y| everywhere; where no band limit achieves that, it is the kernel expansion.

    Attributes
    ----------
    kernel : Kernel
    X : ndarray, shape (n, 2)
    turn : float
        Coordinate of the first point.
    order : ndarray, shape (n,)
        Where the points in order of the angle stand in the data.
    tolerance : float
    """

    kernel: Kernel
    X: Array
    turn: float
    order: IntArray
    tolerance: float

    @cached_property
    def eigenvalues(self) -> Array:
        """Eigenvalues of K/n for k = 0 ... n // 2, from the first row of K."""
        n = self.order.size
        row = self.kernel.at_angle(2 * np.pi * np.arange(n) / n)
        return np.asarray(scipy.fft.rfft(row).real / n)

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue; infinite where that is rounding error."""
        low = float(self.eigenvalues.min())
        return float(self.eigenvalues.max()) / low if low > self._floor else np.inf

    @property
    def _floor(self) -> float:
        return float(EPS * self.eigenvalues.max())

    def solve(self, y: Array) -> Solution:
        """Divide by the eigenvalues; those that are rounding error carry nothing."""
        n, kept = self.order.size, self.eigenvalues > self._floor
        data = np.where(kept, scipy.fft.rfft(y[self.order]) / n, 0.0)
        eigenvalues = np.where(kept, self.eigenvalues, 1.0)
        weights, norm_squared = _weights(data, eigenvalues, self.order)
        expansion = KernelExpansion(kernel=self.kernel, centres=self.X, weights=weights)
        series = self._series(data, eigenvalues, float(np.abs(y).max()))
        return Solution(
            function=expansion if series is None else series,
            weights=weights,
            norm_squared=norm_squared,
            status=self._status(y, scipy.fft.irfft(data, n) * n),
        )

    def _status(self, y: Array, fitted: Array) -> Status:
        missed = float(np.abs(y[self.order] - fitted).max())
        if not ill_conditioned(missed, y, self.condition, self.tolerance):
            return Status.CONVERGED
        return Status.RANK_DEFICIENT if np.isinf(self.condition) else Status.ILL_CONDITIONED

    def _series(self, data: ComplexArray, eigenvalues: Array, scale: float) -> Function | None:
        """Return the series of the shortest band n 2^j that is good enough, if there is one."""
        n, mu = self.order.size, frequency_coefficients(self.kernel)
        band = n
        while band < mu.size:
            left = np.maximum(eigenvalues - _folded(mu[: band + 1], n), 0.0)
            # every discarded mode counts with its modulus: a bound of the supremum
            if 2 * float(np.sum(np.abs(data) * left / eigenvalues)) <= self.tolerance * scale:
                return _cut(mu[: band + 1], data, eigenvalues, n, self.turn)
            band *= 2
        return None


def _folded(mu: Array, n: int) -> Array:
    """Return sum over |l| <= band, l = k mod n, of mu_|l|, k = 0 ... n // 2."""
    both = np.concatenate([mu, mu[:0:-1]])
    frequency = np.concatenate([np.arange(mu.size), -np.arange(mu.size - 1, 0, -1)])
    folded = np.bincount(frequency % n, weights=both, minlength=n)
    return np.asarray(folded[: n // 2 + 1], dtype=np.float64)


def _cut(mu: Array, data: ComplexArray, eigenvalues: Array, n: int, turn: float) -> FourierSeries:
    k = np.arange(mu.size)
    fold = k % n
    mirrored = fold > n // 2
    place = np.where(mirrored, n - fold, fold)
    values = np.where(mirrored, data[place].conj(), data[place]) / eigenvalues[place]
    coefficients = mu * values * np.exp(-2j * np.pi * turn * k)
    return FourierSeries(coefficients=coefficients, chart=CircleChart())


def _weights(data: ComplexArray, eigenvalues: Array, order: IntArray) -> tuple[Array, float]:
    """Return K^{-1} y in the order of the data, and y' K^{-1} y, from eigenvalues of K/n."""
    n = order.size
    counts = np.full(data.size, 2.0)
    counts[0] = 1.0
    if n % 2 == 0:
        counts[-1] = 1.0
    weights = np.empty(n)
    weights[order] = scipy.fft.irfft(data / eigenvalues, n)
    return weights, float(counts @ (np.abs(data) ** 2 / eigenvalues))


def equispaced(z: Array) -> float | None:
    """Return the first of increasing coordinates z (n,) in [0, 1) if they are spaced 1/n."""
    n = z.size
    offset = float(np.mean(z - np.arange(n) / n))
    away = np.abs(z - np.arange(n) / n - offset).max()
    return offset if away <= _AWAY else None
