"""Adversarial risks of an interpolant and of the early-stopped fit on the same data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.estimators import GradientFlow
from ratecheck.functions import Function, Plain
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import Kernel, PeriodicSobolev
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.noise import Noise
from ratecheck.risk import Adversarial, adversarial_risks
from ratecheck.risk.adversarial import RELATIVE_ERROR
from ratecheck.schedules import Power
from ratecheck.targets import Callable, Target
from ratecheck.types import Array, Status

INTERPOLANT: Final = "interpolant"
STOPPED: Final = "early stopped"
CLEAN: Final = "clean"

Radius = float | Power


def quantity(radius: Radius) -> str:
    """Return the name of the risk at a radius."""
    return Adversarial(radius=radius).name


def radius_at(radius: Radius, n: int) -> float:
    """Return the radius at a sample size."""
    return Adversarial(radius=radius).radius_at(n)


def zero(X: Array) -> Array:
    """Return zeros: the target of pure noise."""
    return np.zeros(X.shape[0])


def wave(X: Array) -> Array:
    """Return sin(2 pi x): Lipschitz constant 2 pi, int f'^2 = 2 pi^2."""
    return np.asarray(np.sin(2 * np.pi * X[:, 0]))


WAVE: Final = Callable(wave)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class InterpolantRisks(Measurement):
    """Clean and adversarial risks over sigma^2, every supremum exact (one dimension).

    Parameters
    ----------
    kernel : Kernel
        First-order, `LiftedNTK(depth=2)`, or `PeriodicSobolev` on the torus.
    domain : Domain
        Interval or torus; x is uniform on it.
    noise : Noise
        sigma > 0.
    radii : tuple of float or Power
        Positive.
    time : Power
        Time at which the gradient flow of the same kernel on the same data is stopped.
    target : Target, optional
        The regression function; zero if not given.
    equispaced : bool
        Whether the design is the grid of the domain instead of a uniform sample.
    beside_to : int
        Largest n at which clean risks and the early-stopped fit are computed as well.
    """

    kernel: Kernel
    domain: Domain
    noise: Noise
    radii: tuple[Radius, ...]
    time: Power
    target: Target | None = None
    equispaced: bool = False
    beside_to: int = 2**16

    def __post_init__(self) -> None:
        """Validate the noise, over which risks are divided, and the limit."""
        check.positive("sigma", self.noise.sigma)
        check.integer("beside_to", self.beside_to, low=1)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one data set."""
        f: Function = Plain(call=zero)
        if self.target is not None:
            f = self.target.realise(self.domain, streams("target"))
        X = (
            self.domain.grid(size)
            if self.equispaced
            else self.domain.design(size, streams("design"))
        )
        y = f(X) + self.noise.draw(size, streams("noise"))
        interpolant = Interpolant()
        path = interpolant.path(interpolant.prepare(self.kernel, X), y)
        readings = list(self._risks(INTERPOLANT, path.function(0), f, size, path.status[0], np.inf))
        if size <= self.beside_to:
            readings += self._stopped(X, y, f, size)
        return readings

    def _stopped(self, X: Array, y: Array, f: Function, n: int) -> Iterator[Reading]:
        flow = GradientFlow(
            operator="auto" if isinstance(self.kernel, PeriodicSobolev) else "markov"
        )
        t = self.time(n)
        times = np.array([t / 32, t])  # Krylov spaces of one time alone are too small
        path = flow.path(flow.prepare(self.kernel, X), y, times)
        return self._risks(STOPPED, path.function(1), f, n, path.status[1], t)

    def _risks(
        self, series: str, fit: Function, f: Function, n: int, status: Status, time: float
    ) -> Iterator[Reading]:
        radii = {quantity(r): radius_at(r, n) for r in self.radii}
        if n <= self.beside_to:
            radii[CLEAN] = 0.0
        found = adversarial_risks(fit, f, self.domain, tuple(radii.values()))
        variance = self.noise.sigma**2
        for (name, radius), risk in zip(radii.items(), found, strict=True):
            fine = risk.error <= 2 * RELATIVE_ERROR * risk.value
            yield Reading(
                series=series, quantity=name, value=risk.value / variance,
                error=risk.error / variance, radius=radius, time=time,
                status=status if fine else Status.GRID,
            )  # fmt: skip
