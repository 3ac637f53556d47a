"""Studies of exact numbers: their face, their rows, and the curves that they are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pytest

import ratecheck as rc
from ratecheck.bounds import adversarial_upper_bound
from ratecheck.filters import CutOffFilter, GradientFlowFilter, RidgeFilter
from ratecheck.kernels import NTK, ArcCosine, Laplace
from ratecheck.montecarlo import decay_curves
from ratecheck.montecarlo.compute import compute
from ratecheck.montecarlo.curves import (
    AdversarialCeiling,
    AdversarialFloor,
    Ball,
    BestTime,
    CertifiedFloor,
    LinearMinimax,
    ModulusFloor,
    PinskerAsymptote,
    PlannedTime,
    filter_name,
)
from ratecheck.montecarlo.decay_curves import AllowedShare, Eigenvalue, LargestShare, derived
from ratecheck.montecarlo.exact import Curve, ExactStudy, Number
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.study import SMOKE, Expectation, Profile
from ratecheck.reporting import replay
from ratecheck.slopes import From, fit_ratio
from ratecheck.theory import Claim
from ratecheck.types import InputError, Outcome

SIZES = (10, 100, 1000, 10**4, 10**5)


@dataclass(frozen=True, kw_only=True, slots=True)
class PowerLaw(Curve):
    quantity: ClassVar[str] = "loss"
    name: str
    exponent: float
    factor: float = 1.0
    error: float = 0.0

    def value(self, x: int) -> Number:
        return Number(value=self.factor * x**self.exponent, error=self.error)


RIGHT = Claim(
    name="right", exponent=Fraction(-3, 4), kind=rc.types.Bound.MATCHING, regime="", source="",
    tag="", quantity="loss", ledger="A1",
)  # fmt: skip
WRONG = replace(RIGHT, name="wrong", exponent=Fraction(-4, 5))
FLAT = replace(RIGHT, name="flat", exponent=Fraction(0))
LOW, HIGH = PowerLaw(name="low", exponent=-0.75), PowerLaw(name="high", exponent=-0.75, factor=1.5)


def study(*claims: Claim | Expectation, **changes: object) -> ExactStudy:
    known: dict[str, object] = {
        "name": "lines",
        "curves": (LOW, HIGH),
        "sizes": SIZES,
        "claims": claims,
        "margin": 0.003,
        "abscissa": "k",
        "data": "two lines",
        "question": "Is it so?",
    }
    return ExactStudy(**{**known, **changes})  # type: ignore[arg-type]  # fields by name


def over(ceiling: float) -> Expectation:
    return Expectation(
        claim=FLAT, stopping="high", risk="loss", margin=0.01, wrong=RIGHT, relative_to="low",
        ceiling=ceiling,
    )  # fmt: skip


# ---------------------------------------------------------------- the study


def test_one_replicate_per_size_and_one_row_per_curve() -> None:
    cells = Plan.of([study()]).cells
    assert [(c.size, c.replicate) for c in cells] == [(n, 0) for n in SIZES]
    rows = compute(study(), cells[1], seed=7)
    assert [(r["stopping"], r["risk"]) for r in rows] == [("low", "loss"), ("high", "loss")]
    assert rows[1]["value"] == pytest.approx(1.5 * 100**-0.75)
    assert {r["status"] for r in rows} == {"CONVERGED"}


def test_an_inexact_number_is_not_passed_off_as_exact() -> None:
    poor = replace(LOW, error=1e-3)
    (row,) = study(curves=(poor,)).rows(Cell(study="lines", size=10, replicate=0))
    assert row["status"] == "BUDGET"


def test_run_judges_exact_numbers_and_replay_finds_them(tmp_path: Path) -> None:
    report = rc.run(study(RIGHT, WRONG), results=tmp_path)
    assert [f.outcome for f in report.verdicts] == [Outcome.CONSISTENT] * 2 + [Outcome.REFUTED] * 2
    assert not report.failed
    text = str(report)
    for words in ("two lines", "against log k, all sizes; k = 10 ... 100000 (5 values), exact"):
        assert words in text
    again = replay(study(RIGHT), Cell(study="lines", size=100, replicate=0), report.folder)
    assert again.stored is not None
    assert again.differences == []


@pytest.mark.parametrize(("ceiling", "outcome"), [(1.6, "CONSISTENT"), (1.4, "REFUTED")])
def test_a_ratio_of_exact_numbers_has_a_ceiling_without_error(
    tmp_path: Path, ceiling: float, outcome: str
) -> None:
    claim, control = rc.run(study(over(ceiling)), results=tmp_path).verdicts
    assert claim.outcome.value == outcome
    assert "reaches 1.500 at k = " in claim.verdict.reason
    assert control.outcome is Outcome.REFUTED


def test_a_figure_names_the_abscissa_and_the_quantity(tmp_path: Path) -> None:
    report = rc.run(study(RIGHT), results=tmp_path)
    files = report.plot(tmp_path / "picture")
    svg = next(f for f in files if f.suffix == ".svg").read_text(encoding="utf-8")
    assert "<!-- k -->" in svg
    assert "<!-- loss -->" in svg


def test_profiles() -> None:
    made = study(profiles=(Profile(name="few", sizes=(10, 20, 40), replicates=5),))
    assert made.at("few").sizes == (10, 20, 40)
    assert made.at("few").replicates_at(10) == 1
    assert made.at(SMOKE).sizes == SIZES[:4]
    assert made.at("standard") is made
    with pytest.raises(InputError, match="has no profile 'paper'"):
        made.at("paper")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "a/b"}, "without '/'"),
        ({"sizes": ()}, "increasing"),
        ({"sizes": (10, 10)}, "increasing"),
        ({"sizes": (0, 10)}, "k must be"),
        ({"curves": ()}, "present and different"),
        ({"curves": (LOW, replace(LOW, exponent=-1.0))}, "present and different"),
        ({"claims": (replace(over(2.0), stopping="gone"),)}, "is about 'gone'"),
        ({"claims": (replace(over(2.0), relative_to="gone"),)}, "is about 'gone'"),
    ],
)
def test_what_cannot_work_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        study(**changes)


def test_window_and_pairs_of_exact_numbers() -> None:
    assert From(60, symbol="k").text == "k >= 60"
    n = [1.0, 2.0, 4.0, 8.0]
    found = fit_ratio(n, [[3 * x**0.5] for x in n], [[x] for x in n])
    assert found.estimate == pytest.approx(-0.5)
    assert not found.errors.any()
    with pytest.raises(InputError, match="one replicate"):
        fit_ratio(n, [[1.0], [1.0, 2.0], [1.0], [1.0]], [[1.0], [1.0, 2.0], [1.0], [1.0]])


# ---------------------------------------------------------------- curves of risks


@pytest.mark.parametrize("s", [0.75, 1.0, 2.0])
@pytest.mark.parametrize("n", [10**2, 10**5, 10**11])
def test_floor_below_linear_below_best_below_planned(s: float, n: int) -> None:
    ball = Ball(smoothness=s)
    curves = (CertifiedFloor(ball=ball), LinearMinimax(ball=ball), BestTime(ball=ball, order=1),
              PlannedTime(ball=ball, order=1))  # fmt: skip
    values = [curve.value(n).value for curve in curves]
    assert values == sorted(values)
    assert values[0] < values[-1] < 2.2 * values[0]


def test_gradient_flow_over_pinsker_tends_to_the_constant_of_the_formulas() -> None:
    for s, m in ((1.0, 1), (1.5, 2)):
        ball = Ball(smoothness=s)
        flow = BestTime(ball=ball, order=m).value(10**12).value
        measured = flow / PinskerAsymptote(ball=ball).value(10**12).value
        assert measured == pytest.approx(limit(s, m), rel=2e-4)
        assert measured != pytest.approx(limit(s, m, kept=1.0), rel=2e-2)  # N_1 for N_2


def limit(s: float, m: int, kept: float | None = None) -> float:
    """B t^{-s/m} + V t^{1/(2m)} at its best t, over Pinsker's constant (theory note B2, B4)."""
    a = 1 / (2 * m)
    bias = (s / (2 * math.e * m)) ** (s / m)
    spread = (kept or 2 - 2**a) * math.gamma(1 - a) / math.pi
    t = (s / m * bias / (a * spread)) ** (1 / (s / m + a))
    return float((bias * t ** (-s / m) + spread * t**a) / rc.bounds.pinsker_constant(s))


