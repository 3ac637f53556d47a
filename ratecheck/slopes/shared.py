"""Replicates that share randomness between sizes: common random numbers, nested samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ratecheck.slopes.resampling import average
from ratecheck.slopes.samples import Replicates, Sample
from ratecheck.types import Array

_FEWEST = 4  # replicates, below which no correlation can be told from chance
_LEVEL = 0.05  # of the test for correlation; a false alarm costs precision, not validity


def shared(samples: Sequence[Sample]) -> Array | None:
    """Return relative deviations (R, k) of replicates that sizes share, or None.

    Replicate r of every size belongs together if the sizes have equally many and their ranks
    correlate. For independent sizes of any law rank correlations have mean 0 and variance
    1 / (R - 1), and those of different pairs of sizes are uncorrelated. Two tests at 2.5 % each:
    the sum of their squares against chi-squared, and their sum divided by the distance of the two
    sizes on the grid against the normal law: nested samples correlate with their neighbours.
    """
    from scipy.stats import rankdata

    rows = [s.deviations for s in samples if isinstance(s, Replicates) and np.ptp(s.deviations)]
    count = rows[0].size if rows else 0
    if len(rows) < len(samples) or count < _FEWEST or any(row.size != count for row in rows):
        return None
    table = np.column_stack(rows)
    ranks = np.asarray(np.corrcoef(rankdata(table, axis=0), rowvar=False))
    return table if _correlated(ranks, count) else None


def _correlated(ranks: Array, count: int) -> bool:
    from scipy.stats import chi2, norm

    above = np.triu_indices(len(ranks), 1)
    found, near = ranks[above] * (count - 1) ** 0.5, 1 / (above[1] - above[0])
    squares, signed = found @ found, near @ found / (near @ near) ** 0.5
    return bool(squares > chi2.isf(_LEVEL / 2, found.size) or signed > norm.isf(_LEVEL / 2))


def covariance(table: Array, variances: Array) -> Array:
    """Return the covariance (k, k) of the log levels, with the given variances (k,)."""
    scale = np.sqrt(variances)
    return np.asarray(np.corrcoef(table, rowvar=False) * np.outer(scale, scale))


def spreads(table: Array, rows: Array, times: int, seed: int) -> Array:
    """Return delta-method variances (p, times) of functionals (p, k) in each resample.

    The resamples are those of `resampling.resampled` with ``together``.
    """
    count, sizes = table.shape
    products = (table[:, :, None] * table[:, None, :]).reshape(count, -1)
    means = average(np.column_stack([table, products]), times, seed)
    first, second = means[:, :sizes], means[:, sizes:].reshape(times, sizes, sizes)
    scaled = rows / (1 + first)[:, None, :]  # (times, p, k)
    squares = ((scaled @ second) * scaled).sum(axis=2)
    centre = (scaled @ first[:, :, None])[:, :, 0]
    return np.asarray(np.maximum(squares - centre**2, 0).T / (count - 1))
