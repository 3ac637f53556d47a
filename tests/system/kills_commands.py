"""Commands other than a plain ``run``, ended by signals: no file is lost or half written.

``python -m tests.system.kills_commands --kills 21`` is the full sweep; a short one is a test.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ratecheck.montecarlo.journal import read_journal
from tests.benchmarks.harness import store
from tests.system.kills import SIGNALS, hit, kind
from tests.system.tiny import CELLS, call, journal, records, start, write_study

FULL = 21  # every command with every signal: a sweep that is stored beside the benchmarks
TABLE = "before\n<!-- verdicts: all -->\n{}<!-- end of verdicts -->\nafter\n"
COMMANDS = {
    "verify": ("verify", "--store", "--update", "page.md", "--results", "whole"),
    "report": ("report", "--results", "whole", "--output", "page.html"),
    "plan": ("plan", "tiny", "--results", "whole"),
    "replay": ("replay", "tiny/16/0", "--results", "whole"),
    "merge": ("merge", "tiny", "--results", "parts"),
    "shard": ("run", "tiny", "--shard", "1/2", "--results", "parts"),
    "cluster": ("run", "tiny", "--cluster", "local:1", "--results", "dask"),
}
RESULTS = {"merge": "parts", "cluster": "dask"}  # where these commands leave a whole run


@dataclass(kw_only=True)
class Commands:
    """A project with complete results whose commands are killed; ``problems`` must stay empty."""

    folder: Path
    rng: np.random.Generator
    names: tuple[str, ...] = tuple(COMMANDS)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    held: dict[str, bytes] = field(default_factory=dict)
    stale: bytes = b""

    def run(self, kills: int) -> None:
        """End commands so many times, one after the other, and then let each finish."""
        self._prepare()
        for index in range(kills):
            name, number = self.names[index % len(self.names)], SIGNALS[index % len(SIGNALS)]
            self._once(name, number)
        for name in self.names:
            call(self.folder, *COMMANDS[name])
        self._compare("the end", complete=True)

    def _prepare(self) -> None:
        """Make results, and time each command once: signals come within its time."""
        write_study(self.folder)
        call(self.folder, "run", "tiny", "--results", "whole")
        for shard in ("1/2", "2/2") if "merge" in self.names else ():
            call(self.folder, "run", "tiny", "--shard", shard, "--results", "parts")
        summary = json.loads(self._path("summary.json").read_text())
        self.stale = json.dumps(summary | {"verdicts": []}).encode()
        self._spoil()
        for name in self.names:
            begun = time.monotonic()
            call(self.folder, *COMMANDS[name])
            self.seconds[name] = time.monotonic() - begun
        for file in (self._path("summary.json"), self.folder / "page.md"):
            self.held[file.name] = file.read_bytes()

    def _spoil(self) -> None:
        """Leave something to do: stale verdicts, an empty table, no merged results."""
        self._path("summary.json").write_bytes(self.stale)
        (self.folder / "page.md").write_text(TABLE.format(""))
        for path in (journal(self.folder, "parts"), journal(self.folder, "dask").parent):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _once(self, name: str, number: int) -> None:
        self._spoil()
        process = start(self.folder, *COMMANDS[name])
        time.sleep(self.rng.uniform(0, self.seconds[name]))
        errors = hit(process, number)
        found = kind(number, process.returncode, errors, complete=self._is_complete(name))
        self.counts[f"{name}, {found or 'PROBLEM'}"] += 1
        if not found:
            self.problems.append(f"{name} {number}: {process.returncode}: {errors[-1500:]}")
        self._compare(f"{name}, {signal.Signals(number).name}", complete=False)

    def _is_complete(self, name: str) -> bool:
        """Whether a command left all that it makes, though it said nothing."""
        path = journal(self.folder, RESULTS.get(name, "none")).with_name("summary.json")
        return path.exists()

    def _compare(self, when: str, *, complete: bool) -> None:
        """Note every file that is neither as before nor as the finished command leaves it."""
        before = {"summary.json": self.stale, "page.md": TABLE.format("").encode()}
        for file in (self._path("summary.json"), self.folder / "page.md"):
            allowed = [self.held[file.name], *([] if complete else [before[file.name]])]
            if "verify" in self.names and file.read_bytes() not in allowed:
                self.problems.append(f"{when}: {file.name} is damaged")
        page = self.folder / "page.html"
        if "report" in self.names and "</html>" not in page.read_text()[-20:]:
            self.problems.append(f"{when}: the report is cut off")
        others = [RESULTS[name] for name in self.names if name in RESULTS] if complete else []
        for results in ("whole", *others):
            self._compare_run(when, results)

    def _compare_run(self, when: str, results: str) -> None:
        with read_journal(journal(self.folder, results)) as opened:
            count = len(opened.outcomes())
        if count != CELLS or records(self.folder, results) != records(self.folder, "whole"):
            self.problems.append(f"{when}: {count} cells in {results}, or other bytes")

    def _path(self, name: str) -> Path:
        return self.folder / "whole/tiny/standard" / name


def main() -> None:
    """Run the sweep, print what happened, and store a full one beside the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=FULL)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sweep = Commands(folder=Path(folder), rng=np.random.default_rng(given.seed))
        sweep.run(given.kills)
    for name, count in sorted(sweep.counts.items()):
        print(f"{count:4d}  {name}")
    print(f"{given.kills} signals; problems: {sweep.problems or 'none'}")
    if given.kills >= FULL:
        counts = dict(sorted(sweep.counts.items()))
        found = {"commands": list(sweep.names), "counts": counts, "problems": sweep.problems}
        store("kills_commands", {**vars(given), **found})
    raise SystemExit(bool(sweep.problems))


if __name__ == "__main__":
    main()
