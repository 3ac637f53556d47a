"""Clean and adversarial risk against training time in one dimension, every supremum exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.estimators import GradientFlow
from ratecheck.functions import Function
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.minimiser import minimiser
from ratecheck.noise import Noise
from ratecheck.risk import RiskValue, as_expansion, expansion_risks
from ratecheck.risk.adversarial import RELATIVE_ERROR
from ratecheck.risk.expansion import Expansion
from ratecheck.targets import Target
from ratecheck.types import Array, InputError, Status

NOISY: Final = "noisy data"
EXACT: Final = "data without noise"
CLEAN: Final = "clean"


def adversarial(radius: float) -> str:
    """Return the name of the risk at a radius."""
    return f"adversarial(r={radius:g})"


def shift(radius: float) -> str:
    """Return the name of the distance, in decades of time, of the two best times."""
    return f"log10 t*(r={radius:g})/t*(clean)"


def rise(quantity: str) -> str:
    """Return the name of the ratio of a risk at the end of training to its minimum."""
    return f"end over minimum, {quantity}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingCurves(Measurement):
    """Gradient flow from first steps to interpolation, on noisy data and on exact responses.

    Readings, for each of the two: the risks at every time and, last, of the minimum-norm
    interpolant (time infinity); for every risk, its value at the end over its minimum. With noise:
    for every adversarial risk, log10 of its best time over that of the clean risk.

    Parameters
    ----------
    kernel : Kernel
    domain : Domain
        Torus or interval.
    target : Target
    noise : Noise
    radii : tuple of float
        Positive, in the domain's unit of length.
    decades : (float, float)
        log10 of the first and the last time.
    per_decade : int
        Times in a decade.
    """

    kernel: Kernel
    domain: Domain
    target: Target
    noise: Noise
    radii: tuple[float, ...]
    decades: tuple[float, float]
    per_decade: int

    def __post_init__(self) -> None:
        """Validate the radii and the times."""
        for radius in self.radii:
            check.positive("radius", radius)
        check.integer("per_decade", self.per_decade, low=1)
        if not self.decades[0] < self.decades[1]:
            raise InputError(f"decades must be increasing, got {self.decades!r}")

    @property
    def times(self) -> Array:
        """The finite times, shape (T,)."""
        low, high = self.decades
        return np.logspace(low, high, round((high - low) * self.per_decade) + 1)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one design, target and noise."""
        f = self.target.realise(self.domain, streams("target"))
        X = self.domain.design(size, streams("design"))
        exact = f(X)
        noisy = exact + self.noise.draw(size, streams("noise"))
        fits = self._fits(X)
        return [
            reading
            for series, y in ((NOISY, noisy), (EXACT, exact))
            for reading in self._curves(series, f, *fits(y))
        ]

    def _fits(self, X: Array) -> Callable[[Array], tuple[Expansion, tuple[Status, ...]]]:
        """Prepare a design; responses then give the fits at all times, last the interpolant."""
        flow, limit = GradientFlow(operator="eigh"), Interpolant()
        prepared, at_end = flow.prepare(self.kernel, X), limit.prepare(self.kernel, X)

        def fits(y: Array) -> tuple[Expansion, tuple[Status, ...]]:
            path, end = flow.path(prepared, y, self.times), limit.path(at_end, y)
            last = Expansion(kernel=self.kernel, centres=X, weights=end.weights[:, None])
            return as_expansion(path, last), (*path.status, *end.status)

        return fits

    def _curves(
        self, series: str, f: Function, fits: Expansion, ended: tuple[Status, ...]
    ) -> Iterator[Reading]:
        names = (CLEAN, *(adversarial(r) for r in self.radii))
        found = expansion_risks(fits, f, self.domain, (0.0, *self.radii))
        curves = dict(zip(names, found, strict=True))
        for (name, curve), radius in zip(curves.items(), (0.0, *self.radii), strict=True):
            yield from self._curve(series, name, radius, curve, ended)
            risks = [risk.value for risk in curve]
            yield Reading(series=series, quantity=rise(name), value=risks[-1] / min(risks))
        if series == NOISY:  # without noise the best time is the last
            yield from self._shifts(curves)

    def _shifts(self, curves: Mapping[str, list[RiskValue]]) -> Iterator[Reading]:
        clean, status = self._best(curves[CLEAN])
        for radius in self.radii:
            own, edge = self._best(curves[adversarial(radius)])
            worse = status if edge is Status.CONVERGED else edge
            yield Reading(series=NOISY, quantity=shift(radius), value=own - clean, status=worse)

    def _curve(
        self,
        series: str,
        name: str,
        radius: float,
        curve: list[RiskValue],
        ended: tuple[Status, ...],
    ) -> Iterator[Reading]:
        places = zip([*self.times, np.inf], curve, ended, strict=True)
        for index, (time, risk, status) in enumerate(places):
            fine = risk.error <= 2 * RELATIVE_ERROR * risk.value
            yield Reading(
                series=series, quantity=name, value=risk.value, error=risk.error, radius=radius,
                time=float(time), index=index, status=status if fine else Status.GRID,
            )  # fmt: skip

    def _best(self, curve: list[RiskValue]) -> tuple[float, Status]:
        return minimiser(self.times, np.array([risk.value for risk in curve[:-1]]))
