"""Matrices of kernel values tile by tile: temporaries stay in cache, symmetry halves the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ratecheck.types import Array

TILE = 192  # rows and columns of a tile: half a dozen float64 temporaries fit in 2 MB of cache
ENTRIES = 2**16  # entries of a block of rows, where only rows are cut

Evaluate = Callable[[Array, Array], Array]


def blocks(size: int, step: int) -> Iterator[slice]:
    """Yield slices of at most ``step`` indices that cover ``range(size)``."""
    for start in range(0, size, step):
        yield slice(start, min(start + step, size))


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices of rows of a (rows, columns) matrix with about `ENTRIES` entries each."""
    return blocks(rows, max(1, ENTRIES // columns))


def gram(evaluate: Evaluate, X: Array, Y: Array) -> Array:
    """Return the matrix of ``evaluate`` on all pairs; exactly symmetric when ``X is Y``."""
    _keep_freed_memory()
    if X is Y:
        return _symmetric(evaluate, X)
    out = np.empty((len(X), len(Y)))
    for i in blocks(len(X), TILE):
        for j in blocks(len(Y), TILE):
            out[i, j] = _tile(evaluate, X[i], Y[j])
    return out


def _keep_freed_memory() -> None:
    """Free one large block: glibc then stops returning tile-sized blocks to the system.

    Without it every temporary of every tile is mapped afresh, which costs a third of the time. An
    allocator that works differently loses nothing: the block is never touched.
    """
    np.empty(2**21)


def _symmetric(evaluate: Evaluate, X: Array) -> Array:
    out = np.empty((len(X), len(X)))
    for i in blocks(len(X), TILE):
        for j in blocks(len(X), TILE):
            if j.start == i.start:  # the mean of tile and transpose is symmetric to the last bit
                tile = _tile(evaluate, X[i], X[i])
                out[i, i] = 0.5 * (tile + tile.T)
            elif j.start > i.start:
                out[i, j] = tile = _tile(evaluate, X[i], X[j])
                out[j, i] = tile.T
    return out


def _tile(evaluate: Evaluate, X: Array, Y: Array) -> Array:
    tile = evaluate(X, Y)
    if tile.shape != (len(X), len(Y)):
        raise TypeError(f"a kernel of {len(X)} and {len(Y)} points returned shape {tile.shape}")
    return tile
