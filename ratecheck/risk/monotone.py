"""Exact risks of functions with known turning points: no grid below the supremum.

The supremum over a window is attained at a turning point inside or at an end of the window. What
is left to a quadrature rule is the mean over x. One fit serves all radii: O(n + G log G) each.
"""

from __future__ import annotations

import numpy as np

from ratecheck.domains import Domain, Interval, Torus
from ratecheck.functions import Function
from ratecheck.interpolation.pieces import PiecewiseMonotone
from ratecheck.risk.base import QUADRATURE, RiskValue
from ratecheck.risk.ranges import range_extremes
from ratecheck.risk.windows import translated
from ratecheck.types import Array

RELATIVE_ERROR = 5e-3  # of the risk; the rule doubles until it is met
_LARGEST = 3 * 2**17
_PER_WINDOW = 16  # values of x for one radius, or for half the mean gap where that is larger
_TILE = 2**17  # pieces integrated at once


def has_exact_windows(f_hat: PiecewiseMonotone, domain: Domain) -> bool:
    """Tell whether fit and domain are both periodic with period one, or both on the line."""
    if f_hat.period is not None:
        return isinstance(domain, Torus) and domain.d == 1
    return isinstance(domain, Interval)


def monotone_risks(
    f_hat: PiecewiseMonotone, f: Function, domain: Domain, radii: tuple[float, ...]
) -> list[RiskValue]:
    """Return R_r = E_x sup over |x' - x| <= r of (f_hat(x') - f(x))^2 at several radii.

    Parameters
    ----------
    f_hat : PiecewiseMonotone
    f : Function
        The target.
    domain : Interval or Torus
        x is uniform on it; windows are cut at the ends of an interval.
    radii : tuple of float
        For r = 0 the mean is taken by Gauss's rule on every piece.

    Returns
    -------
    list of RiskValue
        The error is that of the mean over x: the spread between the means of the four subgrids
        of midpoints (r > 0), or between Gauss's rules of which the smaller integrates the square
        of a piece (r = 0). Suprema are exact.
    """
    turns = f_hat.turning_points()
    return [
        _clean(f_hat, f, domain) if r == 0 else _attacked(f_hat, turns, f, domain, r) for r in radii
    ]


def _attacked(
    f_hat: PiecewiseMonotone, turns: tuple[Array, Array], f: Function, domain: Domain, r: float
) -> RiskValue:
    finest = max(r, domain.length / (2 * turns[0].size))
    size = 3 * 2 ** int(np.ceil(np.log2(max(_PER_WINDOW * domain.length / finest, QUADRATURE) / 3)))
    size = min(size, _LARGEST)
    while True:
        X = domain.grid(size)
        high, low = extremes(f_hat, turns, domain, X, r)
        target = f(X)
        quarters = (np.maximum(high - target, target - low) ** 2).reshape(-1, 4).mean(axis=0)
        value = float(quarters.mean())
        error = float(np.abs(quarters - value).max())
        if error <= RELATIVE_ERROR * value or size >= _LARGEST:
            return RiskValue(value=value, error=error)
        size *= 2


def extremes(
    f_hat: Function, turns: tuple[Array, Array], domain: Domain, X: Array, r: float
) -> tuple[Array, Array]:
    """Return maximum and minimum of f_hat over the window of each row of X (m, 1), both (m,)."""
    places, values = turns
    if domain.periodic:
        if r >= domain.length / 2:
            return np.full(len(X), values.max()), np.full(len(X), values.min())
        places = np.concatenate([places - 1, places, places + 1])
        values = np.tile(values, 3)
    ends = (X - r, X + r) if domain.periodic else _cut(domain, X, r)
    start = np.searchsorted(places, ends[0][:, 0], side="left")
    stop = np.searchsorted(places, ends[1][:, 0], side="right")
    high, low = range_extremes(values, start, stop)
    for end in ends:
        at = f_hat(end)
        np.maximum(high, at, out=high)
        np.minimum(low, at, out=low)
    return high, low


def _cut(domain: Domain, X: Array, r: float) -> tuple[Array, Array]:
    return translated(domain, X, -r), translated(domain, X, r)


def _clean(f_hat: PiecewiseMonotone, f: Function, domain: Domain) -> RiskValue:
    """Return R_0 by Gauss's rule on the pieces, cut until there are at least 6144."""
    edges = _edges(f_hat.nodes, domain)
    parts = -(-QUADRATURE // (edges.size - 1))
    edges = np.append(np.linspace(edges[:-1], edges[1:], parts, endpoint=False).T, edges[-1])
    means = np.zeros(2)
    for i in range(0, edges.size - 1, _TILE):
        piece = edges[i : i + _TILE + 1]
        means += [_gauss(f_hat, f, piece, nodes) for nodes in (f_hat.degree + 1, f_hat.degree + 2)]
    means /= domain.length
    return RiskValue(value=float(means[1]), error=float(abs(means[1] - means[0])))


def _edges(nodes: Array, domain: Domain) -> Array:
    if isinstance(domain, Interval):
        inside = nodes[(nodes > domain.low) & (nodes < domain.high)]
        return np.concatenate([[domain.low], inside, [domain.high]])
    return np.append(nodes, nodes[0] + 1.0)


def _gauss(f_hat: Function, f: Function, edges: Array, nodes: int) -> float:
    """Return the integral of (f_hat - f)^2 over the pieces between the edges."""
    u, w = np.polynomial.legendre.leggauss(nodes)
    gaps = np.diff(edges)
    total = 0.0
    for place, weight in zip((u + 1) / 2, w / 2, strict=True):
        X = (edges[:-1] + place * gaps)[:, None]
        total += weight * float(gaps @ (f_hat(X) - f(X)) ** 2)
    return total
