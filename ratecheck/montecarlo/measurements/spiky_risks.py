"""Risks of a ridge fit, of the plain interpolant, and of the interpolant that is ridge + spikes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import scipy.fft

from ratecheck import check
from ratecheck.domains import Domain, Torus
from ratecheck.estimators import Ridge
from ratecheck.functions import Function
from ratecheck.interpolation import Interpolant, PeriodicSpline, PiecewiseMonotone
from ratecheck.interpolation.periodic import aliased
from ratecheck.interpolation.recognise import monotone_form
from ratecheck.kernels import Kernel, PeriodicSobolev
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.spikes import SpikyFit, smallest_gap
from ratecheck.risk import RiskValue, adversarial_risks
from ratecheck.targets import Target
from ratecheck.types import Array, InputError, UnsupportedError

SPIKY: Final = "spiky-smooth interpolant"
WIDE: Final = "interpolant with spikes of width 1/(40 n)"
PLAIN: Final = "plain interpolant"
RIDGE: Final = "smooth part (ridge)"
CLEAN: Final = "clean"
FIXED: Final = "adversarial(fixed r)"
SHRINKING: Final = "adversarial(r_n -> 0)"
SPACINGS = 40.0  # widest spikes, in scales per gap: they overlap by exp(-40)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SpikyRisks(Measurement):
    """Clean and adversarial risks over sigma^2 of fits to the same data; suprema exact.

    The spiky kernel is K + rho_n exp(-|x - y| / gamma_n), see `kernels.spiky_smooth`, with
    rho_n = n lambda_n, lambda_n the ridge parameter that is best for the worst function of the
    Sobolev ball, and gamma_n = n^-2, or a fortieth of the smallest gap of the design where that is
    smaller: spikes never overlap by more than exp(-40), so that the interpolant is ridge + spikes
    to rounding. On equispaced designs also with gamma_n = 1/(40 n), which shrinks too slowly.

    Parameters
    ----------
    kernel : Kernel
        `PeriodicSobolev` (torus, equispaced design) or a first-order kernel (interval, uniform
        random design).
    domain : Domain
    order : int
        m: the eigenvalues of K decay like (pi j)^{-2m}, j-th largest.
    target : Target
    smoothness, radius : float
        s < 2m and R of the ball that lambda_n is chosen for.
    sigma : float
        Standard deviation of the Gaussian noise.
    """

    kernel: Kernel
    domain: Domain
    order: int
    target: Target
    smoothness: float
    radius: float
    sigma: float

    def __post_init__(self) -> None:
        """Validate the parameters."""
        check.integer("order", self.order, low=1)
        for name in ("smoothness", "radius", "sigma"):
            check.positive(name, getattr(self, name))
        if self.smoothness >= 2 * self.order:
            raise InputError(
                f"smoothness must be below 2m, got {self.smoothness!r}: ridge saturates"
            )

    def ridge_parameter(self, n: int) -> float:
        """Return lambda_n, the minimiser of worst-case bias plus variance (theory note B2).

        R^2 lambda^{2q} (q^q (1-q)^{1-q})^2 + (sigma^2/n) (1-a) a / sin(pi a) lambda^{-a}, with
        q = s/(2m) and a = 1/(2m).
        """
        q, a = self.smoothness / (2 * self.order), 1 / (2 * self.order)
        bias = (self.radius * q**q * (1 - q) ** (1 - q)) ** 2
        variance = self.sigma**2 * (1 - a) * a / np.sin(np.pi * a)
        return float((a * variance / (2 * q * bias * n)) ** (1 / (2 * q + a)))

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the risks of all fits."""
        f = self.target.realise(self.domain, streams("target"))
        X = self._design(size, streams("design"))
        y = f(X) + self.sigma * streams("noise").standard_normal(size)
        ridge, plain = self._ridge(X, y), self._plain(X, y)
        found: dict[str, PiecewiseMonotone] = {RIDGE: ridge, PLAIN: plain}
        gap = smallest_gap(X[:, 0], ridge.period)
        found[SPIKY] = _spiky(ridge, X, y, min(size**-2.0, gap / SPACINGS))
        readings = [r for name, fit in found.items() for r in self._attacked(name, fit, f, size)]
        readings += [self._reading(n, CLEAN, self._clean(fit, f, X)) for n, fit in found.items()]
        if isinstance(self.domain, Torus):
            wide = _spiky(ridge, X, y, gap / SPACINGS)
            readings.append(self._reading(WIDE, CLEAN, self._clean(wide, f, X)))
        return readings

    def _design(self, n: int, rng: np.random.Generator) -> Array:
        if isinstance(self.domain, Torus):
            return np.asarray((np.arange(n)[:, None] + 0.5) / n)
        return self.domain.design(n, rng)

    def _ridge(self, X: Array, y: Array) -> PiecewiseMonotone:
        """Return the ridge fit; any fit of these kernels is a spline through its own values."""
        lam = self.ridge_parameter(y.size)
        if isinstance(self.kernel, PeriodicSobolev):
            eigenvalues = aliased(self.kernel.order, y.size)
            spectrum = scipy.fft.rfft(y) / y.size * eigenvalues / (eigenvalues + lam)
            return PeriodicSpline(
                order=self.kernel.order, origin=float(X[0, 0]), spectrum=spectrum, size=y.size
            )
        ridge = Ridge(operator="markov")
        path = ridge.path(ridge.prepare(self.kernel, X), y, np.array([1 / lam]))
        return _monotone(path.function(0))

    def _plain(self, X: Array, y: Array) -> PiecewiseMonotone:
        interpolant = Interpolant()
        return _monotone(interpolant.path(interpolant.prepare(self.kernel, X), y).function(0))

    def _clean(self, fit: PiecewiseMonotone, f: Function, X: Array) -> RiskValue:
        smooth = fit.smooth if isinstance(fit, SpikyFit) else fit
        risk = adversarial_risks(smooth, f, self.domain, (0.0,))[0]
        extra = fit.spike_energy(f(X)) / self.domain.length if isinstance(fit, SpikyFit) else 0.0
        return RiskValue(value=risk.value + extra, error=risk.error)

    def _attacked(
        self, name: str, fit: PiecewiseMonotone, f: Function, n: int
    ) -> Iterator[Reading]:
        radii = {FIXED: fixed_radius(n), SHRINKING: shrinking_radius(n)}
        risks = adversarial_risks(fit, f, self.domain, tuple(radii.values()))
        for (quantity, r), risk in zip(radii.items(), risks, strict=True):
            yield self._reading(name, quantity, risk, r)

    def _reading(
        self, series: str, quantity: str, risk: RiskValue, radius: float | None = None
    ) -> Reading:
        unit = self.sigma**2
        return Reading(
            series=series, quantity=quantity, value=risk.value / unit, error=risk.error / unit,
            radius=radius,
        )  # fmt: skip


def fixed_radius(n: int) -> float:
    """Return r = 1/64."""
    return 1 / 64


def shrinking_radius(n: int) -> float:
    """Return r_n = n^{-1/2} / 4: r_n -> 0 while n r_n -> infinity; 1/64 at n = 256."""
    return float(0.25 * n**-0.5)


def _spiky(smooth: PiecewiseMonotone, X: Array, y: Array, scale: float) -> SpikyFit:
    return SpikyFit(smooth=smooth, knots=X[:, 0], values=y, scale=scale)


def _monotone(f: Function) -> PiecewiseMonotone:
    if (found := monotone_form(f)) is None:
        raise UnsupportedError(f"{type(f).__name__} has no known turning points")
    return found
