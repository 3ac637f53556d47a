"""Certified suprema of a Fourier series over Euclidean balls on the torus of 1 to 3 dimensions.

A supremum over a ball lies on its sphere or at a critical point inside.

- Spheres: the series is evaluated at x + r u for directions u that cover the sphere with a known
  angle delta, each by one FFT. Where the supremum over the sphere is attained the tangential
  gradient vanishes, so that the nearest direction is below it by delta^2 / 2 times a second
  derivative at most.
- Critical points: within r of x there is one only if |grad g(x)| <= r sup |D^2 g| over the ball,
  and it exceeds g(x) by r^2 / 2 times that at most. Where this is not enough, cells of a grid are
  searched, which the same two statements with their half diagonal for r exclude or bound, and
  those that could matter somewhere are split until the slack is small.

sup |D^2 g| over the torus, and sup |D^3 g| for its change from x to x', follow from a grid by the
band limit: a trigonometric polynomial of degree B on L > 2 B nodes per axis is at most its
largest node over cos(pi B / L)^d (Ehlich and Zeller 1964, one variable after another).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement, product
from math import factorial, prod

import numpy as np
import scipy.fft

from ratecheck.charts import turns
from ratecheck.torus_series import TorusSeries, values_at
from ratecheck.types import Array, IntArray

_OVERSAMPLING = 6  # nodes per axis over the band: cos(pi / 6)^-3 = 1.54
_SPLITS = 6
_LARGEST_GRID = {1: 2**14, 2: 2**10, 3: 96}
_MOST_CELLS = 20_000
_CHUNK = 500  # cells whose neighbours are listed at once


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Suprema:
    """Attained values and upper bounds (G,) of sup g over balls about the nodes of a grid."""

    attained: Array
    bound: Array


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Balls:
    """A series, seen from the nodes of a grid of ``size`` points per axis.

    Attributes
    ----------
    series : TorusSeries
    size : int
        L of the grid of centres i / L.
    value, slope, curvature : ndarray, shape (L^d,)
        g, |grad g| and |D^2 g| (Frobenius norm) at the centres.
    sharpest, jerk : float
        Bounds of |D^2 g| and |D^3 g| over the torus.
    """

    series: TorusSeries
    size: int
    value: Array
    slope: Array
    curvature: Array
    sharpest: float
    jerk: float

    @staticmethod
    def of(series: TorusSeries, size: int) -> Balls:
        """Evaluate what does not depend on the radius."""
        return Balls(
            series=series,
            size=size,
            value=series.on_grid(size).ravel(),
            slope=np.sqrt(_squares(series, 1, size)).ravel(),
            curvature=np.sqrt(_squares(series, 2, size)).ravel(),
            sharpest=derivative_bound(series, 2),
            jerk=derivative_bound(series, 3),
        )

    def extremes(self, radius: float, count: int, precision: float) -> tuple[Suprema, Suprema]:
        """Return sup g and sup (-g) over the balls of a radius.

        Parameters
        ----------
        radius : float
            At least 0; at sqrt(d) / 2 a ball is the whole torus.
        count : int
            About how many directions.
        precision : float
            Slack of critical points below which no cell is split further.
        """
        d = self.series.dimension
        r = min(radius, np.sqrt(d) / 2)
        units, angle = directions(d, count)
        high, low = self.value.copy(), self.value.copy()
        for u in units:
            values = self.series.on_grid(self.size, r * u).ravel()
            np.maximum(high, values, out=high)
            np.minimum(low, values, out=low)
        local = np.minimum(self.sharpest, self.curvature + r * self.jerk)
        slack = angle**2 / 2 * (r * self.slope + 2 * r**2 * local)
        # a critical point within r needs a small slope, and lies little above the centre
        inner = np.where(self.slope <= r * local, r**2 / 2 * local, -np.inf)
        turned = TorusSeries(coefficients=-self.series.coefficients)
        return (
            self._with_peaks(self.series, high, high + slack, self.value + inner, r, precision),
            self._with_peaks(turned, -low, slack - low, inner - self.value, r, precision),
        )

    def _with_peaks(
        self, g: TorusSeries, attained: Array, sphere: Array, inner: Array, r: float,
        precision: float,
    ) -> Suprema:  # fmt: skip
        """Sharpen the bound ``inner`` of critical points inside the balls, where it matters."""
        open_ = np.flatnonzero(inner > sphere + precision)
        if open_.size:
            peaks = Peaks(
                series=g, centres=nodes(g.dimension, self.size)[open_], reach=r,
                sharpest=self.sharpest, precision=precision,
            )  # fmt: skip
            found, above = peaks.search(attained[open_], sphere[open_])
            attained = attained.copy()
            attained[open_] = found
            inner[open_] = np.minimum(inner[open_], above)
        return Suprema(attained=attained, bound=np.maximum(np.maximum(sphere, attained), inner))


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Peaks:
    """Critical points within reach of some centres (G, d), by cells that are split."""

    series: TorusSeries
    centres: Array
    reach: float
    sharpest: float
    precision: float

    def search(self, attained: Array, granted: Array) -> tuple[Array, Array]:
        """Return attained suprema and upper bounds of critical values, both (G,).

        ``granted`` is what the bound holds anyway: cells that stay below it do not matter.
        """
        from scipy.spatial import cKDTree

        tree = cKDTree(self.centres, boxsize=np.ones(self.series.dimension))
        attained = attained.copy()
        above = np.full(attained.size, -np.inf)
        cells, value, half = self._first()
        for step in range(_SPLITS):
            rho = half * np.sqrt(self.series.dimension)
            room = rho**2 / 2 * self.sharpest
            last = room <= self.precision or step == _SPLITS - 1
            keep = value + room > granted.min()
            cells, value = cells[keep], value[keep]
            matters = np.zeros(value.size, dtype=np.bool_)
            above[:] = -np.inf
            for part in range(0, value.size, _CHUNK):
                chunk = slice(part, part + _CHUNK)
                near, owner = _pairs(tree, cells[chunk], self.reach)
                np.maximum.at(attained, near, value[chunk][owner])
                near, owner = _pairs(tree, cells[chunk], self.reach + rho)
                top = value[chunk][owner] + room
                np.maximum.at(above, near, top)
                matters[chunk][owner[top > np.maximum(granted, attained)[near]]] = True
            if last or not matters.any() or np.count_nonzero(matters) > _MOST_CELLS:
                break
            half /= 2
            cells, value = self._split(cells[matters], half)
        return attained, above

    def _first(self) -> tuple[Array, Array, float]:
        """Return nodes (N, d) whose cells may hold a critical point, values, half a spacing."""
        d = self.series.dimension
        wanted = max(4 * self.series.band, 16, int(2 * np.sqrt(d) / self.reach))
        size = scipy.fft.next_fast_len(min(wanted, _LARGEST_GRID[d]), real=True)
        limit = np.sqrt(d) / (2 * size) * self.sharpest
        critical = np.flatnonzero(_squares(self.series, 1, size).ravel() <= limit**2)
        value = self.series.on_grid(size).ravel()[critical]
        return nodes(d, size)[critical], value, 0.5 / size

    def _split(self, cells: Array, half: float) -> tuple[Array, Array]:
        """Return the critical ones of the 2^d parts of each cell, and the values there."""
        g, d = self.series, self.series.dimension
        corners = half * np.array(list(product((-1.0, 1.0), repeat=d)))
        parts = turns((cells[:, None] + corners).reshape(-1, d))
        series = [g, *(g.derivative(axis) for axis in range(d))]
        values = values_at(parts, np.stack([s.coefficients for s in series]))
        limit = half * np.sqrt(d) * self.sharpest
        critical = np.sum(values[1:] ** 2, axis=0) <= limit**2
        return parts[critical], values[0][critical]


def derivative_bound(g: TorusSeries, order: int) -> float:
    """Bound the Frobenius norm of a derivative over the torus, from a grid and the band limit."""
    if g.band == 0:
        return 0.0
    size = scipy.fft.next_fast_len(_OVERSAMPLING * g.band, real=True)
    largest = float(np.sqrt(_squares(g, order, size).max()))
    return largest / float(np.cos(np.pi * g.band / size)) ** g.dimension


def _squares(g: TorusSeries, order: int, size: int) -> Array:
    """Return the squared Frobenius norm of the derivative of an order on a grid."""
    total = np.zeros((size,) * g.dimension)
    for axes in combinations_with_replacement(range(g.dimension), order):
        repeats = [factorial(axes.count(axis)) for axis in set(axes)]
        times = factorial(order) // prod(repeats)  # how often the entry stands in the tensor
        total += times * g.derivative(*axes).on_grid(size) ** 2
    return total


@lru_cache(maxsize=4)
def nodes(d: int, size: int) -> Array:
    """Return the nodes i / size of the grid, shape (size^d, d), last axis fastest."""
    axes = np.meshgrid(*[np.arange(size) / size] * d, indexing="ij")
    return np.stack([a.ravel() for a in axes], axis=1)


def _pairs(tree: object, cells: Array, reach: float) -> tuple[IntArray, IntArray]:
    """Return (node, cell) index pairs at distance at most ``reach``."""
    lists = tree.query_ball_point(cells, reach, return_sorted=False)  # type: ignore[attr-defined]
    counts = np.array([len(found) for found in lists], dtype=np.int64)
    if not counts.sum():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    near = np.concatenate([np.asarray(found, dtype=np.int64) for found in lists])
    return near, np.repeat(np.arange(len(cells)), counts)


@lru_cache(maxsize=16)
def directions(d: int, count: int) -> tuple[Array, float]:
    """Return unit vectors (J, d), and the largest angle from any direction to the nearest one.

    One dimension: both. Two: equispaced. Three: a Fibonacci spiral; the angle is the largest
    circumradius among the facets of the vectors' convex hull.
    """
    if d == 1:
        return np.array([[-1.0], [1.0]]), 0.0
    if d == 2:
        turn = 2 * np.pi * np.arange(count) / count
        return np.stack([np.cos(turn), np.sin(turn)], axis=1), np.pi / count
    from scipy.spatial import ConvexHull

    i = np.arange(count) + 0.5
    z, turn = 1 - 2 * i / count, np.pi * (1 + np.sqrt(5.0)) * i
    ring = np.sqrt(1 - z**2)
    units = np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=1)
    hull = ConvexHull(units)
    cosines = np.sum(hull.equations[:, :3] * units[hull.simplices[:, 0]], axis=1)
    return units, float(np.arccos(cosines.min()))
