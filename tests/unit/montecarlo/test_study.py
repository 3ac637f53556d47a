from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.domains import Torus
from ratecheck.estimators import GradientFlow
from ratecheck.kernels import PeriodicSobolev
from ratecheck.montecarlo.study import (
    Expectation,
    Problem,
    Profile,
    RateStudy,
    Replicates,
    Suite,
)
from ratecheck.noise import Gaussian
from ratecheck.risk import Adversarial, Clean
from ratecheck.schedules import power
from ratecheck.stopping import GCV, Lepski, Oracle, TheoryTime
from ratecheck.targets import Sobolev
from ratecheck.theory import adversarial_minimax, clean_minimax
from ratecheck.types import InputError

PROBLEM = Problem(
    domain=Torus(), kernel=PeriodicSobolev(order=1), target=Sobolev(1.0), noise=Gaussian(0.5)
)
ATTACK = Adversarial(radius=power(c=0.5, exponent=-0.5))
STUDY = RateStudy(
    name="study",
    problem=PROBLEM,
    estimator=GradientFlow(),
    stopping=(TheoryTime(), Lepski()),
    risk=(Clean(), ATTACK),
    sizes=(64, 128, 256, 512, 1024),
    replicates=5,
    profiles=(Profile(name="paper", sizes=(64, 4096), replicates=7),),
)


def expectation(**changes: Any) -> Expectation:
    values: dict[str, Any] = {
        "claim": clean_minimax(1, 1), "stopping": "Lepski", "risk": "clean", "margin": 0.1,
    } | changes  # fmt: skip
    return Expectation(**values)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "name must be non-empty"),
        ({"name": "a/b"}, "without '/'"),
        ({"sizes": ()}, "increasing and not empty"),
        ({"sizes": (128, 64)}, "increasing and not empty"),
        ({"sizes": (64, 64)}, "increasing and not empty"),
        ({"sizes": (2, 64)}, "sample size must be at least 4"),
        ({"sizes": (64.0, 128.0)}, "sample size must be an integer"),
        ({"sizes": [64, 128]}, "sizes must be a tuple"),
        ({"stopping": ()}, "stopping rules must be present"),
        ({"stopping": (Lepski(), Lepski())}, "different names"),
        ({"stopping": Lepski()}, "stopping must be a tuple"),
        ({"risk": (Clean(), Clean())}, "different names"),
        ({"risk": ()}, "risks must be present"),
        ({"risk": Adversarial(radius=lambda n: 100.0 - n)}, "radius must not be negative"),
        ({"replicates": 0}, "replicates must be at least 1"),
        ({"replicates": 2.5}, "replicates must be an integer"),
        ({"margin": 0.0}, "margin must be positive"),
        ({"grid_ratio": 3.0}, "ratio must be above 1 and at most 2"),
        ({"claims": clean_minimax(1, 1)}, "claims must be a tuple"),
        ({"claims": (expectation(stopping="GCV"),)}, "about rule 'GCV'"),
        ({"claims": (expectation(relative_to="Oracle"),)}, "about rule 'Oracle'"),
        ({"claims": (expectation(risk="adversarial"),)}, "about risk 'adversarial'"),
        ({"profiles": (Profile(name="p", sizes=(9, 8), replicates=1),)}, "increasing"),
        ({"profiles": (Profile(name="p", sizes=(8, 9), replicates=0),)}, "at least 1"),
        ({"profiles": (Profile(name="standard", sizes=(8,), replicates=1),)}, "different names"),
    ],
)
def test_refusals(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        dataclasses.replace(STUDY, **changes)


def test_bad_parts_are_refused() -> None:
    with pytest.raises(InputError, match="design must be one of"):
        dataclasses.replace(PROBLEM, design="sorted")  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="margin must be positive"):
        expectation(margin=-1.0)
    with pytest.raises(InputError, match="at_least must be at least 1"):
        Replicates(at_least=0, largest=10)
    with pytest.raises(InputError, match="at_most must be at least 5"):
        Replicates(at_least=5, largest=10, at_most=4)


def test_profiles() -> None:
    assert STUDY.at("standard") is STUDY
    paper = STUDY.at("paper")
    assert (paper.sizes, paper.replicates) == ((64, 4096), 7)
    smoke = STUDY.at("smoke")
    assert (smoke.sizes, smoke.replicates) == ((64, 128, 256, 512), 3)
    assert paper.at("smoke").problem == STUDY.problem
    own = Profile(name="smoke", sizes=(8,), replicates=1)
    assert dataclasses.replace(STUDY, profiles=(own,)).at("smoke").sizes == (8,)
    with pytest.raises(InputError, match="no profile 'huge'; it has standard, smoke, paper"):
        STUDY.at("huge")


@given(
    n=st.integers(1, 10**7), least=st.integers(1, 50), largest=st.integers(1, 10**6),
    power_=st.floats(0, 1),
)  # fmt: skip
def test_replicates_fall_with_n_to_the_stated_number(
    n: int, least: int, largest: int, power_: float
) -> None:
    rule = Replicates(at_least=least, largest=largest, power=power_, at_most=1000)
    assert least <= rule(n) <= 1000
    assert rule(2 * n) <= rule(n)
    assert rule(largest) == least
    assert STUDY.replicates_at(n) == 5


def test_the_power_of_replicates() -> None:
    rule = Replicates(at_least=8, largest=2**20)
    assert rule(2**10) == 8 * 32
    assert dataclasses.replace(STUDY, replicates=rule).replicates_at(2**18) == 16
    assert Replicates(at_least=8, largest=2**20, power=1.0)(2**18) == 32


def test_bare_claims_are_held_against_every_rule_and_the_risks_of_their_quantity() -> None:
    study = dataclasses.replace(STUDY, claims=(clean_minimax(1, 1), adversarial_minimax(1, 1)))
    found = [(e.claim.quantity, e.stopping, e.risk, e.margin) for e in study.expectations]
    assert found == [
        ("clean", "TheoryTime", "clean", 0.05),
        ("clean", "Lepski", "clean", 0.05),
        ("adversarial", "TheoryTime", ATTACK.name, 0.05),
        ("adversarial", "Lepski", ATTACK.name, 0.05),
    ]


def test_explicit_expectations_are_kept() -> None:
    explicit = expectation(relative_to="TheoryTime", ceiling=2.0)
    assert dataclasses.replace(STUDY, claims=(explicit,)).expectations == (explicit,)


def test_one_risk_needs_no_tuple() -> None:
    assert dataclasses.replace(STUDY, risk=Clean()).risks == (Clean(),)


def test_equal_studies_are_equal_and_hashable() -> None:
    again = dataclasses.replace(STUDY)
    assert again == STUDY
    assert hash(again) == hash(STUDY)
    assert dataclasses.replace(STUDY, stopping=(GCV(), Oracle())) != STUDY


def test_suites() -> None:
    other = dataclasses.replace(STUDY, name="other")
    suite = Suite(name="suite", title="t", question="q", studies=(STUDY, other))
    assert [s.name for s in suite.at("smoke").studies] == ["study", "other"]
    assert all(s.replicates_at(64) == 3 for s in suite.at("smoke").studies)
    with pytest.raises(InputError, match="has no studies"):
        dataclasses.replace(suite, studies=())
    with pytest.raises(InputError, match="different names"):
        dataclasses.replace(suite, studies=(STUDY, STUDY))
