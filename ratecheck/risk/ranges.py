"""Maxima over many contiguous ranges of one array, in O(n + w log w) for w ranges."""

from __future__ import annotations

import numpy as np

from ratecheck.types import Array, IntArray


def range_maxima(values: Array, start: IntArray, stop: IntArray) -> Array:
    """Return the maximum of values[start_i : stop_i] for each i; -inf where that is empty.

    The ends of the ranges cut the array into blocks; each block is reduced once, and a range is
    the union of two overlapping runs of 2^p blocks.
    """
    out = np.full(start.size, -np.inf)
    edges = np.unique(np.concatenate([start, stop]))
    if edges.size < 2:
        return out
    table = np.maximum.reduceat(values[: edges[-1]], edges[:-1])
    first, last = np.searchsorted(edges, start), np.searchsorted(edges, stop)
    count, run = last - first, 1
    while run <= count.max():
        now = np.flatnonzero((count >= run) & (count < 2 * run))
        out[now] = np.maximum(table[first[now]], table[last[now] - run])
        table = np.maximum(table[:-run], table[run:])
        run *= 2
    return out
