"""Where a curve over training time has its minimum."""

from __future__ import annotations

import numpy as np

from ratecheck import check
from ratecheck.types import Array, InputError, Status


def minimiser(times: Array, risks: Array) -> tuple[float, Status]:
    """Return log10 of the time at which a risk is smallest, and whether the grid holds it.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Increasing and finite; T >= 3.
    risks : ndarray, shape (T,)
        Positive.

    Returns
    -------
    float, Status
        The lowest point of the parabola of log risk in log time through the best time and its
        neighbours; EDGE_LOW or EDGE_HIGH, with the end itself, where the minimum is at an end.

    Examples
    --------
    >>> t = np.array([1.0, 10.0, 100.0, 1000.0])
    >>> minimiser(t, 10 ** (np.log10(t) - 1.2) ** 2)[0].__round__(9)
    1.2
    """
    t, values = check.times("times", times), check.values("risks", risks, length=len(times))
    if t.size < 3 or values.min() <= 0:
        raise InputError(f"at least three positive risks are needed, got {risks!r}")
    best = int(np.argmin(values))
    if best in (0, t.size - 1):
        edge = Status.EDGE_LOW if best == 0 else Status.EDGE_HIGH
        return float(np.log10(t[best])), edge
    x, z = np.log10(t[best - 1 : best + 2]), np.log(values[best - 1 : best + 2])
    slopes = np.diff(z) / np.diff(x)
    bend = (slopes[1] - slopes[0]) / (x[2] - x[0])
    if bend <= 0:  # three equal values
        return float(x[1]), Status.CONVERGED
    place = (x[0] + x[1]) / 2 - slopes[0] / (2 * bend)
    return float(np.clip(place, x[0], x[2])), Status.CONVERGED
