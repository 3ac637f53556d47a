"""The bootstrap in matrix products: the moments, independence and correlation it must have."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.slopes.resampling import average, resampled, shares
from ratecheck.slopes.samples import of_means, of_pairs, of_replicates
from ratecheck.slopes.shared import covariance, shared, spreads
from ratecheck.types import Array

SIZES: Array = np.array([16.0, 32.0, 64.0, 128.0])
TIMES = 4000


def rows(count: int = 24, common: float = 0.0, seed: int = 1) -> list[Array]:
    rng = np.random.default_rng(seed)
    both = rng.standard_normal(count)
    own = rng.standard_normal((SIZES.size, count))
    return list(np.exp(0.3 * (common * both + (1 - common**2) ** 0.5 * own)))


@pytest.mark.parametrize("count", [3, 24, 5000])
def test_rows_of_the_table_are_resamples(count: int) -> None:
    table = np.concatenate(list(shares(0, 1000, count)))
    assert table.shape == (1000, count)
    assert table.sum(axis=1) == pytest.approx(1)
    counts = table * count
    assert np.abs(counts - counts.round()).max() < 1e-9
    assert counts.var() == pytest.approx(1 - 1 / count, rel=0.1)  # multinomial


def test_pieces_of_a_large_table_are_a_table() -> None:
    values = np.random.default_rng(0).standard_normal((5000, 2))
    found = average(values, 1000, 0)
    assert found.shape == (1000, 2)
    assert found.std(axis=0) * 5000**0.5 == pytest.approx(values.std(axis=0), rel=0.1)


def test_variances_are_those_of_the_resampled_replicates() -> None:
    """The power sums give what the resampled row itself gives, by the delta method."""
    row = rows()[0]
    sample = of_replicates(SIZES[:1], [row])
    levels, variances = resampled(sample, 200, 0, together=True)
    table = np.concatenate(list(shares(0, 200, row.size)))
    mean = table @ row
    delta = (table @ row**2 - mean**2) / mean**2 / (row.size - 1)
    assert levels[0] == pytest.approx(np.log(mean), abs=1e-12)
    assert variances[0] == pytest.approx(delta * (1 + 1.5 * delta), abs=1e-12)


def test_pairs_cancel_what_they_share() -> None:
    base = rows()[0]
    above = 2 * base * (1 + 1e-9 * np.random.default_rng(0).standard_normal(base.size))
    levels, variances = resampled(of_pairs(SIZES[:1], [above], [base]), 500, 0)
    assert levels == pytest.approx(np.log(2), abs=1e-8)
    assert 1e-11 < variances.mean() ** 0.5 < 1e-9  # 1e-9 / sqrt(24)


def test_sizes_are_resampled_independently_unless_together() -> None:
    samples = of_replicates(SIZES[:2], [rows()[0], rows()[0]])
    apart, _ = resampled(samples, TIMES, 0)
    joint, _ = resampled(samples, TIMES, 0, together=True)
    assert (
        abs(np.mean((apart[0] - apart[0].mean()) * (apart[1] - apart[1].mean())))
        < 5 * apart.var() / TIMES**0.5
    )
    assert joint[0] == pytest.approx(joint[1])


def test_correlated_replicates_are_noticed() -> None:
    assert shared(of_replicates(SIZES, rows(common=0.8))) is not None
    assert shared(of_replicates(SIZES, rows())) is None


def test_neighbours_that_correlate_are_noticed() -> None:
    """Nested samples: an autoregression, whose squared correlations alone would be missed."""
    noticed, apart, sizes = 0, 0, np.array(2.0 ** np.arange(13), dtype=np.float64)
    for seed in range(40):
        log = np.random.default_rng(seed).standard_normal((13, 8))
        apart += shared(of_replicates(sizes, list(np.exp(log)))) is not None
        for i in range(1, 13):
            log[i] = 0.6 * log[i - 1] + 0.8 * log[i]
        noticed += shared(of_replicates(sizes, list(np.exp(log)))) is not None
    assert noticed >= 36  # by the squares alone: about 22
    assert apart <= 6  # 5 % of 40, and three standard errors


def test_what_cannot_be_shared_is_not() -> None:
    unequal = [row[: 10 + i] for i, row in enumerate(rows(common=1.0))]
    assert shared(of_replicates(SIZES, unequal)) is None
    assert shared(of_replicates(SIZES, [row[:3] for row in rows(common=1.0)])) is None
    assert shared(of_means(SIZES, list(SIZES), 0.1 * SIZES)) is None
    constant = rows(common=0.9)
    constant[1] = np.full(24, 2.0)
    assert shared(of_replicates(SIZES, constant)) is None


def test_variances_of_functionals_are_those_of_the_joint_resamples() -> None:
    samples = of_replicates(SIZES, rows(count=60, common=0.9))
    table = shared(samples)
    assert table is not None
    functional = np.array([[-1.0, 0.0, 0.0, 1.0], [0.25, 0.25, 0.25, 0.25]])
    levels, _ = resampled(samples, TIMES, 0, together=True)
    direct = (functional @ levels).var(axis=1)
    stated = (
        (functional @ covariance(table, np.array([s.variance for s in samples]))) * functional
    ).sum(axis=1)
    assert stated == pytest.approx(direct, rel=0.15)
    assert spreads(table, functional, TIMES, 0).mean(axis=1) == pytest.approx(direct, rel=0.15)
    apart = (functional**2 * np.array([s.variance for s in samples])).sum(axis=1)
    assert apart[0] > 3 * direct[0]  # a difference of sizes: what they share cancels
    assert apart[1] < direct[1] / 2  # a mean over sizes: it does not
