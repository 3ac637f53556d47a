"""Results of a study, at the profile wanted or at the best one there is; for figure scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ratecheck.cli import catalogue
from ratecheck.montecarlo.study import SMOKE, STANDARD, RateStudy
from ratecheck.reporting import Report, load
from ratecheck.types import NoResultsError

_ORDER: Final = (STANDARD, "paper")


def stored_report(results: Path, name: str) -> Report:
    """Return the report on ``results/<name>/<profile>``.

    Parameters
    ----------
    results : Path
    name : str
        Name of a study file.

    Returns
    -------
    Report
        Of the standard profile; where it is absent, of another one (smoke comes last). A picture
        of another profile must say so: see `caveat`.

    Raises
    ------
    NoResultsError
        If there are no results of the study.
    ResultsError
        If they are damaged or of another design.
    """
    study = catalogue.load_study(name)
    found = {
        profile: folder
        for (suite, profile), folder in catalogue.results_of(results).items()
        if suite == study.name  # that of the file, or another one for other data
    }
    if not found:
        raise NoResultsError(f"no results of {study.name} in {results}: ratecheck run {name}")
    return load(next(found[p] for p in _preference(found)), study)


def simulated(report: Report) -> list[RateStudy]:
    """Return the studies of a report that are simulations."""
    return [study for study in report.suite.studies if isinstance(study, RateStudy)]


def caveat(report: Report) -> str:
    """Return what a picture must say about its profile; nothing for the standard one."""
    if report.profile == STANDARD:
        return ""
    small = ", too small for verdicts" if report.profile == SMOKE else ""
    return f"drawn from the {report.profile} profile{small}: no results of the standard profile"


def _preference(found: dict[str, Path]) -> Iterator[str]:
    yield from (profile for profile in _ORDER if profile in found)
    yield from (profile for profile in found if profile not in (*_ORDER, SMOKE))
    yield from (profile for profile in found if profile == SMOKE)
