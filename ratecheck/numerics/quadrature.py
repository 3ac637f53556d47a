"""Quadrature rules, and sums and maxima over very many integers without visiting them all."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, final

import numpy as np

from ratecheck import check
from ratecheck.types import Array

OverIntegers: TypeAlias = Callable[[Array], Array]  # k of shape (K,) -> values of shape (T, K)

HEAD = 1024  # integers summed one by one before blocks begin; beyond, Euler-Maclaurin is exact
SMALL_BLOCK = 256  # a block this short is summed one by one
NODES = 16  # Gauss points per block
MOST_SPLITS = 80  # halvings of one block: enough to isolate a jump between two integers < 2^80
DENSE = 512  # integers below which a maximum is looked for one by one
_HIDDEN = 0.02  # share by which a hill may rise between two rungs of the ladder beyond


@lru_cache(maxsize=64)
def _unit_rule(count: int) -> tuple[Array, Array]:
    from scipy.special import roots_legendre

    nodes, weights = roots_legendre(count)
    nodes, weights = 0.5 * (nodes - nodes[::-1]), 0.5 * (weights + weights[::-1])
    weights *= 2.0 / weights.sum()  # together: a digit back at thousands of nodes
    for array in (nodes, weights):
        array.setflags(write=False)  # shared by all callers of the cache
    return nodes, weights


def gauss_legendre(count: int, low: float = -1.0, high: float = 1.0) -> tuple[Array, Array]:
    """Return the nodes and weights, each (count,), of Gauss-Legendre quadrature on [low, high].

    Examples
    --------
    >>> nodes, weights = gauss_legendre(5, 0.0, 1.0)
    >>> bool(abs(weights @ nodes**9 - 1 / 10) < 1e-15)
    True
    """
    check.integer("count", count, low=1)
    nodes, weights = _unit_rule(count)
    half = 0.5 * (high - low)
    return low + half * (nodes + 1.0), half * weights


def composite_legendre(count: int, breaks: tuple[float, ...]) -> tuple[Array, Array]:
    """Return a Gauss-Legendre rule with ``count`` nodes between each two neighbouring breaks."""
    rules = [gauss_legendre(count, a, b) for a, b in itertools.pairwise(breaks)]
    return np.concatenate([r[0] for r in rules]), np.concatenate([r[1] for r in rules])


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class IntegerSum:
    """A sum over integers, shape (T,), with its estimated absolute error, shape (T,)."""

    value: Array
    error: Array


def sum_over_integers(
    function: OverIntegers, first: float, last: float, *, tolerance: float = 1e-13
) -> IntegerSum:
    """Sum ``function(k)`` over the integers first <= k <= last.

    Parameters
    ----------
    function : callable
        Takes integers (as floats, shape (K,)) and the half-integers between them; returns
        shape (T, K). Smooth on the scale of k itself, up to finitely many jumps.
    first, last : float
        Integer valued; ``last`` may be far beyond 2^53.
    tolerance : float
        Error of the blocks relative to the sum of absolute values.

    Returns
    -------
    IntegerSum
        Values and a-posteriori errors (difference of two refinements).

    Notes
    -----
    The first `HEAD` integers are added one by one. The others fall into dyadic blocks [a, b),
    where Euler-Maclaurin at the midpoints gives ``int_{a-1/2}^{b-1/2} f - (f'(b-1/2) -
    f'(a-1/2)) / 24``, with the integral by Gauss-Legendre; a block that disagrees with its two
    halves is split again, so that a jump costs logarithmically many evaluations.
    """
    split = min(last, first + HEAD - 1)
    head = function(np.arange(first, split + 1)) if last >= first else function(np.ones(1)) * 0
    value, error = head.sum(axis=1), np.zeros(head.shape[0])
    scale = np.abs(head).sum(axis=1)
    blocks = _dyadic_blocks(split + 1, last + 1)
    if blocks.size:  # the far end may be rounding noise beside the bulk: do not resolve it
        scale = scale + np.abs(_block_sums(function, blocks)).sum(axis=1)
    for _ in range(MOST_SPLITS):
        if not blocks.size:
            break
        halves = _halved(blocks)
        coarse = _block_sums(function, blocks)
        fine = _block_sums(function, halves).reshape(len(coarse), -1, 2).sum(axis=2)
        wrong = np.abs(fine - coarse)
        done = (wrong <= tolerance * (scale[:, None] + np.abs(fine))).all(axis=0)
        done |= blocks[:, 1] - blocks[:, 0] <= SMALL_BLOCK
        value, error = (
            value + fine[:, done].sum(axis=1),
            error + _trusted(wrong, blocks)[:, done].sum(axis=1),
        )
        blocks = halves.reshape(-1, 2, 2)[~done].reshape(-1, 2)
    return IntegerSum(value=value, error=error)


def maximum_over_integers(function: OverIntegers, last: float) -> tuple[Array, Array]:
    """Return the maxima (T,) over integers 1 <= k <= last and the integers (T,) attaining them.

    Exact if each row of ``function`` has, for k > `DENSE`, few hills, each wider than a factor of
    1.1 in k, or is monotone on both sides of a jump: true of a spectral filter's residual times
    a power of k, and of sums of two such functions.
    """
    k = _ladder(last)
    table = function(k)
    best = np.argmax(table, axis=1)
    place, value = k[best], table[np.arange(len(best)), best]
    for row, rung in _hills(table, value):
        below, above = k[max(rung - 1, 0)], k[min(rung + 1, k.size - 1)]
        if above > DENSE and (found := _zoom(function, row, below, above))[1] > value[row]:
            place[row], value[row] = found
    return value, place


def _hills(table: Array, highest: Array) -> list[tuple[int, int]]:
    """Return (row, rung) of local maxima that may hide the global one between their rungs."""
    padded = np.pad(table, ((0, 0), (1, 1)), constant_values=-np.inf)
    local = (table >= padded[:, :-2]) & (table >= padded[:, 2:])
    near = table >= highest[:, None] - _HIDDEN * np.abs(highest[:, None])
    return [(int(row), int(rung)) for row, rung in np.argwhere(local & near)]


def _zoom(function: OverIntegers, row: int, low: float, high: float) -> tuple[float, float]:
    while True:
        dense = high - low <= 128
        k = np.arange(low, high + 1) if dense else np.unique(np.rint(np.linspace(low, high, 65)))
        values = function(k)[row]
        best = int(np.argmax(values))
        if dense or k.size < 3:
            return float(k[best]), float(values[best])
        low, high = k[max(best - 1, 0)], k[min(best + 1, k.size - 1)]


def _ladder(last: float) -> Array:
    dense = np.arange(1.0, min(last, DENSE) + 1)
    if last <= DENSE:
        return dense
    rungs = int(np.ceil(np.log(last / DENSE) / 0.05)) + 1
    return np.unique(np.concatenate([dense, np.rint(np.geomspace(DENSE, last, rungs + 1))]))


def _dyadic_blocks(start: float, stop: float) -> Array:
    """Split [start, stop) at start * 2^j."""
    if stop <= start:
        return np.empty((0, 2))
    count = max(int(np.ceil(np.log2(stop / start))), 1)
    edges = np.minimum(start * 2.0 ** np.arange(count + 1), stop)
    return np.stack([edges[:-1], edges[1:]], axis=1)


def _halved(blocks: Array) -> Array:
    middle = np.floor(blocks.mean(axis=1))
    return np.stack([blocks[:, 0], middle, middle, blocks[:, 1]], axis=1).reshape(-1, 2)


def _block_sums(function: OverIntegers, blocks: Array) -> Array:
    """Return the sum over each block, shape (T, blocks)."""
    short = blocks[:, 1] - blocks[:, 0] <= SMALL_BLOCK
    some = function(np.ones(1))
    sums = np.empty((some.shape[0], len(blocks)))
    sums[:, ~short] = _smooth_sums(function, blocks[~short])
    for index in np.flatnonzero(short):
        sums[:, index] = function(np.arange(*blocks[index])).sum(axis=1)
    return sums


def _smooth_sums(function: OverIntegers, blocks: Array) -> Array:
    nodes, weights = _unit_rule(NODES)
    half = 0.5 * (blocks[:, 1] - blocks[:, 0])
    inner = blocks[:, :1] - 0.5 + half[:, None] * (nodes + 1)
    ends = np.stack([blocks[:, 0] - 1, blocks[:, 0], blocks[:, 1] - 1, blocks[:, 1]], axis=1)
    table = function(np.concatenate([inner, ends], axis=1).ravel())
    table = table.reshape(table.shape[0], len(blocks), NODES + 4)
    slope_low = table[..., NODES + 1] - table[..., NODES]
    slope_high = table[..., NODES + 3] - table[..., NODES + 2]
    return table[..., :NODES] @ weights * half - (slope_high - slope_low) / 24.0


def _trusted(wrong: Array, blocks: Array) -> Array:
    """Blocks that were summed one by one carry no error."""
    return np.where(blocks[:, 1] - blocks[:, 0] <= SMALL_BLOCK, 0.0, wrong)
