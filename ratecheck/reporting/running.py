"""Runs a study to its end and writes its results."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ratecheck import check
from ratecheck.montecarlo.compute import compute
from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import Outcome, open_journal
from ratecheck.montecarlo.plan import Plan
from ratecheck.montecarlo.provenance import header
from ratecheck.montecarlo.records import (
    JOURNAL,
    SUMMARY,
    Records,
    read_summary,
    rows_of,
    stored_design,
    write_records,
)
from ratecheck.montecarlo.runner import Remote, execute
from ratecheck.montecarlo.studies import Study, require
from ratecheck.montecarlo.study import STANDARD, Suite
from ratecheck.reporting.report import Report
from ratecheck.reporting.suites import as_suite, data_only
from ratecheck.types import DesignChangedError


def run(
    study: Study | Suite,
    results: str | Path = "results",
    workers: int = 1,
    profile: str | None = None,
    seed: int = 0,
    fresh: bool = False,
    cluster: str | None = None,
) -> Report:
    """Compute what is missing of a study, write its results, and report on them.

    Parameters
    ----------
    study : RateStudy, ExactStudy or Suite
    results : str or Path
        ``<results>/<name>/<profile>/`` gets ``journal.sqlite``, ``records.csv``, ``summary.json``.
    workers : int
        Processes; the records are the same bytes for any number of them.
    profile : str, optional
        ``standard`` (the study's own sizes) when left out.
    seed : int
        Root of every random stream.
    fresh : bool
        Start again instead of resuming; the journal before is kept as ``journal.old.sqlite``.
    cluster : str, optional
        Computes on Dask instead: ``local:4``, ``slurm:40``, ``tcp://host:8786`` or a scheduler
        file (needs the extra ``cluster``); ``workers`` does not count then.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        For a profile, a number of workers or a seed that does not exist.
    DesignChangedError
        If the folder holds a run of another design.
    ResultsError
        If the folder cannot be written or is damaged.
    MissingExtraError
        If the study needs an extra that is not installed.
    """
    check.integer("workers", workers, low=1)
    check.integer("seed", seed, low=0)
    profile = profile or STANDARD
    suite = as_suite(study).at(profile)
    design = Design.of(data_only(suite), profile=profile, seed=seed)
    folder = Path(results) / suite.name / profile
    if not fresh:
        _refuse_other(folder, design)
    require(suite.studies)
    with _remote(cluster) as remote:
        outcomes = _outcomes(suite, design, folder / JOURNAL, workers, fresh, remote)
    rows = rows_of(plan := Plan.of(suite.studies), outcomes)
    summary = {**header(design), "cells": len(plan.cells), "failed": _failures(plan, outcomes)}
    report = Report(suite=suite, data=Records(folder=folder, rows=rows, summary=summary))
    write_records(folder, rows, {**summary, **report.findings})
    return report


def _outcomes(
    suite: Suite, design: Design, path: Path, workers: int, fresh: bool, remote: Remote | None
) -> Mapping[str, Outcome]:
    job = Job(compute=compute, studies=tuple((s.name, s) for s in suite.studies), seed=design.seed)
    with open_journal(path, design, fresh=fresh) as journal:
        title = f"{suite.name} ({design.profile})"
        plan = Plan.of(suite.studies)
        execute(plan, job, journal, workers=workers, title=title, cluster=remote)
        return journal.outcomes()


@contextlib.contextmanager
def _remote(cluster: str | None) -> Iterator[Remote | None]:
    if cluster is None:
        yield None
        return
    from ratecheck.montecarlo.cluster.connection import connected

    with connected(cluster) as remote:
        yield remote


def _refuse_other(folder: Path, design: Design) -> None:
    """Refuse to write over results of another design, when no journal is there to tell."""
    if (folder / JOURNAL).exists() or not (folder / SUMMARY).exists():
        return
    # Results from another machine may have other versions: they may be computed again.
    stored = replace(stored_design(read_summary(folder), folder), versions=design.versions)
    if stored.fingerprint != design.fingerprint:
        raise DesignChangedError(
            f"{folder} holds results of another design: {design.difference(stored)}. "
            "Replace them with --fresh or choose another folder with --results"
        )


def _failures(plan: Plan, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    return {
        cell.key: error.strip().splitlines()[-1]
        for cell in plan.cells
        if (error := outcomes[cell.key].error)
    }
