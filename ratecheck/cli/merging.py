"""``merge``: journals of shards become one run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ratecheck.cli import catalogue, commands
from ratecheck.reporting import merge


def merge_study(
    name: str,
    sources: Sequence[Path],
    *,
    profile: str | None,
    seed: int,
    results: Path,
    as_json: bool,
) -> NoReturn:
    """Merge, print the report, and exit with the code of what it found."""
    study = catalogue.load_study(name)
    report = merge(study, sources, results=results, profile=profile, seed=seed)
    if not as_json:
        commands.show_report(report)
    commands.finish([report], as_json=as_json)