def test_only_n_radius_squared_counts() -> None:
    one = BestTime(ball=Ball(smoothness=1.5), order=1).value(10**6).value
    ten = BestTime(ball=Ball(smoothness=1.5, radius=10.0), order=1).value(10**4).value
    assert ten / 100 == pytest.approx(one, rel=1e-10)


def test_planned_time_is_the_theory_of_the_bound() -> None:
    found = PlannedTime(ball=Ball(smoothness=1.0), order=1)
    times = [found.value(n).time or 0.0 for n in (10**8, 10**11)]
    assert math.log(times[1] / times[0]) / math.log(1e3) == pytest.approx(2 / 3, abs=1e-3)


def test_ceiling_is_above_the_floor_and_no_time_beats_it() -> None:
    ball, n = Ball(smoothness=0.75), 10**12
    ceiling, flow = AdversarialCeiling(ball=ball, size=n, order=1), GradientFlowFilter()
    for x in (64, 2**12, 2**24):
        found = ceiling.value(x)
        assert AdversarialFloor(ball=ball, size=n).value(x).value < found.value
        assert found.time
        for factor in (0.8, 1.25):
            other = adversarial_upper_bound(flow, n, factor * found.time, 0.75, 1, 1 / x)
            assert other > found.value * (1 - 1e-9)


