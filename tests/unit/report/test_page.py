"""The HTML page: what it says, and that it needs nothing from elsewhere."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
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
from ratecheck.report.claims import by_claim
from ratecheck.report.page import breakable, quoted, standing, summed
from ratecheck.report.pictures import LARGEST
from ratecheck.theory.ledger import LEDGER
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
        if tag not in {"meta", "link", "img", "br", "wbr"}:
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


def test_error_rates_are_a_table_where_there_are_any(tmp_path: Path) -> None:
    rates = (("half", "scenario", "runs"), ("hard", "a < b", "20"))
    text = page([replace(stored(tmp_path), rates=rates)], tmp_path)
    assert '<th scope="row" data-label="scenario">a &lt; b</th>' in text
    assert '<td data-label="runs">20</td>' in text
    assert "Error rates" not in page([stored(tmp_path)], tmp_path)


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


def picture_of(stem: Path, svg: str) -> str:
    stem.with_suffix(".svg").write_text(svg)
    return picture(stem, "").source


def test_picture_is_the_svg_or_the_png_where_the_svg_is_large(tmp_path: Path) -> None:
    stem = tmp_path / "x"
    with pytest.raises(ResultsError, match="cannot read the picture"):
        picture(stem, "")
    stem.with_suffix(".svg").write_text(SVG)
    small = picture(stem, "words")
    assert small == Picture(name="x", source=small.source, alternative="words", table=None)
    assert small.source.startswith("data:image/svg+xml;charset=utf-8,<svg")
    assert '"' not in small.source
    assert "%23" in picture_of(stem, SVG.replace("<path", "<path fill='#ff0000'"))
    large = SVG.replace("<path", f"<path id='a' class='{'M' * LARGEST}'")
    assert picture_of(stem, large).startswith("data:image/svg+xml;")  # nothing else to show
    stem.with_suffix(".png").write_bytes(b"dots")
    assert picture(stem, "").source == "data:image/png;base64," + base64.b64encode(b"dots").decode()
    with pytest.raises(ResultsError, match="draw it again"):
        picture_of(stem, "<svg>")


def test_claims_are_gathered_from_all_sections_in_the_order_of_the_ledger(tmp_path: Path) -> None:
    own = {**ENTRY, "claim": "T3", "verdict": "REFUTED"}
    late = {**ENTRY, "claim": "B1"}
    summary = {**SUMMARY, "verdicts": [own, late, ENTRY]}
    smoke = {**SUMMARY, "profile": "smoke", "verdicts": [{**ENTRY, "claim": "C1"}]}
    sections = [stored(tmp_path), *(stored_section(n, tmp_path, s) for n, s in
                                    (("two", summary), ("three", smoke)))]  # fmt: skip
    found = by_claim(sections)
    assert [c.name for c in found] == ["A1", "B1", "T3"]  # of the smoke profile, none
    assert [s.name for s in found[0].sections] == ["one", "two"]
    assert len(found[0].entries) == 3
    assert found[0].statement == LEDGER["A1"].statement
    assert found[2].statement == found[2].source == ""
    text = page(sections, tmp_path)
    assert LEDGER["B1"].statement in text
    assert LEDGER["C1"].statement not in text


def test_claims_and_controls_stand_in_tables_of_their_own(tmp_path: Path) -> None:
    control = {**ENTRY, "control": True, "statement": "a wrong one", "verdict": "REFUTED",
               "expected": "REFUTED"}  # fmt: skip
    section = stored_section("one", tmp_path, {**SUMMARY, "verdicts": [ENTRY, control]})
    right, _, wrong = page([section], tmp_path).partition("Verdicts on controls")
    assert "risk &lt; 1" in right
    assert "a wrong one" not in right
    assert "a wrong one" in wrong


def test_attribute_and_name_are_markup_only_where_meant() -> None:
    assert quoted("<svg a='1'>&\"") == "<svg a='1'>&amp;&quot;"
    assert breakable("a_<b>") == "a_<wbr>&lt;b&gt;"


def test_what_is_not_as_expected_is_told_outside_of_closed_tables(tmp_path: Path) -> None:
    entries = [{**ENTRY, "statement": f"number {k}"} for k in range(30)]
    entries[17] |= {"verdict": "REFUTED"}
    entries[18] |= {"verdict": "INCONCLUSIVE"}
    section = stored_section("one", tmp_path, {**SUMMARY, "verdicts": entries})
    before, _, _ = page([section], tmp_path).partition("30 claims of one")
    assert "number 17" in before
    assert "number 16" not in before
    assert "number 18" not in before
