"""What an estimator with kernel eigenvalues (2 pi k)^{-2m} sees of the torus, by design."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol, final

import numpy as np

from ratecheck.bounds.ellipsoid import TWO_PI
from ratecheck.types import Array


class HasResidual(Protocol):
    """Anything with a spectral filter's residual: ``ratecheck.filters`` holds the usual ones."""

    def residual(self, mu: Array, t: Array) -> Array:
        """Return the share left unfitted, shape (T, k), of eigenvalues mu (k,) at times t (T,)."""
        ...


class Design(ABC):
    """The diagonal problem that a design leaves: eigenvalues and squared semi-axes by frequency."""

    @property
    @abstractmethod
    def last(self) -> float:
        """Largest frequency k, infinity if there is none."""

    @abstractmethod
    def eigenvalue(self, k: Array) -> Array:
        """Return the eigenvalues of K/n at frequencies k >= 1, two each."""

    @abstractmethod
    def semi_axis_square(self, k: Array) -> Array:
        """Return sup of the squared coefficient at k over the ball of radius one."""

    @abstractmethod
    def multiplicity(self, k: Array) -> Array:
        """Return the number of coefficients at frequency k."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceDesign(Design):
    """The Gaussian sequence model: every coefficient observed with variance sigma^2 / n."""

    s: float
    m: float

    @property
    def last(self) -> float:
        """No last frequency."""
        return np.inf

    def eigenvalue(self, k: Array) -> Array:
        """Return (2 pi k)^{-2m}."""
        return np.asarray((TWO_PI * k) ** (-2 * self.m))

    def semi_axis_square(self, k: Array) -> Array:
        """Return (2 pi k)^{-2s}."""
        return np.asarray((TWO_PI * k) ** (-2 * self.s))

    def multiplicity(self, k: Array) -> Array:
        """Return two: cosine and sine."""
        return np.full_like(k, 2.0)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class EquispacedDesign(Design):
    """Points i/n: frequencies k + l n are one on the grid, and the kernel matrix is circulant.

    Theory note B3. K/n has the eigenvalues sum_l mu_{k + l n}; a coefficient seen on the grid is
    a sum over its aliases, whose largest square over the ball is sum_l (2 pi |k + l n|)^{-2s}.
    """

    s: float
    m: float
    n: float

    @property
    def last(self) -> float:
        """Return floor(n / 2), the Nyquist frequency."""
        return float(np.floor(self.n / 2))

    def eigenvalue(self, k: Array) -> Array:
        """Return sum_l (2 pi |k + l n|)^{-2m}."""
        return self._aliased(k, 2 * self.m)

    def semi_axis_square(self, k: Array) -> Array:
        """Return sum_l (2 pi |k + l n|)^{-2s}."""
        return self._aliased(k, 2 * self.s)

    def multiplicity(self, k: Array) -> Array:
        """Return two, but one at k = n/2, where the sine vanishes on the grid."""
        return np.where(2 * k == self.n, 1.0, 2.0)

    def _aliased(self, k: Array, power: float) -> Array:
        from scipy.special import zeta

        x = np.minimum(k / self.n, 1.0)  # sums of a smooth function look one step past n/2
        others = zeta(power, 1 + x) + zeta(power, np.maximum(1 - x, 0.25))
        return np.asarray((TWO_PI * k) ** -power + (TWO_PI * self.n) ** -power * others)
