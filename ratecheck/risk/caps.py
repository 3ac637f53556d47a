r"""Adversarial risks on S^2: suprema over geodesic caps of sums of harmonics, in a bracket.

Around each node x of a product grid the function is evaluated in M directions (the first along the
gradient) on the rim of the cap, and inside it at points that leave no gap: circles of radii j r / J
around x for small caps, the nodes of a grid that all caps share for large ones. The largest of
these values is attained, so that it bounds the supremum over the cap from below. From above: a
maximum inside the cap has no slope, one on its rim none along the rim; with delta the distance
within which every point of the cap has one of these points, what is missed is at most the larger of

.. math:: \tfrac12 \delta^2 S_2, \qquad \tfrac12 (\pi / M)^2 (\sin^2 r\; S_2 + \sin r \cos r\; G),

S_2 a bound on second derivatives along geodesics and G = |grad f(x)| + r S_2 one on the slope in
the cap. S_2 comes from Bernstein's inequality: on a great circle a function of degree B is a
trigonometric polynomial, |f''| <= B^2 sup |f|, applied to blocks of degrees (theory note B1).

The mean over x is that of the clean loss, exact by Parseval, plus the mean of what the attack adds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.domains import Domain
from ratecheck.functions import Function
from ratecheck.harmonics import HarmonicSeries
from ratecheck.numerics import spherical
from ratecheck.numerics.spherical import ProductGrid
from ratecheck.risk.base import RiskValue
from ratecheck.risk.capgrid import SharedGrid
from ratecheck.types import Array, UnsupportedError

RELATIVE_ERROR = 5e-3  # of the risk, as in one dimension
_SHARE = 0.4  # of that error for the bracket of the suprema; the rest for the mean over x
_EVALUATIONS = 3 * 10**7  # values of the fit around the nodes of one grid
_MOST_CIRCLES = 8  # inside a cap; beyond, all caps share a grid if it is cheaper
_TILE = 2**21  # points evaluated at once
_BULK = 0.999  # share of the fit's energy that the grid of x resolves four times over
_COARSEST, _FINEST = 64, 1024  # degrees for which the grid's rule is exact
_BLOCK = 1.5  # ratio of the ends of a block of degrees


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class _Pattern:
    """How a cap is covered: directions on the rim, and circles or a grid for the inside."""

    radius: float
    directions: int
    circles: int
    shared: SharedGrid | None

    @staticmethod
    def within(
        radius: float, bend: float, slope: float, slack: float, centres: ProductGrid
    ) -> _Pattern:
        """Return a pattern that misses at most ``slack`` at a typical slope, if affordable."""
        rim = float(_rim(radius, bend, np.array([slope]))[0])
        around = max(math.sqrt(rim / (2 * slack)), radius * math.sqrt(bend / slack))
        circles = max(1, math.ceil(radius / 2 * math.sqrt(bend / slack)))
        most = _EVALUATIONS // (centres.rings * centres.columns)
        shared = None
        directions = min(max(8, 2 * math.ceil(math.pi / 2 * around)), most)
        if circles > _MOST_CIRCLES:
            spacing = math.sqrt(slack / bend)
            grid = SharedGrid.within(centres, spacing)
            if grid.reach <= spacing or circles * directions / 2 > most:
                circles, shared = 1, grid
        return _Pattern(radius=radius, directions=directions, circles=circles, shared=shared)

    def missed(self, bend: float, slope: Array) -> Array:
        """Bound how far a supremum exceeds the best value, from |grad f| at the centre."""
        arc = (math.pi / self.directions) ** 2
        across = self.radius / (2 * self.circles) if self.shared is None else self.shared.reach
        inside = (across**2 + arc * self.radius**2) * bend / 2
        return np.maximum(inside, arc * _rim(self.radius, bend, slope) / 2)

    def on(self, circle: int) -> int:
        """Return the number of directions on a circle 1 ... circles: even, spacing kept."""
        return max(8, 2 * math.ceil(self.directions * circle / (2 * self.circles)))


def _rim(r: float, bend: float, slope: Array) -> Array:
    """Bound the second derivative along the rim of a cap with respect to the direction."""
    turn = abs(math.sin(r) * math.cos(r))
    return math.sin(r) ** 2 * bend + turn * (slope + r * bend)


def cap_risks(
    f_hat: Function, f: Function, domain: Domain, radii: tuple[float, ...], reference: str = "x"
) -> list[RiskValue]:
    """Return R_r = E_x sup over angle(x, x') <= r of (f_hat(x') - f(x))^2 at several radii.

    Parameters
    ----------
    f_hat, f : HarmonicSeries
    domain : Sphere
        S^2.
    radii : tuple of float
        Geodesic angles.
    reference : {"x", "x'"}
        What the target is evaluated at.

    Returns
    -------
    list of RiskValue
        ``value`` is attained by an attack, up to the mean over x; ``error`` is the width of the
        certified bracket of the suprema plus the change of the mean to a coarser grid.

    Raises
    ------
    UnsupportedError
        On another sphere, or for functions that are no sums of harmonics.
    """
    if domain.dimension != 2:
        raise UnsupportedError(
            f"suprema over caps exist on S^2 only, not on {domain!r}: use Clean(), or "
            "risk.adversarial_bracket with operator='dense'"
        )
    if not isinstance(f_hat, HarmonicSeries) or not isinstance(f, HarmonicSeries):
        names = f"{type(f_hat).__name__} and {type(f).__name__}"
        raise UnsupportedError(
            f"suprema over caps need sums of harmonics, got {names}: prepare the estimator with "
            "operator='sphere' and take a target such as Sobolev"
        )
    error = f_hat.minus(f)
    moving = f_hat if reference == "x" else error
    caps = _Caps.of(moving, error)
    return [caps.risk(min(r, math.pi)) for r in radii]


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Caps:
    """What the supremum runs over, the error f_hat - f, and the moving function's curvature."""

    moving: HarmonicSeries
    error: HarmonicSeries
    bend: float

    @staticmethod
    def of(moving: HarmonicSeries, error: HarmonicSeries) -> _Caps:
        return _Caps(moving=moving, error=error, bend=curvature(moving.coefficients))

    def risk(self, radius: float) -> RiskValue:
        """Refine the grid of x until its mean stands still."""
        clean = self.error.mean_square()
        if radius == 0 or self.bend == 0:  # a constant is the same everywhere
            return RiskValue(value=clean, error=0.0)
        degree = self._first_degree()
        before, _ = self._added(radius, degree // 2, clean)
        while True:
            added, width = self._added(radius, degree, clean)
            value = clean + added
            change = abs(added - before)
            if change <= (1 - _SHARE) * RELATIVE_ERROR * value or degree >= _FINEST:
                return RiskValue(value=value, error=width + change)
            before, degree = added, degree * 2

    def _first_degree(self) -> int:
        """Return a degree that resolves the product of the fit's slope and its error."""
        power = np.cumsum(_energies(self.moving.coefficients)[1:])
        bulk = 1 + int(np.searchsorted(power, _BULK * power[-1])) if power.size else 1
        return int(min(max(4 * bulk, _COARSEST), _FINEST))

    def _added(self, radius: float, degree: int, clean: float) -> tuple[float, float]:
        """Return the mean of worst^2 - clean loss on one grid, and the bracket's width."""
        grid = ProductGrid.exact_for(degree)
        here = grid.synthesise(self.moving.coefficients).ravel()
        error = grid.synthesise(self.error.coefficients).ravel()
        gradient = grid.gradient(self.moving.coefficients).reshape(2, -1)
        slope, weights = np.hypot(*gradient), np.repeat(grid.weights, grid.columns)
        typical = math.sqrt(float(weights @ slope**2))
        gain = min(radius * typical, math.sqrt(self.moving.mean_square()))
        slack = _SHARE * RELATIVE_ERROR * math.sqrt(clean + gain**2) / 3
        pattern = _Pattern.within(radius, self.bend, typical, slack, grid)
        high, low = _extremes(self.moving, grid.places, here, gradient, pattern)
        still = here - error  # the target, or zero where it moves along
        worst = np.maximum(high - still, still - low)
        missed = pattern.missed(self.bend, slope)
        added = float(weights @ (worst**2 - error**2))
        return added, float(weights @ (missed * (2 * worst + missed)))


def _extremes(
    f: HarmonicSeries, places: Array, here: Array, gradient: Array, pattern: _Pattern
) -> tuple[Array, Array]:
    """Return the largest and the smallest value on the pattern around each node."""
    high, low = here.copy(), here.copy()
    if pattern.shared is not None:
        most, least = pattern.shared.extremes(f.coefficients, pattern.radius)
        np.maximum(high, most, out=high)
        np.minimum(low, least, out=low)
    uphill = np.arctan2(gradient[1], gradient[0])
    centre, south, east = _frame(places)
    for j in range(1, pattern.circles + 1):
        rho, count = pattern.radius * j / pattern.circles, pattern.on(j)
        turns = 2 * math.pi * np.arange(count) / count
        step = max(1, _TILE // count)
        for first in range(0, here.size, step):
            part = slice(first, first + step)
            angle = (uphill[part, None] + turns)[:, :, None]
            across = np.cos(angle) * south[part, None] + np.sin(angle) * east[part, None]
            X = math.cos(rho) * centre[part, None] + math.sin(rho) * across
            values = spherical.synthesise(spherical.angles(X.reshape(-1, 3)), f.coefficients)
            values = values.reshape(-1, count)
            np.maximum(high[part], values.max(axis=1), out=high[part])
            np.minimum(low[part], values.min(axis=1), out=low[part])
    return high, low


def _frame(places: Array) -> tuple[Array, Array, Array]:
    """Return the points and the unit tangents to the south and to the east, each (m, 3)."""
    (ct, st), (cp, sp) = ((np.cos(a), np.sin(a)) for a in places.T)
    zero = np.zeros_like(ct)
    return (
        np.column_stack([st * cp, st * sp, ct]),
        np.column_stack([ct * cp, ct * sp, -st]),
        np.column_stack([-sp, cp, zero]),
    )


def curvature(c: Array) -> float:
    """Bound the second derivatives of sum_i c_i e_i along geodesics of S^2.

    sum over blocks of degrees of (largest degree)^2 sup |block|, by Bernstein's inequality on
    great circles; the blocks' ends grow by half, so that smooth functions are not charged for
    their highest degree.
    """
    band, low, total = spherical.band_of(c.size), 1, 0.0
    while low <= band:
        top = min(band, max(low, int(_BLOCK * low)))
        part = np.zeros((top + 1) ** 2)
        part[low**2 :] = c[low**2 : part.size]
        total += top**2 * spherical.supremum(part)
        low = top + 1
    return total


def _energies(c: Array) -> Array:
    """Return the mean square of each degree 0 ... band."""
    return np.asarray(np.add.reduceat(c**2, np.arange(spherical.band_of(c.size) + 1) ** 2))
