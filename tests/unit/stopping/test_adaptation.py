"""How close data-driven rules come to the oracle, on the diagonal model (theory note C)."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from ratecheck.stopping import GCV, Discrepancy, HoldOut, Lepski, StoppingRule
from ratecheck.streams import generator
from tests.unit.stopping.sequence_model import Draw, Model

REPLICATES = 16
SIZES = (2**10, 2**12, 2**14)


@functools.cache
def draws(n: int, s: float) -> tuple[Draw, ...]:
    model = Model(size=n, smoothness=s)
    streams = [generator(0, "adapt", n, s, i, role="noise") for i in range(REPLICATES)]
    return tuple(model.draw(stream) for stream in streams)


@functools.cache
def ratio(rule: StoppingRule, n: int, s: float) -> float:
    """Mean risk at the chosen times, over the mean risk at the best times."""
    chosen = [d.risks[rule.choose(d.path, d.context).index] for d in draws(n, s)]
    best = [d.risks.min() for d in draws(n, s)]
    return float(np.mean(chosen) / np.mean(best))


def trend(rule: StoppingRule, s: float) -> float:
    """Slope of the log ratio in log n."""
    return float(np.polyfit(np.log(SIZES), np.log([ratio(rule, n, s) for n in SIZES]), 1)[0])


@pytest.mark.parametrize("rule", [Lepski(), GCV(), HoldOut()], ids=lambda rule: rule.name)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("s", [1.0, 1.5, 2.0])
def test_adaptive_rules_stay_within_twice_the_oracle(rule: StoppingRule, n: int, s: float) -> None:
    assert 1 <= ratio(rule, n, s) <= 2


def test_the_plain_discrepancy_principle_does_not() -> None:
    # negative control: the same statistic must see a rule that is known not to adapt
    assert ratio(Discrepancy(), 2**14, 2.0) > 4


@pytest.mark.parametrize("s", [1.0, 1.5, 2.0])
def test_lepski_has_no_trend_in_n(s: float) -> None:
    assert abs(trend(Lepski(), s)) <= 0.08


def test_the_discrepancy_principle_has_one() -> None:
    assert trend(Discrepancy(), 2.0) > 0.16


def test_a_threshold_without_its_constant_does_not() -> None:
    # kappa^2 far below 1 rejects pure noise and runs to late times
    assert ratio(Lepski(kappa_squared=0.05), 2**14, 2.0) > 2
