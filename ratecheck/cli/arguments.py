"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ratecheck.cli import catalogue


def _studies(incomplete: str) -> list[str]:
    """Return names that complete a word, for the shell."""
    return [name for name in catalogue.scripts("studies") if name.startswith(incomplete)]


StudyName = Annotated[
    str,
    typer.Argument(help="Name from `ratecheck list`, or a .py file.", autocompletion=_studies),
]
StudyNames = Annotated[
    list[str],
    typer.Argument(help="Names from `ratecheck list`, or .py files.", autocompletion=_studies),
]
FigureNames = Annotated[
    list[str] | None,
    typer.Argument(
        help="Figure scripts or studies; all with results when left out.", autocompletion=_studies
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(help="Size of the run: smoke (seconds), standard (minutes), paper (a cluster)."),
]
Workers = Annotated[int, typer.Option(min=1, help="Processes; the results do not depend on it.")]
Seed = Annotated[int, typer.Option(min=0, help="Root of all random numbers.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start again; the old journal is kept once.")]
Results = Annotated[Path, typer.Option(help="Folder of results: <study>/<profile>/ inside it.")]
Data = Annotated[
    Path | None,
    typer.Option(help="Folder with MNIST or CIFAR-10 files (or the environment's RATECHECK_DATA)."),
]
Device = Annotated[
    str | None,
    typer.Option(help="Where dense kernel matrices are multiplied: cpu, or gpu through jax."),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        help="Compute on Dask: local:4, slurm:40, tcp://host:8786 or a scheduler file (.json)."
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(help="What a worker may use, such as 4G; a study that cannot fit is refused."),
]
Shard = Annotated[
    str | None, typer.Option(help="Compute part i of k only (i/k); `ratecheck merge` joins them.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Store = Annotated[
    bool,
    typer.Option(
        "--store",
        help="Rewrite the verdicts stored in summary.json under the present rule; records stay.",
    ),
]
