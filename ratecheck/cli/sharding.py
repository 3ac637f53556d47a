"""``run --shard i/k``: one part of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from ratecheck.cli.codes import Code
from ratecheck.cli.options import RunOptions
from ratecheck.cli.output import show_json, tell
from ratecheck.montecarlo.shard import Shard
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import Suite
from ratecheck.reporting import Part, run_shard


def run_parts(
    studies: Sequence[Study | Suite], options: RunOptions, shard: Shard, *, as_json: bool
) -> NoReturn:
    """Compute one part of each study; exit with 3 if a cell failed, for there is no verdict yet."""
    parts = []
    for study in studies:
        part = run_shard(study, shard, **options.keywords)
        parts.append((study.name, part))
        if not as_json:
            print(f"shard {shard} of {study.name}: {part.cells} cells in {part.path}")
            print(f"when all {shard.count} are there: ratecheck merge {study.name}")
        for key in part.failed:
            tell(f"note: cell {key} failed; see ratecheck replay {key} --study {study.name}")
    if as_json:
        show_json([_entry(name, part) for name, part in parts])
    failed = any(part.failed for _, part in parts)
    raise SystemExit(int(Code.INCONCLUSIVE if failed else Code.FINE))


def _entry(name: str, part: Part) -> dict[str, object]:
    shard, path = str(part.shard), str(part.path)
    return {
        "suite": name,
        "shard": shard,
        "journal": path,
        "cells": part.cells,
        "failed": part.failed,
    }
