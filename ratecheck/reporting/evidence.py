"""What a plan is made from: stored results that were timed, or a pilot run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from ratecheck.montecarlo.compute import compute
from ratecheck.montecarlo.cost import CostModel
from ratecheck.montecarlo.costs import Cost, costs, read_costs
from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import Journal, open_journal
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.records import JOURNAL, SUMMARY, read_records
from ratecheck.montecarlo.rows import Values
from ratecheck.montecarlo.runner import execute
from ratecheck.montecarlo.studies import Study, require
from ratecheck.montecarlo.study import Suite
from ratecheck.reporting.suites import data_only, require_same
from ratecheck.types import DesignChangedError, InputError

PILOT: Final = "pilot"
_REPLICATES: Final = 10  # of a pilot
_PROBES: Final = 0.5  # of the budget: for one cell of each size, so that large ones are timed too


@final
@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Evidence:
    """Replicates and seconds by study, from a pilot or from stored results."""

    rows: tuple[Values, ...]
    costs: Mapping[str, Cost]
    source: str


def stored_evidence(suite: Suite, folder: Path) -> Evidence | None:
    """Return the results with the most rows that were timed, if they are of this design."""
    best: Evidence | None = None
    for path in sorted(folder.glob(f"*/{SUMMARY}")):
        timed = read_costs(path.parent)
        if not {study.name for study in suite.studies} <= set(timed):
            continue
        records = read_records(path.parent)
        try:
            require_same(suite.at(records.design.profile), records.design, path.parent)
        except (DesignChangedError, InputError):
            continue
        if best is None or len(records.rows) > len(best.rows):
            best = Evidence(rows=records.rows, costs=timed, source=str(path.parent))
    return best


def pilot(suite: Suite, folder: Path, seed: int, budget: float) -> Evidence:
    """Compute one cell of each size, then ten replicates, size by size, as the budget allows.

    Parameters
    ----------
    suite : Suite
        At the profile that is planned.
    folder : Path
        Of the suite's results; ``pilot/journal.sqlite`` in it keeps the cells.
    seed : int
    budget : float
        Seconds; half of it for the single cells.
    """
    require(suite.studies)
    path = folder / PILOT / JOURNAL
    design = Design.of(data_only(suite), profile=PILOT, seed=seed)
    job = Job(compute=compute, studies=tuple((s.name, s) for s in suite.studies), seed=seed)
    start = time.monotonic()
    with _opened(path, design) as journal:
        for count, share in ((1, _PROBES), (_REPLICATES, 1.0)):
            left = suite.studies
            for step in range(max(len(s.sizes) for s in suite.studies)):
                if step > 1:  # two sizes at least, so that costs have an exponent
                    seconds = start + share * budget - time.monotonic()
                    left = _affordable(left, step, count, journal, seconds)
                cells = tuple(c for s in left for c in _cells(s, step, count))
                title = f"{suite.name} ({PILOT}, {step + 1}. size)"
                execute(Plan(cells=cells), job, journal, title=title)
        outcomes = journal.outcomes()
    rows = tuple(row for outcome in outcomes.values() for row in outcome.rows)
    timed = costs((outcome.cell, outcome.seconds) for outcome in outcomes.values())
    return Evidence(rows=rows, costs=timed, source=f"a pilot, kept in {path}")


def _affordable(
    studies: tuple[Study, ...], step: int, count: int, journal: Journal, seconds: float
) -> tuple[Study, ...]:
    """Return the studies whose next cells fit into the seconds, by what finished cells took."""
    finished, model, kept = journal.finished(), CostModel(), []
    for key, taken in finished.items():
        model.observe(Cell.parse(key), taken)
    for study in studies:
        cells = _cells(study, step, count)
        expected = sum(model.estimate(cell) for cell in cells if cell.key not in finished)
        if expected <= seconds:
            kept.append(study)
            seconds -= expected
    return tuple(kept)


def _opened(path: Path, design: Design) -> Journal:
    """Go on with an earlier pilot, or set one of another design aside: it took a minute."""
    try:
        return open_journal(path, design)
    except DesignChangedError:
        return open_journal(path, design, fresh=True)


def _cells(study: Study, step: int, most: int) -> list[Cell]:
    if step >= len(study.sizes):
        return []
    size = sorted(study.sizes)[step]
    count = min(most, study.replicates_at(size))
    return [Cell(study=study.name, size=size, replicate=i) for i in range(count)]
