"""Faults around commands other than ``run``: what was there stays until all of the new is."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ratecheck.cli import files, main
from ratecheck.cli import reporting as report_command
from ratecheck.montecarlo.journal import read_journal
from ratecheck.types import InputError
from tests.system.kills_commands import TABLE, Commands
from tests.system.tiny import call, journal, records, write_study

Call = Callable[..., str]
STANDARD = Path("results/tiny/standard")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with results and, beside them, both parts of the same run."""
    folder = tmp_path_factory.mktemp("finished")
    write_study(folder)
    call(folder, "run", "tiny")
    for shard in ("1/2", "2/2"):
        call(folder, "run", "tiny", "--results", "parts", "--shard", shard)
    return folder


@pytest.fixture
def inside(
    finished: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Stand in a copy of the project; return a way to call the command line in this process."""
    monkeypatch.chdir(shutil.copytree(finished, tmp_path / "project"))

    def function(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        printed = "".join(capsys.readouterr())
        assert int(caught.value.code or 0) == code, printed
        return printed

    return function


@pytest.mark.slow
def test_signals_at_other_commands(tmp_path: Path) -> None:
    names = ("verify", "report")
    sweep = Commands(folder=tmp_path, rng=np.random.default_rng(3), names=names)
    sweep.run(3)
    assert sweep.problems == []
    assert sweep.counts.total() == 3
    (tmp_path / "page.html").write_text("<html>")
    (tmp_path / "page.md").write_text("before")
    path = tmp_path / "whole/tiny/standard/records.csv"
    path.write_bytes(path.read_bytes()[:-1])
    sweep._compare("damage", complete=True)  # what it looks for, it finds
    assert len(sweep.problems) == 2
    assert "page.md is damaged" in sweep.problems[0]
    assert "the report is cut off" in sweep.problems[1]


def no_space(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_earlier_page(inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [Path("page.html"), Path("page.md")]
    pages[1].write_text(TABLE.format(""))
    inside("report", "--output", "page.html")
    before = [page.read_bytes() for page in pages]
    monkeypatch.setattr("ratecheck.montecarlo.replacing.os.fsync", no_space)
    assert "No space left" in inside("report", "--output", "page.html", code=2)
    assert "No space left" in inside("verify", "--update", "page.md", code=2)
    assert [page.read_bytes() for page in pages] == before
    assert not [path for path in Path().iterdir() if path.name.startswith(".page")]
    monkeypatch.undo()


def test_an_error_in_the_middle_leaves_the_earlier_report(
    inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside("report", "--output", "page.html")
    before = Path("page.html").read_bytes()

    def interrupted(*arguments: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(report_command, "page", interrupted)
    assert "interrupted" in inside("report", "--output", "page.html", code=130)
    assert Path("page.html").read_bytes() == before


def test_files_that_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_text(Path("/dev/null"), "a device stays one")
    assert not Path("/dev/null").is_file()
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old")
    link.symlink_to(real)
    files.write_text(link, "new")
    assert (link.is_symlink(), real.read_text()) == (True, "new")
    with pytest.raises(InputError, match="Is a directory"):
        files.write_text(tmp_path, "x")
    with pytest.raises(InputError, match="cannot write"):
        files.write_text(tmp_path / "a\0b", "x")
    monkeypatch.setattr(
        "ratecheck.cli.files.os.access", lambda path, mode: False
    )  # root may do all
    with pytest.raises(InputError, match="Permission denied"):
        files.write_text(real, "protected")
    assert real.read_text() == "new"


def test_two_merges_on_one_journal(inside: Call, finished: Path) -> None:
    inside("merge", "tiny", "--results", "parts")
    with read_journal(journal(Path(), "parts")):
        assert "another run is writing to it" in inside(
            "merge", "tiny", "--results", "parts", code=4
        )
    with read_journal(journal(Path(), "parts").with_name("shard-1-of-2.sqlite")):
        assert "another run is writing to it" in inside(
            "merge", "tiny", "--results", "parts", code=4
        )
    assert records(Path(), "parts") == records(finished, "results")


@pytest.mark.parametrize("limit", [4096, 30_000])
def test_a_full_disk_while_parts_are_merged(inside: Call, finished: Path, limit: int) -> None:
    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    found = subprocess.run(
        [sys.executable, "-m", "ratecheck", "merge", "tiny", "--results", "parts"],
        preexec_fn=full, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert found.returncode == 4, found
    assert found.stderr.count("\n") == 1
    inside("merge", "tiny", "--results", "parts")
    assert records(Path(), "parts") == records(finished, "results")


@pytest.mark.parametrize(
    "command", [("merge", "tiny", "--results", "parts"), ("verify", "--store", "--json")]
)
def test_a_read_only_folder(inside: Call, command: tuple[str, ...]) -> None:
    folder = Path("parts/tiny/standard") if command[0] == "merge" else STANDARD
    if command[0] == "verify":
        summary = json.loads((folder / "summary.json").read_text())
        (folder / "summary.json").write_text(json.dumps(summary | {"verdicts": []}))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    lock, free = (["chattr", "+i"], ["chattr", "-i"]) if os.geteuid() == 0 else (
        ["chmod", "a-w"], ["chmod", "u+w"],
    )  # fmt: skip
    if (
        not shutil.which(lock[0])
        or subprocess.run([*lock, str(folder)], capture_output=True, check=False).returncode
    ):
        pytest.skip("this file system cannot be made read-only")
    try:
        said = inside(*command, code=4)
    finally:
        subprocess.run([*free, str(folder)], check=True)
    assert "writable" in said
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_run_that_cannot_fit_says_so_before_it_starts(inside: Call) -> None:
    text = Path("studies/tiny.py").read_text()
    head, tail = text.split("STUDY = ", 1)
    simulated = """STUDY = rc.RateStudy(
    name="large",
    problem=rc.Problem(
        domain=rc.domains.Torus(d=1),
        kernel=rc.kernels.PeriodicSobolev(order=1),
        target=rc.targets.Sobolev(smoothness=1.5, radius=1.0, band=256),
        noise=rc.noise.Gaussian(sigma=0.5),
    ),
    estimator=rc.GradientFlow(),
    stopping=(rc.stopping.TheoryTime(),),
    sizes=(32, 64, 2**22),
    replicates=4,
)
"""
    assert "MeasuredStudy" in tail
    Path("studies/large.py").write_text(head + simulated)
    for options in ((), ("--shard", "1/2"), ("--workers", "2")):
        said = inside("run", "large", "--memory-per-worker", "200M", *options, code=2)
        assert "n = 4194304" in said
        assert "200" in said
    assert not Path("results/large").exists()
