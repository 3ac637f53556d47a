"""What interpolation costs against early stopping, over noise levels, radii and sample sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.domains import Interval
from ratecheck.functions import Function
from ratecheck.interpolation import FirstOrderSpline, first_order_flow, first_order_spline
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.interpolant_risks import INTERPOLANT, STOPPED
from ratecheck.risk import RiskValue, adversarial_risks
from ratecheck.risk.adversarial import RELATIVE_ERROR
from ratecheck.targets import Target
from ratecheck.types import Array, Status

BEST: Final = "best time"
RATIO: Final = "log10 interpolant / early stopped"
BEST_RATIO: Final = "log10 interpolant / best time"
_UNIT = Interval(0.0, 1.0)
_CONSTANT = 1.113  # t^{3/2} = 1.113 n (R / sigma)^2 minimises R^2/(2 e t) + sigma^2 N_2(t)/n in H^1


def quantity(radius: float, sigma: float) -> str:
    """Return the name of the risk at a radius and a noise level."""
    return f"adversarial(r={radius:g}), sigma={sigma:g}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class InterpolationDamage(Measurement):
    """Adversarial risks of three fits of one first-order kernel to one data set on [0, 1], exact.

    The interpolant; gradient flow at the time t = (1.113 n R^2 / sigma^2)^{2/3} that minimises the
    worst-case bound over the ball of radius R in H^1 (theory note B2); and gradient flow at the
    best of ``steps`` times around it, chosen by the risk itself (an oracle). Noise levels share one
    sample, scaled.

    Parameters
    ----------
    kernel : Kernel
        First-order on the line.
    target : Target
    ball : float
        R of the early-stopped fit.
    sigmas, radii : tuple of float
        Positive; radii may be 0 (the clean risk).
    steps : int
        Odd; neighbouring times differ by a factor of 4.
    """

    kernel: Kernel
    target: Target
    ball: float
    sigmas: tuple[float, ...]
    radii: tuple[float, ...]
    steps: int = 7

    def __post_init__(self) -> None:
        """Validate the numbers."""
        for sigma in (self.ball, *self.sigmas):
            check.positive("sigma and ball", sigma)
        for radius in self.radii:
            check.nonnegative("radius", radius)
        check.integer("steps", self.steps, low=1)

    def time(self, n: int, sigma: float) -> float:
        """Return the time of the early-stopped fit."""
        return float((_CONSTANT * n * (self.ball / sigma) ** 2) ** (2 / 3))

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one design."""
        f = self.target.realise(_UNIT, streams("target"))
        X = _UNIT.design(size, streams("design"))
        unit = streams("noise").standard_normal(size)
        return [r for sigma in self.sigmas for r in self._level(X, f, unit, sigma)]

    def _level(self, X: Array, f: Function, unit: Array, sigma: float) -> Iterator[Reading]:
        y = f(X) + sigma * unit
        middle = self.steps // 2
        times = self.time(y.size, sigma) * np.logspace(-middle, middle, self.steps, base=4.0)
        flow = [self._risks(fit, f) for fit in first_order_flow(self.kernel, X, y, times)]
        end = self._risks(first_order_spline(self.kernel, X, y), f)
        for i, radius in enumerate(self.radii):
            name = quantity(radius, sigma)
            along = [risks[i] for risks in flow]
            chosen, best = along[middle], min(range(self.steps), key=lambda j: along[j].value)
            yield _reading(INTERPOLANT, name, end[i], radius, np.inf)
            yield _reading(STOPPED, name, chosen, radius, times[middle])
            yield _reading(BEST, name, along[best], radius, times[best])
            for series, other in ((RATIO, chosen), (BEST_RATIO, along[best])):
                ratio = float(np.log10(end[i].value / other.value))
                yield Reading(series=series, quantity=name, value=ratio, radius=radius)

    def _risks(self, fit: FirstOrderSpline, f: Function) -> list[RiskValue]:
        return adversarial_risks(fit, f, _UNIT, self.radii)


def _reading(series: str, name: str, risk: RiskValue, radius: float, time: float) -> Reading:
    fine = risk.error <= 2 * RELATIVE_ERROR * risk.value
    return Reading(
        series=series, quantity=name, value=risk.value, error=risk.error, radius=radius, time=time,
        status=Status.CONVERGED if fine else Status.GRID,
    )  # fmt: skip
