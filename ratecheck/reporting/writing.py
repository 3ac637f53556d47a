"""From the outcomes of every cell to the two files of a run and its report."""

from __future__ import annotations

from collections.abc import Mapping

from ratecheck.montecarlo.costs import costs, write_costs
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.plan import Plan
from ratecheck.montecarlo.provenance import header
from ratecheck.montecarlo.records import Records, rows_of, write_records
from ratecheck.montecarlo.studies import checksums
from ratecheck.reporting.report import Report
from ratecheck.reporting.request import Request


def write_report(request: Request, outcomes: Mapping[str, Outcome]) -> Report:
    """Write ``records.csv``, ``summary.json``, ``costs.json``; return the report on them.

    Parameters
    ----------
    request : Request
    outcomes : mapping
        By key, one for each cell of the request's plan.

    Raises
    ------
    ResultsError
        If the folder cannot be written.
    """
    plan, folder = request.plan, request.folder
    rows = rows_of(plan, outcomes)
    read = checksums(request.suite.studies)
    data = {"data": read} if read else {}
    counts = {"cells": len(plan.cells), "failed": _failures(plan, outcomes)}
    summary = {**header(request.design), **data, **counts}
    report = Report(suite=request.suite, data=Records(folder=folder, rows=rows, summary=summary))
    write_records(folder, rows, {**summary, **report.findings})
    write_costs(folder, costs((o.cell, o.seconds) for o in outcomes.values() if not o.error))
    return report


def _failures(plan: Plan, outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    return {
        cell.key: error.strip().splitlines()[-1]
        for cell in plan.cells
        if (error := outcomes[cell.key].error)
    }
