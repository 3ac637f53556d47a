"""A smooth fit with a narrow spike on every knot: where it is largest is known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from ratecheck.charts import turns
from ratecheck.interpolation import PiecewiseMonotone
from ratecheck.types import Array, InputError, IntArray

NARROW = 37.0  # knots are this many scales apart at least: spikes overlap by exp(-37) = 1e-16
_STEP = 20.0  # scales over which the slope of the smooth part beside a knot is taken


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class SpikyFit(PiecewiseMonotone):
    """x -> smooth(x) + sum_i (y_i - smooth(x_i)) exp(-|x - x_i| / scale).

    It is the minimum-norm interpolant of a `spiky_smooth` kernel, up to the overlap of spikes.

    Attributes
    ----------
    smooth : PiecewiseMonotone
        On the line, or on the torus of period one.
    knots, values : ndarray, shape (n,)
        Increasing x_i, and y_i.
    scale : float
        At most a 37th of the smallest gap.
    """

    smooth: PiecewiseMonotone
    knots: Array
    values: Array
    scale: float

    def __post_init__(self) -> None:
        """Check that spikes do not overlap."""
        if self.scale * NARROW > self.gap:
            raise InputError(
                f"scale must be at most {self.gap / NARROW:.2g}, a 37th of the smallest gap, "
                f"got {self.scale:.2g}"
            )

    @property
    def gap(self) -> float:
        """Smallest distance of two knots."""
        return smallest_gap(self.knots, self.period)

    @property
    def period(self) -> float | None:
        """That of the smooth part."""
        return self.smooth.period

    @property
    def nodes(self) -> Array:
        """The knots."""
        return self.knots

    @cached_property
    def heights(self) -> Array:
        """Heights of the spikes, shape (n,)."""
        return np.asarray(self.values - self.smooth(self.knots[:, None]))

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X (m, 1), shape (m,)."""
        x = X[:, 0] if self.period is None else turns(X[:, 0])
        total = self.smooth(X)
        right = np.searchsorted(self.knots, x)
        for neighbour in (right - 1, right):
            total = total + self._spike(x, neighbour)
        return np.asarray(total)

    def _spike(self, x: Array, index: IntArray) -> Array:
        """Return the spike of one knot for each x; beyond the ends that of the other end."""
        n, period = self.knots.size, self.period
        distance = np.abs(x - self.knots[index % n])
        if period is not None:
            distance = np.minimum(distance, period - distance)
        known = np.where((index >= 0) & (index < n), 1.0, float(period is not None))
        return np.asarray(known * self.heights[index % n] * np.exp(-distance / self.scale))

    def turning_points(self) -> tuple[Array, Array]:
        """Return knots, feet of spikes, and the turning points of the smooth part.

        Beside a knot f' = s - (b/scale) exp(-d/scale), d the distance, s the slope of the smooth
        part away from the knot: where b s > 0 the spike ends in a turning point at
        d = scale log(b / (scale s)). (The smooth part's bend over d is neglected: scale^2 f''.)
        """
        places = np.concatenate([self._foot(-1.0), self._foot(1.0), self._between()])
        values = self(places[:, None])
        places = np.concatenate([self.knots, places])
        values = np.concatenate([self.values, values])
        order = np.argsort(places, kind="stable")
        return places[order], values[order]

    def _between(self) -> Array:
        places = self.smooth.turning_points()[0]
        return np.asarray(places[~np.isin(places, self.knots)])

    def _foot(self, side: float) -> Array:
        away = side * _STEP * self.scale
        there = self.smooth((self.knots + away)[:, None])
        slope = (there - (self.values - self.heights)) / abs(away)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.heights / (self.scale * slope)
        found = ratio > 1
        distance = self.scale * np.log(ratio[found])
        return np.asarray(self.knots[found] + side * np.minimum(distance, self.gap / 2))

    def spike_energy(self, against: Array) -> float:
        """Return the integral of (f - g)^2 - (smooth - g)^2 over one period or the line.

        ``against`` (n,) are the values of g at the knots. A spike integrates to 2 scale b, its
        square to scale b^2; smooth - g is constant on it up to scale times its slope.
        """
        difference = self.values - self.heights - against
        return float(self.scale * np.sum(self.heights * (self.heights + 4 * difference)))


def smallest_gap(knots: Array, period: float | None) -> float:
    """Return the smallest distance of two increasing points, around the torus if there is one."""
    gaps = np.diff(knots)
    if period is not None:
        gaps = np.append(gaps, knots[0] + period - knots[-1])
    return float(gaps.min())
