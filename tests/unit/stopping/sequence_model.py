"""A diagonal model of a path: independent coordinates, so that every quantity is a short sum.

Coordinates ``z_i = theta_i + sigma/sqrt(n) xi_i`` and eigenvalues ``mu_i``, i = 1 ... n, stand for
the rotated data of a gradient flow; nothing here uses the estimators of the package.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from ratecheck.domains import Torus
from ratecheck.filters import GradientFlowFilter
from ratecheck.stopping import Context, Setting, time_grid
from ratecheck.types import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class FakePath:
    """The fields that stopping rules read."""

    times: Array
    size: int
    residuals: Array
    gaps: Array
    traces: Array
    square_traces: Array


@dataclass(frozen=True, kw_only=True)
class Model:
    """Gradient flow with the torus kernel of order m, target ``theta_k ~ k^(-s-1/2)``."""

    size: int
    smoothness: float
    sigma: float = 0.5
    order: int = 1

    @property
    def radius(self) -> float:
        """A norm that makes the target of order one: the noise must not drown it."""
        return float((2 * np.pi) ** self.smoothness)

    @property
    def frequencies(self) -> Array:
        """Wave numbers 0, 1, 1, 2, 2, ... of the n coordinates."""
        return np.asarray((np.arange(self.size) + 1) // 2, dtype=np.float64)

    @property
    def eigenvalues(self) -> Array:
        """``mu_0 = 1`` and ``mu_k = (2 pi k)^(-2m)``."""
        k = self.frequencies
        mu = (2 * np.pi * np.maximum(k, 1)) ** (-2.0 * self.order)
        return np.asarray(np.where(k > 0, mu, 1.0))

    @property
    def target(self) -> Array:
        """Coefficients of H^s norm `radius`."""
        k = np.maximum(self.frequencies, 1)
        theta = np.where(self.frequencies > 0, k ** -(self.smoothness + 0.51), 0.0)
        norm = np.sqrt(np.sum((2 * np.pi * k) ** (2 * self.smoothness) * theta**2))
        return np.asarray(theta * self.radius / norm)

    @property
    def setting(self) -> Setting:
        """What is known before the data."""
        mu = self.eigenvalues
        return Setting(
            size=self.size,
            filter=GradientFlowFilter(),
            effective_dimension=lambda t: float(np.square(np.expm1(-t * mu)).sum()),
            largest_eigenvalue=1.0,
            order=self.order,
            sigma=self.sigma,
            smoothness=self.smoothness,
            radius=self.radius,
        )

    def observed(self, rng: np.random.Generator, share: float = 1.0) -> Array:
        """Return coordinates seen with ``share * n`` observations."""
        spread = self.sigma / math.sqrt(share * self.size)
        return self.target + spread * rng.standard_normal(self.size)

    def path(self, z: Array, times: Array) -> FakePath:
        """Return the path of the coordinates ``z``."""
        shrink = -np.expm1(-np.multiply.outer(times, self.eigenvalues))
        fits = shrink * z
        gram = fits @ fits.T
        squares = np.diag(gram)
        return FakePath(
            times=times,
            size=self.size,
            residuals=((z - fits) ** 2).sum(axis=1),
            gaps=np.maximum(squares[:, None] + squares[None, :] - 2 * gram, 0),
            traces=shrink.sum(axis=1),
            square_traces=(shrink**2).sum(axis=1),
        )

    def risks(self, z: Array, times: Array) -> Array:
        """Return the true risks (T,) of the fits to ``z``."""
        shrink = -np.expm1(-np.multiply.outer(times, self.eigenvalues))
        return np.asarray(((shrink * z - self.target) ** 2).sum(axis=1))

    def draw(self, rng: np.random.Generator, times: Array | None = None) -> Draw:
        """Return one replicate: two halves whose mean is the whole sample."""
        grid = time_grid(self.setting) if times is None else times
        halves = self.observed(rng, 0.5), self.observed(rng, 0.5)
        return Draw(model=self, times=grid, halves=halves)


@dataclass(frozen=True, kw_only=True, eq=False)
class Draw:
    """One replicate of the model, with what each rule may see of it."""

    model: Model
    times: Array
    halves: tuple[Array, Array]

    @functools.cached_property
    def z(self) -> Array:
        return np.asarray((self.halves[0] + self.halves[1]) / 2)

    @functools.cached_property
    def path(self) -> FakePath:
        return self.model.path(self.z, self.times)

    @functools.cached_property
    def risks(self) -> Array:
        return self.model.risks(self.z, self.times)

    @property
    def context(self) -> Context:
        return Context(
            setting=self.model.setting,
            X=np.zeros((1, 1)),
            y=self.z,
            domain=Torus(d=1),
            noise_level=self.model.sigma,
            holdout=self.validation_errors,
        )

    def validation_errors(self) -> Array:
        shrink = -np.expm1(-np.multiply.outer(self.times, self.model.eigenvalues))
        return np.asarray(((shrink * self.halves[0] - self.halves[1]) ** 2).sum(axis=1))
