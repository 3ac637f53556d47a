"""Tables for people and JSON for programs, on stdout."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ratecheck import tables
from ratecheck.types import RatecheckError, ResultsError

_BETWEEN: Final = 3  # characters that rich puts between two columns


def show_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Print a value as JSON."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, indent=1, ensure_ascii=plain, default=str))


def show_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[str, str] | None = None
) -> None:
    """Print a table; nothing is ever cut.

    To a file or a pipe goes one line a row. On a screen cells break between words, and a screen
    too narrow even for that gets a block of lines a row. ``styles`` colours cells of a screen by
    their text (never when NO_COLOR is set).
    """
    held = [tuple(row) for row in rows]
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        print(tables.aligned(columns, held))
        return
    from rich.console import Console

    console = Console()
    if tables.narrowest(columns, held) + _BETWEEN * len(columns) + 1 > console.width:
        print(tables.blocks(columns, held))
    else:
        console.print(_rich(columns, held, styles or {}))


def _rich(columns: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[str, str]) -> Any:  # noqa: ANN401 - rich is loaded late
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, styles.get(cell, "")) for cell in row))
    return table


def show_lines(lines: Iterable[str], indent: int) -> None:
    """Print lines; those longer than the screen go on below, indented."""
    for line in lines:
        if sys.stdout.isatty():
            width = max(shutil.get_terminal_size().columns, 2 * indent)
            line = textwrap.fill(line, width, subsequent_indent=" " * indent)  # noqa: PLW2901
        print(line)


def tell(message: str) -> None:
    """Print a remark on stderr."""
    print(message, file=sys.stderr)


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Let what is printed reach the user, or tell why it cannot.

    Letters that the encoding of the screen lacks are printed as escapes. A full disk becomes
    `ResultsError`; a reader that left early (``| head``) is no error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    except OSError as error:
        raise ResultsError(str(error)) from error
    finally:
        _flush()


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer must not fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        told_anyway = isinstance(error.__context__, RatecheckError)
        if not told_anyway and not isinstance(error, BrokenPipeError):
            raise ResultsError(f"cannot write the output: {error}") from error
