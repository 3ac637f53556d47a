"""Runs that are ended by signals at random moments, again and again.

``python -m tests.system.kills --kills 100`` is the full sweep; a short one is a test.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ratecheck.montecarlo.journal import read_journal
from ratecheck.types import ResultsError
from tests.benchmarks.harness import store
from tests.system.tiny import CELLS, call, journal, records, start, write_study

SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
PAUSE = 0.2  # seconds before each cell, so that most signals find a run that computes
FULL = 100  # signals of a sweep that is stored beside the benchmarks
_INTERRUPTED = (130, -signal.SIGINT)  # Python takes the latter where exec() was interrupted
OUTSIDE = "ratecheck/cli/"  # frames of a traceback that the command line had begun


def kind(number: int, code: int, errors: str, *, complete: bool) -> str:
    """Return what a command made of a signal; nothing if it should not have.

    ``complete`` says whether all that was wanted is there.
    """
    name = signal.Signals(number).name
    if code == 0:
        return f"{name}: too late, the command was over"
    if code == -number and number == signal.SIGKILL:
        return f"{name}: killed"
    if code in _INTERRUPTED and "interrupted" in errors and "Traceback" not in errors:
        kept = "cells are kept" in errors
        return f"{name}: a sentence, {'cells kept' if kept else 'nothing to keep yet'}"
    if code in _INTERRUPTED and not errors and complete:
        # Some library catches everything while it is imported: the run went on to its end.
        return f"{name}: swallowed by a library, the run complete"
    if code in {-number, 1, 130} and OUTSIDE not in errors and "interrupted" not in errors:
        return f"{name}: Python itself was starting"
    return ""


def hit(process: subprocess.Popen[str], number: int) -> str:
    """Send a signal to a running command and return what it says on stderr."""
    # As a terminal does, Ctrl-C reaches the workers too; the others only the program itself.
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    return process.communicate(timeout=170)[1]


@dataclass(kw_only=True)
class Sweep:
    """What happened, by kind; ``problems`` must stay empty."""

    folder: Path
    rng: np.random.Generator
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    runs: int = 0
    signals: tuple[signal.Signals, ...] = SIGNALS
    pause: float = PAUSE
    longest: float = 0.0  # seconds of a whole run: signals come within them

    def run(self, kills: int) -> None:
        """Kill so many runs; one that is finished is compared and a new one begun."""
        write_study(self.folder)
        begun = time.monotonic()
        process = start(self.folder, "run", "tiny", "--results", "whole", pause=self.pause)
        process.communicate()
        self.longest = time.monotonic() - begun
        for index in range(kills):
            self._once(index)
        self._finish()

    def _once(self, index: int) -> None:
        number = self.signals[index % len(self.signals)]
        workers = str(1 + index // len(self.signals) % 2)
        before = self._kept()
        process = start(
            self.folder, "run", "tiny", "--results", self._results, "--workers", workers,
            pause=self.pause,
        )  # fmt: skip
        time.sleep(self.rng.uniform(0, self.longest))
        errors = hit(process, number)
        after = self._kept()
        if not before <= after:
            self.problems.append(f"{index}: cells were lost: {sorted(before - after)}")
        self._judge(index, number, process.returncode, errors)
        if len(after) == CELLS:
            self._finish()

    def _judge(self, index: int, number: int, code: int, errors: str) -> None:
        complete = len(self._kept()) == CELLS
        if found := kind(number, code, errors, complete=complete):
            self.counts[found] += 1
        else:
            self.problems.append(f"{index} {number}: exit code {code}: {errors[-1500:]}")

    @property
    def _results(self) -> str:
        return f"results{self.runs}"

    def _kept(self) -> set[str]:
        try:
            with read_journal(journal(self.folder, self._results)) as opened:
                return set(opened.finished())
        except ResultsError as error:
            if re.search(r"no journal here|this journal is empty", str(error)):
                return set()
            raise

    def _finish(self) -> None:
        """Complete the present run without a signal and compare its bytes."""
        call(self.folder, "run", "tiny", "--results", self._results)
        if records(self.folder, self._results) != records(self.folder, "whole"):
            self.problems.append(f"run {self.runs}: other bytes")
        with read_journal(journal(self.folder, self._results)) as opened:
            if len(opened.outcomes()) != CELLS:
                self.problems.append(f"run {self.runs}: {len(opened.outcomes())} cells")
        self.runs += 1


def main() -> None:
    """Run the sweep and print what happened; a full one is stored beside the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pause", type=float, default=PAUSE)
    parser.add_argument("--signal", choices=[number.name for number in SIGNALS])
    given = parser.parse_args()
    signals = (signal.Signals[given.signal],) if given.signal else SIGNALS
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(given.seed)
        sweep = Sweep(folder=Path(folder), rng=rng, signals=signals, pause=given.pause)
        sweep.run(given.kills)
    for name, count in sorted(sweep.counts.items()):
        print(f"{count:4d}  {name}")
    print(
        f"{given.kills} signals, {sweep.runs} runs completed; problems: {sweep.problems or 'none'}"
    )
    if given.kills >= FULL and not given.signal:
        store("kills", told(sweep, given.seed))
    raise SystemExit(bool(sweep.problems))


def told(sweep: Sweep, seed: int) -> dict[str, Any]:
    """Return what is stored of a full sweep."""
    return {
        "seed": seed,
        "signals": sweep.counts.total(),
        "cells": CELLS,
        "pause": sweep.pause,
        "completed": sweep.runs,
        "counts": dict(sorted(sweep.counts.items())),
        "problems": sweep.problems,
    }


if __name__ == "__main__":
    main()
