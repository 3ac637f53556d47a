"""The geometric grid of candidate times."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from ratecheck import check
from ratecheck.stopping.setting import Setting
from ratecheck.types import Array, InputError


def time_grid(setting: Setting, ratio: float = math.sqrt(2.0)) -> Array:
    """Return the times ``t_0 ratio^j`` from ``1/mu_max`` up to an effective dimension.

    Parameters
    ----------
    setting : Setting
        Supplies n, ``mu_max`` and the population ``N_2``.
    ratio : float
        Quotient of neighbours, in (1, 2]: theory note C.

    Returns
    -------
    Array
        The times whose ``N_2(t) <= min(n/3, 2 sqrt(n))``. Beyond n/3 the fits approach
        interpolation. For s > d/2 the best time has ``N_2`` of order n^(d/(2s+d)), below
        n^(1/2); the factor 2 is the safety.

    Raises
    ------
    InputError
        If the ratio is outside (1, 2], or the sample is too small for two times.
    """
    allowed_ratio(ratio)
    limit = min(setting.size / 3, 2 * math.sqrt(setting.size))
    first = 1 / setting.largest_eigenvalue
    count = _count(lambda j: setting.effective_dimension(first * ratio**j) <= limit)
    if count < 2:
        raise InputError(
            f"size={setting.size} leaves {count} time(s) with effective dimension at most "
            f"{limit:.3g}: take a larger sample"
        )
    return first * np.power(ratio, np.arange(count))


def merged(grid: Array, planned: Iterable[float], ratio: float = 2.0) -> Array:
    """Return the sorted union of a grid and planned times, without a gap above ``ratio``.

    Where a planned time lies beyond an end of the grid, geometric steps fill the gap, so that
    rules that compare neighbours may still be used.

    Examples
    --------
    >>> merged(np.array([1.0, 2.0]), [1.5, 16.0])
    array([ 1. ,  1.5,  2. ,  4. ,  8. , 16. ])
    """
    allowed_ratio(ratio)
    extra = [check.positive("planned time", time) for time in planned]
    union = np.unique(np.concatenate([check.times("grid", grid), extra]))
    # times that agree to rounding are one time
    union = union[np.concatenate([[True], np.diff(union) > 1e-10 * union[1:]])]
    steps = [_filled(a, b, ratio) for a, b in pairwise(union)]
    return np.concatenate([union[:1], *steps])


def _filled(low: float, high: float, ratio: float) -> Array:
    pieces = max(1, math.ceil(math.log(high / low) / math.log(ratio) - 1e-9))
    inner = low * np.power(high / low, np.arange(1, pieces) / pieces)
    return np.append(inner, high)


def allowed_ratio(ratio: float) -> float:
    """Return a quotient of neighbouring times in (1, 2], or raise `InputError`."""
    if not 1 < (value := check.number("ratio", ratio)) <= 2:
        raise InputError(f"ratio must be above 1 and at most 2 (theory note C), got {ratio!r}")
    return value


def _count(admissible: Callable[[int], bool], most: int = 1024) -> int:
    """Return how many j = 0, 1, ... pass a test that holds up to some j and fails beyond."""
    high = 1
    while high < most and admissible(high - 1):
        high *= 2
    low = high // 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if admissible(middle) else (low, middle)
    return low
