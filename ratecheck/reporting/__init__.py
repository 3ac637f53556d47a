"""Runs a study, and reports on its records: slopes, verdicts, tables, a figure."""

from __future__ import annotations

from ratecheck.reporting.findings import Finding
from ratecheck.reporting.replaying import Replay, Stored, replay, stored
from ratecheck.reporting.report import Report, load
from ratecheck.reporting.running import run
from ratecheck.reporting.samples import Key

__all__ = ["Finding", "Key", "Replay", "Report", "Stored", "load", "replay", "run", "stored"]
