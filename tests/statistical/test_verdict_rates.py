"""A small version of the calibration: few runs of every scenario, with binomial tolerance.

The table of 2000 runs a scenario is `studies/verdict_calibration.py`.
"""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.montecarlo.measurements.hard_scenarios import INSIDE, OUTSIDE
from ratecheck.montecarlo.measurements.scenarios import CHOOSING, LONG, REPORTING
from ratecheck.montecarlo.measurements.synthetic_risks import (
    EXPONENT,
    Common,
    Nested,
    Noise,
    Scenario,
    Straight,
)
from ratecheck.montecarlo.measurements.verdict_rates import (
    FALSE_CONSISTENT,
    FALSE_REFUTED,
    GAPS,
    SHARE,
    VerdictRates,
    at,
    covers,
    word,
)
from ratecheck.slopes import fit
from ratecheck.streams import Role, generator
from ratecheck.types import Outcome

RUNS = 60
LIMIT = 0.05 + 3 * (0.05 * 0.95 / RUNS) ** 0.5  # three standard errors above 5 %
SCENARIOS = [pytest.param(s, id=s.name) for s in (*CHOOSING, *REPORTING, *INSIDE)]


def streams(role: Role) -> np.random.Generator:
    return generator(11, "rates", role=role)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_wrong_words_are_rare(scenario: Scenario) -> None:
    readings = VerdictRates(scenarios=(scenario,), runs=RUNS).measure(32, streams)
    found = {reading.quantity: reading.value for reading in readings}
    assert max(found[at(FALSE_REFUTED, gap)] for gap in GAPS) <= LIMIT
    assert max(found[at(FALSE_CONSISTENT, gap)] for gap in GAPS) <= LIMIT


def test_the_interval_alone_would_refute_the_truth() -> None:
    """The same check, without corrections, rejects: it can tell a guarded verdict from a bare."""
    bent = next(s for s in CHOOSING if s.name == "+5 n^-0.2")
    rng, wrong, margin = streams("noise"), 0, SHARE * GAPS[1]
    for _ in range(RUNS):
        found = fit(bent.sizes, list(bent.risks(rng, 32)))
        wrong += found.high < EXPONENT - margin or found.low > EXPONENT + margin
        assert word(found, EXPONENT, margin) is not Outcome.REFUTED
    assert wrong / RUNS > 3 * LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [pytest.param(s, id=s.name) for s in OUTSIDE])
def test_wrong_claims_are_not_called_consistent_even_outside_of_the_class(
    scenario: Scenario,
) -> None:
    readings = VerdictRates(scenarios=(scenario,), runs=RUNS // 2).measure(32, streams)
    found = {reading.quantity: reading.value for reading in readings}
    assert max(found[at(FALSE_CONSISTENT, gap)] for gap in GAPS) <= LIMIT


def test_a_plateau_refutes_the_power_that_it_ends() -> None:
    """Told in docs/verdicts.md: right about the data, so that floors belong into the errors."""
    plateau = next(s for s in OUTSIDE if s.name == "plateau reached at 2^20")
    readings = VerdictRates(scenarios=(plateau,), runs=20).measure(128, streams)
    found = {reading.quantity: reading.value for reading in readings}
    assert found[at(FALSE_REFUTED, GAPS[0])] > 0.5
    assert found[at(FALSE_REFUTED, GAPS[-1])] <= 0.1  # the wide margin leaves it open


@pytest.mark.slow
@pytest.mark.parametrize("noise", [Common(), Nested()])
@pytest.mark.parametrize("count", [8, 32])
def test_shared_replicates_are_noticed_and_covered(noise: Noise, count: int) -> None:
    """300 runs: 95 % plus and minus three standard errors of 1.3 %."""
    scenario = Scenario(name="shared", shape=Straight(), noise=noise, sizes=LONG)
    rng, runs = np.random.default_rng([count, 3]), 300
    found = [fit(LONG, list(scenario.risks(rng, count)), resamples=500) for _ in range(runs)]
    assert 0.91 <= np.mean([covers(f) for f in found]) <= 0.99
    assert np.mean(["shared" in f.method for f in found]) > 0.9


def test_nested_samples_taken_as_independent_are_not_covered() -> None:
    scenario = Scenario(name="shared", shape=Straight(), noise=Nested(), sizes=LONG)
    rng, hits = np.random.default_rng(5), []
    for _ in range(200):
        risks = scenario.risks(rng, 32)
        errors = risks.std(axis=1, ddof=1) / risks.shape[1] ** 0.5
        hits.append(covers(fit(LONG, risks.mean(axis=1), errors, resamples=200)))
    assert np.mean(hits) < 0.9


def test_independent_replicates_are_seldom_taken_for_shared() -> None:
    rng, scenario = np.random.default_rng(8), REPORTING[0]
    found = [fit(LONG, list(scenario.risks(rng, 16)), resamples=100) for _ in range(200)]
    assert np.mean(["shared" in f.method for f in found]) <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5
