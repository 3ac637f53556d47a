"""The path of fits: all stopping times of one estimator on one data set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ratecheck.filters import Filter, GradientFlowFilter
from ratecheck.functions import Function
from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.types import Array, BoolArray, Status

TRUNCATION_SHARE = 0.01  # of the fit's own variance, above which a time is marked TRUNCATED
UNRESOLVED = 1e3  # times the tolerance: stated errors of the linear algebra that a status tells of
JUMP_ZONE = 0.03  # relative error of eigenvalues near the band limit; matters for cut-off only


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """Fits f_t at increasing times t, with everything that stopping rules look at.

    All norms are empirical: ||v||_n^2 is the mean square over the design.

    Attributes
    ----------
    times : ndarray, shape (T,)
    filter : Filter
    operator : GramOperator
    reduction : Reduction
    tolerance : float
        What was asked of the linear algebra, relative to ||y||_n.
    """

    times: Array
    filter: Filter
    operator: GramOperator
    reduction: Reduction
    tolerance: float = math.inf

    @property
    def size(self) -> int:
        """Number of design points n."""
        return self.operator.size

    @cached_property
    def weights(self) -> Array:
        """Filter weights of the Ritz values, shape (T, r)."""
        return self._weigh(self.reduction.ritz.values)

    def _weigh(self, values: Array) -> Array:
        return self.filter.weight(values, self.times)

    @cached_property
    def loadings(self) -> Array:
        """Empirical loadings of the fits on the Ritz functions, shape (T, r)."""
        return self.weights * self.reduction.ritz.drive

    @cached_property
    def residuals(self) -> Array:
        """||y - f_t||_n^2, shape (T,)."""
        ritz = self.reduction.ritz
        outside = max(ritz.energy - float(ritz.overlaps @ ritz.overlaps), 0.0)
        return np.asarray(outside + np.sum((ritz.overlaps - self.loadings) ** 2, axis=1))

    @cached_property
    def gaps(self) -> Array:
        """||f_t - f_u||_n^2 for all pairs of times, shape (T, T)."""
        inner = self.loadings @ self.loadings.T
        squares = np.diag(inner)
        return np.maximum(squares[:, None] + squares - 2 * inner, 0.0)

    @cached_property
    def traces(self) -> Array:
        """N_1(t) = tr S_t, shape (T,)."""
        return np.asarray(self._shares @ self._spectrum.counts + self._tail(1))

    @cached_property
    def square_traces(self) -> Array:
        """N_2(t) = tr S_t^2, shape (T,)."""
        return np.asarray(self._shares**2 @ self._spectrum.counts + self._tail(2))

    def _tail(self, power: int) -> Array:
        """Return the part of a trace beyond the band limit where the spectrum ends at it."""
        if not self._spectrum.banded:
            return np.zeros(self.times.size)
        shares = 1 - self.filter.residual(self.reduction.tail_values, self.times)
        return np.asarray(shares**power @ self.reduction.tail_counts)

    @cached_property
    def _shares(self) -> Array:
        return 1 - self.filter.residual(self._spectrum.values, self.times)

    @cached_property
    def _spectrum(self) -> Spectrum:
        return self.reduction.spectrum()

    @cached_property
    def truncation(self) -> Array:
        """Estimated ||.||_n of the part of the fit beyond the band limit, shape (T,).

        Discarded modes would have fitted their share of the residual, whose empirical
        coefficients have mean square ||residual||_n^2 / n (times the mean squared weight). The
        share is at least that of gradient flow: a filter that drops these modes still feels
        them through the eigenvectors that it keeps.
        """
        values = self.reduction.tail_values
        left = np.minimum(
            self.filter.residual(values, self.times),
            GradientFlowFilter().residual(values, self.times),
        )
        shares = 1 - left
        return np.sqrt(
            shares**2 @ self.reduction.tail_counts * self.reduction.tail_scale * self.residuals
        )

    @cached_property
    def replacement(self) -> Array:
        """Stated ||.||_n of what an approximation in place of K changes, shape (T,)."""
        replaced = self.reduction.replaced
        if replaced is None:
            return np.zeros(self.times.size)
        return replaced.errors(self.filter, self.times)

    @cached_property
    def errors(self) -> Array:
        """Stated error of each fit in ||.||_n, shape (T,): linear algebra, band limit, rank."""
        return np.asarray(self.algebra + 2 * self.truncation + self.replacement + self._jumps())

    @cached_property
    def algebra(self) -> Array:
        """The part of the stated errors that the linear algebra makes, shape (T,)."""
        ritz = self.reduction.ritz
        times = ritz.refined(self.times)
        errors = ritz.errors(lambda values: self.filter.weight(values, times), times)
        return np.asarray(errors[np.searchsorted(times, self.times)])

    @property
    def _unresolved(self) -> BoolArray:
        """Where the linear algebra states errors far above what was asked of it, shape (T,)."""
        ritz = self.reduction.ritz
        if ritz.complete or math.isinf(self.tolerance):
            return np.zeros(self.times.size, dtype=bool)
        allowed = UNRESOLVED * self.tolerance * np.sqrt(ritz.energy)
        return np.asarray(self.algebra - ritz.rounding(self.times) > allowed)

    def _jumps(self) -> Array:
        """Return the part of each fit that eigenvalues off by a few per cent would add or drop."""
        if self.filter.is_continuous:
            return np.zeros(self.times.size)
        ritz = self.reduction.ritz
        near = np.abs(np.multiply.outer(self.times, ritz.values) - 1) <= JUMP_ZONE
        return np.asarray(np.sqrt(near @ ritz.overlaps**2))

    @cached_property
    def status(self) -> tuple[Status, ...]:
        """How each time's fit ended."""
        if self.reduction.status is not Status.CONVERGED:
            return (self.reduction.status,) * self.times.size
        cut = self._unresolved
        if self.reduction.tail_values.size or self.reduction.replaced is not None:
            allowed = TRUNCATION_SHARE * self.residuals * self.square_traces / self.size
            cut = cut | (self.truncation**2 + self.replacement**2 > allowed)
        return tuple(Status.TRUNCATED if bad else Status.CONVERGED for bad in cut)

    @cached_property
    def coordinates(self) -> Array:
        """Coordinates of all fits in the operator's basis, shape (N, T)."""
        ritz = self.reduction.ritz
        return np.asarray(ritz.vectors @ (self.weights * ritz.amplitudes).T)

    def function(self, index: int) -> Function:
        """Return the fit at the index-th time."""
        ritz = self.reduction.ritz
        return self.operator.function(ritz.vectors @ (self.weights[index] * ritz.amplitudes))
