"""Hostile options, studies and results: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratecheck as rc
from ratecheck.cli import catalogue, main
from ratecheck.montecarlo.costs import read_costs
from ratecheck.montecarlo.journal import read_journal
from ratecheck.montecarlo.plan import Cell
from ratecheck.reporting import load, replay
from ratecheck.types import RatecheckError
from tests.system.tiny import write_study

CODES = {0, 1, 2, 3, 4}
LONGEST = 30.0  # seconds of one example, on a machine that does much else


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("fuzz")
    write_study(folder)
    before = Path.cwd()
    os.chdir(folder)
    assert said("run", "tiny")[0] == 0
    yield folder
    os.chdir(before)


def said(*arguments: str) -> tuple[int, str]:
    """Call the command line in this process; anything but an exit propagates."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    raise AssertionError("the command line did not exit")


ODD = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.sampled_from(["", "-", "--", "..", "/", "tiny", "tiny/16/0", "1/2", "2/1", "4G", "\x00"]),
)
OPTIONS = {
    "run": ("--profile", "--seed", "--workers", "--memory-per-worker", "--shard", "--cluster"),
    "merge": ("--profile", "--seed"),
    "plan": ("--profile", "--target-se", "--budget", "--memory-per-worker", "--workers"),
    "replay": ("--profile", "--seed", "--study"),
    "verify": ("--profile",),
    "decay": ("--depth", "--bias", "--parameter", "--d"),
}
CALLS = st.one_of(
    *(
        st.tuples(
            st.just(command),
            st.sampled_from(["tiny", "tiny/16/0", "NTK"]) | ODD,
            st.sampled_from(options),
            ODD,
        )
        for command, options in OPTIONS.items()
    )
)


def harmless(call: tuple[str, str, str, str]) -> bool:
    """Whether an example starts no hundreds of processes and waits for no cluster."""
    _, _, option, value = call
    return option != "--workers" and not (option == "--cluster" and ":" in value)


@given(call=CALLS.filter(harmless))
@settings(max_examples=120)
def test_options(project: Path, call: tuple[str, str, str, str]) -> None:
    command, argument, option, value = call
    words = (command, option, value) if command == "verify" else (command, argument, option, value)
    code, text = said(*words)
    assert code in CODES, text
    assert "Traceback" not in text


@given(words=st.lists(ODD | st.sampled_from(["list", "run", "plan", "--json"]), max_size=4))
def test_words(project: Path, words: list[str]) -> None:
    code, text = said(*words)
    assert code in CODES, text


@given(source=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_study_files(project: Path, source: bytes) -> None:
    path = project / "odd.py"
    path.write_bytes(source)
    code, text = said("run", str(path))
    assert code in {2, 4}, text
    assert text.startswith("error: ")


VALUES = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([10**9, 10**30, True, "x", "", (), [], {}, 1.5, float("nan"), float("inf")]),
    st.lists(st.integers(-3, 70), max_size=4).map(tuple),
    st.tuples(st.sampled_from([10**30, 2**62, 2.5, "8", None, float("nan")])),
)
SHARED = ("name", "sizes", "replicates", "claims", "window", "question", "profiles")
STUDIES = {
    "measured": (*SHARED, "abscissa", "measurement", "data"),
    "simulated": (*SHARED, "problem", "estimator", "stopping", "risk", "margin", "grid_ratio"),
}
FIELDS = st.one_of(
    *(st.tuples(st.just(kind), st.sampled_from(fields), VALUES) for kind, fields in STUDIES.items())
)


def study_of(kind: str) -> rc.MeasuredStudy | rc.RateStudy:
    """Return a study of milliseconds."""
    if kind == "measured":
        study = catalogue.load_study("tiny")
        assert isinstance(study, rc.MeasuredStudy)
        return study
    return rc.RateStudy(
        name="simulated",
        problem=rc.Problem(
            domain=rc.domains.Torus(d=1),
            kernel=rc.kernels.PeriodicSobolev(order=1),
            target=rc.targets.Sobolev(smoothness=1.5, radius=1.0, band=64),
            noise=rc.noise.Gaussian(sigma=0.5),
        ),
        estimator=rc.GradientFlow(),
        stopping=(rc.stopping.PowerTime(c=1.0, exponent=0.5),),
        sizes=(16, 32, 64),
        replicates=2,
    )


@given(odd=FIELDS)
@settings(max_examples=150)
def test_fields_of_a_study(
    project: Path, tmp_path_factory: pytest.TempPathFactory, odd: tuple[str, str, object]
) -> None:
    """A field is refused in a sentence, or the study runs; its cells may fail, not the run."""
    kind, field, value = odd
    begun = time.monotonic()
    with contextlib.suppress(RatecheckError):
        changes: Any = {field: value}
        study = replace(study_of(kind), **changes)
        rc.run(study, results=tmp_path_factory.mktemp("odd"))
    assert time.monotonic() - begun < LONGEST


EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40)), min_size=1, max_size=3
)


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """Replace bytes at relative places by others."""
    for where, count, new in edits:
        at = int(where * len(data))
        data = data[:at] + new + data[at + count :]
    return data


@pytest.mark.parametrize("name", ["records.csv", "summary.json", "costs.json", "journal.sqlite"])
@given(edits=EDITS)
@settings(max_examples=60)
def test_files_of_results(
    project: Path,
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    edits: list[tuple[float, int, bytes]],
) -> None:
    """Every reader of the folder answers, refuses in a sentence, or never sees the damage."""
    folder = tmp_path_factory.mktemp("edited") / "standard"
    shutil.copytree(project / "results/tiny/standard", folder)
    path = folder / name
    whole = path.read_bytes()
    path.write_bytes(edited(whole, edits))
    study = catalogue.load_study("tiny")
    begun = time.monotonic()
    with contextlib.suppress(RatecheckError):
        str(load(folder, study))
    with contextlib.suppress(RatecheckError):
        read_costs(folder)
    with contextlib.suppress(RatecheckError):
        replay(study, Cell.parse("tiny/16/0"), folder)
    with contextlib.suppress(RatecheckError), read_journal(folder / "journal.sqlite") as journal:
        journal.outcomes()
    assert time.monotonic() - begun < LONGEST


def test_a_bomb_of_replicates_is_refused_before_it_fills_the_memory(project: Path) -> None:
    study = catalogue.load_study("tiny")
    assert isinstance(study, rc.MeasuredStudy)
    with pytest.raises(RatecheckError, match="cells are more than 5000000"):
        rc.run(replace(study, replicates=10**12), results=project / "bomb")
    assert not (project / "bomb").exists()
