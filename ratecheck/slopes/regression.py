"""Weighted straight lines and parabolas through log levels, as linear functionals of the levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.slopes.samples import Sample
from ratecheck.types import Array, BoolArray

_FLOOR = 1e-6  # smallest variance, relative to the median: one lucky size must not rule the fit
_REJECTED = 0.01  # level at which the residuals reject the straight line


def weights(samples: Sequence[Sample], x: Array) -> Array:
    """Return inverse variances (k,) of the log levels; ones when all levels are exact.

    Replicates estimate a variance badly when they are few, and badly estimated weights make a
    slope noisy. So the relative variance of one replicate, which changes slowly with n, is
    smoothed by a straight line in log-log scale before it is divided by the count.
    """
    variances = np.array([s.variance for s in samples])
    if not variances.any():
        return np.ones_like(variances)
    counts = np.array([s.count for s in samples], dtype=np.float64)
    floored = np.maximum(variances, _FLOOR * np.median(variances[variances > 0]))
    if np.any(counts == 0):
        return np.asarray(1 / floored)
    single = np.log(floored * counts)
    line = np.polynomial.Polynomial.fit(x, single, 1, w=np.sqrt(counts))
    return np.asarray(counts * np.exp(-line(x)), dtype=np.float64)


def functional(x: Array, weight: Array, keep: BoolArray, degree: int) -> Array:
    """Return a (k,) with a @ y = leading coefficient of the weighted fit of that degree.

    Rows outside ``keep`` get zero. The powers are centred, so that the system is well posed.
    """
    root = np.sqrt(weight[keep])
    centre = np.average(x[keep], weights=weight[keep])
    design = np.vander(x[keep] - centre, degree + 1) * root[:, None]
    row = np.zeros_like(x)
    row[keep] = np.linalg.pinv(design)[0] * root
    return row


def halves(keep: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Split the kept sizes into a first and a last half that share the middle one if odd."""
    used = np.flatnonzero(keep)
    size = max(2, -(-used.size // 2))
    first, last = np.zeros_like(keep), np.zeros_like(keep)
    first[used[:size]] = True
    last[used[-size:]] = True
    return first, last


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The straight line through the window.

    Attributes
    ----------
    slope, intercept : float
        log risk ~ intercept + slope log n.
    scale : float
        Weighted residual mean square; about 1 when Monte Carlo error is all there is.
    inflation : float
        Square root of ``scale`` when the F test rejects the line at 1 %, else 1.
    """

    slope: float
    intercept: float
    scale: float
    inflation: float


def line(x: Array, y: Array, weight: Array, *, freedom: float) -> Line:
    """Fit the straight line by statsmodels' weighted least squares.

    ``freedom`` is the number of degrees of freedom behind the weights, 0 for exact levels: the
    residual mean square is compared with the F distribution, since weights are estimates too.
    """
    from scipy.stats import f
    from statsmodels.regression.linear_model import WLS

    result = WLS(y, np.column_stack([np.ones_like(x), x]), weights=weight).fit()
    intercept, slope = (float(value) for value in result.params)
    scale = float(result.scale)
    rejected = freedom > 0 and f.sf(scale, x.size - 2, freedom) < _REJECTED
    inflation = float(np.sqrt(scale)) if rejected else 1.0
    return Line(slope=slope, intercept=intercept, scale=scale, inflation=max(1.0, inflation))


def freedom(samples: Sequence[Sample]) -> float:
    """Degrees of freedom behind all variances together; 0 for exact, infinite for known ones."""
    if not any(s.variance for s in samples):
        return 0.0
    return float(sum(s.count - 1 if s.count else np.inf for s in samples))


def residual_variance(x: Array, y: Array, degree: int) -> float:
    """Mean square around the unweighted fit; infinite when no degree of freedom is left."""
    free = x.size - degree - 1
    if free <= 0:
        return float("inf")
    centred = x - x.mean()
    rest = y - np.polynomial.Polynomial.fit(centred, y, degree)(centred)
    return float(rest @ rest) / free
