"""The columns of a record, and its exact text forms in the journal (JSON) and in CSV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, TypeAlias

from ratecheck.montecarlo.json_text import parsed
from ratecheck.types import ResultsError, Row, Status

SCHEMA: Final = 1
"""Version of the columns and of the journal's tables; raised when either changes."""

COLUMNS: Final[dict[str, type]] = {
    "study": str,
    "size": int,
    "replicate": int,
    "stopping": str,
    "risk": str,
    "radius": float,
    "value": float,
    "error": float,
    "time": float,
    "index": int,
    "status": str,
    "noise_level": float,
}
_REQUIRED: Final = frozenset({"study", "size", "replicate", "status"})

Value: TypeAlias = str | int | float | None
Values: TypeAlias = tuple[Value, ...]


def values(row: Row) -> Values:
    """Return a row's entries in the order of `COLUMNS`, each of exactly its column's type.

    Raises
    ------
    ValueError
        If a column is missing, unknown or of another type.
    """
    if row.keys() != COLUMNS.keys():
        odd = ", ".join(sorted(row.keys() ^ COLUMNS.keys()))
        raise ValueError(f"a row has missing or unknown columns: {odd}")
    return tuple(_typed(name, row[name]) for name in COLUMNS)


def failed(study: str, size: int, replicate: int) -> Values:
    """Return the row that stands for a cell that raised an error."""
    known: dict[str, Value] = {
        "study": study,
        "size": size,
        "replicate": replicate,
        "status": Status.FAILED.name,
    }
    return tuple(known.get(name) for name in COLUMNS)


def to_json(rows: Sequence[Values]) -> str:
    """Return rows as JSON; floats are written by ``repr``, which `json` reads back exactly."""
    return json.dumps(rows, separators=(",", ":"))


def from_json(text: str) -> tuple[Values, ...]:
    """Return the rows that `to_json` wrote, or raise `ResultsError`."""
    try:
        return tuple(_checked(row) for row in parsed(text))
    except (ValueError, TypeError, OverflowError) as error:
        raise ResultsError(f"unreadable rows in the journal ({error})") from error


def to_text(value: Value) -> str:
    """Return a CSV field: the shortest text that reads back as the same value, empty for None."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def from_text(name: str, text: str) -> Value:
    """Return the value of a CSV field of column ``name``; inverse of `to_text`.

    Raises
    ------
    ValueError
        If the text is not how `to_text` writes a value of this column.
    """
    if not text:
        return _typed(name, None)
    value: Value = COLUMNS[name](text)
    if to_text(value) != text:
        raise ValueError(f"{name} {text!r} is not written as a run writes it")
    return value


def _checked(row: Sequence[Any]) -> Values:
    if len(row) != len(COLUMNS):
        raise ValueError(f"a row has {len(row)} entries, expected {len(COLUMNS)}")
    return tuple(_typed(name, value) for name, value in zip(COLUMNS, row, strict=True))


def _typed(name: str, value: Any) -> Value:  # noqa: ANN401 - its job is to judge any value
    kind = COLUMNS[name]
    if value is None and name not in _REQUIRED:
        return None
    if isinstance(value, Enum):
        value = value.name
    result: Value = kind(value) if value is not None else None
    if result is None or isinstance(value, bool) or (kind is not float and result != value):
        raise ValueError(f"column {name} holds {value!r}, expected a value of type {kind.__name__}")
    return result
