"""Coverage-guided fuzzing of the readers: ``python -m tests.fuzz [TARGET ...] --seconds 300``.

Needs atheris, which is no dependency of the tests (``pip install atheris``; wheels for Linux). The
seconds are shared by the targets, each of which runs in a process of its own. Inputs that are not
answered by a sentence within ten seconds and 2 GB are kept in the folder ``--faults``; whoever
mends one adds it to ``test_readers.py``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LIMITS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=8192", "-verbosity=0")


def fuzz(name: str, seconds: int, faults: Path) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["ratecheck"]):
        from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as corpus:
        for index, seed in enumerate(target.seeds()):
            Path(corpus, str(index)).write_bytes(seed)
        options = (f"-max_total_time={seconds}", f"-artifact_prefix={faults / name}-", *LIMITS)
        atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", corpus], target)
        atheris.Fuzz()


def main() -> None:
    """Fuzz the targets one after the other and say which failed."""
    names = [
        "records", "summary", "summary_field", "costs", "journal", "header", "entry", "words",
        "pickled", "images",
    ]  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(names))
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--faults", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if find_spec("atheris") is None:
        raise SystemExit("atheris is not installed: pip install atheris")
    if given.here:
        fuzz(given.targets[0], given.seconds, given.faults)
    wanted = given.targets or names
    share = max(1, given.seconds // len(wanted))
    failed = [name for name in wanted if not _passes(name, share, given.faults)]
    print(f"{len(wanted)} targets, {share} s each; faults: {', '.join(failed) or 'none'}")
    raise SystemExit(bool(failed))


def _passes(name: str, seconds: int, faults: Path) -> bool:
    command = [sys.executable, "-m", "tests.fuzz", name, "--here", "--seconds", str(seconds)]
    found = subprocess.run(
        [*command, "--faults", str(faults)], capture_output=True, text=True, check=False
    )
    told = [line for line in found.stderr.splitlines() if "number_of_executed_units" in line]
    print(f"{name}: {told[0].split()[-1] if told else '?'} inputs, exit code {found.returncode}")
    if found.returncode:  # the traceback goes to stdout, libFuzzer's words to stderr
        print("\n".join(found.stdout.splitlines()[-30:] + found.stderr.splitlines()[-12:]))
    return found.returncode == 0


if __name__ == "__main__":
    main()
