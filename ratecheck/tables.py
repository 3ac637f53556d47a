"""Tables as plain text: aligned lines for files and pipes, blocks for narrow screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def aligned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an aligned table, a line a row however wide; empty without rows.

    Examples
    --------
    >>> print(aligned(("n", "word"), [("1", "a"), ("10", "b")]))
    n   word
    --  ----
    1   a
    10  b
    """
    if not (lines := list(rows)):
        return ""
    widths = [max(map(len, column)) for column in zip(columns, *lines, strict=True)]
    ruled = [columns, ["-" * width for width in widths], *lines]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in ruled
    )


def blocks(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a block of lines "column  cell" for each row, without empty cells.

    Examples
    --------
    >>> print(blocks(("n", "word"), [("1", "a"), ("10", "")]))
    n     1
    word  a
    <BLANKLINE>
    n     10
    """
    width = max(map(len, columns))
    return "\n\n".join(
        "\n".join(
            f"{column:<{width}}  {cell}" for column, cell in zip(columns, row, strict=True) if cell
        )
        for row in rows
    )


def narrowest(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Return the characters that a table needs if cells may break between words only.

    Examples
    --------
    >>> narrowest(("n", "a word"), [("10", "two words")])
    7
    """
    return sum(
        max(len(word) for cell in column for word in cell.split() or [""])
        for column in zip(columns, *rows, strict=True)
    )
