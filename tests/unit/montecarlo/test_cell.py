"""A cell is a pure function; its rules and risks share their random numbers."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from ratecheck.domains import Circle, Cube, Domain, Interval, Torus
from ratecheck.estimators import CutOff, GradientFlow, IteratedRidge, Ridge
from ratecheck.functions import FourierSeries
from ratecheck.kernels import NTK, Kernel, LiftedNTK, PeriodicSobolev
from ratecheck.montecarlo import cell as module
from ratecheck.montecarlo.cell import compute, settings
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.rows import COLUMNS, values
from ratecheck.montecarlo.study import Problem, RateStudy
from ratecheck.noise import Gaussian
from ratecheck.risk import Adversarial, Clean
from ratecheck.schedules import power
from ratecheck.stopping import (
    GCV,
    Discrepancy,
    FixedTime,
    HoldOut,
    Lepski,
    Oracle,
    PowerTime,
    StoppingRule,
    TheoryTime,
)
from ratecheck.streams import generator
from ratecheck.targets import Sobolev, WorstCase
from ratecheck.types import InputError, Row, Status, UnsupportedError

ATTACK = Adversarial(radius=power(c=0.5, exponent=-0.5))
ATTACKS = (ATTACK, Adversarial(radius=0.02), Adversarial(radius=0.02, reference="x'"))
PLACES: tuple[tuple[Domain, Kernel], ...] = (
    (Torus(), PeriodicSobolev(order=1)),
    (Torus(), PeriodicSobolev(order=2)),
    (Circle(), NTK(depth=2, bias=1.0)),
    (Interval(-1, 1), LiftedNTK(depth=2)),
    (Interval(-1, 1), LiftedNTK(depth=3)),
)
everywhere = pytest.mark.parametrize("place", PLACES, ids=repr)
RULES: tuple[StoppingRule, ...] = (
    TheoryTime(), Lepski(), GCV(), HoldOut(), Discrepancy(), Oracle(),
)  # fmt: skip


def study(place: tuple[Domain, Kernel] = PLACES[0], **changes: object) -> RateStudy:
    domain, kernel = place
    base = RateStudy(
        name="cell",
        problem=Problem(
            domain=domain, kernel=kernel, target=Sobolev(1.0, 2.0), noise=Gaussian(0.5)
        ),
        estimator=GradientFlow(),
        stopping=RULES,
        risk=(Clean(), *ATTACKS),
        sizes=(128, 512),
        replicates=2,
    )
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type] # any field


def cell(s: RateStudy, n: int = 512, replicate: int = 0, seed: int = 0) -> list[Row]:
    return compute(s, Cell(study=s.name, size=n, replicate=replicate), seed)


@cache
def rows(place: tuple[Domain, Kernel], n: int = 512) -> list[Row]:
    return cell(study(place), n)


def of(found: list[Row], rule: StoppingRule) -> list[Row]:
    return [row for row in found if row["stopping"] == rule.name]


@everywhere
@pytest.mark.parametrize("n", [128, 512])
def test_rows(place: tuple[Domain, Kernel], n: int) -> None:
    found = rows(place, n)
    assert len(found) == len(RULES) * 4
    keys = {(row["stopping"], row["risk"]) for row in found}
    assert keys == {(rule.name, r.name) for rule in RULES for r in (Clean(), *ATTACKS)}
    for row in found:
        assert tuple(row) == tuple(COLUMNS)
        assert len(values(row)) == len(COLUMNS)
        assert (row["study"], row["size"], row["replicate"]) == ("cell", n, 0)
        assert row["status"] in Status.__members__
        assert row["value"] > 0
        assert 0 <= row["error"] <= 0.01 * row["value"]
        assert 0.3 < row["noise_level"] < 0.8
        assert row["time"] == pytest.approx(settings(study(place), n)[1][row["index"]], rel=1e-6)


@everywhere
def test_a_cell_is_a_function_of_its_address_and_the_seed(place: tuple[Domain, Kernel]) -> None:
    assert cell(study(place)) == rows(place)
    first = rows(place)[0]["noise_level"]
    assert cell(study(place), replicate=1)[0]["noise_level"] != first
    assert cell(study(place), seed=1)[0]["noise_level"] != first
    assert cell(study(place, name="other"))[0]["noise_level"] != first


@everywhere
def test_rows_of_a_rule_do_not_depend_on_other_rules(place: tuple[Domain, Kernel]) -> None:
    for kept in ((TheoryTime(), GCV()), (TheoryTime(), Oracle(), Lepski()), RULES[::-1]):
        fewer = cell(study(place, stopping=kept))
        for rule in kept:
            assert of(fewer, rule) == of(rows(place), rule)


@everywhere
def test_risks_share_a_grid_but_nothing_else(place: tuple[Domain, Kernel]) -> None:
    alone = cell(study(place, risk=ATTACK))
    together = [row for row in rows(place) if row["risk"] == ATTACK.name]
    for one, same in zip(alone, together, strict=True):
        slack = one["error"] + same["error"] + 1e-6 * one["value"]
        assert one["value"] == pytest.approx(same["value"], abs=slack)
        assert (one["time"], one["noise_level"]) == (same["time"], same["noise_level"])


@everywhere
@pytest.mark.parametrize("n", [128, 512])
def test_no_rule_beats_the_oracle(place: tuple[Domain, Kernel], n: int) -> None:
    clean = {r["stopping"]: r["value"] for r in rows(place, n) if r["risk"] == "clean"}
    assert all(clean["Oracle"] <= value for value in clean.values())
    assert clean["Oracle"] < max(clean.values())
    for rule in RULES:
        by_risk = {r["risk"]: r["value"] for r in of(rows(place, n), rule)}
        assert by_risk["clean"] <= min(by_risk.values()) * (1 + 1e-3)


def test_the_fit_learns() -> None:
    f = study().problem.target.realise(Torus(), generator(0, "cell", 512, 0, role="target"))
    assert isinstance(f, FourierSeries)
    clean = next(r for r in of(rows(PLACES[0]), Oracle()) if r["risk"] == "clean")
    assert clean["value"] < 0.2 * f.mean_square()


def test_by_hand() -> None:
    """Data from the named streams, an exact fit, a mean square: the row of the theory's time."""
    s = study(stopping=(TheoryTime(),), risk=Clean())
    streams = {
        role: generator(3, "cell", 128, 1, role=role) for role in ("target", "design", "noise")
    }
    f = s.problem.target.realise(Torus(), streams["target"])
    X = Torus().design(128, streams["design"])
    y = f(X) + 0.5 * streams["noise"].standard_normal(128)
    (row,) = cell(s, 128, 1, seed=3)
    K = PeriodicSobolev(order=1)
    mu, u = np.linalg.eigh(K(X, X) / 128)
    weights = u @ (-np.expm1(-row["time"] * mu) / mu * (u.T @ y)) / 128
    grid = Torus().grid(4096)
    risk = np.mean((K(grid, X) @ weights - f(grid)) ** 2)
    assert row["value"] == pytest.approx(risk, rel=1e-3)
    other = np.mean((K(grid, X) @ (y / 128) - f(grid)) ** 2)
    assert row["value"] != pytest.approx(other, rel=1e-2)


