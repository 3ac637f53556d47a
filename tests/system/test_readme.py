"""The README: its example runs, its table is the program's, its links and commands exist."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ratecheck.cli import catalogue, main, readme_table
from ratecheck.types import InputError, ResultsError

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
STANDARD = sorted((ROOT / "results").glob("*/standard/summary.json"))


def text(path: Path = README) -> str:
    return path.read_text(encoding="utf-8")


def entries() -> list[dict[str, Any]]:
    """Return the stored verdicts as ``ratecheck verify --json`` would print them."""
    found: list[dict[str, Any]] = []
    for path in STANDARD:
        suite = path.parent.parent.name
        for entry in json.loads(path.read_bytes())["verdicts"]:
            found.append({"suite": suite, "profile": "standard", **entry})
    return sorted(found, key=readme_table.order)


def names(study: Any) -> Iterator[str]:
    """Yield the claims of a study with their controls, slopes first, as a report lists them."""
    for expected in study.expectations:
        yield from (claim.name for claim in (expected.claim, expected.wrong) if claim)
    for held in getattr(study, "assertions", ()):
        yield from (a.statement.name for a in (held, held.wrong) if a)


def example() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", text(), re.DOTALL)
    return str(code)


def test_example_runs_at_a_tiny_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = example()
    for full, tiny in (
        ("dyadic(8, 16)", "dyadic(6, 9)"), ("replicates=32", "replicates=2"),
        ("workers=2", "workers=1"),
    ):  # fmt: skip
        assert full in code
        code = code.replace(full, tiny)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(README), "exec"), {})
    assert "adversarial minimax, s=3/2, d=1" in capsys.readouterr().out
    for name in ("my-rate.pdf", "my-rate.png", "results/my-rate/standard/records.csv"):
        assert Path(name).stat().st_size > 1000


@pytest.mark.parametrize("name", ["README.md", "docs/results.md", "docs/verdicts.md"])
def test_tables_are_what_the_program_writes(name: str) -> None:
    page = text(ROOT / name)
    assert readme_table.updated(page, entries(), ROOT / "results") == page, (
        f"run: ratecheck verify --update README.md --update {name}"
    )


def test_another_error_rate_would_be_noticed(tmp_path: Path) -> None:
    page = text(ROOT / "docs" / "verdicts.md")
    rows = re.search(r"verdicts: error rates -->\n(.*?)<!--", page, re.DOTALL)
    assert rows is not None
    assert rows[1].count("\n| reporting |") == 12
    other = page.replace("| reporting | power law, calm noise | 2000 |", "| reporting | x | 1 |")
    assert other != page
    assert readme_table.updated(other, [], ROOT / "results") == page
    with pytest.raises(ResultsError, match="verdict_calibration"):
        readme_table.updated(page, [], tmp_path)


def test_another_verdict_would_be_noticed() -> None:
    invented = {
        "suite": "torus_rate", "profile": "standard", "claim": "A1", "study": "x", "window": "8..9",
        "statement": "clean minimax", "predicted": "= -3/5 (-0.600)", "measured": "-0.500 [-1, 0]",
        "verdict": "REFUTED", "control": False,
    }  # fmt: skip
    page = readme_table.updated(text(), [*entries(), invented])
    assert page != text()
    assert "| 0.100 |" in readme_table.by_study([invented])
    assert "1 of 1 REFUTED" in readme_table.by_study([invented])
    smoke = readme_table.updated(text(), [*entries(), {**invented, "profile": "smoke"}])
    assert smoke == readme_table.updated(text(), entries())


def test_rows_follow_the_ledger_and_then_the_names_of_studies() -> None:
    shown = [
        ("R1", "b", False), ("A10", "a", False), ("A2", "c", False), ("A1", "c", True),
        ("A11", "d", False), ("A3", "d", False), ("A3", "a2", False), ("B1", "e", False),
    ]  # fmt: skip
    rest = dict.fromkeys(("study", "statement", "predicted", "measured", "window", "verdict"), "x")
    entries = [
        {**rest, "profile": "standard", "claim": claim, "suite": suite, "control": control}
        for claim, suite, control in shown
    ]
    page = "<!-- verdicts: {} -->\n<!-- end of verdicts -->"
    rows = readme_table.updated(page.format("by study"), entries).splitlines()[3:-1]
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| A2", "`c`"], ["| A3", "`a2`"], ["| A3, A11", "`d`"], ["| A10", "`a`"], ["| B1", "`e`"],
        ["| R1", "`b`"],
    ]  # fmt: skip
    every = readme_table.updated(page.format("all"), entries).splitlines()[3:-1]
    assert [row.split(" | ")[0] for row in every] == [
        f"| {claim}" for claim in ("A1", "A2", "A3", "A3", "A10", "A11", "B1", "R1")
    ]


@pytest.mark.parametrize("path", STANDARD, ids=lambda path: path.parent.parent.name)
def test_stored_verdicts_are_about_the_claims_of_today(path: Path) -> None:
    suite: Any = catalogue.load_study(path.parent.parent.name)
    now = [name for study in suite.at("standard").studies for name in names(study)]
    stored = [entry["statement"] for entry in json.loads(path.read_bytes())["verdicts"]]
    assert stored == now


def test_update_rewrites_the_block_and_refuses_a_file_without_one(tmp_path: Path) -> None:
    page = tmp_path / "x.md"
    page.write_text("a\n<!-- verdicts: all -->\nold\n<!-- end of verdicts -->\nb\n")
    readme_table.update(page, [])
    assert "old" not in page.read_text()
    assert page.read_text().startswith("a\n<!-- verdicts: all -->\n| claim |")
    for broken, message in (
        ("nothing", "has no <!-- verdicts"),
        ("<!-- verdicts: odd -->\n<!-- end of verdicts -->", "known are by study, all"),
    ):
        page.write_text(broken)
        with pytest.raises(InputError, match=re.escape(message)):
            readme_table.update(page, [])
        assert page.read_text() == broken
    with pytest.raises(InputError, match="cannot update"):
        readme_table.update(tmp_path / "absent.md", [])


def test_command_line_updates_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "results" / "unknown" / "standard"
    folder.mkdir(parents=True)
    for suite in STANDARD[:1]:
        for name in ("summary.json", "records.csv"):
            (folder / name).write_bytes((suite.parent / name).read_bytes())
    page = tmp_path / "x.md"
    before = "<!-- verdicts: by study -->\n<!-- end of verdicts -->"
    page.write_text(before)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["verify", "--update", "x.md"])
    capsys.readouterr()
    assert ("`unknown`" in page.read_text()) == bool(STANDARD)


def links(path: Path) -> Iterator[Path]:
    for target in re.findall(r"\]\(([^)#]+)\)", text(path)):
        if "://" not in target:
            yield path.parent / target


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_and_pictures_exist(path: Path) -> None:
    assert [target for target in links(path) if not target.exists()] == []


def test_first_screen_says_what_it_is_shows_a_picture_and_two_commands() -> None:
    screen = "\n".join(text().splitlines()[:20])
    assert "![" in screen
    targets = re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE)
    commands = re.findall(r"^make ([a-z]+)", screen, re.MULTILINE)
    assert commands == ["study", "test"]
    assert set(commands) <= set(targets)


def test_commands_exist(capsys: pytest.CaptureFixture[str]) -> None:
    named = set(re.findall(r"^ratecheck ([a-z]+)", text(), re.MULTILINE))
    assert {"list", "run", "verify", "figures", "replay"} <= named
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(re.search(rf"\b{command}\b", shown) for command in named)


@pytest.mark.skipif(not STANDARD, reason="no results of the standard profile are committed yet")
def test_picture_shows_the_committed_results() -> None:
    with (ROOT / "docs/images/torus_rate.csv").open(encoding="utf-8") as stream:
        drawn = [r for r in csv.DictReader(stream) if (r["quantity"], r["series"]) == (
            "slope", "TheoryTime")]  # fmt: skip
    summary = json.loads((ROOT / "results/torus_rate/standard/summary.json").read_bytes())
    stored = {(s["study"], s["stopping"], s["risk"][:11]): s["estimate"] for s in summary["slopes"]}
    for row, s in zip(drawn, ("0.75", "1", "1.5", "2"), strict=True):
        expected = stored[f"m1-s{s}", "TheoryTime", "adversarial"]
        assert float(row["value"]) == pytest.approx(expected, abs=1e-6)
