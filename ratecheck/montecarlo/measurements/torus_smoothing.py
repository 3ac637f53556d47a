"""Randomised smoothing on the torus: every mean in closed form, every supremum exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.domains import Torus
from ratecheck.estimators import GradientFlow
from ratecheck.functions import FourierSeries, Function
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import PeriodicSobolev
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.smoothing_curves import (
    INTERPOLANT,
    STOPPED,
    Curves,
    checked_levels,
)
from ratecheck.risk import RiskValue, adversarial_risks, clean_risks
from ratecheck.smoothing import Smoothed, smooth
from ratecheck.targets import Target
from ratecheck.types import Array

NOISE_ONLY: Final = "smoothed interpolant of noise"
ROUGH_NOISE: Final = "interpolant of noise"
NOISE_RISK: Final = "adversarial, noise only"
VARIANCE: Final = "variance over sigma^2/(2 sqrt(pi) n s)"
TIMES = np.geomspace(1e0, 1e6, 61)  # ten in a decade
_TORUS = Torus(d=1)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class TorusSmoothing(Measurement):
    """Adversarial risks of E f(x + s Z) against s, on equispaced designs.

    Readings: those of `Curves` of the minimum-norm interpolant and of the early-stopped fit
    (gradient flow at the time of least clean risk: an oracle). At one level s0 also the
    interpolant of noise alone: its adversarial risk, smoothed and not, and its variance
    E int f_s^2 over sigma^2/(2 sqrt(pi) n s0) (theory note E), which is no random number: by
    symmetry n times the squared norm of the smoothed interpolant of one unit response.

    Parameters
    ----------
    order : int
        m of the periodic Sobolev kernel.
    target : Target
    sigma, radius : float
    levels : tuple of float
        s; increasing, the first one 0.
    level : float
        s0 > 0.
    """

    order: int
    target: Target
    sigma: float
    radius: float
    levels: tuple[float, ...]
    level: float

    def __post_init__(self) -> None:
        """Validate the parameters."""
        checked_levels("levels", self.levels)
        for name in ("sigma", "radius", "level"):
            check.positive(name, getattr(self, name))

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return all curves, and what smoothing leaves of noise."""
        f = self.target.realise(_TORUS, streams("target"))
        X = _TORUS.grid(size)
        noise = self.sigma * streams("noise").standard_normal(size)
        y = f(X) + noise
        curves = Curves(levels=np.array(self.levels), radius=self.radius)
        for name, fit in (
            (INTERPOLANT, self._interpolant(X, y)),
            (STOPPED, self._stopped(X, y, f)),
        ):
            risks = [self._risk(smooth(fit, s), f) for s in self.levels]
            curves.add(name, np.array([r.value for r in risks]), np.array([r.error for r in risks]))
        return curves.readings() + self._noise_only(X, noise)

    def _interpolant(self, X: Array, y: Array) -> Function:
        interpolant = Interpolant()
        path = interpolant.path(interpolant.prepare(PeriodicSobolev(order=self.order), X), y)
        return path.function(0)

    def _stopped(self, X: Array, y: Array, f: Function) -> Function:
        flow = GradientFlow(tolerance=1e-6)
        path = flow.path(flow.prepare(PeriodicSobolev(order=self.order), X), y, TIMES)
        return path.function(int(np.argmin(clean_risks(path, f, _TORUS))))

    def _risk(self, fit: Function, f: Function) -> RiskValue:
        return adversarial_risks(fit, f, _TORUS, (self.radius,))[0]

    def _noise_only(self, X: Array, noise: Array) -> list[Reading]:
        zero = FourierSeries(coefficients=np.zeros(2, dtype=np.complex128), chart=_TORUS.chart)
        fit = self._interpolant(X, noise)
        found = []
        for series, level in ((NOISE_ONLY, self.level), (ROUGH_NOISE, 0.0)):
            risk = self._risk(smooth(fit, level), zero)
            found.append(
                Reading(
                    series=series, quantity=NOISE_RISK, value=risk.value / self.sigma**2,
                    error=risk.error / self.sigma**2, radius=self.radius,
                )
            )  # fmt: skip
            ratio = self._variance(X, level) * 2 * np.sqrt(np.pi) * self.level * len(X)
            found.append(Reading(series=series, quantity=VARIANCE, value=float(ratio)))
        return found

    def _variance(self, X: Array, level: float) -> float:
        """Return E int f_s^2 / sigma^2 of the interpolant of noise at a level of smoothing."""
        unit = np.zeros(len(X))
        unit[0] = 1.0
        estimator = Smoothed(Interpolant(), level)
        path = estimator.path(estimator.prepare(PeriodicSobolev(order=self.order), X), unit)
        fit = path.function(0)
        if isinstance(fit, FourierSeries):
            return len(X) * fit.mean_square()
        zero = FourierSeries(coefficients=np.zeros(2, dtype=np.complex128), chart=_TORUS.chart)
        return len(X) * adversarial_risks(fit, zero, _TORUS, (0.0,))[0].value
