"""Curves of exact risks and certified bounds over the Sobolev ball on the torus."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, final

import numpy as np

from ratecheck.bounds import (
    WorstCaseRisk,
    adversarial_lower_bound,
    adversarial_upper_bound,
    best_time,
    exact_linear_minimax,
    minimax_lower_bound,
    pinsker_risk,
    worst_case_risk,
)
from ratecheck.bounds.spectrum import SequenceDesign
from ratecheck.bounds.worst_case import effective_degrees
from ratecheck.filters import Filter, GradientFlowFilter, IteratedRidgeFilter
from ratecheck.montecarlo.exact import Curve, Number
from ratecheck.stopping import TheoryTime
from ratecheck.stopping.setting import Setting

WORST_CASE = "worst-case risk"
ADVERSARIAL = "worst-case adversarial risk"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Ball:
    """The class sum (2 pi k)^{2s} |theta_k|^2 <= R^2 and the noise; risks depend on n R^2/sigma^2.

    More exactly, risk / R^2 does: another R only shifts the axis of n.
    """

    smoothness: float
    radius: float = 1.0
    sigma: float = 1.0


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class BestTime(Curve):
    """Worst-case risk of a filter at the time that minimises it (sequence model)."""

    quantity: ClassVar[str] = WORST_CASE
    ball: Ball
    order: float
    filter: Filter = field(default_factory=GradientFlowFilter)

    @property
    def name(self) -> str:
        """Filter and order of the kernel."""
        return f"{filter_name(self.filter)} at best t, m={self.order:g}"

    def value(self, x: int) -> Number:
        """Worst-case risk at sample size x, at the best time."""
        b = self.ball
        return _number(best_time(self.filter, x, b.smoothness, self.order, b.radius, b.sigma))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedTime(Curve):
    """Worst-case risk of a filter at the time of `TheoryTime`, which minimises a bound of it."""

    quantity: ClassVar[str] = WORST_CASE
    ball: Ball
    order: float
    filter: Filter = field(default_factory=GradientFlowFilter)

    @property
    def name(self) -> str:
        """Filter and order of the kernel."""
        return f"{filter_name(self.filter)} at TheoryTime, m={self.order:g}"

    def value(self, x: int) -> Number:
        """Worst-case risk at sample size x, at the time that the rule plans."""
        b, m = self.ball, self.order
        setting = Setting(
            size=x,
            filter=self.filter,
            effective_dimension=partial(_effective_dimension, self.filter, b.smoothness, m),
            largest_eigenvalue=(2 * math.pi) ** (-2 * m),
            order=m,
            sigma=b.sigma,
            smoothness=b.smoothness,
            radius=b.radius,
        )
        (time,) = TheoryTime().planned(setting)
        return _number(worst_case_risk(self.filter, x, time, b.smoothness, m, b.radius, b.sigma))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class LinearMinimax(Curve):
    """The best worst-case risk of any linear estimator, exact at every n."""

    quantity: ClassVar[str] = WORST_CASE
    name: ClassVar[str] = "linear minimax"
    ball: Ball

    def value(self, x: int) -> Number:
        """Linear minimax risk at sample size x."""
        b = self.ball
        return Number(value=exact_linear_minimax(x, b.smoothness, b.radius, b.sigma))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class PinskerAsymptote(Curve):
    """Pinsker's P n^{-2s/(2s+1)}."""

    quantity: ClassVar[str] = WORST_CASE
    name: ClassVar[str] = "Pinsker's asymptote"
    ball: Ball

    def value(self, x: int) -> Number:
        """Pinsker's asymptote at sample size x."""
        b = self.ball
        return Number(value=pinsker_risk(x, b.smoothness, 1, b.radius, b.sigma))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class CertifiedFloor(Curve):
    """A number below the worst-case risk of every estimator."""

    quantity: ClassVar[str] = WORST_CASE
    name: ClassVar[str] = "certified floor"
    ball: Ball

    def value(self, x: int) -> Number:
        """Lower bound at sample size x."""
        b = self.ball
        return Number(value=minimax_lower_bound(x, b.smoothness, b.radius, b.sigma))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class ModulusFloor(Curve):
    """At attack radius r = 1/x, a floor for every estimator, even one that knows f."""

    quantity: ClassVar[str] = ADVERSARIAL
    name: ClassVar[str] = "modulus floor (n infinite)"
    ball: Ball

    def value(self, x: int) -> Number:
        """Lower bound at attack radius 1/x."""
        b = self.ball
        return Number(value=adversarial_lower_bound(1 / x, b.smoothness, b.radius))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AdversarialFloor(Curve):
    """At r = 1/x, the larger of the floor of the clean risk at n and the modulus floor."""

    quantity: ClassVar[str] = ADVERSARIAL
    name: ClassVar[str] = "certified floor"
    ball: Ball
    size: int

    def value(self, x: int) -> Number:
        """Lower bound at attack radius 1/x and the sample size of the curve."""
        clean = CertifiedFloor(ball=self.ball).value(self.size).value
        return Number(value=max(clean, ModulusFloor(ball=self.ball).value(x).value))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AdversarialCeiling(Curve):
    """At r = 1/x, an upper bound of the risk of a filter, at the time that minimises it."""

    quantity: ClassVar[str] = ADVERSARIAL
    ball: Ball
    size: int
    order: float
    filter: Filter = field(default_factory=GradientFlowFilter)

    @property
    def name(self) -> str:
        """Filter and order of the kernel."""
        return f"{filter_name(self.filter)}, ceiling at best t, m={self.order:g}"

    def value(self, x: int) -> Number:
        """Upper bound at attack radius 1/x, minimised over the time by three nested grids."""
        late = self._clean_time()
        times = np.geomspace((2 * math.pi) ** (2 * self.order) / 1024, 16 * late, 29)
        for _ in range(3):
            bounds = [self._bound(1 / x, float(t)) for t in times]
            best = int(np.argmin(bounds))
            low, high = times[max(best - 1, 0)], times[min(best + 1, times.size - 1)]
            found = Number(value=bounds[best], time=float(times[best]))
            times = np.geomspace(low, high, 9)
        return found

    def _bound(self, r: float, t: float) -> float:
        b = self.ball
        s, m = b.smoothness, self.order
        return adversarial_upper_bound(self.filter, self.size, t, s, m, r, b.radius, b.sigma)

    def _clean_time(self) -> float:
        curve = BestTime(ball=self.ball, order=self.order, filter=self.filter)
        first: float = (2 * math.pi) ** (2 * self.order)
        return max(curve.value(self.size).time or first, first)


def filter_name(filter: Filter) -> str:
    """Return the usual name of a filter."""
    if isinstance(filter, GradientFlowFilter):
        return "gradient flow"
    if isinstance(filter, IteratedRidgeFilter):
        return "ridge" if filter.order == 1 else f"{filter.order}-fold ridge"
    return "cut-off"


def _effective_dimension(filter: Filter, s: float, m: float, t: float) -> float:
    """Return N_2(t) of the sequence model, the mean (k = 0) included."""
    degrees, _ = effective_degrees(filter, SequenceDesign(s=s, m=m), np.array([t]), m)
    return float(1 + degrees[0])


def _number(risk: WorstCaseRisk) -> Number:
    return Number(value=float(risk.value), error=float(risk.error), time=float(risk.time))
