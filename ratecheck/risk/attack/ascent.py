"""Projected gradient ascent with the step rule of Auto-PGD (Croce and Hein 2020), in batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.risk.attack.region import Region
from ratecheck.types import Array, BoolArray

MOMENTUM = 0.75
SUCCESS = 0.75  # share of rising steps since the last checkpoint below which steps are halved

Objective = Callable[[Array], tuple[Array, Array]]  # points (m, d) -> values (m,), gradients (m, d)


def checkpoints(steps: int) -> list[int]:
    """Return the numbers of steps after which progress is judged.

    ceil(p_j N) with p_1 = 0.22 and p_{j+1} = p_j + max(p_j - p_{j-1} - 0.03, 0.06).

    Examples
    --------
    >>> checkpoints(100)[:4]
    [22, 41, 57, 70]
    """
    before, now, found = 0.0, 0.22, []
    while now <= 1.0 + 1e-9:
        found.append(int(np.ceil(now * steps - 1e-9)))
        before, now = now, now + max(now - before - 0.03, 0.06)
    return sorted(set(found))


@final
@dataclass(kw_only=True, eq=False, slots=True)
class _Run:
    """State of all ascents: mutable, local to one call."""

    best: Array  # (m,)
    best_points: Array  # (m, d)
    best_gradients: Array  # (m, d)
    step: Array  # (m,)
    rises: Array  # (m,) since the last checkpoint
    at_check: Array  # (m,) best value at the last checkpoint
    halved: BoolArray  # (m,) whether the step was halved there


def ascend(
    objective: Objective, starts: Array, X: Array, region: Region, steps: int, first_step: float
) -> tuple[Array, Array]:
    """Maximise the objective from each start over its region; return the best points and values.

    Parameters
    ----------
    objective : callable
        Values and gradients at points (m, d); called ``steps + 1`` times.
    starts, X : ndarray, shape (m, d)
        Admissible starts, and the centres of their regions.
    steps : int
    first_step : float
        Length of the first steps; Auto-PGD takes 2 r.

    Notes
    -----
    z = P(x_k + eta g), x_{k+1} = P(x_k + 0.75 (z - x_k) + 0.25 (x_k - x_{k-1})), with g the
    region's unit direction. At a checkpoint eta is halved, and the run goes on from its best
    point, if fewer than 75 % of the steps rose, or if neither eta nor the best value changed.
    """
    values, gradients = objective(starts)
    run = _Run(
        best=values.copy(), best_points=starts.copy(), best_gradients=gradients.copy(),
        step=np.full(len(starts), first_step), rises=np.zeros(len(starts)),
        at_check=values.copy(), halved=np.zeros(len(starts), dtype=bool),
    )  # fmt: skip
    points, before, marks, last = starts, starts, checkpoints(steps), 0
    for k in range(1, steps + 1):
        points, before = _moved(points, before, gradients, run.step, X, region, k == 1), points
        old = values
        values, gradients = objective(points)
        run.rises += values > old
        _keep(run, points, values, gradients)
        if k in marks:
            again = _judge(run, k - last)
            points = np.where(again[:, None], run.best_points, points)
            before = np.where(again[:, None], run.best_points, before)
            gradients = np.where(again[:, None], run.best_gradients, gradients)
            values, last = np.where(again, run.best, values), k
    return run.best_points, run.best


def _moved(
    points: Array,
    before: Array,
    gradients: Array,
    step: Array,
    X: Array,
    region: Region,
    first: bool,
) -> Array:
    to = region.project(points + step[:, None] * region.direction(points, gradients), X)
    if first:
        return to
    return region.project(points + MOMENTUM * (to - points) + (1 - MOMENTUM) * (points - before), X)


def _keep(run: _Run, points: Array, values: Array, gradients: Array) -> None:
    better = values > run.best
    run.best[better] = values[better]
    run.best_points[better] = points[better]
    run.best_gradients[better] = gradients[better]


def _judge(run: _Run, taken: int) -> BoolArray:
    """Halve the steps that earned it; return which runs restart from their best point."""
    rare = run.rises < SUCCESS * taken
    stuck = ~run.halved & (run.best <= run.at_check)
    again = rare | stuck
    run.step[again] *= 0.5
    run.halved, run.at_check = again, run.best.copy()
    run.rises[:] = 0.0
    return np.asarray(again)