@pytest.mark.parametrize("estimator", [Ridge(), CutOff(), IteratedRidge(2)], ids=repr)
def test_other_filters(estimator: object) -> None:
    found = cell(study(estimator=estimator, stopping=(TheoryTime(), Lepski(), Oracle())))
    clean = {r["stopping"]: r["value"] for r in found if r["risk"] == "clean"}
    assert clean["Oracle"] <= min(clean.values())
    assert clean["TheoryTime"] < 0.2


def test_equispaced_designs() -> None:
    s = study()
    regular = dataclasses.replace(s, problem=dataclasses.replace(s.problem, design="equispaced"))
    found = cell(regular)
    assert {r["status"] for r in of(found, TheoryTime())} == {"CONVERGED"}
    assert found[0]["value"] != rows(PLACES[0])[0]["value"]
    assert found[0]["value"] == pytest.approx(rows(PLACES[0])[0]["value"], rel=0.8)


@pytest.mark.parametrize("place", [PLACES[0], PLACES[2]], ids=repr)
def test_the_worst_case_target_has_the_bias_of_the_bound(place: tuple[Domain, Kernel]) -> None:
    s = study(place)
    worst = dataclasses.replace(
        s, stopping=(TheoryTime(),), risk=Clean(),
        problem=dataclasses.replace(s.problem, target=WorstCase(1.0, 2.0)),
    )  # fmt: skip
    setting, _ = settings(worst, 512)
    f = module._target(worst, setting, generator(0, "cell", 512, 0, role="target"))
    assert isinstance(f, FourierSeries)
    k = int(np.flatnonzero(f.coefficients)[-1])
    assert np.count_nonzero(f.coefficients) == 1
    assert k > 1
    easy = cell(dataclasses.replace(worst, problem=s.problem))[0]["value"]
    assert cell(worst)[0]["value"] > easy


