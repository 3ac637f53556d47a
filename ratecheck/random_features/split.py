"""The split of a gradient into the model's kernel and the interaction with a test point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.random_features.solving import minimum_norm
from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    r"""grad f(z) = I(z) K^+ Y: the kernel matrix K and the interaction matrices I(z).

    .. math:: K = \Phi \Phi^T, \quad I(z) = \nabla_z \Phi(z) \Phi^T, \quad
        S(z) = \|z\| \, \|I(z) K^+ Y\| \le \|z\| \, \|I(z)\|_{op} \, \|Y\| / \lambda_{min}(K).

    The kernel tells whether the data can be interpolated, the interaction matrix what a
    perturbation of the test point does (Bombari et al. 2023; theory note G, M).

    Attributes
    ----------
    kernel : ndarray, shape (N, N)
    interaction : ndarray, shape (m, d, N)
    lengths : ndarray, shape (m,)
        ||z_j||.
    """

    kernel: Array
    interaction: Array
    lengths: Array

    def sensitivity(self, Y: Array) -> Array:
        """Return S(z_j) of the minimum-norm fit to Y (N,), shape (m,)."""
        right = check.values("Y", Y, length=len(self.kernel))
        c = minimum_norm(self.kernel, right).coefficients[:, 0]
        return np.asarray(self.lengths * np.linalg.norm(self.interaction @ c, axis=1))

    def bound(self, Y: Array) -> Array:
        """Return ||z|| ||I(z)||_op ||Y|| / lambda_min(K), shape (m,): never below S(z_j).

        Infinite where K is singular to rounding.
        """
        right = check.values("Y", Y, length=len(self.kernel))
        norms = np.linalg.norm(self.interaction, ord=2, axis=(1, 2))
        rounding = len(right) * np.finfo(np.float64).eps * np.trace(self.kernel)
        if self.smallest <= rounding:
            return np.full(len(norms), np.inf)
        return np.asarray(self.lengths * norms * np.linalg.norm(right) / self.smallest)

    @property
    def smallest(self) -> float:
        """lambda_min(K); zero up to rounding, and possibly negative, if K is singular."""
        values = sl.eigh(self.kernel, eigvals_only=True, subset_by_index=(0, 0))
        return float(values[0])

    @property
    def alignment(self) -> Array:
        """||I(z)||_F, shape (m,): root of the sum of squares over all data and directions."""
        return np.asarray(np.linalg.norm(self.interaction, axis=(1, 2)))
