"""Runs a study, and reports on its records: slopes, verdicts, tables, a figure."""

from __future__ import annotations

from ratecheck.reporting.findings import Finding
from ratecheck.reporting.merging import Part, merge, run_shard
from ratecheck.reporting.replaying import Replay, Stored, replay, stored
from ratecheck.reporting.report import Report, load
from ratecheck.reporting.running import run
from ratecheck.reporting.samples import Key

__all__ = [
    "Finding",
    "Key",
    "Part",
    "Replay",
    "Report",
    "Stored",
    "load",
    "merge",
    "replay",
    "run",
    "run_shard",
    "stored",
]