def test_the_worst_case_needs_a_diagonal_kernel() -> None:
    s = study(PLACES[3])
    worst = dataclasses.replace(s, problem=dataclasses.replace(s.problem, target=WorstCase(1.0)))
    with pytest.raises(InputError, match="diagonal in the Fourier basis"):
        cell(worst)


@everywhere
def test_holdout_errors_are_those_of_the_other_half(place: tuple[Domain, Kernel]) -> None:
    s = study(place)
    rng = np.random.default_rng(0)
    X = s.problem.domain.design(200, rng)
    y = rng.standard_normal(200)
    times = np.array([1.0, 10.0, 100.0])
    found = module._holdout(s, X, y, times, np.random.default_rng(5))
    chosen = np.zeros(200, dtype=bool)
    chosen[np.random.default_rng(5).permutation(200)[:100]] = True
    path = s.estimator.path(s.estimator.prepare(s.problem.kernel, X[chosen]), y[chosen], times)
    fits = s.estimator.predict(path, X[~chosen])
    assert found == pytest.approx(np.mean((fits - y[~chosen]) ** 2, axis=1), rel=1e-6)
    own = s.estimator.predict(path, X[chosen])
    assert found != pytest.approx(np.mean((own - y[chosen]) ** 2, axis=1), rel=1e-3)


def test_the_split_is_drawn_only_if_a_rule_asks_and_changes_nothing_else() -> None:
    without = cell(study(stopping=(TheoryTime(), GCV())))
    assert of(without, GCV()) == of(rows(PLACES[0]), GCV())


def test_planned_times_are_on_the_grid() -> None:
    rules = (TheoryTime(), FixedTime(7.77), PowerTime(c=3.0, exponent=0.5))
    found = cell(study(stopping=rules, risk=Clean()))
    assert [r["time"] for r in found][1:] == pytest.approx([7.77, 3 * 512**0.5], rel=1e-6)
    _, times = settings(study(stopping=rules), 512)
    assert (np.diff(times) > 0).all()
    assert (times[1:] / times[:-1]).max() <= 2 * (1 + 1e-9)


def test_choices_at_an_end_of_the_grid_say_so() -> None:
    s = study(stopping=(TheoryTime(), Oracle()), risk=Clean())
    silent = dataclasses.replace(s, problem=dataclasses.replace(s.problem, noise=Gaussian(1e-6)))
    found = cell(dataclasses.replace(silent, stopping=(Oracle(),)))
    assert found[0]["status"] == "EDGE_HIGH"
    (row,) = of(cell(s), TheoryTime())
    assert row["status"] == "CONVERGED"


def test_a_grid_that_cannot_resolve_the_fit_is_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RELATIVE_ERROR", 1e-12)
    found = cell(study(stopping=(TheoryTime(),)))
    status = {r["risk"]: r["status"] for r in found}
    assert status["clean"] == "CONVERGED"
    assert status[ATTACK.name] == "GRID"


def test_spaces_without_a_known_spectrum_are_refused_before_any_work() -> None:
    s = study((Cube(2), NTK(depth=2)), risk=Clean())
    with pytest.raises(UnsupportedError, match=r"known|one dimension"):
        cell(s)
