"""What is printed: on screens of any width, into pipes, in any encoding, onto a full disk."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from ratecheck.cli.output import printing, show_json, show_lines, show_table
from ratecheck.types import InputError, ResultsError

COLUMNS = ("claim", "study", "predicted", "measured", "verdict", "role", "profile")
ROW = ("A1", "my_rate-s1.5: TheoryTime, clean", "= -3/4 (-0.750)", "-0.640 [-0.860, -0.420]",
       "INCONCLUSIVE", "control, must be REFUTED", "standard")  # fmt: skip
BOLD = re.compile("\x1b\\[[01]m")  # no colour, so NO_COLOR leaves it


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", screen := Screen())
    show_table(COLUMNS, [ROW, ROW])
    return BOLD.sub("", screen.getvalue())


@pytest.mark.parametrize("width", [20, 80, 120, 300])
def test_no_screen_cuts_a_word(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    text = shown(monkeypatch, width)
    for cell in ROW:
        assert set(cell.split()) <= set(text.split())
    assert "\x1b" not in text
    assert "\N{HORIZONTAL ELLIPSIS}" not in text


def test_a_narrow_screen_gets_blocks_and_a_wide_one_a_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert shown(monkeypatch, 80).count("verdict    INCONCLUSIVE\n") == 2
    wide = shown(monkeypatch, 120)
    assert wide.count("verdict") == 1
    assert max(map(len, wide.splitlines())) <= 120


def test_a_pipe_gets_a_line_a_row_without_blanks_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_table(COLUMNS, [ROW, ROW])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(cell in lines[2] for cell in ROW)
    assert [line.rstrip() for line in lines] == lines


def test_long_lines_go_on_below_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(sys, "stdout", screen := Screen())
    show_lines(["Aims         " + "word " * 8], indent=13)
    first, *others = screen.getvalue().splitlines()
    assert first.startswith("Aims         word")
    assert others
    assert all(line.startswith(" " * 13 + "word") and len(line) <= 30 for line in others)


def test_letters_that_the_encoding_lacks_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw := io.BytesIO(), encoding="ascii"))
    with printing():
        print("Höl\N{HORIZONTAL ELLIPSIS}")
        show_json({"name": "Hölder"})
    first, _, rest = raw.getvalue().decode("ascii").partition("\n")
    assert first == "H\\xf6l\\u2026"
    assert json.loads(rest) == {"name": "Hölder"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("letters", [1, 10**6])
def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, letters: int) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(ResultsError, match="No space left"), printing():
            print("x" * letters)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_earlier_error_is_not_hidden_by_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(InputError, match="x is wrong"):
            print_and_fail()


def print_and_fail() -> None:
    with printing():
        print("some words")
        raise InputError("x is wrong")
