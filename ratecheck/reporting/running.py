"""Runs a study to its end and writes its results."""

from __future__ import annotations

from pathlib import Path

from ratecheck.montecarlo.records import JOURNAL
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import Suite
from ratecheck.reporting.report import Report
from ratecheck.reporting.request import Request, Resources, computed
from ratecheck.reporting.writing import write_report


def run(
    study: Study | Suite,
    results: str | Path = "results",
    workers: int = 1,
    profile: str | None = None,
    seed: int = 0,
    fresh: bool = False,
    cluster: str | None = None,
    memory_per_worker: str | None = None,
) -> Report:
    """Compute what is missing of a study, write its results, and report on them.

    Parameters
    ----------
    study : RateStudy, ExactStudy or Suite
    results : str or Path
        ``<results>/<name>/<profile>/`` gets ``journal.sqlite``, ``records.csv``, ``summary.json``
        and ``costs.json`` (seconds per cell).
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
    memory_per_worker : str, optional
        Such as ``4G``: what a worker may use. A study that cannot fit is refused before it starts;
        by default all workers share the memory of the machine, or have their Dask limits.

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
    resources = Resources.of(workers, cluster, memory_per_worker)
    request = Request.of(study, results, profile, seed)
    outcomes = computed(request, request.plan, JOURNAL, resources, fresh=fresh)
    return write_report(request, outcomes)
