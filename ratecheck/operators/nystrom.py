"""NystromGram: any kernel for many points, through landmarks, with the error that this costs.

K is replaced by Q = F F^T of rank m (`landmarks`). With E = (K - Q)/n, positive semi-definite,
Duhamel's formula gives for gradient flow

    ||exp(-t K/n) y - exp(-t Q/n) y||_n <= t sup_{0<=u<=t} ||E exp(-u Q/n) y||_n

(derived here: both exponentials contract), and for every filter whose residual is a mixture of
exponentials, as that of (iterated) ridge regression, the same with t replaced by minus the
derivative of the residual at mu = 0. The norm on the right is measured on randomly chosen rows of
K, and never taken above tr(K - Q)/n ||y||_n, which bounds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import scipy.linalg as sl

from ratecheck import streams
from ratecheck.filters import Filter
from ratecheck.functions import Function
from ratecheck.kernels import Kernel
from ratecheck.numerics.ritz import Ritz
from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.expansion import KernelExpansion, expand, mean_squares
from ratecheck.operators.landmarks import LowRank, pivoted
from ratecheck.types import Array, Status

MEMORY = 2**30  # bytes of the factor
PROBES = 1000  # rows of K on which the error is measured
SAFETY = 1.5  # the mean square over sampled rows in place of all


def default_rank(n: int) -> int:
    """Return ten times the root of n, as far as the memory goes."""
    return max(1, min(n, int(10 * n**0.5), MEMORY // (8 * n)))


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class NystromGram(GramOperator):
    """K/n through landmarks; the fit is an expansion in their kernel functions.

    Attributes
    ----------
    kernel : Kernel
    X : ndarray, shape (n, d)
    rank : int
        Largest number of landmarks.
    """

    kernel: Kernel
    X: Array
    rank: int

    @property
    def size(self) -> int:
        """Number of design points n."""
        return int(self.X.shape[0])

    @cached_property
    def approximation(self) -> LowRank:
        """The low-rank factor; its pivots are a fixed function of the design."""
        rng = streams.generator(0, "nystrom", self.size, self.rank, role="probe")
        return pivoted(self.kernel, self.X, self.rank, rng)

    @property
    def rest(self) -> float:
        """tr(K - Q)/n, the sum of the eigenvalues of K/n that the landmarks miss."""
        return self.approximation.rest / self.size

    @cached_property
    def _eigen(self) -> tuple[Array, Array]:
        """Eigenvalues of Q/n and eigenvectors (m, m) of F^T F/n."""
        F = self.approximation.factor
        values, vectors = sl.eigh(F.T @ F / self.size, check_finite=False)
        return np.maximum(values, 0.0), vectors

    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction of Q/n, with the error of replacing K by Q."""
        values, vectors = self._eigen
        root = np.sqrt(values)
        safe = np.where(root > 0, root, 1.0)
        F, mix = self.approximation.factor, vectors / safe  # F mix: root n times eigenvectors
        overlaps = np.where(root > 0, mix.T @ (F.T @ y) / self.size, 0.0)
        back = sl.solve_triangular(self.approximation.triangle, vectors, lower=True, trans="T")
        flaw = np.finfo(float).eps * values[-1]
        ritz = Ritz(
            values=values, vectors=back * root, amplitudes=overlaps, drive=values * overlaps,
            overlaps=overlaps, energy=float(np.mean(y**2)), defect=flaw**2 * np.eye(values.size),
            order=0.0, converged=True,
        )  # fmt: skip
        lost = self._lost(y, mix, ritz, times)
        return Reduction(
            ritz=ritz, spectrum=self._spectrum, tail_values=np.empty(0), tail_counts=np.empty(0),
            tail_scale=0.0, status=Status.CONVERGED, replaced=_Replaced(lost=lost, times=times),
        )  # fmt: skip

    def _lost(self, y: Array, mix: Array, ritz: Ritz, times: Array) -> Array:
        """Return estimates of ||E exp(-u Q/n) y||_n at u = 0 and at the times, shape (T + 1,)."""
        u = np.concatenate([[0.0], times])
        shares = -np.expm1(-np.multiply.outer(ritz.values, u)) * ritz.overlaps[:, None]
        F = self.approximation.factor
        left = y[:, None] - F @ (mix @ shares)
        rng = streams.generator(0, "nystrom rows", self.size, role="probe")
        rows = np.sort(rng.permutation(self.size)[:PROBES])
        image = expand(self.kernel, self.X, left, self.X[rows]).T - F[rows] @ (F.T @ left)
        measured = np.sqrt(np.mean(image**2, axis=0)) / self.size
        if rows.size < self.size:
            measured = SAFETY * measured
        bound = self.rest * np.sqrt(np.mean(left**2, axis=0))
        return np.asarray(np.minimum(measured, bound))

    def _spectrum(self) -> Spectrum:
        values = self._eigen[0]
        return Spectrum(values=values, counts=np.ones(values.size), exact=False)

    def function(self, coordinates: Array) -> Function:
        """Return the expansion in the landmarks' kernel functions."""
        centres = self.X[self.approximation.landmarks]
        return KernelExpansion(kernel=self.kernel, centres=centres, weights=coordinates)

    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) at the points X."""
        return expand(self.kernel, self.X[self.approximation.landmarks], coordinates, X)

    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return the mean squared errors (T,) on other data."""
        return mean_squares(y - self.predict(coordinates, X))


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Replaced:
    """What replacing K by Q costs the fits of one data set."""

    lost: Array
    times: Array

    def errors(self, filter_: Filter, times: Array) -> Array:
        """Return stated errors in ||.||_n; infinite for a filter with jumps."""
        if not filter_.is_continuous:
            return np.full(times.size, np.inf)
        steepness = filter_.weight(np.zeros(1), times)[:, 0]
        return np.asarray(steepness * self.lost.max())
