"""The journal of a run: an SQLite file to which the parent process adds each finished cell.

One cell is one transaction in write-ahead mode, so that a kill at any moment loses at most the
cells in flight. The connection holds SQLite's exclusive lock as long as the run lasts: a second
run on the same file is refused, and the operating system frees the lock of a run that died.
(With that lock SQLite needs no shared memory either, so the file may lie on a network disk.)
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, final

from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.entries import COLUMNS, Outcome, from_entry, to_entry
from ratecheck.montecarlo.json_text import parsed
from ratecheck.montecarlo.rows import SCHEMA
from ratecheck.types import DesignChangedError, ResultsError

APPLICATION_ID: Final = 0x52434B31
"""Written in the file's header, so that a foreign SQLite file is recognised."""

_TABLES: Final = (
    "CREATE TABLE header (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE cells (key TEXT PRIMARY KEY, rows TEXT NOT NULL, seconds REAL NOT NULL,
                           error TEXT, crc INTEGER)""",
)
_BEFORE_CHECKSUMS: Final = COLUMNS.replace("crc", "NULL")
_ANOTHER: Final = "or choose another folder with --results"
_REMEDIES: Final[dict[type, str]] = {
    FileNotFoundError: "run the study again to rebuild it, make the folder writable",
    IsADirectoryError: "a folder stands where a file belongs, move it away",
    NotADirectoryError: "a file stands where a folder belongs, move it away",
}
_REASONS: Final = {
    "SQLITE_BUSY": f"another run is writing to it: wait for its end, {_ANOTHER}",
    "SQLITE_NOTADB": f"it is not an SQLite file: move it away, {_ANOTHER}",
    "SQLITE_CORRUPT": f"it is damaged: start again with --fresh, {_ANOTHER}",
    "SQLITE_FULL": "the disk is full: the finished cells are kept; free space and run again",
    "SQLITE_IOERR": "it cannot be read or written (is the disk full?): the finished cells are "
    "kept; free space and run again",
    "SQLITE_READONLY": f"it is read-only: make it writable, {_ANOTHER}",
    "SQLITE_CANTOPEN": f"it cannot be opened: make its folder writable, {_ANOTHER}",
}


@final
class Journal:
    """An open journal; use `open_journal` and ``with``."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def append(self, outcome: Outcome) -> None:
        """Write one outcome, durably; an earlier one of the same cell is replaced."""
        with told(self.path):
            self._connection.execute(
                f"INSERT OR REPLACE INTO cells ({COLUMNS}) VALUES (?, ?, ?, ?, ?)",
                to_entry(outcome),
            )

    def outcomes(self) -> dict[str, Outcome]:
        """Return every outcome by its cell's key, or raise `ResultsError` if one is damaged."""
        with told(self.path):
            lines = self._connection.execute(f"SELECT {self._columns} FROM cells").fetchall()
        try:
            found = [from_entry(line) for line in lines]
        except ResultsError as error:
            raise ResultsError(f"{self.path}: {error}; start again with --fresh") from error
        return {outcome.cell.key: outcome for outcome in found}

    def finished(self) -> dict[str, float]:
        """Return the seconds of every cell that succeeded; failed ones are tried again."""
        return {key: o.seconds for key, o in self.outcomes().items() if o.error is None}

    @property
    def _columns(self) -> str:
        """The columns of the cells; a journal from before checksums has none."""
        with told(self.path):
            known = self._connection.execute("PRAGMA table_info(cells)").fetchall()
        return COLUMNS if "crc" in {column[1] for column in known} else _BEFORE_CHECKSUMS

    def design(self) -> Design:
        """Return the identity of the run that the journal belongs to."""
        with told(self.path):
            stored = dict(self._connection.execute("SELECT key, value FROM header").fetchall())
        try:
            versions = tuple((name, text) for name, text in parsed(stored["versions"]))
            design = Design(
                text=stored["design"],
                profile=stored["profile"],
                seed=int(stored["seed"]),
                versions=versions,
            )
            if stored["fingerprint"] != design.fingerprint:
                raise ValueError("the header was edited")
            return design
        except (KeyError, ValueError, TypeError) as error:
            raise ResultsError(f"{self.path}: {_REASONS['SQLITE_CORRUPT']}") from error


