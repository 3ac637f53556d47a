"""The integer lattice Z^d: how many frequencies have which length."""

from __future__ import annotations

from functools import lru_cache
from math import gamma, isqrt, pi

import numpy as np

from ratecheck.types import Array, IntArray

EXACT = 2**12  # squared length up to which shells are counted one by one, unless told otherwise
_BINS = 400  # per factor e of the length beyond: filters are smooth, errors about 1e-7


def ball_volume(d: int) -> float:
    """Return the volume of the unit ball of R^d.

    >>> ball_volume(2) == np.pi
    True
    """
    return float(pi ** (d / 2) / gamma(d / 2 + 1))


@lru_cache(maxsize=16)
def shell_counts(d: int, last: int) -> IntArray:
    """Return #{k in Z^d : |k|^2 = j} for j = 0 ... last.

    One dimension after another: the counts of d - 1 dimensions, shifted by every square.

    Examples
    --------
    >>> shell_counts(2, 5)
    array([1, 4, 4, 0, 4, 8])
    """
    counts = np.zeros(last + 1, dtype=np.int64)
    counts[0] = 1
    for _ in range(d):
        lower, counts = counts, counts.copy()
        for k in range(1, isqrt(last) + 1):
            counts[k * k :] += 2 * lower[: last + 1 - k * k]
    return counts


@lru_cache(maxsize=16)
def shells(d: int, first: float, last: float, exact: int = EXACT) -> tuple[Array, Array]:
    """Return squared lengths and counts of the frequencies with first < |k| <= last.

    Shells up to |k|^2 = ``exact`` one by one; beyond, bins of 0.25 % of the length with the volume
    of the shell as their count. The first bin begins where the volume equals the count before it.
    """
    j = np.arange(1, exact + 1, dtype=np.float64)
    counts = shell_counts(d, exact)[1:].astype(np.float64)
    keep = (j > first**2) & (j <= last**2) & (counts > 0)
    low = max(first, float((1 + counts.sum()) / ball_volume(d)) ** (1 / d))
    if last <= low:
        return j[keep], counts[keep]
    edges = np.geomspace(low, last, 2 + int(_BINS * np.log(last / low)))
    volumes = ball_volume(d) * np.diff(edges**d)
    return (
        np.concatenate([j[keep], edges[1:] * edges[:-1]]),
        np.concatenate([counts[keep], volumes]),
    )


def half_box(d: int, band: int) -> IntArray:
    """Return |k|^2 over the half box of a real series: see `half_shape` for its order."""
    full = np.fft.fftfreq(2 * band + 1, 1 / (2 * band + 1)).round().astype(np.int64)
    axes = [full] * (d - 1) + [np.arange(band + 1)]
    total = np.zeros((1,) * d, dtype=np.int64)
    for axis, k in enumerate(axes):
        total = total + (k**2).reshape([-1 if i == axis else 1 for i in range(d)])
    return np.asarray(total)


def half_shape(d: int, band: int) -> tuple[int, ...]:
    """Return the shape (2 B + 1, ..., B + 1) of the half spectrum of a real function.

    Frequencies 0 ... B, -B ... -1 along all axes but the last, 0 ... B along the last.
    """
    return (2 * band + 1,) * (d - 1) + (band + 1,)
