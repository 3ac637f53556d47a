"""What a run will take: replicates for a target standard error, hours, memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log
from pathlib import Path
from typing import Final, final

from ratecheck import check
from ratecheck.montecarlo.costs import Cost
from ratecheck.montecarlo.memory import Need, need
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import STANDARD, Suite
from ratecheck.reporting.evidence import pilot, stored_evidence
from ratecheck.reporting.samples import Key, Sample, samples
from ratecheck.reporting.suites import as_suite
from ratecheck.slopes.planning import replicates_for
from ratecheck.types import InputError

PAPER: Final = "paper"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The plan of one study.

    Attributes
    ----------
    study : str
    largest : int
        Largest size.
    replicates : int
        At the largest size, as the profile has them.
    needed : int or None
        At the largest size, for the target; the other sizes in the profile's proportion. None
        where nothing random has a slope.
    seconds : float
        Of one cell at the largest size.
    exponent : float or None
        Of seconds against n, as far as measured.
    hours : float
        Core hours with the larger of both numbers of replicates.
    longest : float
        Seconds of the longest cell.
    memory : Need or None
    """

    study: str
    largest: int
    replicates: int
    needed: int | None
    seconds: float
    exponent: float | None
    hours: float
    longest: float
    memory: Need | None


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlan:
    """The plan of a suite, and what it was made from."""

    suite: str
    profile: str
    target: float
    source: str
    lines: tuple[Line, ...]

    @property
    def hours(self) -> float:
        """Core hours of everything."""
        return sum(line.hours for line in self.lines)

    def wall(self, workers: int) -> float:
        """Return the wall-clock hours on so many workers; no less than the longest cell."""
        longest = max(line.longest for line in self.lines) / 3600
        return max(self.hours / workers, longest)


def plan(
    study: Study | Suite,
    *,
    target_se: float = 0.01,
    results: str | Path = "results",
    profile: str | None = None,
    seed: int = 0,
    budget: float = 60.0,
) -> RunPlan:
    """Return replicates, hours and memory that a profile of a study needs.

    Parameters
    ----------
    study : RateStudy, ExactStudy, MeasuredStudy or Suite
    target_se : float
        Standard error that each claimed slope shall have.
    results : str or Path
        Stored results with ``costs.json`` are the evidence, if there are any of this design;
        else a pilot is run, one cell of each size and then ten replicates, from the smallest
        size up, and kept in ``<results>/<name>/pilot/journal.sqlite``.
    profile : str, optional
        ``paper`` where every study has it, else ``standard``.
    seed : int
        Of the pilot.
    budget : float
        Seconds after which the pilot starts no larger size.

    Raises
    ------
    InputError
        For a target that is not positive, a profile that does not exist.
    """
    check.positive("target_se", target_se)
    check.positive("budget", budget)
    suite = as_suite(study)
    profile = profile or _best_profile(suite)
    wanted = suite.at(profile)
    folder = Path(results) / suite.name
    found = stored_evidence(suite, folder) or pilot(wanted, folder, seed, budget)
    sample = samples(found.rows)
    lines = tuple(_line(s, sample, found.costs[s.name], target_se) for s in wanted.studies)
    return RunPlan(
        suite=suite.name, profile=profile, target=target_se, source=found.source, lines=lines
    )


def _best_profile(suite: Suite) -> str:
    try:
        suite.at(PAPER)
    except InputError:
        return STANDARD
    return PAPER


def _line(study: Study, found: Mapping[Key, Sample], cost: Cost, target: float) -> Line:
    largest = max(study.sizes)
    now = study.replicates_at(largest)
    needed = _needed(study, found, target)
    factor = max(1.0, (needed or 0) / now)
    seconds = sum(ceil(factor * study.replicates_at(n)) * cost.at(n) for n in study.sizes)
    return Line(
        study=study.name,
        largest=largest,
        replicates=now,
        needed=needed,
        seconds=cost.at(largest),
        exponent=cost.exponent,
        hours=seconds / 3600,
        longest=max(cost.at(n) for n in study.sizes),
        memory=need(study, largest),
    )


def _needed(study: Study, found: Mapping[Key, Sample], target: float) -> int | None:
    """Return the replicates at the largest size that every claimed slope has enough of."""
    keys = {Key(study.name, e.stopping, e.risk) for e in study.expectations}
    counts = [
        count
        for key in sorted(keys)
        if key in found and (count := _for_slope(study, found[key], target)) is not None
    ]
    return max(counts, default=None)


def _for_slope(study: Study, sample: Sample, target: float) -> int | None:
    sizes = sorted(study.sizes)
    measured = [n for n, values in sample.values.items() if len(values) > 1]
    if not measured:
        return None
    # Sizes beyond the pilot: its nearest, for relative spreads fall with n rather than grow.
    rows = [sample.values[min(measured, key=lambda m: abs(log(m / n)))] for n in sizes]
    share = [study.replicates_at(n) / study.replicates_at(sizes[-1]) for n in sizes]
    try:
        return replicates_for(sizes, rows, target, window=study.window, allocation=share)
    except InputError:  # no spread, or fewer than three sizes in the window: no slope to plan for
        return None


def machines(
    made: RunPlan, workers: int, counts: Sequence[int] = (1, 2, 4, 8, 16)
) -> list[tuple[int, float]]:
    """Return (machines, wall-clock hours) until more machines would not help."""
    found = [(count, made.wall(count * workers)) for count in counts]
    return [pair for i, pair in enumerate(found) if i == 0 or pair[1] < found[i - 1][1]]