def open_journal(path: Path, design: Design, *, fresh: bool = False) -> Journal:
    """Open or create the journal of a run.

    Parameters
    ----------
    path : Path
        The SQLite file; its folder is created.
    design : Design
        Identity of the run.
    fresh : bool
        Start again: an existing file is renamed to ``journal.old.sqlite`` (one is kept).

    Raises
    ------
    DesignChangedError
        If the file belongs to a run with another design; the message says what differs.
    ResultsError
        If the file is foreign, damaged, of a newer schema, in use, or cannot be written.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if fresh and path.exists():
            _set_aside(path)
    journal = Journal(path, _connect(path))
    try:
        _prepare(journal, design)
    except BaseException:
        journal.__exit__(None, None, None)
        raise
    return journal


def read_journal(path: Path) -> Journal:
    """Open an existing journal to look at it, whatever its design."""
    if not path.is_file():
        raise ResultsError(f"{path}: there is no journal here; run the study first")
    journal = Journal(path, _connect(path))
    try:
        if not _recognise(journal):
            raise ResultsError(f"{path}: this journal is empty; run the study first")
    except BaseException:
        journal.__exit__(None, None, None)
        raise
    return journal


def other_schema(schema: object) -> str:
    """Return what to say of a file whose schema is not ours."""
    age = "a newer" if isinstance(schema, int) and schema > SCHEMA else "an older"
    remedy = "upgrade ratecheck" if age == "a newer" else "start again with --fresh"
    return f"written by {age} ratecheck (schema {schema}, this one reads {SCHEMA}): {remedy}"


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn errors of the disk and of SQLite into a `ResultsError` with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        reason = next((text for start, text in _REASONS.items() if name.startswith(start)), None)
        raise ResultsError(f"{path}: {reason or f'{error}: {_ANOTHER}'}") from error
    except OSError as error:
        remedy = _REMEDIES.get(type(error), "make the folder writable")
        reason = error.strerror or str(error)
        raise ResultsError(f"{path}: {reason}: {remedy}, {_ANOTHER}") from error


def _connect(path: Path) -> sqlite3.Connection:
    with told(path):
        # A short wait: the lock of a process that was just killed may need a moment to go.
        connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        return connection


def _set_aside(path: Path) -> None:
    """Rename the journal; its contents are merged first, so that one file holds everything."""
    connection = _connect(path)
    try:
        # Fails with SQLITE_BUSY when another run holds the file; a damaged one may go.
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname not in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}:
            raise
    finally:
        connection.close()
    os.replace(path, path.with_suffix(".old.sqlite"))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _recognise(journal: Journal) -> bool:
    """Return whether the file is a journal (False: it is empty), or raise `ResultsError`."""
    with told(journal.path):
        (application,) = journal._connection.execute("PRAGMA application_id").fetchone()
        (schema,) = journal._connection.execute("PRAGMA user_version").fetchone()
        names = "SELECT name FROM sqlite_schema WHERE type = 'table'"
        tables = {name for (name,) in journal._connection.execute(names)}
        if not tables:
            return False
        if application != APPLICATION_ID:
            raise ResultsError(f"{journal.path}: not a ratecheck journal: move it away, {_ANOTHER}")
        if schema != SCHEMA:
            raise ResultsError(f"{journal.path}: {other_schema(schema)}, {_ANOTHER}")
        (verdict,) = journal._connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise ResultsError(f"{journal.path}: {_REASONS['SQLITE_CORRUPT']} ({verdict})")
        if not tables >= {"header", "cells"}:
            raise ResultsError(f"{journal.path}: {_REASONS['SQLITE_CORRUPT']} (a table is missing)")
    return True


def _prepare(journal: Journal, design: Design) -> None:
    known = _recognise(journal)
    with told(journal.path):
        journal._connection.execute("PRAGMA journal_mode = WAL")
        journal._connection.execute("PRAGMA synchronous = NORMAL")
        journal._connection.execute("BEGIN EXCLUSIVE")
        if not known:
            _create(journal._connection, design)
        elif journal._columns != COLUMNS:
            journal._connection.execute("ALTER TABLE cells ADD COLUMN crc INTEGER")
        journal._connection.execute("COMMIT")
    stored = journal.design()
    if stored.fingerprint != design.fingerprint:
        raise DesignChangedError(
            f"{journal.path} belongs to another design: {design.difference(stored)}. "
            "Start again with --fresh (the earlier journal is kept beside it) " + _ANOTHER
        )


def _create(connection: sqlite3.Connection, design: Design) -> None:
    """Write tables and header; all in one transaction, so that a kill leaves an empty file."""
    for statement in _TABLES:
        connection.execute(statement)
    header = {
        "design": design.text,
        "profile": design.profile,
        "seed": str(design.seed),
        "versions": json.dumps(design.versions),
        "fingerprint": design.fingerprint,
    }
    connection.executemany("INSERT INTO header VALUES (?, ?)", header.items())
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
