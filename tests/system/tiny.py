"""A study for tests of the command line around it, and ways to call that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

STUDY = '''"""A tiny study whose measurement is defined in its own file."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import final

import ratecheck as rc
from ratecheck.assertions import Level
from ratecheck.cli import study_main
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.theory.claims import Statement

SAID = Statement(name="trace", predicted="> 0", regime="", source="", tag="D", ledger="A5")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Trace(Measurement):
    """A sum over a product whose digits depend on the number of BLAS threads."""

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return it."""
        time.sleep(float(os.environ.get("RATECHECK_PAUSE", "0")))
        matrix = streams("noise").standard_normal((256, size))
        value = float((matrix @ matrix.T).sum())
        return [Reading(series="noise", quantity="trace", value=value)]


STUDY = rc.MeasuredStudy(
    name="tiny",
    measurement=Trace(),
    sizes=(16, 64, 256),
    replicates=8,
    claims=(Level(statement=SAID, series="noise", quantity="trace", low=0.0, high=1e9),),
)

if __name__ == "__main__":
    study_main(STUDY)
'''
CELLS = 24
TABLES = 30_000  # bytes of the write-ahead log once the empty tables are made


def write_study(folder: Path) -> None:
    """Write ``studies/tiny.py`` into a folder."""
    (folder / "studies").mkdir(parents=True, exist_ok=True)
    (folder / "studies/tiny.py").write_text(STUDY, encoding="utf-8")


def start(folder: Path, *arguments: str, pause: float = 0.0) -> subprocess.Popen[str]:
    """Start ``ratecheck`` in a folder, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ratecheck", *arguments],
        cwd=folder,
        env={**os.environ, "RATECHECK_PAUSE": str(pause)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell starts background jobs deaf to Ctrl-C, and their children inherit it.
        preexec_fn=hear,  # noqa: PLW1509 - tests start no threads
    )


def hear() -> None:
    """Listen to Ctrl-C again."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def call(folder: Path, *arguments: str, code: int = 0) -> str:
    """Run ``ratecheck``, require an exit code, and return what it printed."""
    process = start(folder, *arguments)
    out, errors = process.communicate(timeout=300)
    assert process.returncode == code, (process.returncode, out, errors)
    assert "Traceback" not in errors, errors
    return out + errors


def records(folder: Path, results: str) -> bytes:
    """Return the bytes of the records of a run."""
    return (folder / results / "tiny/standard/records.csv").read_bytes()


def journal(folder: Path, results: str) -> Path:
    """Return the path of the journal of a run."""
    return folder / results / "tiny/standard/journal.sqlite"
