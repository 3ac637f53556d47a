"""Extremes over many contiguous ranges of one array, in O(n + w log w) for w ranges."""

from __future__ import annotations

import numpy as np

from ratecheck.types import Array, IntArray


def range_extremes(values: Array, start: IntArray, stop: IntArray) -> tuple[Array, Array]:
    """Return maximum and minimum of values[start_i : stop_i] for each i; -inf and inf if empty.

    The ends of the ranges cut the array into blocks; each block is reduced once, and a range is
    the union of two overlapping runs of 2^p blocks.
    """
    cut = np.zeros(values.size + 1, dtype=np.bool_)
    cut[start] = cut[stop] = True
    rank = np.cumsum(cut) - 1
    edges = np.flatnonzero(cut)
    first, last = rank[start], rank[stop]
    if edges.size < 2:
        return np.full(start.size, -np.inf), np.full(start.size, np.inf)
    blocks = values[: edges[-1]]
    high = _over_runs(np.maximum, np.maximum.reduceat(blocks, edges[:-1]), first, last, -np.inf)
    low = _over_runs(np.minimum, np.minimum.reduceat(blocks, edges[:-1]), first, last, np.inf)
    return high, low


def _over_runs(
    join: np.ufunc, table: Array, first: IntArray, last: IntArray, empty: float
) -> Array:
    out = np.full(first.size, empty)
    count, run = last - first, 1
    while run <= count.max():
        now = np.flatnonzero((count >= run) & (count < 2 * run))
        out[now] = join(table[first[now]], table[last[now] - run])
        table = join(table[:-run], table[run:])
        run *= 2
    return out
