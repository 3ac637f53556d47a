"""Laws that every stopping rule obeys, on a diagonal model of a path."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.stopping import (
    GCV,
    Context,
    Discrepancy,
    FixedTime,
    HoldOut,
    Lepski,
    Oracle,
    OracleContext,
    PowerTime,
    StoppingRule,
    TheoryTime,
    merged,
    time_grid,
)
from ratecheck.streams import generator
from ratecheck.types import Array, InputError, Status
from tests.unit.stopping.sequence_model import Draw, FakePath, Model

PLANNED: tuple[StoppingRule, ...] = (
    TheoryTime(),
    PowerTime(c=0.3, exponent=0.6),
    FixedTime(t=20.0),
    FixedTime(t=1e-3),
)
ADAPTIVE: tuple[StoppingRule, ...] = (
    Lepski(),
    Lepski(kappa_squared=3.0),
    GCV(),
    HoldOut(),
    Discrepancy(),
)
BLIND = (*PLANNED, *ADAPTIVE)
RULES = (*BLIND, Oracle())


def name(rule: StoppingRule) -> str:
    return rule.name


def draw_for(rule: StoppingRule, seed: int, n: int = 256, s: float = 1.0) -> Draw:
    model = Model(size=n, smoothness=s)
    times = merged(time_grid(model.setting), rule.planned(model.setting))
    return model.draw(generator(seed, "stopping", role="noise"), times)


def seen(rule: StoppingRule, draw: Draw) -> Context | OracleContext:
    if isinstance(rule, Oracle):
        return OracleContext(context=draw.context, risks=draw.risks)
    return draw.context


@pytest.mark.parametrize("rule", RULES, ids=name)
@given(seed=st.integers(0, 2**32), n=st.sampled_from([32, 256]), s=st.sampled_from([0.75, 2.0]))
def test_the_choice_is_a_time_of_the_path(rule: StoppingRule, seed: int, n: int, s: float) -> None:
    draw = draw_for(rule, seed, n, s)
    choice = rule.choose(draw.path, seen(rule, draw))
    assert choice.time == draw.times[choice.index]
    assert choice == rule.choose(draw.path, seen(rule, draw))
    assert all(type(score) is float for score in choice.trace)
    assert len(choice.trace) <= draw.times.size


@pytest.mark.parametrize("rule", PLANNED, ids=name)
@given(seed=st.integers(0, 2**32))
def test_planned_times_do_not_depend_on_the_data_and_are_no_edges(
    rule: StoppingRule, seed: int
) -> None:
    draw = draw_for(rule, seed)
    (time,) = rule.planned(draw.model.setting)
    choice = rule.choose(draw.path, draw.context)
    assert choice.time == pytest.approx(time, rel=1e-9)
    assert choice.status is Status.CONVERGED


@pytest.mark.parametrize("rule", PLANNED, ids=name)
def test_a_planned_time_that_was_not_merged_is_named(rule: StoppingRule) -> None:
    draw = draw_for(Lepski(), 0)
    with pytest.raises(InputError, match=r"merge rule\.planned"):
        rule.choose(draw.path, draw.context)


@pytest.mark.parametrize("rule", [*ADAPTIVE, Oracle()], ids=name)
def test_adaptive_rules_plan_nothing(rule: StoppingRule) -> None:
    assert rule.planned(Model(size=64, smoothness=1.0).setting) == ()


@pytest.mark.parametrize("rule", BLIND, ids=name)
def test_no_rule_but_the_oracle_sees_the_target(rule: StoppingRule) -> None:
    draw = draw_for(rule, 0)
    with pytest.raises(InputError, match="must not see the true risks"):
        rule.choose(draw.path, OracleContext(context=draw.context, risks=draw.risks))


def test_the_oracle_needs_the_risks_and_minimises_them() -> None:
    draw = draw_for(Oracle(), 0)
    with pytest.raises(InputError, match=r"pass OracleContext\(context, risks\)"):
        Oracle().choose(draw.path, draw.context)
    choice = Oracle().choose(draw.path, seen(Oracle(), draw))
    assert draw.risks[choice.index] == draw.risks.min()
    assert choice.trace == tuple(draw.risks)


def rescaled(path: FakePath, c: float) -> FakePath:
    return dataclasses.replace(path, residuals=c**2 * path.residuals, gaps=c**2 * path.gaps)


def index_at_scale(rule: StoppingRule, draw: Draw, c: float, sigma: float) -> int:
    context = dataclasses.replace(
        draw.context,
        noise_level=sigma * draw.context.noise_level,
        holdout=lambda: c**2 * draw.validation_errors(),
    )
    return rule.choose(rescaled(draw.path, c), context).index


@pytest.mark.parametrize("rule", ADAPTIVE, ids=name)
@given(seed=st.integers(0, 2**32), power=st.integers(-20, 20))
def test_the_unit_of_y_does_not_matter(rule: StoppingRule, seed: int, power: int) -> None:
    # powers of two scale without rounding, so that ties stay ties
    draw, c = draw_for(rule, seed), 2.0**power
    assert index_at_scale(rule, draw, c, c) == index_at_scale(rule, draw, 1.0, 1.0)


@pytest.mark.parametrize("rule", [Lepski(), Discrepancy()], ids=name)
def test_the_scale_law_rejects_a_noise_level_left_behind(rule: StoppingRule) -> None:
    draw = draw_for(rule, 0)
    assert index_at_scale(rule, draw, 8.0, 1.0) > index_at_scale(rule, draw, 1.0, 1.0)


def with_scores(rule: StoppingRule, scores: Array) -> tuple[FakePath, Context | OracleContext]:
    """Return a path on which the rule is led by ``scores`` (T,), smallest is best."""
    model = Model(size=300, smoothness=1.0)
    draw = model.draw(generator(0, role="noise"), np.sqrt(2.0) ** np.arange(scores.size))
    path = dataclasses.replace(draw.path, residuals=scores, traces=np.zeros(scores.size))
    context = dataclasses.replace(draw.context, holdout=lambda: scores)
    if isinstance(rule, Oracle):
        return path, OracleContext(context=context, risks=scores)
    return path, context


@pytest.mark.parametrize("rule", [GCV(), HoldOut(), Oracle()], ids=name)
@pytest.mark.parametrize(
    ("best", "status"),
    [(0, Status.EDGE_LOW), (3, Status.CONVERGED), (7, Status.EDGE_HIGH)],
)
def test_an_end_of_the_grid_is_a_status(rule: StoppingRule, best: int, status: Status) -> None:
    scores = 1.0 + (np.arange(8.0) - best) ** 2
    choice = rule.choose(*with_scores(rule, scores))
    assert (choice.index, choice.status) == (best, status)


def test_names_tell_rules_apart_and_hide_defaults() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert Lepski(kappa_squared=1.5).name == "Lepski"
    assert Lepski(kappa_squared=3).name == "Lepski(kappa_squared=3.0)"
    assert FixedTime(t=2).name == "FixedTime(t=2.0)"


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_the_repr_is_the_identity(rule: StoppingRule) -> None:
    assert eval(repr(rule)) == rule
    assert hash(eval(repr(rule))) == hash(rule)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FixedTime(t=0), "t must be positive"),
        (lambda: PowerTime(c=-1, exponent=1), "c must be positive"),
        (lambda: PowerTime(c=1, exponent=float("nan")), "exponent must be finite"),
        (lambda: Lepski(kappa_squared=0), "kappa_squared must be positive"),
        (lambda: Lepski(ratio=2.1), "ratio must be above 1"),
    ],
)
def test_bad_parameters_are_named(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=message):
        make()
