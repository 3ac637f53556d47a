"""``list`` and ``figures``: what needs no numerical library of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from ratecheck.cli import catalogue
from ratecheck.cli.codes import Code
from ratecheck.cli.output import show_json, show_table, tell
from ratecheck.types import InputError, ResultsError


def list_studies(results: Path, *, as_json: bool) -> None:
    """Print the studies found, and the profiles that have results."""
    done = catalogue.results_of(results)
    entries = [
        {
            "study": name,
            "title": catalogue.title(path),
            "results": [profile for suite, profile in done if suite == name],
            "file": str(path),
        }
        for name, path in catalogue.scripts("studies").items()
    ]
    if as_json:
        show_json(entries)
        return
    if not entries:
        raise InputError("no studies found: there is no folder studies here; see ratecheck --help")
    rows = [(e["study"], e["title"], ", ".join(e["results"]) or "-", e["file"]) for e in entries]
    show_table(("study", "title", "results", "file"), [tuple(map(str, row)) for row in rows])


def draw_figures(
    names: Sequence[str], results: Path, output: Path, *, workers: int = 1
) -> NoReturn:
    """Run figure scripts; those whose results are absent are told and skipped.

    Each script is a task of its own, so the files do not depend on the number of workers.
    """
    known = catalogue.scripts("paper_figures")
    paths = [catalogue.find("paper_figures", name) for name in names] or [
        path for name, path in known.items() if name != "style"
    ]
    if not paths:
        raise InputError("no figure scripts found: there is no folder paper_figures here")
    skipped = 0
    for path, (files, trouble) in zip(paths, _drawn(paths, results, output, workers), strict=True):
        for file in files:
            print(file)
        if trouble:
            skipped += 1
            tell(f"skipped {path.stem}: {trouble}")
    raise SystemExit(int(Code.RESULTS if skipped == len(paths) else Code.FINE))


def _drawn(
    paths: Sequence[Path], results: Path, output: Path, workers: int
) -> Iterable[tuple[list[Path], str]]:
    if min(workers, len(paths)) < 2:
        return (_draw(path, results, output) for path in paths)
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        tasks = (delayed(_draw)(path, results, output) for path in paths)
        found: list[tuple[list[Path], str]] = Parallel(n_jobs=workers)(tasks)
    return found


def _draw(path: Path, results: Path, output: Path) -> tuple[list[Path], str]:
    """Return the files that a script wrote, or why it wrote none."""
    draw = getattr(catalogue.load(path), "main", None)
    if draw is None:
        raise InputError(f"{path} has no main(results, output)")
    try:
        return list(draw(results, output)), ""
    except ResultsError as error:
        return [], str(error)
