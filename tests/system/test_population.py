"""Stated corrections against the exact population risk: flagship and mistuned times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ratecheck.cli.catalogue import load_study
from ratecheck.montecarlo.cell import settings
from ratecheck.montecarlo.study import RateStudy
from ratecheck.theory import minimax_exponent
from ratecheck.types import Array

SLACK = 0.01  # amplitudes k^(-s - 1/2 - 0.01), as `targets.Sobolev` draws them
DESIGN = 0.015  # of the random design at n = 2^10, as the study says
FREQUENCIES: Array = np.arange(1.0, 200_001.0)


def suite(name: str) -> list[RateStudy]:
    studies = load_study(name).studies  # type: ignore[union-attr]  # a suite
    return [study for study in studies if isinstance(study, RateStudy)]


def population_risk(study: RateStudy, n: int, rule: int = 0) -> float:
    """Bias and variance of gradient flow at a planned time, over the whole spectrum."""
    setting, _ = settings(study, n)
    (t,) = study.stopping[rule].planned(replace(setting, size=n))
    smoothness, radius = study.problem.target.smoothness, setting.radius
    assert smoothness is not None
    assert radius is not None
    decay = np.exp(-t * (2 * np.pi * FREQUENCIES) ** (-2 * setting.order))
    power = FREQUENCIES ** (-2 * smoothness - 1 - 2 * SLACK)
    power *= radius**2 / float(((2 * np.pi * FREQUENCIES) ** (2 * smoothness) * power).sum())
    variance = 0.25 / n * (1 + 2 * float(((1 - decay) ** 2).sum()))
    return float((power * decay**2).sum()) + variance


@pytest.mark.parametrize("index", range(8))
def test_population_risk_is_within_half_of_the_stated_corrections(index: int) -> None:
    study = suite("torus_rate")[index]
    smoothness = study.problem.target.smoothness
    exponent = float(minimax_exponent(str(smoothness), 1))
    sizes = [2**k for k in (10, 12, 14, 16, 18, 20, 26)]
    scaled = np.array([population_risk(study, n) * n**-exponent for n in sizes])
    (allowed,) = {e.corrections.factor for e in study.expectations if e.risk == "clean"}
    worst = np.abs(np.log(scaled / scaled[-1])).max()
    assert worst + DESIGN <= 0.5 * np.log(allowed) + 0.0005
    assert np.abs(np.diff(np.log(scaled))).max() > 1e-6  # it is no pure power either


@pytest.mark.parametrize("index", range(2))
@pytest.mark.parametrize("rule", range(6))
def test_mistuned_times_are_within_their_corrections(index: int, rule: int) -> None:
    study = suite("mistuned_time")[index]
    held = study.expectations[rule]
    sizes = [2**k for k in (10, 12, 14, 16, 18, 26)]
    exponent = float(held.claim.exponent)
    scaled = np.array([population_risk(study, n, rule) * n**-exponent for n in sizes])
    worst = np.abs(np.log(scaled / scaled[-1])).max()
    design = DESIGN if held.corrections.factor < 1.5 else 0.0
    assert worst + design <= 0.5 * np.log(held.corrections.factor) + 0.0005


def test_a_wrong_exponent_is_far_outside() -> None:
    study = suite("torus_rate")[1]
    ratio = population_risk(study, 2**20) / population_risk(study, 2**10)
    wrong = float(minimax_exponent("3/2", 1))
    assert abs(np.log(ratio) - wrong * np.log(2.0**10)) > 5 * np.log(1.05)
