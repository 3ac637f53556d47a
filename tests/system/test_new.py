"""``ratecheck new``, shell completion, ``--json``, and ``NO_COLOR``."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from ratecheck.cli import main
from ratecheck.cli.app import app
from ratecheck.cli.output import show_table

TABLES = ("list", "run", "verify", "replay", "decay", "merge", "plan")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str) -> int:
    try:
        main(arguments)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_written_study_runs_at_smoke(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("new", "my_rate") == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "studies/my_rate.py", "to see it work: ratecheck run my_rate --profile smoke",
    ]  # fmt: skip
    assert call("run", "my_rate", "--profile", "smoke") == 0
    out = capsys.readouterr().out
    assert "clean minimax, s=3/2, d=1" in out
    assert "a control" in out
    assert (folder / "results/my_rate/smoke/records.csv").stat().st_size > 500


def test_written_study_is_explained_and_formatted(folder: Path) -> None:
    call("new", "my_rate")
    path = folder / "studies/my_rate.py"
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)).startswith("my_rate: ")  # type: ignore[union-attr]
    assert text.count("# ") >= 8
    for task in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *task, "--config", str(ROOT / "pyproject.toml"), path],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "studies").mkdir()
    (folder / "studies/my_rate.py").write_text("mine")
    assert call("new", "my_rate") == 2
    assert "exists and is left as it is" in capsys.readouterr().err
    assert (folder / "studies/my_rate.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["My-Rate", "1rate", "../x", "class", "", "a b"])
def test_names_that_no_module_can_have(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("new", name) == 2
    assert re.search(
        "small letters|a word of Python|new has an empty argument", capsys.readouterr().err
    )
    assert list(folder.rglob("*")) == []


def test_folder_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "taken").write_text("")
    assert call("new", "my_rate", "--folder", "taken") == 2
    assert "cannot write taken/my_rate.py" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_commands(shell: str) -> None:
    words = {
        "bash": ("COMP_WORDS", "ratecheck ve"),
        "zsh": ("_TYPER_COMPLETE_ARGS", "ratecheck ve"),
    }
    variable, text = words.get(shell, ("_TYPER_COMPLETE_ARGS", "ratecheck ve"))
    environment = os.environ | {
        "_RATECHECK_COMPLETE": f"complete_{shell}", variable: text, "COMP_CWORD": "1",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "ratecheck"], env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "verify" in done.stdout
    assert "replay" not in done.stdout


@pytest.mark.parametrize("command", ["run", "plan", "merge", "figures"])
def test_completion_of_studies(command: str, folder: Path) -> None:
    call("new", "torus_mine")
    environment = os.environ | {
        "_RATECHECK_COMPLETE": "complete_bash", "COMP_WORDS": f"ratecheck {command} torus_",
        "COMP_CWORD": "2",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "ratecheck"], env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert {"torus_mine", "torus_rate"} <= set(done.stdout.split())
    assert "sphere_rate" not in done.stdout


def test_every_command_that_prints_a_table_has_json() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined] # a group
    with_json = {
        name
        for name, command in commands.items()
        if any("--json" in option.opts for option in command.params)
    }
    assert with_json == set(TABLES) & set(commands)
    assert {"list", "run", "verify", "replay", "decay"} <= with_json
    assert set(commands) - with_json <= {"figures", "report", "new"}  # these print paths


def test_fields_of_json_are_those_documented(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    call("new", "my_rate")
    capsys.readouterr()
    call("list", "--json")
    (listed, *_) = [e for e in json.loads(capsys.readouterr().out) if e["study"] == "my_rate"]
    call("run", "my_rate", "--profile", "smoke", "--json")
    (run, *_) = json.loads(capsys.readouterr().out)
    call("verify", "--json")
    (verified, *_) = json.loads(capsys.readouterr().out)
    call("replay", "my_rate-s1.5/256/0", "--study", "my_rate", "--json")
    replayed = json.loads(capsys.readouterr().out)
    call("decay", "NTK", "--depth", "3", "--json")
    decay = json.loads(capsys.readouterr().out)
    assert run == verified
    call("plan", "my_rate", "--profile", "smoke", "--json")
    plan = json.loads(capsys.readouterr().out)
    call("run", "my_rate", "--profile", "smoke", "--shard", "1/1", "--results", "parts", "--json")
    (part,) = json.loads(capsys.readouterr().out)
    call("merge", "my_rate", "--profile", "smoke", "--results", "parts", "--json")
    assert json.loads(capsys.readouterr().out)[0] == run
    part_of_plan = page.split("## plan\n")[1].split("\n## ")[0]
    assert all(f"`{name}`" in part_of_plan for line in plan["lines"] for name in line)
    for command, found in {
        "list": listed, "verify": verified, "replay": replayed, "decay": decay, "plan": plan,
        "run with --shard": part,
    }.items():  # fmt: skip
        assert documented(page, command) == set(found), command


def documented(page: str, command: str) -> set[str]:
    """Return the first column of the table below a heading."""
    part = page.split(f"## {command}\n")[1].split("\n## ", maxsplit=1)[0]
    return {line.split("`")[1] for line in part.splitlines() if line.startswith("| `")}


@pytest.mark.parametrize("no_colour", [False, True])
def test_no_color_is_respected(
    no_colour: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if it were a terminal
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    show_table(("word",), [("REFUTED",)], {"REFUTED": "red"})
    out = capsys.readouterr().out
    assert "REFUTED" in out
    assert ("\x1b[31m" in out) is not no_colour
