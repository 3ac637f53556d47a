"""Processes as /proc shows them, for tests that kill some."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the processes that descend from a process."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
    found: list[int] = []
    front = [pid]
    while front:
        front = [child for child, parent in parents.items() if parent in front]
        found += front
    return found


def dask_workers(pid: int) -> list[int]:
    """Return the workers among them; multiprocessing's tracker of resources is none."""
    return [child for child in children(pid) if b"spawn_main" in _command(child)]


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
