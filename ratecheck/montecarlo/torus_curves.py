"""Curves of exact worst-case risks over Sobolev balls on the torus of any dimension."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, final

from ratecheck.bounds import best_time, torus_best_time
from ratecheck.filters import Filter, GradientFlowFilter
from ratecheck.montecarlo.curves import WORST_CASE, Ball, filter_name
from ratecheck.montecarlo.exact import Curve, Number

_ERROR = 5e-7  # of the risk, where frequencies beyond the exact shells are in bins


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class TorusBestTime(Curve):
    """Worst-case risk of a filter on T^d at the time that minimises it (sequence model)."""

    quantity: ClassVar[str] = WORST_CASE
    ball: Ball
    order: float
    dimension: int
    filter: Filter = field(default_factory=GradientFlowFilter)

    @property
    def name(self) -> str:
        """Order of the kernel."""
        return f"{filter_name(self.filter)} at best t, d={self.dimension}, m={self.order:g}"

    def value(self, x: int) -> Number:
        """Worst-case risk at sample size x, at the best time."""
        b = self.ball
        if self.dimension == 1:
            exact = best_time(self.filter, x, b.smoothness, self.order, b.radius, b.sigma)
            return Number(
                value=float(exact.value), error=float(exact.error), time=float(exact.time)
            )
        time, value = torus_best_time(
            self.filter, x, b.smoothness, self.order, self.dimension, b.radius, b.sigma
        )
        return Number(value=value, error=_ERROR * value, time=time)
