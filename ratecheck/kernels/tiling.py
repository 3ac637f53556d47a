"""Matrices of kernel values tile by tile: temporaries stay in cache, symmetry halves the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from ratecheck.types import Array

TILE = 192  # rows and columns of a tile: half a dozen float64 temporaries fit in 2 MB of cache
ENTRIES = 2**16  # entries of a block of rows, where only rows are cut

P = TypeVar("P")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tiles(Generic[P]):
    """How a tile is made: points prepared once per strip, values of two prepared strips."""

    prepare: Callable[[Array], P]
    evaluate: Callable[[P, P], Array]


def unprepared(evaluate: Callable[[Array, Array], Array]) -> Tiles[Array]:
    """Return tiles of the points as they are."""
    return Tiles(prepare=lambda X: X, evaluate=evaluate)


def blocks(size: int, step: int) -> Iterator[slice]:
    """Yield slices of at most ``step`` indices that cover ``range(size)``."""
    for start in range(0, size, step):
        yield slice(start, min(start + step, size))


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices of rows of a (rows, columns) matrix with about `ENTRIES` entries each."""
    return blocks(rows, max(1, ENTRIES // columns))


def gram(tiles: Tiles[P], X: Array, Y: Array) -> Array:
    """Return the matrix of values at all pairs; exactly symmetric when ``X is Y``."""
    _keep_freed_memory()
    rows = _strips(tiles, X)
    if X is Y:
        return _symmetric(tiles, rows, _strips(tiles, X), len(X))
    out = np.empty((len(X), len(Y)))
    columns = _strips(tiles, Y)
    for i, first in rows:
        for j, second in columns:
            out[i, j] = _tile(tiles, first, second, (i, j))
    return out


def _keep_freed_memory() -> None:
    """Free one large block: glibc then stops returning tile-sized blocks to the system.

    Without it every temporary of every tile is mapped afresh, which costs a third of the time. An
    allocator that works differently loses nothing: the block is never touched.
    """
    np.empty(2**21)


def _strips(tiles: Tiles[P], X: Array) -> list[tuple[slice, P]]:
    return [(i, tiles.prepare(X[i])) for i in blocks(len(X), TILE)]


def _symmetric(
    tiles: Tiles[P], rows: list[tuple[slice, P]], columns: list[tuple[slice, P]], size: int
) -> Array:
    """Return the matrix from its upper tiles.

    The strips come twice, as different objects: of a matrix and its own transpose BLAS forms the
    product by another routine, so that a diagonal tile would round differently from the others.
    """
    out = np.empty((size, size))
    for k, (i, first) in enumerate(rows):
        for j, second in columns[k:]:
            tile = _tile(tiles, first, second, (i, j))
            if i == j:
                out[i, i] = 0.5 * (tile + tile.T)  # symmetric to the last bit
            else:
                out[i, j], out[j, i] = tile, tile.T
    return out


def _tile(tiles: Tiles[P], first: P, second: P, where: tuple[slice, slice]) -> Array:
    tile = tiles.evaluate(first, second)
    n, m = (s.stop - s.start for s in where)
    if tile.shape != (n, m):
        raise TypeError(f"a kernel of {n} and {m} points returned shape {tile.shape}")
    return tile
