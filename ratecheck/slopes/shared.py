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
    correlate: the sum of squared rank correlations over pairs of sizes, times R - 1, has the mean
    k (k - 1) / 2 for independent sizes of any law, and is compared with chi-squared at 5 %.
    """
    from scipy.stats import chi2, rankdata

    rows = [s.deviations for s in samples if isinstance(s, Replicates) and np.ptp(s.deviations)]
    count = rows[0].size if rows else 0
    if len(rows) < len(samples) or count < _FEWEST or any(row.size != count for row in rows):
        return None
    table = np.column_stack(rows)
    ranks = np.corrcoef(rankdata(table, axis=0), rowvar=False)
    pairs = len(rows) * (len(rows) - 1) / 2
    statistic = (count - 1) * (float((ranks**2).sum()) - len(rows)) / 2
    return table if statistic > chi2.isf(_LEVEL, pairs) else None


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
