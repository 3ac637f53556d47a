"""The Monte Carlo studies: they run at smoke size, and their constants follow their rules."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.cli.catalogue import load_study
from ratecheck.montecarlo.cell import settings
from ratecheck.montecarlo.study import SMOKE, RateStudy
from ratecheck.stopping import PowerTime, TheoryTime
from ratecheck.types import Outcome

NAMES = ("torus_rate", "mistuned_time", "adversarial_phase", "ntk_rate", "lepski_adaptation")


def studies(name: str) -> list[RateStudy]:
    """Return the simulated studies of a file."""
    return [s for s in load_study(name).studies if isinstance(s, RateStudy)]  # type: ignore[union-attr]  # suites


@pytest.mark.parametrize("name", NAMES)
def test_smoke_profile_runs_without_failures(name: str, tmp_path: Path) -> None:
    report = rc.run(load_study(name), results=tmp_path, profile=SMOKE)
    assert not report.failed
    assert len(report.verdicts) >= len(studies(name))
    assert (report.records["value"] > 0).all()
    share = (report.records["status"] == "CONVERGED").mean()
    assert share > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_has_a_control_beyond_its_margin(name: str) -> None:
    for study in studies(name):
        assert study.expectations
        for held in study.expectations:
            assert held.wrong is not None
            gap = abs(float(held.wrong.exponent - held.claim.exponent))
            assert gap > 2 * held.margin  # both cannot be CONSISTENT with one interval


def test_flagship_starts_with_eight_degrees_of_freedom_and_a_small_attack() -> None:
    for study in studies("torus_rate"):
        setting, _ = settings(study, study.sizes[0])
        (t,) = TheoryTime().planned(setting)
        assert setting.effective_dimension(t) == pytest.approx(8, rel=0.05)
        s = study.problem.target.smoothness
        assert s is not None
        attack = study.risks[1]
        slope = np.log(attack.radius_at(2**20) / attack.radius_at(2**8)) / np.log(2**12)
        assert slope == pytest.approx(-float(rc.theory.critical_radius_exponent(str(s), 1)))


def test_mistuned_times_are_ruled_by_one_term_from_the_start() -> None:
    from ratecheck.stopping.theory_time import variance, worst_case_bias

    for study in studies("mistuned_time"):
        setting, _ = settings(study, study.sizes[0])
        right = float(rc.theory.stopping_exponent(str(setting.smoothness), 1, 1))
        for rule in study.stopping:
            assert isinstance(rule, PowerTime)
            (t,) = rule.planned(setting)
            ratio = worst_case_bias(setting, t) / variance(setting, t)
            if rule.exponent < right * 0.99:
                assert ratio > 10
            elif rule.exponent > right * 1.01:
                assert ratio < 1 / 10


def test_a_wrong_smoothness_is_refuted_by_committed_results() -> None:
    """The committed flagship: right claims stand, claims about s + 1/2 fall, nowhere both."""
    folder = Path("results/torus_rate/standard")
    if not (folder / "summary.json").is_file():
        pytest.skip("no committed results of the flagship in this checkout")
    from ratecheck.reporting import load

    found = load(folder, load_study("torus_rate")).verdicts
    right = [f for f in found if not f.is_control]
    wrong = [f for f in found if f.is_control]
    assert len(right) == len(wrong) == 16
    for claim, control in zip(right, wrong, strict=True):
        assert claim.exponent - control.exponent > Fraction(0)
        assert claim.outcome is not Outcome.REFUTED
        if claim.outcome is Outcome.CONSISTENT:
            assert control.outcome is Outcome.REFUTED
