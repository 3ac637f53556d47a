"""The study on spheres: it runs at smoke size and draws, and its constants follow its rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.cli import catalogue
from ratecheck.cli.catalogue import load_study
from ratecheck.domains import Sphere
from ratecheck.montecarlo.cell import settings
from ratecheck.montecarlo.exact import ExactStudy
from ratecheck.montecarlo.study import SMOKE, RateStudy, Suite
from ratecheck.operators.population import population
from ratecheck.spectra.degrees import multiplicities
from ratecheck.stopping import TheoryTime
from ratecheck.targets import Sobolev
from ratecheck.targets.sphere import HIGHEST_DEGREE, frequencies
from ratecheck.types import Array

START = 2**10


def suite() -> Suite:
    found = load_study("sphere_rate")
    assert isinstance(found, Suite)
    return found


def simulated() -> list[RateStudy]:
    return [study for study in suite().studies if isinstance(study, RateStudy)]


@pytest.mark.slow
def test_smoke_profile_runs_and_draws(tmp_path: Path) -> None:
    report = rc.run(suite(), results=tmp_path, profile=SMOKE)
    assert not report.failed
    assert (report.records["value"] > 0).all()
    assert (report.records["status"] == "CONVERGED").mean() > 0.9
    module: Any = catalogue.load(catalogue.find("paper_figures", "sphere_rate"))
    files = module.main(tmp_path, tmp_path)
    assert {path.suffix for path in files} == {".pdf", ".svg", ".png", ".csv"}


def test_every_claim_has_a_control_beyond_its_margin() -> None:
    for study in suite().studies:
        assert study.expectations
        for held in study.expectations:
            assert held.wrong is not None
            assert abs(float(held.wrong.exponent - held.claim.exponent)) > 2 * held.margin


def test_the_stated_degrees_of_freedom() -> None:
    for study in simulated():
        setting, _ = settings(study, START)
        (t,) = TheoryTime().planned(setting)
        wanted = {2: 100, 3: 64}[study.problem.domain.dimension]
        # the rule uses the power law of the eigenvalues' bound; radii have two digits
        assert setting.effective_dimension(t) == pytest.approx(wanted, rel=0.08)


def exact_risks(study: RateStudy, sizes: list[int]) -> Array:
    """Bias and variance by degree, as if features were orthonormal over the design."""
    domain, target = study.problem.domain, study.problem.target
    assert isinstance(domain, Sphere)
    assert isinstance(target, Sobolev)
    band = HIGHEST_DEGREE[domain.d]
    mu = population(study.problem.kernel, domain).coefficients
    assert mu is not None
    energy = np.arange(1.0, band + 1) ** (-2 * target.smoothness - 1 - 2 * target.slack)
    w = frequencies(domain.d, band)
    energy *= target.radius**2 / np.sum(w ** (2 * target.smoothness) * energy)
    counts, found = multiplicities(domain.d, mu.size), []
    for n in sizes:
        (t,) = TheoryTime().planned(settings(study, n)[0])
        bias = float(np.sum(energy * np.exp(-2 * t * mu[1 : band + 1])))
        found.append(bias + 0.25 * float(counts @ np.expm1(-t * mu) ** 2) / n)
    return np.array(found)


def test_exact_risks_are_as_near_to_their_exponents_as_the_study_says() -> None:
    for study in simulated():
        d = study.problem.domain.dimension
        sizes = [2**k for k in range(12, 21 if d == 2 else 18)]
        slope = np.polyfit(np.log(sizes), np.log(exact_risks(study, sizes)), 1)[0]
        gap = abs(slope - float(study.expectations[0].claim.exponent))
        assert gap < {2: 0.006, 3: 0.02}[d]
        assert gap < study.expectations[0].margin


def test_stopping_times_are_judged_on_their_own() -> None:
    exact = [study for study in suite().studies if isinstance(study, ExactStudy)]
    assert len(exact) == len(simulated())
    for study in exact:
        times = [study.curves[0].value(n).value for n in (2**14, 2**16)]
        growth = np.log(times[1] / times[0]) / np.log(4)
        assert growth == pytest.approx(float(study.expectations[0].claim.exponent), abs=0.02)
