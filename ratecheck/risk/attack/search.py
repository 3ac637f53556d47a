"""The attack: candidates, ascents for some of the functions, a polish for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.risk.attack.ascent import Objective, ascend
from ratecheck.risk.attack.budget import STANDARD, Budget
from ratecheck.risk.attack.polish import polish
from ratecheck.risk.attack.record import Record
from ratecheck.risk.attack.region import Region
from ratecheck.risk.attack.starts import candidates, see_centres
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, IntArray

Climb = Callable[[Objective, Array, Array, Region, int, float], object]
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
    hunt = _Hunt(fits=fits, record=Record.empty(X, fits.count), X=X, region=region)
    see_centres(hunt.record, fits, X, region)
    anchors = _spread(fits.count, budget.anchors)
    peaks = hunt.record.extreme_points(anchors)  # the best centres inside the regions
    found = candidates(fits, X, region, anchors, (budget.centres, budget.random), rng)
    found = np.concatenate([found, peaks], axis=1)
    hunt.record.rows += len(anchors)
    values = hunt.see(found)
    starts, signs = _chosen(found, values[:, :, anchors], against, budget.starts)
    hunt.climb(ascend, anchors, starts, signs, budget.steps, 2 * region.radius)
    hunt.polish(_spread(fits.count, budget.polished), against, budget.polish)
    if fits.count > budget.polished:
        hunt.polish(np.arange(fits.count), against, budget.touch)
    return hunt.record


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Hunt:
    """Fits, regions, and the record of what was seen."""

    fits: Expansion
    record: Record
    X: Array
    region: Region

    def see(self, points: Array) -> Array:
        """Evaluate all functions at points (m, S, d); return the values (m, S, T)."""
        m, S, d = points.shape
        values = self.fits.values(points.reshape(m * S, d)).reshape(m, S, self.fits.count)
        self.record.see(points, values)
        self.record.rows += S
        return values

    def polish(self, columns: IntArray, against: Array, steps: int) -> None:
        """Climb with some functions from the worst point seen for each."""
        if steps == 0:
            return
        points, signs = (a[:, columns, None] for a in self.record.worst_points(against))
        self.climb(polish, columns, points, signs, steps, _POLISH_STEP * self.region.radius)

    def climb(
        self,
        method: Climb,
        columns: IntArray,
        starts: Array,
        signs: Array,
        steps: int,
        first_step: float,
    ) -> None:
        """Climb with function ``columns[a]`` from starts (m, A, S, d) with signs (m, A, S)."""
        m, A, S, d = starts.shape
        column = np.broadcast_to(columns[None, :, None], (m, A, S)).ravel()
        sign, owner = signs.ravel(), np.repeat(self.X, A * S, axis=0)

        def objective(Z: Array) -> tuple[Array, Array]:
            values, gradients = self.fits.climb(Z, column)
            self.record.see(Z.reshape(m, A * S, d), values.reshape(m, A * S, -1))
            self.record.rows += 2 * A * S  # values and derivatives
            return sign * values[np.arange(len(Z)), column], sign[:, None] * gradients

        method(objective, starts.reshape(-1, d), owner, self.region, steps, first_step)


def _spread(count: int, anchors: int) -> IntArray:
    """Return the anchors, evenly spread from the first function to the last; one: the last."""
    if anchors == 1:
        return np.array([count - 1])
    return np.unique(np.round(np.linspace(0, count - 1, min(anchors, count))).astype(np.int64))


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
