"""The readers against what fuzzing found, against cut and swapped seeds, and shortly fuzzed."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ratecheck.types import ResultsError
from tests.fuzz.targets import SUMMARY_KEYS, TARGETS, edited, results, whole

FAILED = bytes([SUMMARY_KEYS.index("failed")])
DESIGN = bytes([SUMMARY_KEYS.index("design")])
SEED = bytes([SUMMARY_KEYS.index("seed")])
TWICE = '{"study": "a", "size_cells_seconds": [[8, 1, 0.1], [8, 1, 0.2]]}'
ROW = '["fuzzed",4,0,"a","b",null,%s,null,null,null,"CONVERGED",null]'

FOUND = [  # target, input that led to a traceback
    ("summary_field", FAILED + b"0"),
    ("summary_field", FAILED + b'{"fuzzed/4/0": 1}'),
    ("summary_field", SEED + b"Infinity"),
    ("costs", f'{{"format": "ratecheck costs", "schema": 1, "studies": [{TWICE}]}}'.encode()),
    ("entry", f"fuzzed/4/0\n[{ROW % ('1' + '0' * 400)}]".encode()),
    ("words", b"a/" + b"9" * 5000 + b"/0"),
]


@pytest.mark.parametrize(("target", "data"), FOUND, ids=lambda value: str(value)[:24])
def test_what_fuzzing_found_is_answered(target: str, data: bytes) -> None:
    TARGETS[target](data)


HOSTILE = {
    "nested": "A(" * 3000 + ")" * 3000,
    "open": "(" * 100_000,
    "quotes": "'" * 50_001,
    "backslashes": "A(" + "'\\" * 20_000 + ")",
    "commas": "A(" + "a," * 100_000 + ")",
    "addresses": "x at 0x" * 20_000,
    "brackets": "<" * 50_000 + " at 0x1",
    "surrogate": "\ud800",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_designs_are_told_in_no_time(text: str) -> None:
    """Each took seconds to minutes, or too much of the stack, before; a limit on CPU time."""
    begun = time.process_time()
    TARGETS["summary_field"](DESIGN + json.dumps(text).encode())
    assert time.process_time() - begun < 3


def test_a_target_lets_other_errors_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise nothing here could fail."""
    monkeypatch.setattr("tests.fuzz.targets.load", lambda folder, study: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        TARGETS["summary"](whole("summary.json"))


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_valid(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name].read(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_seeds_are_answered(name: str) -> None:
    rng, target = np.random.default_rng(0), TARGETS[name]
    for seed in target.seeds():
        for _ in range(6):
            data = bytearray(seed)
            at = int(rng.integers(len(data) + 1))
            data[at : at + int(rng.integers(9))] = rng.bytes(int(rng.integers(4)))
            target(bytes(data))


def test_the_seed_is_still_there_afterwards() -> None:
    before = whole("records.csv")
    with pytest.raises(ResultsError), edited("records.csv", b"x") as folder:
        raise ResultsError(str(folder))
    assert (results() / "records.csv").read_bytes() == before
    assert json.loads(whole("summary.json"))["format"] == "ratecheck"


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="needs atheris")
def test_some_seconds_of_coverage_guided_fuzzing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "words", "entry", "costs", "--seconds", "6"]
    found = subprocess.run(
        [*command, "--faults", str(tmp_path)], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2], env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert found.returncode == 0, found.stdout
    assert "faults: none" in found.stdout
