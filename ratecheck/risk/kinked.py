"""Adversarial risks of kernel fits with kinks at the design points: all times at once, exact.

Kernels of first-order spaces and the ReLU tangent kernel have a kink on the diagonal, so a fit
has one at every design point, and an over-trained fit peaks there. A grid misses these peaks (at
n = 256 a grid of 10^5 nodes by several per cent); here the design points are nodes themselves,
beside a grid and both ends of every window. Between two neighbouring nodes a fit is then smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.charts import turns
from ratecheck.domains import Domain, Interval, Torus
from ratecheck.functions import Function
from ratecheck.risk.adversarial import RELATIVE_ERROR
from ratecheck.risk.base import RiskValue, one_dimensional
from ratecheck.risk.between import clean_risks_between
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, BoolArray, IntArray, UnsupportedError

SMALLEST_GRID = 3 * 2**10
LARGEST_GRID = 3 * 2**14


def expansion_risks(
    fits: Expansion, f: Function, domain: Domain, radii: tuple[float, ...]
) -> list[list[RiskValue]]:
    """Return R_r = E_x sup over |x' - x| <= r of (f_t(x') - f(x))^2 of all fits, x uniform.

    Parameters
    ----------
    fits : Expansion
        T kernel expansions on common centres: a path with `expansion`.
    f : Function
        The target, smooth on the scale of the grid.
    domain : Domain
        The torus or an interval; windows wrap, or are cut at the ends.
    radii : tuple of float
        r >= 0; 0 gives the clean risk.

    Returns
    -------
    list of list of RiskValue
        For each radius the risks of all fits. The grid doubles until every stated error (maxima
        between nodes, mean over x) is below 0.5 % of its risk; the clean risk needs no grid.

    Raises
    ------
    InputError
        A negative radius.
    UnsupportedError
        Another domain.
    """
    radii = tuple(check.nonnegative("radius", r) for r in radii)
    if not isinstance(one_dimensional(domain), Torus | Interval):
        raise UnsupportedError(f"windows around kinks need a torus or an interval, got {domain!r}")
    clean = clean_risks_between(fits, f, domain) if 0.0 in radii else []
    attacked = iter(_adversarial(fits, f, domain, tuple(r for r in radii if r)))
    return [next(attacked) if r else clean for r in radii]


def _adversarial(
    fits: Expansion, f: Function, domain: Domain, radii: tuple[float, ...]
) -> list[list[RiskValue]]:
    size = SMALLEST_GRID
    while True:
        found = _Sampled(fits=fits, f=f, domain=domain, size=size).risks(radii)
        errors = (v.error / v.value if v.value else 0.0 for row in found for v in row)
        if max(errors, default=0.0) <= RELATIVE_ERROR or size >= LARGEST_GRID:
            return found
        size *= 2


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Sampled:
    """Fits at the nodes of a grid and at their kinks, in the coordinate of the domain."""

    fits: Expansion
    f: Function
    domain: Domain
    size: int

    @cached_property
    def nodes(self) -> Array:
        return self.domain.grid(self.size)[:, 0]

    @cached_property
    def values(self) -> Array:
        return self.fits.values(self.nodes[:, None])

    @cached_property
    def knots(self) -> Array:
        x = self.fits.centres[:, 0]
        return turns(x) if self.domain.periodic else x

    @cached_property
    def overshoot(self) -> Array:
        """Bound how far each fit can rise above its neighbouring nodes, shape (T,)."""
        step = np.searchsorted(self.nodes, np.sort(self.knots))
        smooth = np.ones(self.size - 2, dtype=np.bool_)  # no kink near the middle of three nodes
        for shift in (-2, -1):
            smooth[np.clip(step + shift, 0, self.size - 3)] = False
        second = np.abs(np.diff(self.values, 2, axis=0))
        return np.asarray((second[smooth] if smooth.any() else second).max(axis=0) / 8)

    def risks(self, radii: tuple[float, ...]) -> list[list[RiskValue]]:
        target = self.f(self.nodes[:, None])[:, None]
        return [self._risks(r, target) for r in radii]

    def _risks(self, r: float, target: Array) -> list[RiskValue]:
        high, low = self._extremes(r)
        worst = np.maximum(high - target, target - low)
        return _means(worst**2, self.overshoot * (2 * worst.mean(axis=0) + self.overshoot))

    def _extremes(self, r: float) -> tuple[Array, Array]:
        """Return the maximum and minimum over the window of each node, shapes (G, T)."""
        first, last = self._ends(r)
        places = [self.nodes, self.knots, first, last]
        points = np.concatenate(places)
        values = np.concatenate(
            [self.values, self.fits.at_centres, *(self._at(p) for p in (first, last))]
        )
        if self.domain.periodic:
            points, values = _unrolled(points, values, self.domain.length, first[0], last[-1])
        order = np.argsort(points, kind="stable")
        points, values = points[order], values[order]
        lows, highs = np.searchsorted(points, first), np.searchsorted(points, last, side="right")
        return _maxima(values, lows, highs), -_maxima(-values, lows, highs)

    def _ends(self, r: float) -> tuple[Array, Array]:
        first, last = self.nodes - r, self.nodes + r
        if isinstance(self.domain, Interval):
            return np.maximum(first, self.domain.low), np.minimum(last, self.domain.high)
        r = min(r, self.domain.length / 2)
        return self.nodes - r, self.nodes + r

    def _at(self, points: Array) -> Array:
        return self.fits.values((turns(points) if self.domain.periodic else points)[:, None])


def _unrolled(
    points: Array, values: Array, length: float, first: float, last: float
) -> tuple[Array, Array]:
    """Repeat points of one period so that they fill [first, last]."""
    copies = [points + shift * length for shift in (-1, 0, 1)]
    inside: list[BoolArray] = [(copy >= first) & (copy <= last) for copy in copies]
    kept = [copy[keep] for copy, keep in zip(copies, inside, strict=True)]
    return np.concatenate(kept), np.concatenate([values[keep] for keep in inside])


def _maxima(values: Array, lows: IntArray, highs: IntArray) -> Array:
    """Return the maximum of rows lows[i] ... highs[i] - 1, shape (G, T): doubling windows."""
    level = np.frexp(highs - lows)[1] - 1  # largest power of two that fits into each range
    found = np.empty((lows.size, values.shape[1]))
    block = values
    for k in range(int(level.max()) + 1):
        mine = level == k
        found[mine] = np.maximum(block[lows[mine]], block[highs[mine] - 2**k])
        if k < level.max():
            block = np.maximum(block[: -(2**k)], block[2**k :])
    return found


def _means(losses: Array, error: Array) -> list[RiskValue]:
    """Return the mean over the nodes for each fit, with how far those of its quarters spread."""
    quarters = losses.reshape(-1, 4, losses.shape[1]).mean(axis=0)
    values = quarters.mean(axis=0)
    spread = np.abs(quarters - values).max(axis=0)
    return [
        RiskValue(value=float(v), error=float(e))
        for v, e in zip(values, spread + error, strict=True)
    ]
