"""Parts of a run, each with a journal of its own, and their merging into one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.journal import Journal, open_journal, read_journal
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.records import JOURNAL
from ratecheck.montecarlo.rows import to_json
from ratecheck.montecarlo.shard import PATTERN, Shard
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import Suite
from ratecheck.reporting.report import Report
from ratecheck.reporting.request import Request, Resources, computed
from ratecheck.reporting.writing import write_report
from ratecheck.types import DesignChangedError, InputError, ResultsError

_NAMED: Final = 10
"""How many missing cells an error lists."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A shard that was computed: where it is, how many cells it has, the keys of failed ones."""

    shard: Shard
    path: Path
    cells: int
    failed: tuple[str, ...]


def run_shard(
    study: Study | Suite,
    shard: Shard,
    *,
    results: str | Path = "results",
    workers: int = 1,
    profile: str | None = None,
    seed: int = 0,
    fresh: bool = False,
    cluster: str | None = None,
    memory_per_worker: str | None = None,
) -> Part:
    """Compute one part of a study into a journal of its own; options as for `ratecheck.run`."""
    resources = Resources.of(workers, cluster, memory_per_worker)
    request = Request.of(study, results, profile, seed)
    plan = shard.part(request.plan)
    outcomes = computed(request, plan, shard.journal, resources, fresh=fresh)
    failed = tuple(cell.key for cell in plan.cells if outcomes[cell.key].error)
    path = request.folder / shard.journal
    return Part(shard=shard, path=path, cells=len(plan.cells), failed=failed)


def merge(
    study: Study | Suite,
    sources: Sequence[str | Path] = (),
    *,
    results: str | Path = "results",
    profile: str | None = None,
    seed: int = 0,
) -> Report:
    """Merge journals of parts into the journal of the whole run, and write its results.

    Nothing is written before every source was read and found to agree; merging again changes
    nothing. A cell that succeeded in one source and failed in another has succeeded.

    Parameters
    ----------
    study : RateStudy, ExactStudy, MeasuredStudy or Suite
    sources : sequence of path
        Journals, or folders that hold journals of shards; the folder of the results when empty.
    results, profile, seed
        As for `ratecheck.run`.

    Raises
    ------
    InputError
        If a source does not exist.
    DesignChangedError
        If a source belongs to another design.
    ResultsError
        If a source is damaged, two sources hold different rows of one cell, or cells are missing
        (those found are kept in the journal).
    """
    request = Request.of(study, results, profile, seed)
    request.refuse_other()
    target = request.folder / JOURNAL
    paths = list(_journals(map(Path, sources))) if sources else _shards(request.folder)
    paths = [path for path in paths if path.resolve() != target.resolve()]
    if not paths and not target.exists():
        raise ResultsError(
            f"{request.folder}: there are no journals of shards here: "
            f"ratecheck run {request.suite.name} --shard 1/4 makes the first of four"
        )
    with open_journal(target, request.design) as whole:
        _take(request, whole, paths)
        outcomes = whole.outcomes()
    _require_all(request, outcomes)
    return write_report(request, outcomes)


def _journals(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        found = _shards(source) if source.is_dir() else [source]
        if not found or not found[0].is_file():
            raise InputError(f"there is no journal {source} and no folder with {PATTERN}")
        yield from found


def _shards(folder: Path) -> list[Path]:
    return sorted(folder.glob(PATTERN))


def _take(request: Request, whole: Journal, paths: Sequence[Path]) -> None:
    """Add what the sources hold to the journal of the whole run, after all were compared."""
    known = whole.outcomes()
    held = dict.fromkeys(known, whole.path)
    new: dict[str, Outcome] = {}
    for path in paths:
        for key, outcome in _read(request, path).items():
            before = known.get(key)
            if before is not None and not before.error and not outcome.error:
                _require_equal(before, outcome, held[key], path)
            elif before is None or (before.error and not outcome.error):
                known[key] = new[key] = outcome
                held[key] = path
    for outcome in new.values():
        whole.append(outcome)


def _read(request: Request, path: Path) -> Mapping[str, Outcome]:
    with read_journal(path) as journal:
        stored = journal.design()
        if stored.fingerprint != request.design.fingerprint:
            raise DesignChangedError(
                f"{path} belongs to another design: {request.design.difference(stored)}. "
                "Nothing was merged: leave it out, or compute this shard again"
            )
        return journal.outcomes()


def _require_equal(before: Outcome, after: Outcome, old: Path, new: Path) -> None:
    # As texts, because nan differs from itself and 0.0 equals -0.0.
    if to_json(before.rows) != to_json(after.rows):
        key = after.cell.key
        raise ResultsError(
            f"cell {key} differs between {old} and {new}; nothing was merged: find the wrong one "
            f"with ratecheck replay {key} and leave it out"
        )


def _require_all(request: Request, outcomes: Mapping[str, Outcome]) -> None:
    missing = [cell for cell in request.plan.cells if cell.key not in outcomes]
    if missing:
        raise ResultsError(
            f"{len(missing)} of {len(request.plan.cells)} cells are missing: {_named(missing)}. "
            "Those found are kept: run the missing shards and merge again, or compute the rest "
            f"with ratecheck run {request.suite.name}"
        )


def _named(cells: Sequence[Cell]) -> str:
    more = f" and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
    return ", ".join(cell.key for cell in cells[:_NAMED]) + more
