"""Every study of measurements runs at smoke size, draws its figure, and holds controls."""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.assertions import Assertion
from ratecheck.cli import catalogue
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.study import SMOKE, Suite
from ratecheck.types import Outcome

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = (
    "width_to_kernel",
    "kernel_evolution",
    "kernel_swap",
    "adversarial_degeneration",
    "adv_ntk",
    "evaluation_is_honest",
)
UNDECIDED = ("cube_ntk",)  # says itself that its sizes decide nothing
NAMES = sorted(
    path.stem
    for path in (ROOT / "studies").glob("*.py")
    if "MeasuredStudy" in path.read_text(encoding="utf-8")
)


def suite(name: str) -> Suite:
    if name in NETWORKS and find_spec("jax") is None:
        pytest.skip("needs the extra nn")
    found = catalogue.load_study(name)
    assert isinstance(found, Suite)
    return found


def measured(name: str) -> list[MeasuredStudy]:
    return [study for study in suite(name).studies if isinstance(study, MeasuredStudy)]


@pytest.mark.slow
@pytest.mark.timeout(600)  # the calibration of verdicts takes 40 s on an idle core
@pytest.mark.parametrize("name", NAMES)
def test_smoke_profile_runs_and_draws(name: str, tmp_path: Path) -> None:
    report = rc.run(suite(name), results=tmp_path, profile=SMOKE)
    assert not report.failed
    assert np.isfinite(report.records["value"]).all()
    assert (report.records["error"] >= 0).all()
    assert report.verdicts
    script: Any = catalogue.load(catalogue.find("paper_figures", name))
    files = script.main(tmp_path, tmp_path / "figures")
    assert {file.suffix for file in files} == {".pdf", ".svg", ".png", ".csv"}
    assert all(file.stat().st_size > 200 for file in files)


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_has_a_control_of_another_statement(name: str) -> None:
    for study in measured(name):
        assert study.claims or study.name == "outside"  # told, not promised: docs/verdicts.md
        for held in study.claims:
            assert held.wrong is not None, held
            if isinstance(held, Assertion):
                assert isinstance(held.wrong, Assertion)
                assert held.wrong.statement.name != held.statement.name


@pytest.mark.parametrize("name", NAMES)
def test_no_claim_passes_together_with_its_control_on_the_committed_results(name: str) -> None:
    path = ROOT / "results" / name / "standard" / "summary.json"
    if not path.is_file():
        pytest.skip("no committed results in this checkout")
    verdicts = json.loads(path.read_bytes())["verdicts"]
    for claim, control in pairwise(verdicts):
        if control["control"] and control["verdict"] == Outcome.CONSISTENT.value:
            assert claim["verdict"] == Outcome.REFUTED.value, control["statement"]
    found = {v["verdict"] for v in verdicts if not v["control"]}
    if name in UNDECIDED:
        assert found == {Outcome.INCONCLUSIVE.value}
    else:
        assert Outcome.CONSISTENT.value in found
