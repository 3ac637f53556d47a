"""Measured, not assumed: coverage of slope intervals, false alarms and power of verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from ratecheck.slopes import SlopeFit, fit, fit_ratio
from ratecheck.theory.claims import Claim
from ratecheck.types import Array, Bound, Outcome
from ratecheck.verify import verdict

RUNS = 2000  # standard error of a coverage near 95 %: half a percent
TRUTH = -0.75


def sizes(count: int) -> Array:
    return np.asarray(np.geomspace(2.0**8, 2.0**20, count))


def claim(exponent: str = "-3/4", kind: Bound = Bound.MATCHING) -> Claim:
    return Claim(
        name="synthetic",
        exponent=Fraction(exponent),
        kind=kind,
        regime="any",
        source="derived",
        tag="B1 [D]",
        quantity="clean",
        ledger="A1",
    )


def replicated(count: int, replicates: int, freedom: float, run: int) -> SlopeFit:
    """Fit one synthetic study: chi-squared risks, the noise of a sum of squares."""
    rng = np.random.default_rng([run, count, replicates])
    n = sizes(count)
    rows = [m**TRUTH * rng.chisquare(freedom, replicates) / freedom for m in n]
    return fit(n, rows, seed=run)


def covers(found: SlopeFit, truth: float, shrink: float = 1.0) -> bool:
    low = found.estimate + shrink * (found.low - found.estimate)
    high = found.estimate + shrink * (found.high - found.estimate)
    return low <= truth <= high


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "replicates", "freedom", "runs"),
    [(13, 32, 4.0, RUNS // 2), (13, 6, 4.0, RUNS), (5, 24, 2.0, RUNS)],
)
def test_interval_covers_at_its_nominal_level(
    count: int, replicates: int, freedom: float, runs: int
) -> None:
    found = [replicated(count, replicates, freedom, run) for run in range(runs)]
    share = np.mean([covers(f, TRUTH) for f in found])
    assert 0.93 <= share <= 0.97
    too_short = np.mean([covers(f, TRUTH, shrink=0.8) for f in found])
    assert too_short < 0.93  # the same check rejects intervals that are a fifth too short
    flagged = np.mean([f.curvature.is_nonzero for f in found])
    assert flagged <= 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5


@pytest.mark.slow
def test_paired_interval_covers_at_its_nominal_level() -> None:
    n, hits, wide = sizes(7), [], []
    for run in range(RUNS // 4):
        rng = np.random.default_rng([run, 99])
        shared = [rng.chisquare(4, 24) for _ in n]
        above = [m**0.1 * s * rng.gamma(20, 1 / 20, 24) for m, s in zip(n, shared, strict=True)]
        found = fit_ratio(n, above, shared, resamples=1000, seed=run)
        hits.append(covers(found, 0.1))
        wide.append(covers(found, 0.1, shrink=0.75))
    assert 0.92 <= np.mean(hits) <= 0.98
    assert np.mean(wide) < 0.92


def outcomes(
    curve: Callable[[Array], Array], error: float, claimed: Claim, margin: float, runs: int = 200
) -> dict[Outcome, float]:
    """Share of each word when means have that relative error."""
    n, rng, seen = sizes(13), np.random.default_rng(7), Counter[Outcome]()
    for _ in range(runs):
        means = curve(n) * np.exp(error * rng.standard_normal(n.size))
        found = fit(n, means, error * means)
        seen[verdict(claimed, found, margin).outcome] += 1
    return {word: seen[word] / runs for word in Outcome}


def power(exponent: float) -> Callable[[Array], Array]:
    return lambda n: n**exponent


@pytest.mark.parametrize("error", [0.003, 0.01, 0.1, 0.3])
def test_true_claim_is_hardly_ever_refuted(error: float) -> None:
    shares = outcomes(power(TRUTH), error, claim(), 0.05)
    assert shares[Outcome.REFUTED] <= 0.02
    if error <= 0.01:
        assert shares[Outcome.CONSISTENT] >= 0.9


@pytest.mark.parametrize(
    ("exponent", "error"), [(-0.65, 0.01), (-0.85, 0.01), (-0.55, 0.05), (-0.95, 0.05)]
)
def test_wrong_claim_is_refuted(exponent: float, error: float) -> None:
    shares = outcomes(power(exponent), error, claim(), 0.04)
    assert shares[Outcome.REFUTED] >= 0.85
    assert shares[Outcome.CONSISTENT] == 0


def test_slope_at_the_end_of_the_margin_is_rarely_called_consistent() -> None:
    shares = outcomes(power(TRUTH + 0.05), 0.1, claim(), 0.05)
    assert shares[Outcome.CONSISTENT] <= 0.05
    assert shares[Outcome.REFUTED] <= 0.05


BENT = {
    "+n^-0.3": lambda n: n**TRUTH * (1 + 5 * n**-0.3),
    "+n^-0.2": lambda n: n**TRUTH * (1 + 5 * n**-0.2),
    "-n^-0.4": lambda n: n**TRUTH * (1 - 5 * n**-0.4),
    "log": lambda n: n**TRUTH * np.log(n),
    "1/log": lambda n: n**TRUTH / np.log(n),
}


@pytest.mark.parametrize("name", BENT)
@pytest.mark.parametrize("error", [0.02, 0.125])
def test_pre_asymptotic_curve_is_inconclusive_whether_or_not_its_bend_can_be_seen(
    name: str, error: float
) -> None:
    """An error of 0.125 is that of 32 chi-squared replicates: it hides most bends."""
    shares = outcomes(BENT[name], error, claim(), 0.05)
    assert shares[Outcome.REFUTED] <= 0.05
    assert shares[Outcome.CONSISTENT] <= 0.05


@pytest.mark.parametrize("name", BENT)
def test_slope_of_the_window_is_not_called_the_exponent(name: str) -> None:
    n = sizes(13)
    effective = fit(n, BENT[name](n)).estimate
    wrong = claim(f"{effective:.2f}")
    assert outcomes(BENT[name], 0.125, wrong, 0.05)[Outcome.CONSISTENT] <= 0.05


def test_steeper_decay_does_not_refute_an_upper_bound() -> None:
    assert outcomes(power(-1.0), 0.05, claim(kind=Bound.UPPER), 0.05)[Outcome.CONSISTENT] > 0.9
    assert outcomes(power(-0.5), 0.05, claim(kind=Bound.UPPER), 0.05)[Outcome.REFUTED] > 0.9
    assert outcomes(power(-0.5), 0.05, claim(kind=Bound.LOWER), 0.05)[Outcome.CONSISTENT] > 0.9
