"""Every code block of the documentation runs, in a folder of its own, at a small size.

Comments before a block, which no reader sees, say how: ``<!-- test: long -> short -->`` replaces
text, ``<!-- file: path -->`` saves a block instead of running it, ``<!-- exit: 3 -->`` states the
exit code of its last line. Blocks of ``text`` are no code: output, or a cluster's command lines.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ratecheck.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if "_build" not in p.parts)
BLOCK = re.compile(r"((?:^<!-- .*? -->\n)*)^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUNNABLE = {"python", "console"}
NO_CODE = {"text", "{eval-rst}", "{toctree}"}


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block with what the comments before it ask for."""

    language: str
    code: str
    file: str = ""
    exit: int = 0


def blocks(page: str) -> Iterator[Block]:
    for comments, language, code in BLOCK.findall(page):
        settings: dict[str, Any] = {}
        for name, value in re.findall(r"<!-- (\w+): (.*?) -->", comments):
            if name == "test" and " -> " in value:
                long, short = value.split(" -> ")
                assert long in code, f"{long!r} is not in the block any more"
                code = code.replace(long, short)  # noqa: PLW2901
            elif name in {"file", "exit"}:
                settings[name] = int(value) if name == "exit" else value
        yield Block(language=language, code=code, **settings)


def lines(block: Block) -> list[str]:
    """Return the commands of a console block."""
    found = block.code.strip().splitlines()
    assert all(line.startswith("$ ratecheck ") for line in found), found
    return [line.removeprefix("$ ratecheck ") for line in found]


def run(block: Block, names: dict[str, Any]) -> None:
    if block.file:
        Path(block.file).parent.mkdir(parents=True, exist_ok=True)
        Path(block.file).write_text(block.code, encoding="utf-8")
    elif block.language == "python":
        exec(compile(block.code, "documentation", "exec"), names)
    elif block.language == "console":
        codes = [code_of(line.split()) for line in lines(block)]
        assert codes[-1] == block.exit
        assert set(codes) <= {0, block.exit}


def code_of(arguments: list[str]) -> int:
    try:
        main(arguments)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


WITH_CODE = [
    p for p in PAGES if any(b.language in RUNNABLE for b in blocks(p.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("path", WITH_CODE, ids=lambda path: path.stem)
def test_every_block_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    module = ModuleType("documentation")  # dataclasses look their module up
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks(path.read_text(encoding="utf-8")):
        run(block, vars(module))
    assert "error:" not in capsys.readouterr().err


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_block_says_what_it_is(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert {block.language for block in blocks(page)} <= RUNNABLE | NO_CODE
    fences = [line for line in page.splitlines() if line.startswith("```")]
    assert len(fences) == 2 * len(list(blocks(page)))


def test_code_is_found_where_it_is_promised() -> None:
    stems = {path.stem for path in WITH_CODE}
    assert {"tutorial", "own-claim", "own-kernel", "own-domain", "own-data", "replay"} <= stems


def test_a_broken_block_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (bad,) = blocks("```python\nimport ratecheck as rc\nrc.kernels.NoSuch()\n```\n")
    with pytest.raises(AttributeError):
        run(bad, {})
    (wrong,) = blocks("```console\n$ ratecheck verify\n```\n")
    with pytest.raises(AssertionError):
        run(wrong, {})
    with pytest.raises(AssertionError, match="not in the block"):
        list(blocks("<!-- test: 7 -> 8 -->\n```python\nx = 1\n```\n"))
