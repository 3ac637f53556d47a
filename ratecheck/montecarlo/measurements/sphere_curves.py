"""Clean and adversarial risk against training time on spheres S^d: brackets at every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.domains import Sphere
from ratecheck.estimators import GradientFlow
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.minimiser import minimiser
from ratecheck.montecarlo.measurements.sphere_smoothing import target
from ratecheck.montecarlo.measurements.training_curves import (
    CLEAN,
    EXACT,
    NOISY,
    adversarial,
    rise,
    shift,
)
from ratecheck.risk import Budget, adversarial_bracket, as_expansion
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, InputError, Status


def certified(radius: float) -> str:
    """Return the name of the upper bound of the risk at a radius."""
    return f"certificate(r={radius:g})"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SphereCurves(Measurement):
    """Gradient flow from first steps to interpolation on S^d, on noisy and on exact responses.

    The target is `sphere_smoothing.target`, linear plus product of two coordinates, mean square 1.
    The risks are means over fresh uniform points, the same for all times, radii and both kinds of
    responses, of (f_t(x) - f(x))^2 and of sup (f_t(x') - f(x))^2 over geodesic caps: an attack and
    a certificate. Readings, for each kind: the curves, last the minimum-norm interpolant (time
    infinity); for every risk its value at the end over its minimum; for noisy data log10 of the
    best time under attack over that of the clean risk (by the attack).

    Parameters
    ----------
    kernel : Kernel
        Zonal.
    sigma : float
        Standard deviation of the Gaussian noise.
    n : int
        Sample size; the abscissa is d.
    points : int
        Test points.
    radii : tuple of float
        Angles, positive.
    decades : (float, float)
        log10 of the first and the last time.
    per_decade : int
    budget : Budget
    """

    kernel: Kernel
    sigma: float
    n: int
    points: int
    radii: tuple[float, ...]
    decades: tuple[float, float]
    per_decade: int
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        """Validate the numbers."""
        for radius in self.radii:
            check.positive("radius", radius)
        check.positive("sigma", self.sigma)
        for name in ("n", "points", "per_decade"):
            check.integer(name, getattr(self, name), low=1)
        if not self.decades[0] < self.decades[1]:
            raise InputError(f"decades must be increasing, got {self.decades!r}")

    @property
    def times(self) -> Array:
        """The finite times, shape (T,)."""
        low, high = self.decades
        return np.logspace(low, high, round((high - low) * self.per_decade) + 1)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one design on S^size."""
        sphere, design = Sphere(size), streams("design")
        X, points = sphere.design(self.n, design), sphere.design(self.points, design)
        exact = target(X)
        noisy = exact + self.sigma * streams("noise").standard_normal(self.n)
        rng = streams("attack")
        return [
            reading
            for series, y in ((NOISY, noisy), (EXACT, exact))
            for reading in self._readings(series, X, y, points, rng)
        ]

    def _fits(self, X: Array, y: Array) -> tuple[Expansion, tuple[Status, ...]]:
        flow, limit = GradientFlow(operator="eigh"), Interpolant(operator="dense")
        path = flow.path(flow.prepare(self.kernel, X), y, self.times)
        end = limit.path(limit.prepare(self.kernel, X), y)
        return as_expansion(path, end), (*path.status, *end.status)

    def _readings(
        self, series: str, X: Array, y: Array, points: Array, rng: np.random.Generator
    ) -> Iterator[Reading]:
        fits, ended = self._fits(X, y)
        clean = np.mean((fits.values(points) - target(points)[:, None]) ** 2, axis=0)
        yield from self._curve(series, CLEAN, 0.0, clean, np.zeros_like(clean), ended)
        yield _rise(series, CLEAN, clean)
        for r in self.radii:
            found = adversarial_bracket(
                fits, target, points, r, domain=Sphere(X.shape[1] - 1), budget=self.budget, rng=rng
            )
            exact = np.zeros_like(clean)
            yield from self._curve(series, adversarial(r), r, found.attack, found.width, ended)
            yield from self._curve(series, certified(r), r, found.certificate, exact, ended)
            yield _rise(series, adversarial(r), found.attack)
            if series == NOISY:  # without noise the best time is the last, or the first
                yield self._shift(r, found.attack, clean)

    def _shift(self, radius: float, attack: Array, clean: Array) -> Reading:
        (own, edge), (best, status) = (minimiser(self.times, c[:-1]) for c in (attack, clean))
        worse = status if edge is Status.CONVERGED else edge
        return Reading(series=NOISY, quantity=shift(radius), value=own - best, status=worse)

    def _curve(
        self,
        series: str,
        name: str,
        radius: float,
        values: Array,
        errors: Array,
        ended: tuple[Status, ...],
    ) -> Iterator[Reading]:
        places = zip([*self.times, np.inf], values, errors, ended, strict=True)
        for index, (time, value, error, status) in enumerate(places):
            yield Reading(
                series=series, quantity=name, value=float(value), error=float(error),
                radius=radius, time=float(time), index=index, status=status,
            )  # fmt: skip


def _rise(series: str, name: str, curve: Array) -> Reading:
    return Reading(series=series, quantity=rise(name), value=float(curve[-1] / curve.min()))
