"""Laws of summaries: the standard error that each states is that of the plain bootstrap.

The bootstrap here is the naive one: replicates drawn again one by one, the whole summary computed
anew. Its standard deviation over 1500 resamples is known to 2 %.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from ratecheck.assertions.bands import contrasts
from ratecheck.assertions.intervals import of_difference, of_mean
from ratecheck.slopes import fit, fit_ratio
from ratecheck.slopes.affine import Means, affine_slope
from ratecheck.slopes.samples import of_pairs, of_replicates
from ratecheck.types import Array

COUNT, RESAMPLES, TOLERANCE = 60, 1500, 0.08
SIZES: Array = np.array([256.0, 512.0, 1024.0, 2048.0, 4096.0])
Table = list[Array]  # a row of (m, R) replicates for each size


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A number with the standard error it states, of one or of all sizes' replicates.

    ``width`` is the number of rows of replicates at each size, which stay together.
    """

    name: str
    of: Callable[[Table], tuple[float, float]]
    width: int = 1


def mean(table: Table) -> tuple[float, float]:
    found = of_mean(table[0][0])
    return found.mean, found.error


def difference(table: Table) -> tuple[float, float]:
    found = of_difference(table[0][0], table[1][0])
    return found.mean, found.error


def log_mean(table: Table) -> tuple[float, float]:
    sample = of_replicates(SIZES[:1], [table[0][0]])[0]
    return sample.level, sample.variance**0.5


def log_ratio(table: Table) -> tuple[float, float]:
    sample = of_pairs(SIZES[:1], [table[0][0]], [table[0][1]])[0]
    return sample.level, sample.variance**0.5


def plain_mean(table: Table) -> tuple[float, float]:
    sample = Means.of(1.0, table[0][0])
    return sample.level, sample.variance**0.5


def slope(table: Table) -> tuple[float, float]:
    found = fit(SIZES, [row[0] for row in table], resamples=100)
    return found.estimate, found.standard_error / found.inflation


def curvature(table: Table) -> tuple[float, float]:
    found = fit(SIZES, [row[0] for row in table], resamples=100)
    return found.curvature.value, found.curvature.standard_error / found.inflation


def ratio_slope(table: Table) -> tuple[float, float]:
    found = fit_ratio(SIZES, [r[0] for r in table], [r[1] for r in table], resamples=100)
    return found.estimate, found.standard_error / found.inflation


def affine(table: Table) -> tuple[float, float]:
    found = affine_slope(list(np.log(SIZES)), [row[0] for row in table])
    return found.value, found.standard_error


def contrast(table: Table) -> tuple[float, float]:
    top, base = table[0]
    found = contrasts(top[None], base[:, None])
    half = float(found.high[0, 0] - found.value[0, 0])
    return float(found.value[0, 0]), half / float(student.ppf(0.975, COUNT - 1))


SUMMARIES = (
    Summary(name="mean", of=mean),
    Summary(name="difference of means", of=difference),
    Summary(name="log mean", of=log_mean),
    Summary(name="log ratio of paired means", of=log_ratio, width=2),
    Summary(name="mean on an exact abscissa", of=plain_mean),
    Summary(name="slope", of=slope),
    Summary(name="curvature", of=curvature),
    Summary(name="slope of a ratio", of=ratio_slope, width=2),
    Summary(name="slope on an exact abscissa", of=affine),
    Summary(name="contrast of a curve", of=contrast, width=2),
)


def table(width: int) -> Table:
    """Skewed replicates; the rows of one size share most of their randomness."""
    rng = np.random.default_rng(12)
    rows = []
    for n in SIZES:
        shared = rng.gamma(4.0, 0.25, COUNT)
        own = rng.gamma(30.0, 1 / 30, (width, COUNT))
        rows.append(n**-0.5 * own * shared)
    return rows


def naive(summary: Summary, data: Table, *, together: bool = True) -> float:
    """Return the standard deviation of the summary over resamples of the replicates."""
    rng, found = np.random.default_rng(3), []
    for _ in range(RESAMPLES if summary.name not in SLOW else RESAMPLES // 5):
        drawn = [
            np.stack([row[rng.integers(COUNT, size=COUNT)] for row in rows])
            if not together
            else rows[:, rng.integers(COUNT, size=COUNT)]
            for rows in data
        ]
        found.append(summary.of(drawn)[0])
    return float(np.std(found))


SLOW = {
    "slope",
    "curvature",
    "slope of a ratio",
    "slope on an exact abscissa",
    "contrast of a curve",
}


def named(summary: Summary) -> Any:
    return pytest.param(summary, id=summary.name)


@pytest.mark.parametrize("summary", [named(s) for s in SUMMARIES])
def test_stated_error_is_that_of_the_bootstrap(summary: Summary) -> None:
    data = table(summary.width)
    slack = TOLERANCE if summary.name not in SLOW else 0.15  # 300 resamples: 4 %, weights move too
    assert summary.of(data)[1] == pytest.approx(naive(summary, data), rel=slack)


@pytest.mark.parametrize("summary", [named(s) for s in SUMMARIES if s.width == 2])
def test_breaking_the_pairs_shows(summary: Summary) -> None:
    """The same comparison rejects an error that takes paired rows for independent ones."""
    data = table(summary.width)
    assert naive(summary, data, together=False) > 2 * summary.of(data)[1]


def test_an_error_without_the_number_of_replicates_shows() -> None:
    data = table(1)
    spread = float(data[0][0].std())
    assert spread != pytest.approx(naive(SUMMARIES[0], data), rel=TOLERANCE)
