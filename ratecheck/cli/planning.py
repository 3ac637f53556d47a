"""``plan``: what a run will take."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from ratecheck.cli import catalogue
from ratecheck.cli.output import show_json, show_table
from ratecheck.montecarlo.memory import parse, require_needs
from ratecheck.operators.room import machine, told
from ratecheck.reporting.planning import Line, RunPlan, machines, plan

_COLUMNS: Final = (
    "study", "n", "replicates", "needed", "s per cell", "growth", "core hours", "memory", "model",
)  # fmt: skip


def show_plan(
    name: str,
    *,
    target: float,
    profile: str | None,
    seed: int,
    results: Path,
    budget: float,
    workers: int | None,
    memory: str | None,
    as_json: bool,
) -> None:
    """Print the plan of a study: one line a study, then machines and hours."""
    room = parse(memory) if memory is not None else None
    study = catalogue.load_study(name)
    made = plan(study, target_se=target, results=results, profile=profile, seed=seed, budget=budget)
    workers = workers or os.cpu_count() or 1
    if as_json:
        show_json(_entry(made, workers))
    else:
        show_table(_COLUMNS, [_cells(line) for line in made.lines])
        _tell(made, workers)
    require_needs((line.memory for line in made.lines), room or machine() / workers, "each worker")


def _tell(made: RunPlan, workers: int) -> None:
    print(f"{made.suite}, profile {made.profile}, from {made.source}")
    print(f"standard error of every claimed slope: at most {made.target:g}, in 80 % of such plans")
    print(f"{made.hours:.3g} core hours; machines of {workers} workers x hours:")
    for count, hours in machines(made, workers):
        print(f"  {count} x {hours:.3g} h")


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.study,
        str(line.largest),
        str(line.replicates),
        "-" if line.needed is None else str(line.needed),
        f"{line.seconds:.3g}",
        "-" if line.exponent is None else f"n^{line.exponent:.2f}",
        f"{line.hours:.3g}",
        "?" if line.memory is None else told(line.memory.total),
        "" if line.memory is None else line.memory.model,
    )


def _entry(made: RunPlan, workers: int) -> dict[str, object]:
    scale = [{"machines": count, "hours": hours} for count, hours in machines(made, workers)]
    return {**asdict(made), "core_hours": made.hours, "workers": workers, "machines": scale}
