"""A cell as a line of the journal, with a checksum that tells damaged and edited lines."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.rows import Values, from_json, to_json
from ratecheck.types import InputError, ResultsError

COLUMNS: Final = "key, rows, seconds, error, crc"
Entry: TypeAlias = tuple[str, str, float, str | None, int]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a cell: its rows, or the traceback of its error."""

    cell: Cell
    rows: tuple[Values, ...]
    seconds: float
    error: str | None = None


def to_entry(outcome: Outcome) -> Entry:
    """Return the fields of a line, in the order of `COLUMNS`."""
    fields = (outcome.cell.key, to_json(outcome.rows), outcome.seconds, outcome.error)
    return (*fields, _crc(*fields))


def from_entry(entry: tuple[Any, ...]) -> Outcome:
    """Return the outcome of a line.

    Raises
    ------
    ResultsError
        If the line is not what `to_entry` wrote; lines without a checksum, of a journal from
        before there was one, are only checked for their form.
    """
    key, rows, seconds, error, crc = entry
    try:
        cell = Cell.parse(key)
        found = from_json(rows)
    except (InputError, ResultsError, TypeError, AttributeError) as cause:
        raise ResultsError(f"cell {key!r} is damaged ({cause})") from cause
    if not isinstance(seconds, float) or not (error is None or isinstance(error, str)):
        raise ResultsError(f"cell {key} is damaged (seconds {seconds!r})")
    if any(row[:3] != (cell.study, cell.size, cell.replicate) for row in found):
        raise ResultsError(f"cell {key} is damaged (it holds rows of another cell)")
    if crc is not None and crc != _crc(key, rows, seconds, error):
        raise ResultsError(f"cell {key} is not what the run wrote: it was edited or damaged")
    return Outcome(cell=cell, rows=found, seconds=seconds, error=error)


def _crc(key: str, rows: str, seconds: float, error: str | None) -> int:
    return zlib.crc32("\0".join((key, rows, repr(seconds), error or "")).encode())
