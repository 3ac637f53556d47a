"""Readers of what others may have written, as functions of bytes; they may only refuse.

Each target gets arbitrary bytes. It returns, or raises a `RatecheckError`, which is swallowed: any
other exception is a fault. Seeds are valid inputs, from which a fuzzer mutates.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, final

import ratecheck as rc
from ratecheck.datasets import load as load_data
from ratecheck.datasets.pickled import read_pickle
from ratecheck.montecarlo.cluster.address import Address
from ratecheck.montecarlo.costs import read_costs
from ratecheck.montecarlo.entries import from_entry
from ratecheck.montecarlo.journal import read_journal
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.memory import parse
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.records import JOURNAL, RECORDS, SUMMARY
from ratecheck.montecarlo.shard import Shard
from ratecheck.reporting import Report, load
from ratecheck.reporting.rejudging import rejudge
from ratecheck.types import RatecheckError
from tests.unit.datasets.writers import binary_batch, digits, idx, python2_batch, python_batch

SUMMARY_KEYS = (
    "format", "schema", "records_sha256", "profile", "seed", "versions", "python", "platform",
    "commit", "fingerprint", "design", "cells", "failed", "slopes", "verdicts",
)  # fmt: skip
HEADER_KEYS = ("design", "profile", "seed", "versions", "fingerprint")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Draw(Measurement):
    """A random number."""

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return it."""
        return [Reading(series="a", quantity="b", value=float(streams("noise").normal()) / size)]


STUDY = rc.MeasuredStudy(name="fuzzed", measurement=Draw(), sizes=(4, 8, 16), replicates=2)


@cache
def results() -> Path:
    """Return a folder with the results of a tiny study; made once a process, removed at its end."""
    root = tempfile.TemporaryDirectory(prefix="fuzz")
    rc.run(STUDY, results=root.name)
    _kept.append(root)
    return Path(root.name) / STUDY.name / "standard"


_kept: list[Any] = []  # temporary folders of this process


def whole(name: str) -> bytes:
    """Return the bytes of a valid file."""
    return (results() / name).read_bytes()


@contextlib.contextmanager
def edited(name: str, data: bytes) -> Any:
    """Put other bytes into a file of the results; they are put back afterwards."""
    path, before = results() / name, whole(name)
    path.write_bytes(data)
    try:
        yield results()
    finally:
        path.write_bytes(before)


def look(report: Report) -> None:
    """Do with a report what the commands do."""
    str(report)
    rejudge(report)


def records(data: bytes) -> None:
    """``records.csv``."""
    with edited(RECORDS, data) as folder:
        look(load(folder, STUDY))


def summary(data: bytes) -> None:
    """``summary.json``."""
    with edited(SUMMARY, data) as folder:
        look(load(folder, STUDY))


def summary_field(data: bytes) -> None:
    """One entry of ``summary.json``, by its number, replaced by any JSON."""
    held = json.loads(whole(SUMMARY))
    held[SUMMARY_KEYS[data[0] % len(SUMMARY_KEYS) if data else 0]] = "@"
    summary(json.dumps(held).encode().replace(b'"@"', data[1:], 1))


def costs(data: bytes) -> None:
    """``costs.json``."""
    with edited("costs.json", data) as folder:
        for cost in read_costs(folder).values():
            cost.at(32)


def journal(data: bytes) -> None:
    """The journal's file."""
    with edited(JOURNAL, data) as folder, read_journal(folder / JOURNAL) as opened:
        opened.design()
        opened.outcomes()


def header(data: bytes) -> None:
    """One entry of the journal's header, by its number."""
    key = HEADER_KEYS[data[0] % len(HEADER_KEYS) if data else 0]
    path, before = results() / JOURNAL, whole(JOURNAL)
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            text = data[1:].decode(errors="replace")
            connection.execute("UPDATE header SET value = ? WHERE key = ?", (text, key))
        with read_journal(path) as opened:
            opened.design()
    finally:
        path.write_bytes(before)


def entry(data: bytes) -> None:
    """Key and rows of a line of the journal, parted by a line end."""
    key, _, rows = data.decode(errors="replace").partition("\n")
    from_entry((key, rows, 0.5, None, None))


def words(data: bytes) -> None:
    """What options and arguments hold."""
    text = data.decode(errors="replace")
    for read in (Cell.parse, Shard.parse, parse, lambda text: Address(text=text)):
        with contextlib.suppress(RatecheckError):
            read(text)


def pickled(data: bytes) -> None:
    """A pickle of CIFAR-10."""
    read_pickle(data, "file")


def images(data: bytes) -> None:
    """The first byte says which file of a data set is replaced by the rest."""
    names = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "test_batch.bin", "test_batch")
    which = data[0] % len(names) if data else 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, array in zip(names, digits(3, 0), strict=False):
            (folder / file).write_bytes(idx(array))
        (folder / names[which]).write_bytes(data[1:])
        load_data("mnist" if which < 2 else "cifar10", folder, part="test")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A reader, and valid inputs of it."""

    read: Callable[[bytes], None]
    seeds: Callable[[], tuple[bytes, ...]]

    def __call__(self, data: bytes) -> None:
        """Read; an error that a user understands is an answer."""
        with contextlib.suppress(RatecheckError):
            self.read(data)


def _fields(name: str, keys: tuple[str, ...]) -> tuple[bytes, ...]:
    held = json.loads(whole(name))
    return tuple(bytes([i]) + json.dumps(held[key]).encode() for i, key in enumerate(keys))


def _header() -> tuple[bytes, ...]:
    with closing(sqlite3.connect(results() / JOURNAL)) as connection:
        held = dict(connection.execute("SELECT key, value FROM header").fetchall())
    return tuple(bytes([i]) + held[key].encode() for i, key in enumerate(HEADER_KEYS))


def _entry() -> tuple[bytes, ...]:
    with closing(sqlite3.connect(results() / JOURNAL)) as connection:
        lines = connection.execute("SELECT key, rows FROM cells").fetchall()
    return tuple(f"{key}\n{rows}".encode() for key, rows in lines)


def _pickles() -> tuple[bytes, ...]:
    odd = pickle.dumps({b"labels": [1], b"data": (1.5, None, True, "x")}, protocol=2)
    return (python2_batch(1, 0), *(python_batch(1, 0, p) for p in (0, 2, 5)), odd)


def _images() -> tuple[bytes, ...]:
    pictures, labels = digits(3, 0)
    batches = (idx(pictures), idx(labels), binary_batch(1, 0), python2_batch(1, 0))
    return tuple(bytes([i]) + data for i, data in enumerate(batches))


def _words() -> tuple[bytes, ...]:
    return (b"a/16/3", b"1/40", b"1.5G", b"local:4", b"slurm:2", b"tcp://host:8786", b"x.json")


TARGETS = {
    "records": Target(read=records, seeds=lambda: (whole(RECORDS),)),
    "summary": Target(read=summary, seeds=lambda: (whole(SUMMARY),)),
    "summary_field": Target(read=summary_field, seeds=lambda: _fields(SUMMARY, SUMMARY_KEYS)),
    "costs": Target(read=costs, seeds=lambda: (whole("costs.json"),)),
    "journal": Target(read=journal, seeds=lambda: (whole(JOURNAL),)),
    "header": Target(read=header, seeds=_header),
    "entry": Target(read=entry, seeds=_entry),
    "words": Target(read=words, seeds=_words),
    "pickled": Target(read=pickled, seeds=_pickles),
    "images": Target(read=images, seeds=_images),
}
