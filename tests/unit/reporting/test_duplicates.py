"""Copied replicates are marked, values that agree by nature are not."""

from __future__ import annotations

import numpy as np

from ratecheck.montecarlo.rows import Values
from ratecheck.reporting.duplicates import marked
from ratecheck.types import Status


def row(replicate: int, value: float | None, *, size: int = 64, rule: str = "a") -> Values:
    status = "CONVERGED" if value is not None else "FAILED"
    return ("study", size, replicate, rule, "clean", 0.0, value, 0.0, 1.0, None, status, 0.5)


def copies(*rows: Values) -> list[object]:
    return [r[2] for r in marked(rows) if r[10] == Status.DUPLICATE.name]


def test_all_values_must_agree() -> None:
    first = [row(0, 0.123456), row(0, 0.654321, rule="b")]
    same = [row(1, 0.123456), row(1, 0.654321, rule="b")]
    other = [row(2, 0.123456), row(2, 0.777777, rule="b")]
    assert copies(*first, *same, *other) == [1, 1]
    assert copies(*first, *other) == []


def test_other_sizes_and_failed_cells_are_no_copies() -> None:
    assert copies(row(0, 0.123456), row(1, 0.123456, size=128), row(2, 0.5)) == []
    assert copies(row(0, None), row(1, None), row(2, 0.123456)) == []


def test_numbers_of_few_digits_may_agree() -> None:
    assert copies(row(0, 0.835), row(1, 0.835), row(2, 0.91)) == []


def test_values_that_hardly_vary_agree_by_chance() -> None:
    assert copies(row(0, 2.999753), row(1, 2.999753), row(2, 2.999755)) == []
    assert copies(row(0, 2.999753), row(1, 2.999753), row(2, 2.5)) == [1]


def test_replicates_that_never_vary_are_copies() -> None:
    assert copies(*(row(r, 0.123456) for r in range(3))) == [1, 2]


def test_different_replicates_stay_as_they_are() -> None:
    values = np.random.default_rng(0).uniform(size=50)
    rows = tuple(row(r, float(v)) for r, v in enumerate(values))
    assert marked(rows) is rows
