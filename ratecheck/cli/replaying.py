"""``replay``: one cell again."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NoReturn

from ratecheck.cli import catalogue
from ratecheck.cli.codes import Code
from ratecheck.cli.output import show_json, show_table
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.records import JOURNAL, SUMMARY
from ratecheck.montecarlo.rows import COLUMNS, to_text
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import Suite
from ratecheck.reporting import Replay, replay, stored
from ratecheck.types import InputError

_FILES: Final = (JOURNAL, SUMMARY)


def replay_cell(
    key: str,
    *,
    study: str | None,
    profile: str | None,
    seed: int | None,
    results: Path,
    as_json: bool,
) -> NoReturn:
    """Compute a cell again, compare, and exit with 1 if it fails or differs."""
    cell = Cell.parse(key)
    suite = _holder(cell, study)
    folder = _folder(results, suite, profile, cell)
    found = replay(suite, cell, folder, profile=profile, seed=seed)
    if as_json:
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.outcome.rows]
        show_json({"rows": rows, "error": found.outcome.error, "differences": found.differences})
    else:
        show_table(tuple(COLUMNS), [tuple(map(to_text, row)) for row in found.outcome.rows])
        print(_judgement(found))
    wrong = bool(found.outcome.error or found.differences)
    raise SystemExit(int(Code.REFUTED if wrong else Code.FINE))


def _judgement(found: Replay) -> str:
    seconds = f"computed in {found.outcome.seconds:.3f} s"
    if found.outcome.error:
        return f"{found.outcome.error}\n{seconds}"
    if found.held is None or found.stored is None:
        return f"{seconds}; no results hold this cell, so there is nothing to compare with"
    if found.differences:
        return "\n".join([f"{seconds}; differs from {found.held.source}:", *found.differences])
    return f"{seconds}; identical to {found.held.source}, bit for bit"


def _holder(cell: Cell, name: str | None) -> Study | Suite:
    """Return the suite that holds a cell's study: the named one, or the first found."""
    if name is not None:
        return _named(name)
    known: list[str] = []
    for file, study in catalogue.known_suites():
        names = [s.name for s in study.studies] if isinstance(study, Suite) else [study.name]
        if cell.study in names:
            return study
        if cell.study == file:
            raise InputError(f"{file} is a suite; keys name its studies: {', '.join(names)}")
        known += names
    raise InputError(f"no study is called {cell.study!r}: {catalogue.nearest(cell.study, known)}")


def _named(name: str) -> Study | Suite:
    """Return the suite of a file; a suite may have another name than its file."""
    if name in catalogue.scripts("studies") or name.endswith(".py"):
        return catalogue.load_study(name)
    others = (study for _, study in catalogue.known_suites() if study.name == name)
    return next(others, None) or catalogue.load_study(name)


def _folder(results: Path, suite: Study | Suite, profile: str | None, cell: Cell) -> Path | None:
    """Return the results that hold the cell, else any of the suite (they give the seed)."""
    pattern = f"{suite.name}/{profile or '*'}"
    folders = [p for p in sorted(results.glob(pattern)) if any((p / f).exists() for f in _FILES)]
    holding = (path for path in folders if stored(path, cell).rows is not None)
    return next(holding, folders[0] if folders else None)
