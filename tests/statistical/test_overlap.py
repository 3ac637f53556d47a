"""Random splits of one data set: what the correction of Nadeau and Bengio is worth."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.assertions.bands import contrasts
from ratecheck.types import Array

ROWS, FEATURES, TEST, SPLITS, DATA_SETS = 50, 3, 5, 20, 400
OVERLAP = TEST / (ROWS - TEST)


def errors_of_splits(rng: np.random.Generator) -> Array:
    """Return the test errors of the mean and of least squares on splits of a new data set."""
    X = rng.standard_normal((ROWS, FEATURES))
    y = 0.6 * X[:, 0] + rng.standard_normal(ROWS)
    found = []
    for _ in range(SPLITS):
        order = rng.permutation(ROWS)
        train, test = order[TEST:], order[:TEST]
        fit = np.linalg.lstsq(X[train], y[train], rcond=None)[0]
        found.append([np.mean(y[test] ** 2), np.mean((y[test] - X[test] @ fit) ** 2)])
    return np.array(found)


@pytest.mark.slow
def test_limits_for_the_population_cover_and_plain_limits_do_not() -> None:
    # expected errors: 1 + 0.36, and 1 + p / (n - p - 1) of least squares on n Gaussian rows
    rows = ROWS - TEST
    truth = np.log(1.36 / (1 + FEATURES / (rows - FEATURES - 1)))
    covered = {0.0: 0, OVERLAP: 0}
    for run in range(DATA_SETS):
        found = errors_of_splits(np.random.default_rng([run, 5]))
        for overlap in covered:
            limits = contrasts(found[:, :1].T, found[:, 1:], overlap)
            covered[overlap] += bool(limits.low[0, 0] <= truth <= limits.high[0, 0])
    assert covered[OVERLAP] / DATA_SETS >= 0.9
    assert covered[0.0] / DATA_SETS <= 0.8
