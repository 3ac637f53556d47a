"""``list``: what is found here; needs no numerical library."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ratecheck.cli import catalogue
from ratecheck.cli.output import show_json, show_table
from ratecheck.types import InputError

_BUNDLED = "with ratecheck"


def list_studies(results: Path, *, as_json: bool) -> None:
    """Print the studies found, and the profiles that have results."""
    done = catalogue.results_of(results)
    studies = catalogue.scripts("studies")
    if as_json:
        show_json([_entry(name, path, done) for name, path in studies.items()])
        return
    if not studies:
        raise InputError("no studies found: there is no folder studies here; see ratecheck --help")
    rows = []
    for name, path in studies.items():
        entry = _entry(name, path, done)
        place = _BUNDLED if catalogue.is_bundled(path) else str(path)
        rows.append((name, str(entry["title"]), ", ".join(_profiles(name, done)) or "-", place))
    show_table(("study", "title", "results", "file"), rows)
    bundled = {path.parent for path in studies.values() if catalogue.is_bundled(path)}
    for folder in sorted(bundled):
        print(f"\n{_BUNDLED}: in {folder}")


def _entry(name: str, path: Path, done: Collection[tuple[str, str]]) -> dict[str, object]:
    return {
        "study": name,
        "title": catalogue.title(path),
        "results": _profiles(name, done),
        "file": str(path),
    }


def _profiles(name: str, done: Collection[tuple[str, str]]) -> list[str]:
    return [profile for suite, profile in done if suite == name]
