"""What a verdict is worth: error rates and power, measured on risks whose exponent is known.

Claim R3: the interval of a slope covers as it says where the model holds; a right claim is REFUTED,
and a wrong one CONSISTENT, in at most 5 % of all runs, in every scenario. Samples go through the
whole pipeline: `slopes.fit`, then `verify.verdict`. The abscissa is the number of replicates at
each size.

Rules:

- Half of the scenarios (``choosing``, 500 runs each) chose the rule of `verify.verdict`: among the
  interval with a guard where curvature shows (the rule before), and the hull over correction terms
  of several classes. Criteria, in this order: false REFUTED at most 5 % in every scenario, false
  CONSISTENT at most 5 % in every scenario, power. Only power is claimed of them.
- The other half (``reporting``, 2000 runs each) were written down before and run afterwards; claims
  are about them only.
- Coverage between 0.93 and 0.97 in scenarios without correction, with 8 replicates or more.
  Control: so do intervals that are a fifth too short.
- False REFUTED at most 5 % for margins of 0.45 times 0.05, the narrowest; false CONSISTENT at most
  5 % for each gap. Controls: wrong claims 0.2 away are REFUTED in at most 5 % of runs.
- Power: with 512 replicates a claim that is 0.2 off is REFUTED in at least 90 % of runs on a power
  law over 13 sizes. Control: so is one that is 0.05 off.
- ``hard`` (500 runs each): curves and noise made to mislead, of which the class of corrections has
  a member. Control: right claims are seldom INCONCLUSIVE with 4 replicates.
- ``outside`` (500 runs each): what no verdict promises to survive, such as a plateau or replicates
  of infinite variance. Nothing is claimed; the table says what happens.

Set after results were seen: 100 runs of each scenario showed coverage between 0.88 and 0.98, where
intervals were those of a bootstrap with two separate tails. The symmetric bootstrap, never narrower
than Student's t, and the second test for shared replicates were chosen on the choosing half and on
noise outside of both halves; the reporting half was run once afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain

import ratecheck as rc
from ratecheck.assertions import Level
from ratecheck.cli import study_main
from ratecheck.montecarlo.measurements.hard_scenarios import INSIDE, OUTSIDE
from ratecheck.montecarlo.measurements.scenarios import CHOOSING, REPORTING
from ratecheck.montecarlo.measurements.synthetic_risks import Scenario
from ratecheck.montecarlo.measurements.verdict_rates import (
    COVERAGE,
    FALSE_CONSISTENT,
    FALSE_REFUTED,
    GAPS,
    INCONCLUSIVE,
    POWER,
    SHORT_COVERAGE,
    VerdictRates,
    at,
)
from ratecheck.theory.claims import Statement

REPLICATES = (4, 8, 32, 128, 512)
MANY = REPLICATES[-1:]
FEWEST = REPLICATES[:1]
BATCH = 100
ALLOWED = 0.05
RARE = -math.inf, ALLOWED
STRONG = 0.9


def level(
    name: str,
    quantity: str,
    low: float,
    high: float,
    sizes: tuple[int, ...],
    wrong: Level | None = None,
) -> Level:
    """Return the claim that a rate lies in [low, high]; the name starts with the scenario."""
    said = Statement(
        name=name, predicted=f"in [{low:g}, {high:g}]", regime="synthetic risks",
        source="here", tag="D", ledger="R3",
    )  # fmt: skip
    series = name.partition(":")[0]
    return Level(
        statement=said, series=series, quantity=quantity, low=low, high=high, sizes=sizes,
        wrong=wrong,
    )  # fmt: skip


def claims(scenario: Scenario) -> Iterator[Level]:
    """Yield the claims about one scenario."""
    name = scenario.name
    if scenario.is_straight:
        covered = 0.93, 0.97, REPLICATES[1:]
        short = level(f"{name}: intervals a fifth too short cover", SHORT_COVERAGE, *covered)
        yield level(f"{name}: intervals cover", COVERAGE, *covered, wrong=short)
    for error, rate in errors():
        wrong = level(f"{name}: power is as small as {error}", at(POWER, 0.2), *RARE, MANY)
        yield level(f"{name}: {error}", rate, *RARE, REPLICATES, wrong=wrong)


def errors() -> Iterator[tuple[str, str]]:
    """Yield what is said of each error rate, and its name in the records."""
    yield f"{FALSE_REFUTED} is rare", at(FALSE_REFUTED, GAPS[0])
    for gap in GAPS:
        yield f"{FALSE_CONSISTENT} is rare, gap {gap:g}", at(FALSE_CONSISTENT, gap)


def hard_claims(scenario: Scenario) -> Iterator[Level]:
    """Yield the claims about a scenario made to mislead: INCONCLUSIVE is its right word."""
    name, open_ = scenario.name, at(INCONCLUSIVE, GAPS[0])
    for error, rate in errors():
        wrong = level(f"{name}: INCONCLUSIVE is as rare as {error}", open_, *RARE, FEWEST)
        yield level(f"{name}: {error}", rate, *RARE, REPLICATES, wrong=wrong)


def strong(scenario: Scenario) -> Level:
    """Return the claim that a claim 0.2 off is refuted."""
    high = STRONG, math.inf, MANY
    weak = level(f"{scenario.name}: power at gap 0.05", at(POWER, 0.05), *high)
    return level(f"{scenario.name}: power at gap 0.2", at(POWER, 0.2), *high, wrong=weak)


def study(
    name: str, scenarios: tuple[Scenario, ...], batches: int, said: Iterable[Level]
) -> rc.MeasuredStudy:
    """Return the study of some scenarios."""
    return rc.MeasuredStudy(
        name=name,
        measurement=VerdictRates(scenarios=scenarios, runs=BATCH),
        sizes=REPLICATES,
        replicates=batches,
        claims=tuple(said),
        data="n^-3/4 with corrections, times noise, at 4 to 13 sizes",
        methods="slopes.fit, verify.verdict",
        question="How often is a verdict wrong, and how often does it decide?",
        abscissa="replicates",
        profiles=(rc.Profile(name="smoke", sizes=(8,), replicates=2),),
    )


STUDY = rc.Suite(
    name="verdict_calibration",
    title="Error rates and power of the verdicts",
    question="Are right claims REFUTED, or wrong ones CONSISTENT, in at most 5 % of all runs?",
    studies=(
        study("choosing", CHOOSING, 5, [strong(CHOOSING[0])]),
        study("reporting", REPORTING, 20, [*chain(*map(claims, REPORTING)), strong(REPORTING[0])]),
        study("hard", INSIDE, 5, chain(*map(hard_claims, INSIDE))),
        study("outside", OUTSIDE, 5, ()),
    ),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
