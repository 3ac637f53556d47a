"""The attack: candidates, ascents for some of the functions, a polish for all of them."""

from __future__ import annotations

import numpy as np

from ratecheck.risk.attack.ascent import ascend
from ratecheck.risk.attack.budget import STANDARD, Budget
from ratecheck.risk.attack.record import Record
from ratecheck.risk.attack.region import Region
from ratecheck.risk.attack.starts import candidates, see_centres
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, IntArray

_POLISH_STEP = 0.25  # first step of the polish in units of the radius


def attack(
    fits: Expansion,
    X: Array,
    against: Array,
    region: Region,
    rng: np.random.Generator,
    budget: Budget = STANDARD,
) -> Record:
    """Search for the x' in the region of each x where (f_t(x') - against)^2 is largest.

    All functions are searched together: whatever point an ascent for one of them visits is
    evaluated for all, since they share the kernel values.

    Parameters
    ----------
    fits : Expansion
        T functions.
    X : ndarray, shape (m, d)
    against : ndarray, shape (m,)
        f(x): it decides which extremes are worth an ascent.
    region : Region
    rng : numpy.random.Generator
    budget : Budget

    Returns
    -------
    Record
        Attained values: every one is a lower bound of the supremum, at the stated point.
    """
    record = Record.empty(X, fits.count)
    see_centres(record, fits, X, region)
    anchors = _spread(fits.count, budget.anchors)
    found = candidates(fits, X, region, anchors, (budget.centres, budget.random), rng)
    record.rows += len(anchors)
    values = _see(fits, record, found)
    starts, signs = _chosen(found, values[:, :, anchors], against, budget.starts)
    _climb(fits, record, X, region, anchors, (starts, signs), budget.steps, 2 * region.radius)
    if budget.polish:
        points, sides = record.worst_points(against)
        every, step = np.arange(fits.count), _POLISH_STEP * region.radius
        _climb(
            fits,
            record,
            X,
            region,
            every,
            (points[:, :, None], sides[:, :, None]),
            budget.polish,
            step,
        )
    return record


def _spread(count: int, anchors: int) -> IntArray:
    """Return the anchors, evenly spread over the functions, the last one among them."""
    picked = np.linspace(count, 0, min(anchors, count), endpoint=False)
    return np.unique(np.ceil(picked).astype(np.int64) - 1)


def _see(fits: Expansion, record: Record, points: Array) -> Array:
    """Evaluate all functions at points (m, S, d); return the values (m, S, T)."""
    m, S, d = points.shape
    values = fits.values(points.reshape(m * S, d)).reshape(m, S, fits.count)
    record.see(points, values)
    record.rows += S
    return values


def _chosen(points: Array, values: Array, against: Array, starts: int) -> tuple[Array, Array]:
    """Return the best starts (m, A, S, d) and their signs (m, A, S) from values (m, C, A).

    They are those with the largest losses; the last one is the best of the other sign.
    """
    error = np.moveaxis(values - against[:, None, None], 1, 2)  # (m, A, C)
    order = np.argsort(-np.abs(error), axis=2)[:, :, :starts]
    signs = np.where(np.take_along_axis(error, order, axis=2) >= 0, 1.0, -1.0)
    if starts > 1:
        main = signs[:, :, 0]
        order[:, :, -1] = np.argmax(-main[:, :, None] * error, axis=2)
        signs[:, :, -1] = -main
    rows = np.arange(len(points))[:, None, None]
    return points[rows, order], signs


def _climb(
    fits: Expansion,
    record: Record,
    X: Array,
    region: Region,
    columns: IntArray,
    starts: tuple[Array, Array],
    steps: int,
    first_step: float,
) -> None:
    """Run the ascents of function ``columns[a]`` from starts (m, A, S, d) with signs (m, A, S)."""
    points, signs = starts
    m, A, S, d = points.shape
    column = np.broadcast_to(columns[None, :, None], (m, A, S)).ravel()
    sign = signs.ravel()
    owner = np.repeat(X, A * S, axis=0)

    def objective(Z: Array) -> tuple[Array, Array]:
        values = _see(fits, record, Z.reshape(m, A * S, d)).reshape(m * A * S, fits.count)
        record.rows += A * S  # the derivatives
        own = values[np.arange(len(Z)), column]
        return sign * own, sign[:, None] * fits.gradients(Z, column)

    ascend(objective, points.reshape(-1, d), owner, region, steps, first_step)
