"""Randomised smoothing of interpolant and early-stopped fit on spheres of any dimension."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

import ratecheck.smoothing.certificates  # noqa: F401 - teaches certificates smoothed kernels
from ratecheck import check
from ratecheck.domains import Circle, Domain, Sphere
from ratecheck.estimators import GradientFlow
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.smoothing_curves import (
    INTERPOLANT,
    SHRUNK,
    STOPPED,
    Curves,
    checked_levels,
)
from ratecheck.risk import Budget, Expansion, adversarial_bracket, as_expansion
from ratecheck.smoothing import amplitude, smoothed_kernel
from ratecheck.types import Array, InputError, UnsupportedError

TIMES = np.geomspace(1.0, 1e6, 37)  # six in a decade
# within 2e-3 of what twenty times the rows find for rough fits, 1e-5 for smoothed ones
BUDGET = Budget(centres=16, random=24, anchors=2, starts=3, steps=8, polish=6)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SphereSmoothing(Measurement):
    """Adversarial risks of E f(x + s Z) against s: brackets over fresh points of the sphere S^d.

    x is uniform on the unit sphere of R^{d+1}, the attack stays on it (geodesic radius), the noise
    of the smoothing does not: fits go on to R^{d+1} by their kernel's formula. The target is
    f(x) = (a x_1 + b x_1 x_2)/sqrt(2) with E (a x_1)^2 = E (b x_1 x_2)^2 = 1. Radius and noise are
    given for inputs of length sqrt(d+1), as usual in high dimension, where they and the target's
    gradient have the same size for all d.

    Readings: those of `Curves`, over the levels s sqrt(d+1), of the minimum-norm interpolant, of
    the early-stopped fit (gradient flow at the time of least clean error over the same points: an
    oracle), and of the interpolant times the amplitude factor E K(x + s Z, x) / K(x, x), which is
    all that smoothing does to peaks that do not overlap. Values are attacks; the error is
    certificate minus attack.

    Parameters
    ----------
    kernel : Kernel
        With a smoothed form on R^d (`smoothing.smoothed_kernel`).
    levels : tuple of float
        Standard deviations of each coordinate of Z; increasing, the first one 0.
    sigma : float
        Standard deviation of the responses' noise.
    radius : float
        Of the attack.
    points : int
        Test points.
    n, d : int
        The one that is 0 is the abscissa.
    """

    kernel: Kernel
    levels: tuple[float, ...]
    sigma: float
    radius: float
    points: int
    n: int = 0
    d: int = 0

    def __post_init__(self) -> None:
        """Validate the parameters."""
        if (self.n == 0) == (self.d == 0):
            raise InputError(f"exactly one of n and d must be 0, got n={self.n}, d={self.d}")
        checked_levels("levels", self.levels)
        for name in ("sigma", "radius"):
            check.positive(name, getattr(self, name))
        check.integer("points", self.points, low=1)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return all curves and gains."""
        n, d = self.n or size, self.d or size
        domain: Domain = Circle() if d == 1 else Sphere(d)
        design = streams("design")
        X, points = domain.design(n, design), domain.design(self.points, design)
        y = target(X) + self.sigma * streams("noise").standard_normal(n)
        fits = self._fits(X, y, points)
        unit = float(np.sqrt(d + 1))
        levels = [level / unit for level in self.levels]
        factors = [self._amplitude(s, d + 1) for s in levels]
        shrunk = replace(fits, weights=np.outer(fits.weights[:, 0], factors))
        expansions = [self._smoothed(fits, s) for s in levels] + [shrunk]
        attack = Attack(
            points=points, radius=self.radius / unit, domain=domain, rng=streams("attack")
        )
        *both, one = [attack.bracket(e) for e in expansions]
        curves = Curves(levels=np.array(self.levels), radius=self.radius)
        for row, name in enumerate((INTERPOLANT, STOPPED)):
            values, widths = (np.array([w[row] for w in ws]) for ws in zip(*both, strict=True))
            curves.add(name, values, widths)
        curves.add(SHRUNK, *one)
        return curves.readings(np.array(factors))

    def _fits(self, X: Array, y: Array, points: Array) -> Expansion:
        """Return interpolant and early-stopped fit as one expansion."""
        interpolant, flow = Interpolant(operator="dense"), GradientFlow(operator="eigh")
        end = interpolant.path(interpolant.prepare(self.kernel, X), y)
        path = flow.path(flow.prepare(self.kernel, X), y, TIMES)
        errors = np.mean((flow.predict(path, points) - target(points)) ** 2, axis=1)
        return as_expansion(end, path.function(int(np.argmin(errors))))

    def _smoothed(self, fits: Expansion, s: float) -> Expansion:
        if s == 0:
            return fits
        kernel = smoothed_kernel(self.kernel, s, fits.dimension)
        if kernel is None:
            raise UnsupportedError(f"{self.kernel!r} has no smoothed form on R^{fits.dimension}")
        return replace(fits, kernel=kernel)

    def _amplitude(self, s: float, dimension: int) -> float:
        factor = amplitude(self.kernel, s, dimension) if s else 1.0
        if factor is None:
            raise UnsupportedError(f"{self.kernel!r} has no smoothed form on R^{dimension}")
        return factor


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Attack:
    """Points of a sphere and what an adversary may do to them."""

    points: Array
    radius: float
    domain: Domain
    rng: np.random.Generator

    def bracket(self, fits: Expansion) -> tuple[Array, Array]:
        """Return attacks and widths of the brackets, each (T,)."""
        found = adversarial_bracket(
            fits, target, self.points, self.radius, domain=self.domain, budget=BUDGET, rng=self.rng
        )
        return found.attack, found.width


def target(X: Array) -> Array:
    """Return (a x_1 + b x_1 x_2)/sqrt(2) at points of the unit sphere, both terms of variance 1."""
    D = X.shape[1]
    linear, product = np.sqrt(D) * X[:, 0], np.sqrt(D * (D + 2)) * X[:, 0] * X[:, 1]
    return np.asarray((linear + product) / np.sqrt(2))
