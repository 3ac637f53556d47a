from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratecheck.tables import aligned, blocks, narrowest

WORDS = st.text(alphabet="abc ", min_size=1, max_size=8).map(str.strip)
ROWS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5)
COLUMNS = ("first", "the second")


@given(rows=ROWS)
def test_columns_begin_where_their_names_do(rows: list[tuple[str, str]]) -> None:
    head, _, *lines = aligned(COLUMNS, rows).split("\n")
    start = head.index("the second")
    for (one, two), line in zip(rows, lines, strict=True):
        assert line[:start].strip() == one
        assert line[start:] == two


@given(rows=ROWS)
def test_blocks_hold_every_cell(rows: list[tuple[str, str]]) -> None:
    lines = [line for line in blocks(COLUMNS, rows).splitlines() if line]
    cells = [cell for row in rows for cell in row if cell]
    assert [line[12:] for line in lines] == cells


@given(rows=ROWS)
def test_no_table_is_narrower_than_its_longest_word(rows: list[tuple[str, str]]) -> None:
    cells = [cell for row in [COLUMNS, *rows] for cell in row]
    longest = max(len(word) for cell in cells for word in cell.split())
    assert longest <= narrowest(COLUMNS, rows) <= sum(map(len, cells))


def test_without_rows_there_is_no_table() -> None:
    assert aligned(COLUMNS, []) == ""
    assert blocks(COLUMNS, []) == ""
