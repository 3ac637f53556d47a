"""The bootstrap over replicates: many resamples of many sizes in a few matrix products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from ratecheck.slopes.samples import Sample
from ratecheck.streams import generator
from ratecheck.types import Array

_CACHED = 2**21  # numbers: larger tables are drawn again in pieces, so that memory stays small


def resampled(
    samples: Sequence[Sample], times: int, seed: int, *, together: bool = False
) -> tuple[Array, Array]:
    """Return bootstrap levels and their delta-method variances, both (k, times).

    Parameters
    ----------
    samples : sequence of Sample
        One a size.
    times : int
        Number of resamples.
    seed : int
        Root of the random stream.
    together : bool
        Whether replicate r of all sizes is drawn together (equal counts), which keeps what the
        sizes share; else the sizes are resampled independently of each other.

    Notes
    -----
    A resample of R replicates is a row of shares (count of each over R), so that the resampled
    means of m functions are (times, R) @ (R, m). Sizes with equal R use the same table of rows, in
    independent random orders: that makes their resamples independent up to 1 / times.
    """
    rng, tables = generator(seed, role="bootstrap"), means(samples, times, seed)
    found = [_levels(s, m, rng, together) for s, m in zip(samples, tables, strict=True)]
    levels, variances = (np.stack(part) for part in zip(*found, strict=True))
    return levels, variances


def _levels(
    sample: Sample, table: Array, rng: np.random.Generator, together: bool
) -> tuple[Array, Array]:
    order = slice(None) if together else rng.permutation(len(table))
    return sample.levels(table[order], rng)


def means(samples: Sequence[Sample], times: int, seed: int) -> list[Array]:
    """Return for every sample the resampled means (times, m) of its powers."""
    powers = [sample.powers for sample in samples]
    found = [np.zeros((times, p.shape[1])) for p in powers]
    for count in {sample.count for sample in samples if sample.count}:
        members = [i for i, sample in enumerate(samples) if sample.count == count]
        table = average(np.concatenate([powers[i] for i in members], axis=1), times, seed)
        ends = np.cumsum([powers[i].shape[1] for i in members])
        for i, part in zip(members, np.split(table, ends[:-1], axis=1), strict=True):
            found[i] = part
    return found


def average(values: Array, times: int, seed: int) -> Array:
    """Return the resampled means (times, m) of the columns of ``values`` (R, m)."""
    pieces = shares(seed, times, len(values))
    return np.concatenate([piece @ values for piece in pieces])


def shares(seed: int, times: int, count: int) -> Iterator[Array]:
    """Yield pieces of the (times, count) table whose rows are resamples as shares of one."""
    if times * count <= _CACHED:
        yield _table(seed, times, count)
        return
    rng = generator(seed, count, role="bootstrap")
    rows = max(1, _CACHED // count)
    for start in range(0, times, rows):
        yield _drawn(rng, min(rows, times - start), count)


@lru_cache(maxsize=4)
def _table(seed: int, times: int, count: int) -> Array:
    table = _drawn(generator(seed, count, role="bootstrap"), times, count)
    table.flags.writeable = False
    return table


def _drawn(rng: np.random.Generator, rows: int, count: int) -> Array:
    places = rng.integers(count, size=(rows, count)) + count * np.arange(rows)[:, None]
    counted = np.bincount(places.ravel(), minlength=rows * count)
    return counted.reshape(rows, count) / count
