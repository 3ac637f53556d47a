"""Readings: entries sorted into replicates by size and into curves over time."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.assertions import Entry, Readings
from ratecheck.types import InputError


def entry(value: float, **changes: object) -> Entry:
    known: dict[str, object] = {
        "series": "fit", "quantity": "risk", "size": 8, "replicate": 0, "value": value,
        "is_good": True,
    }  # fmt: skip
    return Entry(**{**known, **changes})  # type: ignore[arg-type]  # fields by name


def test_levels_are_sorted_by_size_and_replicate() -> None:
    shuffled = [entry(10.0 * n + r, size=n, replicate=r) for n in (16, 8) for r in (1, 0)]
    found = Readings(entries=shuffled).levels("fit", "risk")
    assert list(found) == [8, 16]
    assert found[8].tolist() == [80.0, 81.0]


def test_a_curve_is_replicates_by_times() -> None:
    entries = [
        entry(100.0 * r + i, replicate=r, index=i, time=2.0**i) for i in (2, 0, 1) for r in (1, 0)
    ]
    curve = Readings(entries=entries).curve("fit", "risk", 8)
    assert curve.times.tolist() == [1.0, 2.0, 4.0]
    assert curve.values.tolist() == [[0.0, 1.0, 2.0], [100.0, 101.0, 102.0]]
    assert Readings(entries=entries).levels("fit", "risk", -1)[8].tolist() == [2.0, 102.0]


def test_a_curve_with_a_missing_time_is_refused() -> None:
    entries = [entry(1.0, index=0), entry(1.0, index=1), entry(1.0, index=0, replicate=1)]
    with pytest.raises(InputError, match="no complete curve"):
        Readings(entries=entries).curve("fit", "risk", 8)


def test_levels_of_a_curve_need_an_index() -> None:
    with pytest.raises(InputError, match="give the index"):
        Readings(entries=[entry(1.0, index=0), entry(1.0, index=1)]).levels("fit", "risk")


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(InputError, match="'fit, risk'"):
        Readings(entries=[entry(1.0)]).levels("other", "risk")


def test_failed_cells_count_as_bad() -> None:
    entries = [entry(1.0), entry(1.0, replicate=1, is_good=False)]
    assert Readings(entries=entries, failures=2).bad_share("fit", "risk") == pytest.approx(0.75)
    assert np.isclose(Readings(entries=entries[:1]).bad_share("fit", "risk"), 0.0)