def test_adversarial_floor_is_the_larger_of_its_two_parts() -> None:
    ball = Ball(smoothness=2.0)
    floor, modulus = AdversarialFloor(ball=ball, size=10**6), ModulusFloor(ball=ball)
    assert floor.value(8).value == modulus.value(8).value
    assert floor.value(10**6).value == CertifiedFloor(ball=ball).value(10**6).value


def test_far_times_of_the_adversarial_bound_end() -> None:
    # Rounding of 1 - r, lifted by k^2, once made the sum split its blocks without end.
    bound = adversarial_upper_bound(GradientFlowFilter(), 10**12, 1e11, 0.75, 1, 1 / 64)
    assert bound == pytest.approx(5.0053316, rel=1e-6)


def test_filters_have_names() -> None:
    names = [filter_name(f) for f in (GradientFlowFilter(), RidgeFilter(), CutOffFilter())]
    assert names == ["gradient flow", "ridge", "cut-off"]


# ---------------------------------------------------------------- curves of eigenvalues


def test_eigenvalues_are_those_of_the_spectra() -> None:
    known = rc.spectra.sphere_eigenvalues(ArcCosine(order=1), 2, 6)
    curve = Eigenvalue(kernel=ArcCosine(order=1), dimension=2, last=6)
    assert [curve.value(k).value for k in (0, 2, 6)] == pytest.approx(known[[0, 2, 6]], rel=1e-12)


def test_a_wrong_law_uses_more_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    share = AllowedShare(kernel=NTK(depth=3), dimension=2, last=61)
    assert share.value(60).value < 0.6
    law = derived(NTK(depth=3), 2)
    wrong = replace(law, c_plus=law.c_plus * Fraction(51, 50))
    monkeypatch.setattr(decay_curves, "derived", lambda kernel, d: wrong)
    assert share.value(60).value > 3


def test_short_lengths_need_their_own_allowance() -> None:
    share = AllowedShare(kernel=Laplace(scale=0.3), dimension=1, last=61)
    assert share.allowance == pytest.approx(9 + 1 / 0.09)
    assert share.value(60).value < 1
    assert share.value(60).value * share.allowance / 9 > 1  # the bound without a length fails


def test_the_largest_share_is_the_largest() -> None:
    shares = tuple(
        AllowedShare(kernel=k, dimension=1, last=61) for k in (NTK(depth=2), ArcCosine(order=1))
    )
    values = [share.value(60).value for share in shares]
    assert LargestShare(shares=shares).value(60).value == max(values)
    assert min(values) < max(values)
