"""Timing in one process and one thread: interleaved repetitions, medians, ratios."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path("results/benchmarks")
DISTRIBUTIONS = ("ratecheck", "numpy", "scipy", "finufft")


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Our cost against a peer's, in seconds of CPU time (medians), and the promise about it.

    Where the cost is no time, ``unit`` says what it is ("MB", or "" for exponents). ``wanted``
    reads "<= 4" or ">= 500"; the ratio is ours / peer for the former, peer / ours for the latter.
    """

    name: str
    peer: str
    ours_seconds: float
    peer_seconds: float
    ratio: float
    wanted: str
    remark: str = ""
    unit: str = "s"

    @property
    def met(self) -> bool:
        """Whether the promise holds in this run."""
        sign, bound = self.wanted.split()
        return self.ratio <= float(bound) if sign == "<=" else self.ratio >= float(bound)


def cpu(function: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def medians(functions: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median CPU seconds of each function, calls interleaved, after one warm-up."""
    for function in functions.values():
        function()
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            taken[name].append(cpu(function))
    return {name: statistics.median(values) for name, values in taken.items()}


def processor() -> str:
    """Return the name of the processor, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def write(name: str, ratios: list[Ratio], peers: dict[str, str] | None = None) -> None:
    """Print a table and store the ratios with machine and versions, also those of peers."""
    store(name, {"ratios": [{**asdict(ratio), "met": ratio.met} for ratio in ratios]}, peers)
    for r in ratios:
        word = "met" if r.met else "MISSED"
        print(
            f"{r.name} | {r.peer} | ours {r.ours_seconds:.4f} {r.unit} | "
            f"peer {r.peer_seconds:.4f} {r.unit} | "
            f"ratio {r.ratio:.2f} (wanted {r.wanted}: {word}) | {r.remark}"
        )


def store(name: str, found: dict[str, Any], peers: dict[str, str] | None = None) -> None:
    """Write ``results/benchmarks/<name>.json``: machine and versions, then what was found."""
    machine = {"processor": processor(), "python": platform.python_version()}
    versions = {d: version(d) for d in DISTRIBUTIONS} | (peers or {})
    record = {"machine": machine, "versions": versions, **found}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
