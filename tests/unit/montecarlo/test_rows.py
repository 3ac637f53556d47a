from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.montecarlo import rows
from ratecheck.types import ResultsError, Status

GOOD: dict[str, Any] = {
    "study": "a",
    "size": 8,
    "replicate": 0,
    "stopping": "Lepski",
    "risk": "Clean",
    "radius": None,
    "value": 0.1,
    "error": 0.0,
    "time": 3.0,
    "index": 2,
    "status": Status.EDGE_LOW,
    "noise_level": None,
}


@given(value=st.floats(allow_nan=False))
def test_floats_survive_json_and_csv_exactly(value: float) -> None:
    row = rows.values({**GOOD, "value": value})
    (again,) = rows.from_json(rows.to_json([row]))
    assert again == row
    text = rows.from_text("value", rows.to_text(value))
    assert isinstance(text, float)
    assert text.hex() == value.hex()


def test_not_a_number_survives() -> None:
    row = rows.values({**GOOD, "value": math.nan})
    (again,) = rows.from_json(rows.to_json([row]))
    assert math.isnan(again[6])  # type: ignore[arg-type]  # column value
    assert rows.to_text(rows.from_text("value", "nan")) == "nan"


def test_numpy_scalars_and_statuses_become_plain_values() -> None:
    row = rows.values({**GOOD, "size": np.int64(8), "value": np.float64(0.1)})
    assert [type(value) for value in row[:3]] == [str, int, int]
    assert type(row[6]) is float
    assert row[10] == "EDGE_LOW"


@pytest.mark.parametrize(
    ("column", "value"),
    [("size", 8.5), ("size", None), ("size", True), ("value", "much"), ("status", None)],
)
def test_wrong_types_are_refused(column: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        rows.values({**GOOD, column: value})


def test_unknown_and_missing_columns_are_named() -> None:
    with pytest.raises(ValueError, match="colour"):
        rows.values({**GOOD, "colour": 1})
    with pytest.raises(ValueError, match="value"):
        rows.values({name: value for name, value in GOOD.items() if name != "value"})


@pytest.mark.parametrize("text", ["{", "[[1, 2]]", "3", '[["a"]]'])
def test_unreadable_json_is_a_results_error(text: str) -> None:
    with pytest.raises(ResultsError):
        rows.from_json(text)


@pytest.mark.parametrize(("column", "text"), [("value", "0.10"), ("size", "08"), ("size", "")])
def test_text_that_no_run_writes_is_refused(column: str, text: str) -> None:
    with pytest.raises(ValueError, match=column):
        rows.from_text(column, text)
