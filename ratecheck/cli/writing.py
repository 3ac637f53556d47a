"""Commands that write a file for the user: ``report`` and ``new``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ratecheck.cli.arguments import Profile, Results
from ratecheck.cli.codes import EPILOG, guarded

app = typer.Typer()


@app.command(epilog=EPILOG)
@guarded()
def report(
    names: Annotated[
        list[str] | None, typer.Argument(help="Studies with results; all of them when left out.")
    ] = None,
    results: Results = Path("results"),
    profile: Profile = None,
    output: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    figures: Annotated[Path, typer.Option(help="Folder of the drawn figures.")] = Path(
        "paper_figures"
    ),
) -> None:
    """Write one self-contained HTML page: verdicts, designs, figures, diagnostics, identity."""
    from ratecheck.cli import reporting

    reporting.write_report(output, results, figures, profile, names or [])


@app.command(epilog=EPILOG)
@guarded()
def new(
    name: Annotated[str, typer.Argument(help="Name of the study, such as my_rate.")],
    folder: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("studies"),
) -> None:
    """Write a commented study file to start from; no file is ever overwritten."""
    from ratecheck.cli import starting

    starting.write_study(name, folder)
