"""Computes one cell again and compares it with what was stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

from ratecheck.montecarlo.compute import compute
from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job, serial
from ratecheck.montecarlo.journal import read_journal
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.records import JOURNAL, RECORDS, read_records
from ratecheck.montecarlo.rows import COLUMNS, Values, to_text
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import STANDARD, Suite
from ratecheck.reporting.suites import as_suite, require_same
from ratecheck.types import InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Stored:
    """What results hold of a cell: its rows (None if they do not), file and design."""

    rows: tuple[Values, ...] | None
    source: Path
    design: Design


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Replay:
    """A cell computed again, and what results held of it (None without results)."""

    outcome: Outcome
    held: Stored | None = None

    @property
    def stored(self) -> tuple[Values, ...] | None:
        """The rows to compare with."""
        return self.held.rows if self.held else None

    @property
    def differences(self) -> list[str]:
        """Where the stored rows differ, bit for bit; empty when they agree or are absent."""
        if self.stored is None:
            return []
        if len(self.stored) != len(self.outcome.rows):
            return [f"{len(self.stored)} rows are stored, {len(self.outcome.rows)} computed"]
        return list(_differences(self.stored, self.outcome.rows))


def replay(
    study: Study | Suite,
    cell: Cell,
    folder: Path | None = None,
    *,
    profile: str | None = None,
    seed: int | None = None,
) -> Replay:
    """Compute a cell again in this process.

    Parameters
    ----------
    study : RateStudy, ExactStudy or Suite
        Holds the study that the cell names.
    cell : Cell
    folder : Path, optional
        Results of a run (``<results>/<suite>/<profile>``) to compare with; they give the seed.
    profile, seed
        Used without a folder.

    Raises
    ------
    DesignChangedError
        If the folder belongs to another design: a comparison would mean nothing.
    InputError
        If the suite has no such study, or the study no such size or replicate.
    """
    held = stored(folder, cell) if folder else None
    suite = as_suite(study).at(held.design.profile if held else profile or STANDARD)
    if held is not None:
        require_same(suite, held.design, held.source)
    names = {s.name: s for s in suite.studies}
    if cell.study not in names:
        raise InputError(f"{suite.name} has no study {cell.study!r}; it has {', '.join(names)}")
    _require_planned(names[cell.study], cell)
    root = held.design.seed if held else seed or 0
    job = Job(compute=compute, studies=tuple(names.items()), seed=root)
    (outcome,) = serial(job, [(cell,)])
    return Replay(outcome=outcome, held=held)


def _require_planned(study: Study, cell: Cell) -> None:
    """Raise `InputError` for a cell that no run of this profile computes: a slip in the key."""
    if cell.size not in study.sizes:
        known = ", ".join(map(str, study.sizes))
        raise InputError(
            f"{study.name} has no size {cell.size} here; it has {known} (see also --profile)"
        )
    if cell.replicate >= (count := study.replicates_at(cell.size)):
        raise InputError(
            f"{study.name} has the replicates 0 ... {count - 1} at size {cell.size}, "
            f"got {cell.replicate} (see also --profile)"
        )


def stored(folder: Path, cell: Cell) -> Stored:
    """Return what the journal of a folder holds of a cell, or its records without a journal."""
    if (path := folder / JOURNAL).exists():
        with read_journal(path) as journal:
            outcome = journal.outcomes().get(cell.key)
            rows = outcome.rows if outcome else None
            return Stored(rows=rows, source=path, design=journal.design())
    records = read_records(folder)
    address = (cell.study, cell.size, cell.replicate)
    found = tuple(row for row in records.rows if row[:3] == address)
    return Stored(rows=found or None, source=folder / RECORDS, design=records.design)


def _differences(stored: tuple[Values, ...], computed: tuple[Values, ...]) -> Iterator[str]:
    for index, (old, new) in enumerate(zip(stored, computed, strict=True)):
        for name, a, b in zip(COLUMNS, old, new, strict=True):
            # Texts, because nan differs from itself and 0.0 equals -0.0.
            if to_text(a) != to_text(b):
                yield f"row {index + 1}, {name}: stored {to_text(a)}, computed {to_text(b)}"
