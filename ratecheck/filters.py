"""Spectral filters: how an estimator shrinks each eigen-direction as time goes on.

Time t is the inverse of the ridge parameter, so that all filters share one axis: at time t the
eigenvalues far above 1/t are fitted and those far below are not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.types import Array


class Filter(ABC):
    """A spectral filter: residual r(mu, t) in [0, 1] and weight (1 - r) / mu."""

    @abstractmethod
    def residual(self, mu: Array, t: Array) -> Array:
        """Return the share left unfitted, shape (T, k), of eigenvalues mu (k,) at times t (T,)."""

    @abstractmethod
    def weight(self, mu: Array, t: Array) -> Array:
        """Return (1 - residual) / mu, continued to mu = 0, shape (T, k)."""

    @property
    @abstractmethod
    def qualification(self) -> float:
        """Largest q with sup_mu mu^q r(mu, t) = O(t^-q); infinity if there is none."""

    @property
    @abstractmethod
    def is_continuous(self) -> bool:
        """Whether the residual is continuous in mu: else tiny errors of eigenvalues can matter."""

    @abstractmethod
    def worst_case_bias(self, s: float, m: float, t: Array) -> Array:
        """Return sup over 0 < mu <= 1 of mu^{s/m} r(mu, t)^2, shape (T,): theory note B2."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class GradientFlowFilter(Filter):
    """Continuous-time gradient descent: r = exp(-t mu)."""

    def residual(self, mu: Array, t: Array) -> Array:
        """Return exp(-t mu)."""
        return np.exp(-np.multiply.outer(t, mu))

    def weight(self, mu: Array, t: Array) -> Array:
        """Return (1 - exp(-t mu)) / mu, and t at mu = 0."""
        return _over(-np.expm1(-np.multiply.outer(t, mu)), mu, t)

    @property
    def qualification(self) -> float:
        """Infinite: gradient flow never saturates."""
        return np.inf

    @property
    def is_continuous(self) -> bool:
        """Continuous."""
        return True

    def worst_case_bias(self, s: float, m: float, t: Array) -> Array:
        """Return (s / (2 e m t))^{s/m}: the supremum over all mu > 0, at mu t = s/(2m).

        For t < s/(2m) that is above 1, and this is an upper bound (for kernels of any size).
        """
        return np.asarray(s / (2 * np.e * m * t)) ** (s / m)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class IteratedRidgeFilter(Filter):
    """Ridge regression iterated ``order`` times: r = (1 + t mu)^-order, lambda = 1/t."""

    order: int = 1

    def __post_init__(self) -> None:
        check.integer("order", self.order, low=1)

    def residual(self, mu: Array, t: Array) -> Array:
        """Return (1 + t mu)^-order."""
        return (1 + np.multiply.outer(t, mu)) ** -float(self.order)

    def weight(self, mu: Array, t: Array) -> Array:
        """Return (1 - (1 + t mu)^-order) / mu, and order * t at mu = 0."""
        log = self.order * np.log1p(np.multiply.outer(t, mu))
        return _over(-np.expm1(-log), mu, self.order * t)

    @property
    def qualification(self) -> float:
        """Saturates at q = order."""
        return float(self.order)

    @property
    def is_continuous(self) -> bool:
        """Continuous."""
        return True

    def worst_case_bias(self, s: float, m: float, t: Array) -> Array:
        """Return the supremum at mu t = q / (order - q), q = s/(2m), or at mu = 1 if saturated."""
        q = s / (2 * m)
        mu = np.minimum(q / (self.order - q) / t, 1.0) if q < self.order else np.ones_like(t)
        return np.asarray(mu ** (2 * q) * (1 + t * mu) ** (-2.0 * self.order))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class CutOffFilter(Filter):
    """Spectral cut-off: r = 1 for mu < 1/t, else 0."""

    def residual(self, mu: Array, t: Array) -> Array:
        """Return the indicator of mu < 1/t."""
        return (np.multiply.outer(t, mu) < 1).astype(np.float64)

    def weight(self, mu: Array, t: Array) -> Array:
        """Return 1/mu for mu >= 1/t, else 0."""
        return _over(1 - self.residual(mu, t), mu, np.zeros_like(t))

    @property
    def qualification(self) -> float:
        """Infinite."""
        return np.inf

    @property
    def is_continuous(self) -> bool:
        """It jumps at mu = 1/t."""
        return False

    def worst_case_bias(self, s: float, m: float, t: Array) -> Array:
        """Return min(1/t, 1)^{s/m}."""
        return np.asarray(np.minimum(1 / t, 1.0) ** (s / m))


def RidgeFilter() -> IteratedRidgeFilter:
    """Return ridge regression, the iterated ridge of order one."""
    return IteratedRidgeFilter(order=1)


def _over(numerator: Array, mu: Array, limit: Array) -> Array:
    """Divide by mu, with the given limits (T,) where mu is too small to divide by."""
    tiny = np.abs(mu) < 1e-300
    out = numerator / np.where(tiny, 1.0, mu)
    out[:, tiny] = np.asarray(limit)[:, None]
    return out
