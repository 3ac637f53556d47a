"""The commands and their options; what they do is in the modules beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ratecheck.cli import writing
from ratecheck.cli.arguments import (
    Cluster,
    Data,
    Device,
    FigureNames,
    Fresh,
    Json,
    Memory,
    Profile,
    Results,
    Seed,
    Shard,
    Store,
    StudyName,
    StudyNames,
    Workers,
)
from ratecheck.cli.codes import EPILOG, guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ratecheck.cli.options import RunOptions
    from ratecheck.montecarlo.studies import Study
    from ratecheck.montecarlo.study import Suite

app = typer.Typer(
    help="Checks minimax rates by computer: a theorem's claim meets measured slopes.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from ratecheck._version import __version__

        print(f"ratecheck {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Checks minimax rates by computer: a theorem's claim meets measured slopes."""


@app.command("list", epilog=EPILOG)
@guarded()
def list_(results: Results = Path("results"), as_json: Json = False) -> None:
    """List the studies that are found here, and which of them have results."""
    from ratecheck.cli import listing

    listing.list_studies(results, as_json=as_json)


@app.command(epilog=EPILOG)
@guarded()
def run(  # noqa: PLR0913, PLR0917 - an argument for each option
    study: StudyNames,
    profile: Profile = None,
    workers: Workers = 1,
    seed: Seed = 0,
    fresh: Fresh = False,
    results: Results = Path("results"),
    data: Data = None,
    device: Device = None,
    cluster: Cluster = None,
    memory_per_worker: Memory = None,
    shard: Shard = None,
    as_json: Json = False,
) -> None:
    """Run studies, or go on with interrupted ones, and print slopes and verdicts."""
    from ratecheck.cli import catalogue

    for name in study:  # before the libraries are loaded
        catalogue.find("studies", name)
    from ratecheck.cli import commands
    from ratecheck.cli.options import RunOptions

    commands.use_data(data)
    commands.use_device(device, cluster)
    options = RunOptions(
        profile=profile,
        workers=workers,
        seed=seed,
        fresh=fresh,
        results=results,
        cluster=cluster,
        memory_per_worker=memory_per_worker,
    )
    suites = [catalogue.load_study(name) for name in study]
    _run(suites, options, shard, as_json=as_json)


def _run(
    studies: Sequence[Study | Suite], options: RunOptions, shard: str | None, *, as_json: bool
) -> NoReturn:
    from ratecheck.cli import commands, sharding
    from ratecheck.montecarlo.shard import Shard as Part

    if shard is not None:
        sharding.run_parts(studies, options, Part.parse(shard), as_json=as_json)
    commands.run_studies(studies, options, as_json=as_json)


@app.command(epilog=EPILOG)
@guarded()
def merge(
    study: StudyName,
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="Journals of shards, or folders with them; the results' own folder."),
    ] = None,
    profile: Profile = None,
    seed: Seed = 0,
    results: Results = Path("results"),
    as_json: Json = False,
) -> None:
    """Join the journals of `run --shard i/k` into one run, and print slopes and verdicts."""
    from ratecheck.cli import merging

    merging.merge_study(
        study, sources or [], profile=profile, seed=seed, results=results, as_json=as_json
    )


@app.command(epilog=EPILOG)
@guarded()
def plan(
    study: StudyName,
    target_se: Annotated[
        float, typer.Option(help="Standard error that every claimed slope shall have.")
    ] = 0.01,
    profile: Annotated[
        str | None, typer.Option(help="What is planned: paper where there is one, else standard.")
    ] = None,
    seed: Seed = 0,
    results: Results = Path("results"),
    budget: Annotated[
        float, typer.Option(help="Seconds after which a pilot starts no larger size.")
    ] = 60.0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Workers of a machine; its cores when left out.")
    ] = None,
    memory_per_worker: Memory = None,
    as_json: Json = False,
) -> None:
    """Tell replicates, hours and memory that a study needs, from stored results or a pilot."""
    from ratecheck.cli import planning

    planning.show_plan(
        study,
        target=target_se,
        profile=profile,
        seed=seed,
        results=results,
        budget=budget,
        workers=workers,
        memory=memory_per_worker,
        as_json=as_json,
    )


@app.command(epilog=EPILOG)
@guarded()
def verify(
    results: Results = Path("results"),
    profile: Profile = None,
    as_json: Json = False,
    update: Annotated[
        list[Path] | None,
        typer.Option(help="Markdown file whose tables of verdicts are rewritten (repeatable)."),
    ] = None,
    store: Store = False,
) -> None:
    """Check all results found and print one table, claim by claim."""
    from ratecheck.cli import commands

    commands.verify_results(results, profile, as_json=as_json, update=update or [], store=store)


@app.command(epilog=EPILOG)
@guarded()
def figures(
    names: FigureNames = None,
    results: Results = Path("results"),
    output: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("paper_figures"),
    workers: Workers = 2,
) -> None:
    """Redraw figures from results alone; nothing is computed anew."""
    from ratecheck.cli import drawing

    drawing.draw_figures(names or [], results, output, workers=workers)


@app.command(epilog=EPILOG)
@guarded()
def replay(
    key: Annotated[str, typer.Argument(help="study/size/replicate, as errors name it.")],
    study: Annotated[
        str | None, typer.Option(help="Study file (or its name) that holds the key's study.")
    ] = None,
    profile: Profile = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Used when no results hold the cell.")
    ] = None,
    results: Results = Path("results"),
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Compute one cell again, in this process, and compare it bit for bit with the results."""
    from ratecheck.cli import commands, replaying

    commands.use_data(data)
    replaying.replay_cell(
        key, study=study, profile=profile, seed=seed, results=results, as_json=as_json
    )


@app.command(epilog=EPILOG)
@guarded()
def decay(
    kernel: Annotated[str, typer.Argument(help="A zonal kernel, such as NTK, ArcCosine, Laplace.")],
    depth: Annotated[int | None, typer.Option(help="Weight layers of a network kernel.")] = None,
    bias: Annotated[float | None, typer.Option(help="Bias variance of NTK and NNGP.")] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="Others as name=value, such as -p nu=1.5."),
    ] = None,
    d: Annotated[int, typer.Option("--d", help="Dimension of the sphere S^d in R^(d+1).")] = 2,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX for a paper.")] = False,
    as_json: Json = False,
) -> None:
    """Derive how a kernel's eigenvalues on a sphere decay, and confirm it by numbers."""
    from ratecheck.cli import decay as command

    given = {"depth": depth, "bias": bias, **command.parsed(parameter or [])}
    command.show_decay(kernel, given, d, latex=latex, as_json=as_json)


app.add_typer(writing.app)


def study_app(study: Study | Suite) -> typer.Typer:
    """Return the command of one study file."""
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @single.command(epilog=EPILOG)
    @guarded()
    def main(  # noqa: PLR0913, PLR0917 - an argument for each option
        profile: Profile = None,
        workers: Workers = 1,
        seed: Seed = 0,
        fresh: Fresh = False,
        results: Results = Path("results"),
        data: Data = None,
        cluster: Cluster = None,
        memory_per_worker: Memory = None,
        shard: Shard = None,
        as_json: Json = False,
    ) -> None:
        """Run this study, or go on with it, and print slopes and verdicts."""
        from ratecheck.cli import commands
        from ratecheck.cli.options import RunOptions

        commands.use_data(data)
        options = RunOptions(
            profile=profile,
            workers=workers,
            seed=seed,
            fresh=fresh,
            results=results,
            cluster=cluster,
            memory_per_worker=memory_per_worker,
        )
        _run([study], options, shard, as_json=as_json)

    return single
