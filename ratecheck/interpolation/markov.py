"""First-order kernels on the line: nothing to solve, O(n)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import scipy.linalg as sl

from ratecheck.interpolation.design import increasing
from ratecheck.interpolation.firstorder import FirstOrderKernel, FirstOrderSpline
from ratecheck.interpolation.solver import Solution, Solver
from ratecheck.types import Array, IntArray, Status


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class MarkovSolver(Solver):
    """A first-order kernel at different points where K(x, x) > 0.

    Under the Gaussian law with covariance K the values form a Markov chain: f_{i+1} given f_i has
    mean rho_i f_i and variance v_i = rho_i W sinh(c h_i) / c, with rho_i = b_{i+1} / b_i, gap h_i,
    rate c and jump W of the kernel. So K^{-1} is tridiagonal, and y' K^{-1} y a sum of squares.

    Attributes
    ----------
    kernel : FirstOrderKernel
    points : ndarray, shape (k,)
        Increasing.
    order : ndarray, shape (k,)
        Where the increasing points stand in the data.
    """

    kernel: FirstOrderKernel
    points: Array
    order: IntArray

    @staticmethod
    def of(kernel: FirstOrderKernel, X: Array) -> MarkovSolver:
        """Sort different points (k, 1)."""
        order = increasing(X[:, 0])
        return MarkovSolver(kernel=kernel, points=X[order, 0], order=order)

    def solve(self, y: Array) -> Solution:
        """Return the spline through the data, with its weights and norm."""
        y = y[self.order]
        ratio, variance = self._chain
        steps = y[1:] - ratio * y[:-1]
        pulls = steps / variance
        weights, sorted_back = np.zeros_like(y), np.empty_like(y)
        weights[0] = y[0] / self.variance_at_first
        weights[1:] += pulls
        weights[:-1] -= ratio * pulls
        sorted_back[self.order] = weights
        return Solution(
            function=FirstOrderSpline(kernel=self.kernel, knots=self.points, heights=y),
            weights=sorted_back,
            norm_squared=float(y[0] ** 2 / self.variance_at_first + steps @ pulls),
            status=Status.CONVERGED,
        )

    @cached_property
    def condition(self) -> float:
        """Condition number of K in the 1-norm, exact, in O(k).

        The values of the fit come from no linear solve and do not suffer from it.
        """
        if self.points.size == 1:
            return 1.0
        diagonal, off = self.inverse
        columns = np.abs(diagonal)
        columns[1:] += np.abs(off)
        columns[:-1] += np.abs(off)
        banded = np.stack([np.concatenate([[0.0], off]), diagonal])
        sums = sl.solveh_banded(banded, np.ones(self.points.size), check_finite=False)
        return float(columns.max() * np.abs(sums).max())

    @cached_property
    def variance_at_first(self) -> float:
        """K(x_1, x_1)."""
        log_a, log_b = self.kernel.log_markov_factors(self.points[:1, None])
        return float(np.exp(log_a + log_b)[0])

    @cached_property
    def _chain(self) -> tuple[Array, Array]:
        """The ratios rho and variances v, both (k - 1,)."""
        rate, jump = self.kernel.pieces
        gap = np.diff(self.points)
        down = np.diff(self.kernel.log_markov_factors(self.points[:, None])[1])
        # e^{-c h} sinh(c h) / c
        decayed = -np.expm1(-2 * rate * gap) / (2 * rate) if rate else gap
        return np.exp(down), np.exp(down + rate * gap) * jump * decayed

    @property
    def inverse(self) -> tuple[Array, Array]:
        """Diagonal (k,) and off-diagonal (k - 1,) of K^{-1}."""
        ratio, variance = self._chain
        diagonal = np.concatenate([[1 / self.variance_at_first], 1 / variance])
        diagonal[:-1] += ratio**2 / variance
        return diagonal, -ratio / variance
