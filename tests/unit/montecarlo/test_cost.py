from __future__ import annotations

import pytest

from ratecheck.montecarlo.cost import CostModel, tasks
from ratecheck.montecarlo.plan import Cell, Plan
from tests.unit.montecarlo.fakes import FakeStudy


def cell(size: int, study: str = "fake") -> Cell:
    return Cell(study=study, size=size, replicate=0)


def test_the_prior_is_right_within_a_factor_of_three_for_the_known_extremes() -> None:
    cost = CostModel()
    assert 0.001 < cost.estimate(cell(256)) < 0.01
    assert 0.2 < cost.estimate(cell(2**20)) < 1.5


def test_measurements_replace_the_prior_and_extrapolate() -> None:
    cost = CostModel()
    cost.observe(cell(2**20), 10.0)
    cost.observe(cell(2**20), 14.0)
    assert cost.estimate(cell(2**20)) == 12.0
    assert cost.estimate(cell(2**19)) == pytest.approx(12.0 * 19 / 40, rel=0.02)
    assert cost.estimate(cell(2**20, "other")) < 1.5


def test_small_cells_are_grouped_and_large_ones_are_not() -> None:
    cost = CostModel()
    cost.observe(cell(256), 0.003)
    plan = Plan.of([FakeStudy(sizes=(256, 2**20), replicates=100)])
    groups = list(tasks(plan.dispatch, cost, seconds=0.1))
    assert [c for group in groups for c in group] == list(plan.dispatch)
    assert all(len(group) == 1 for group in groups if group[0].size == 2**20)
    small = [group for group in groups if group[0].size == 256]
    assert all(sum(map(cost.estimate, group)) <= 0.1 for group in small)
    assert max(map(len, small)) > 10


def test_groups_use_what_was_measured_meanwhile() -> None:
    cost = CostModel()
    groups = tasks(Plan.of([FakeStudy(sizes=(256,), replicates=1000)]).dispatch, cost, seconds=0.1)
    assert [len(next(groups)) for _ in range(3)] == [1, 1, 1]  # nothing is known: one by one
    cost.observe(cell(256), 0.01)
    next(groups)  # was begun before
    assert len(next(groups)) == 10
