"""The results of a run as two small text files: ``records.csv`` and ``summary.json``.

Both are written aside and moved into place, so that a reader never sees half a file; the summary
holds the checksum of the records, so that an edited or mismatched pair is noticed. The bytes of
``records.csv`` depend on design and seed only, not on workers, order or interruptions.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.journal import other_schema, told
from ratecheck.montecarlo.json_text import parsed
from ratecheck.montecarlo.plan import Plan
from ratecheck.montecarlo.replacing import replace_file
from ratecheck.montecarlo.rows import COLUMNS, SCHEMA, Value, Values, from_text, to_text
from ratecheck.types import ResultsError

RECORDS: Final = "records.csv"
SUMMARY: Final = "summary.json"
JOURNAL: Final = "journal.sqlite"
_AGAIN: Final = "run the study again to rebuild it (--fresh, if its journal is gone)"


@final
@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Records:
    """Rows of a finished run with the summary that belongs to them."""

    folder: Path
    rows: tuple[Values, ...]
    summary: Mapping[str, Any]

    @property
    def design(self) -> Design:
        """Identity of the run."""
        return stored_design(self.summary, self.folder)


def rows_of(plan: Plan, outcomes: Mapping[str, Outcome]) -> tuple[Values, ...]:
    """Return the rows of all cells in canonical order, whatever order they finished in."""
    return tuple(row for cell in plan.cells for row in outcomes[cell.key].rows)


def to_csv(rows: Iterable[Values]) -> bytes:
    """Return the bytes of ``records.csv``: a header line, one line per row, LF line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([to_text(value) for value in row] for row in rows)
    return text.getvalue().encode()


def to_json(summary: Mapping[str, Any]) -> str:
    """Return the text of ``summary.json``: one line for each entry, so that diffs are short.

    Examples
    --------
    >>> print(to_json({"seed": 0, "slopes": [{"low": 1.5}, {"low": 2.5}]}), end="")
    {
     "seed": 0,
     "slopes": [
      {"low": 1.5},
      {"low": 2.5}
     ]
    }
    """
    lines = []
    for key, value in summary.items():
        parts = (
            [json.dumps(v, ensure_ascii=False) for v in value] if isinstance(value, list) else []
        )
        block = "[\n  " + ",\n  ".join(parts) + "\n ]"
        text = block if parts else json.dumps(value, ensure_ascii=False)
        lines.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write_records(folder: Path, rows: Iterable[Values], summary: Mapping[str, Any]) -> None:
    """Write both files.

    Parameters
    ----------
    folder : Path
    rows : iterable of rows
    summary : mapping
        Identity header (see `ratecheck.montecarlo.provenance.header`) and findings; schema and
        checksum are added here.

    Raises
    ------
    ResultsError
        If the folder cannot be written.
    """
    data = to_csv(rows)
    marks = {"format": "ratecheck", "schema": SCHEMA, "records_sha256": _sha256(data)}
    text = to_json({**marks, **summary})
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / RECORDS, data)
        replace_file(folder / SUMMARY, text.encode())


def read_records(folder: Path) -> Records:
    """Read and check the two files of a run.

    Raises
    ------
    ResultsError
        If a file is absent, foreign, damaged, edited by hand or of a newer schema; the message
        names the file, and the line where there is one.
    """
    summary = read_summary(folder)
    path = folder / RECORDS
    with told(path):
        data = path.read_bytes()
    rows = _parse(data, path)
    if _sha256(data) != summary["records_sha256"]:
        raise ResultsError(
            f"{path}: differs from what the run wrote (its checksum is in {SUMMARY}): it was "
            f"edited, or the run was killed between two files; {_AGAIN}"
        )
    return Records(folder=folder, rows=rows, summary=summary)


def read_summary(folder: Path) -> dict[str, Any]:
    """Read ``summary.json`` and check that this version understands it."""
    path = folder / SUMMARY
    with told(path):
        text = path.read_bytes()
    try:
        summary = parsed(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise ResultsError(f"{path}, line {line}: not valid JSON ({error}); {_AGAIN}") from error
    if not isinstance(summary, dict) or summary.get("format") != "ratecheck":
        raise ResultsError(f"{path}, line 1: not a summary that ratecheck wrote: move it away")
    schema = summary.get("schema")
    if not isinstance(schema, int) or not isinstance(summary.get("records_sha256"), str):
        raise ResultsError(f"{path}: schema or checksum is missing; {_AGAIN}")
    if schema != SCHEMA:
        raise ResultsError(f"{path}: {other_schema(schema)}")
    failed = summary.get("failed", {})
    if not isinstance(failed, dict) or not all(isinstance(v, str) for v in failed.values()):
        raise ResultsError(f"{path}: the list of failed cells is damaged; {_AGAIN}")
    stored_design(summary, folder)
    return summary


def _parse(data: bytes, path: Path) -> tuple[Values, ...]:
    try:
        return _parse_columns(data)
    except (ValueError, csv.Error):
        return _parse_lines(data, path)


def _parse_columns(data: bytes) -> tuple[Values, ...]:
    """Parse a sound file: most fields repeat, so that each text is read once a column."""
    header, *lines = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    _check_header(header)
    if not lines:
        return ()
    columns = zip(COLUMNS, zip(*lines, strict=True), strict=True)
    return tuple(zip(*(_parse_column(name, texts) for name, texts in columns), strict=True))


def _parse_column(name: str, texts: Sequence[str]) -> list[Value]:
    known = {text: from_text(name, text) for text in set(texts)}
    return [known[text] for text in texts]


def _parse_lines(data: bytes, path: Path) -> tuple[Values, ...]:
    """Parse line by line, to name the one that is damaged."""
    line = 1
    try:
        reader = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        _check_header(next(reader, []))
        rows = []
        for line, fields in enumerate(reader, start=2):  # noqa: B007 - told in the error below
            rows.append(_parse_line(fields))
        return tuple(rows)
    except csv.Error as error:
        raise ResultsError(f"{path}, line {line + 1}: {error}; {_AGAIN}") from error
    except ValueError as error:
        raise ResultsError(f"{path}, line {line}: {error}; {_AGAIN}") from error


def _check_header(fields: Sequence[str]) -> None:
    if not fields:
        raise ValueError("the file is empty")
    if list(fields) != list(COLUMNS):
        raise ValueError(f"the columns are {','.join(fields)[:200]}, expected {','.join(COLUMNS)}")


def _parse_line(fields: Sequence[str]) -> Values:
    if len(fields) != len(COLUMNS):
        raise ValueError(f"{len(fields)} fields, expected {len(COLUMNS)}")
    return tuple(from_text(name, text) for name, text in zip(COLUMNS, fields, strict=True))


def stored_design(summary: Mapping[str, Any], folder: Path) -> Design:
    """Return the identity that a summary states, or raise `ResultsError`."""
    path = folder / SUMMARY
    try:
        return Design(
            text=str(summary["design"]),
            profile=str(summary["profile"]),
            seed=int(summary["seed"]),
            versions=tuple((str(k), str(v)) for k, v in summary["versions"].items()),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ResultsError(
            f"{path}: the identity header is damaged ({error!r}); {_AGAIN}"
        ) from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
