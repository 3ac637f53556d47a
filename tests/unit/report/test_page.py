"""The HTML page: what it says, and that it needs nothing from elsewhere."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ratecheck.report import (
    Picture,
    Section,
    broken_section,
    page,
    picture,
    stored_section,
)
from ratecheck.report.page import standing, summed
from ratecheck.report.pictures import LARGEST, smaller
from ratecheck.types import ResultsError

ENTRY = {
    "claim": "A1", "study": "one: Lepski, clean", "statement": "risk < 1 & falls", "window": "4..8",
    "predicted": "= -1/2", "measured": "-0.5 [-0.6, -0.4]", "verdict": "CONSISTENT",
    "control": False, "expected": "CONSISTENT", "reason": "inside <b>",
}  # fmt: skip
SUMMARY = {
    "profile": "standard", "seed": 3, "versions": {"numpy": "2.0"}, "python": "3.11",
    "platform": "Linux", "commit": None, "fingerprint": "f", "records_sha256": "s", "cells": 7,
    "verdicts": [ENTRY, {**ENTRY, "verdict": "REFUTED"}],
}  # fmt: skip
SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M 1.23456 2"/></svg>'


class Outline(HTMLParser):
    """Collects identifiers, targets and headings, and checks that tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "img", "br"}:
            self.open.append(tag)
        given = dict(attrs)
        self.ids += [str(given["id"])] if "id" in given else []
        self.targets += [str(v) for k, v in attrs if k in {"href", "src"}]
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def stored(folder: Path, title: str = "A <title>") -> Section:
    return stored_section("one", folder, SUMMARY, title)


def test_everything_is_inside_and_every_anchor_exists(tmp_path: Path) -> None:
    (tmp_path / "x.svg").write_text(SVG)
    (tmp_path / "x.csv").write_text("n\n")
    sections = [stored(tmp_path), broken_section("two", "standard", "records.csv: edited")]
    seen = Outline(page(sections, tmp_path))
    assert len(seen.ids) == len(set(seen.ids))
    inner = [t[1:] for t in seen.targets if t.startswith("#")]
    assert {"main", "overview", "one-standard", "two-standard"} <= set(inner)
    assert set(inner) <= set(seen.ids)
    assert not [t for t in seen.targets if "//" in t]
    assert {"records.csv", "summary.json"} <= set(seen.targets)
    assert seen.headings[0] == "h1"
    assert seen.headings.count("h1") == 1


def test_texts_are_escaped_and_words_are_told_by_more_than_colour(tmp_path: Path) -> None:
    text = page([stored(tmp_path)], tmp_path)
    assert "<title>" in text
    assert "A &lt;title&gt;" in text
    assert "risk &lt; 1 &amp; falls" in text
    assert "inside &lt;b&gt;" in text
    assert re.search(r"good.*✓ .*CONSISTENT", text)
    assert re.search(r"bad.*✗ .*REFUTED", text)
    assert "numpy 2.0" in text


def test_trouble_is_told(tmp_path: Path) -> None:
    text = page([broken_section("two", "smoke", "records.csv: edited")], tmp_path)
    assert "records.csv: edited" in text
    assert "too small for verdicts" in text


@pytest.mark.parametrize(
    ("found", "expected", "word"),
    [
        ("REFUTED", "REFUTED", "as expected"),
        ("CONSISTENT", "REFUTED", "not as expected"),
        ("REFUTED", "CONSISTENT", "not as expected"),
        ("INCONCLUSIVE", "CONSISTENT", "open"),
    ],
)
def test_standing(found: str, expected: str, word: str) -> None:
    assert standing({"verdict": found, "expected": expected}) == word


def test_counts_tell_claims_from_controls() -> None:
    entries = [ENTRY, ENTRY, {**ENTRY, "verdict": "REFUTED", "control": True}]
    assert summed(entries, False) == "2 of 2 CONSISTENT"
    assert summed(entries, True) == "1 of 1 REFUTED"
    assert summed([], True) == "none"


def test_picture_is_the_svg_or_the_png_where_the_svg_is_large(tmp_path: Path) -> None:
    stem = tmp_path / "x"
    with pytest.raises(ResultsError, match="cannot read the picture"):
        picture(stem, "")
    stem.with_suffix(".svg").write_text(SVG)
    small = picture(stem, "words")
    assert small == Picture(name="x", source=small.source, alternative="words", table=None)
    assert small.source.startswith("data:image/svg+xml,%3Csvg")
    assert '"' not in small.source
    stem.with_suffix(".svg").write_text(SVG.replace("<path", "<!-- --><path d='" + "M" * LARGEST))
    assert picture(stem, "").source.startswith("data:image/svg+xml,")  # nothing else to show
    stem.with_suffix(".png").write_bytes(b"dots")
    assert picture(stem, "").source == "data:image/png;base64," + base64.b64encode(b"dots").decode()


def test_smaller_svg_keeps_names_and_short_numbers() -> None:
    svg = '<svg><metadata>x</metadata><g id="p123.4567x"/><path d="M 0.5,-1.006  3"/></svg>'
    scale = "<g transform='scale(0.015625) translate(63.623047 -0.125000)'/>"
    assert smaller(scale) == "<g transform='scale(0.015625) translate(63.62 -0.125)'/>"
    assert smaller(svg) == "<svg><g id='p123.46x'/><path d='M 0.5,-1.01 3'/></svg>"
