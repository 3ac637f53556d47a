"""Parts of a plan: disjoint, complete, of equal weight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.montecarlo.cost import work
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.shard import Shard
from ratecheck.types import InputError
from tests.unit.montecarlo.fakes import FakeStudy

PLANS = st.builds(
    lambda sizes, replicates: Plan.of(
        [FakeStudy(name="a", sizes=sizes, replicates=replicates), FakeStudy(name="b")]
    ),
    st.lists(st.integers(4, 2**20), min_size=1, max_size=5, unique=True).map(tuple),
    st.integers(1, 30),
)


@given(PLANS, st.integers(1, 9))
def test_parts_are_disjoint_and_complete(plan: Plan, count: int) -> None:
    parts = [Shard(index=i + 1, count=count).part(plan).cells for i in range(count)]
    assert sorted(c.key for part in parts for c in part) == sorted(c.key for c in plan.cells)


@given(PLANS, st.integers(1, 9))
def test_parts_are_balanced(plan: Plan, count: int) -> None:
    """Dealt out in falling order, two parts differ by one cell of the largest size at most."""
    parts = [Shard(index=i + 1, count=count).part(plan).cells for i in range(count)]
    weights = [sum(work(cell.size) for cell in part) for part in parts]
    assert max(weights) - min(weights) <= max(work(cell.size) for cell in plan.cells) * 1.000001


def test_consecutive_blocks_would_not_be_balanced() -> None:
    plan = Plan.of([FakeStudy(sizes=(16, 2**20), replicates=8)])
    half = len(plan.cells) // 2
    blocks = [sum(work(c.size) for c in part) for part in (plan.cells[:half], plan.cells[half:])]
    assert max(blocks) - min(blocks) > max(work(cell.size) for cell in plan.cells)


def test_the_whole_is_one_part() -> None:
    plan = Plan.of([FakeStudy()])
    assert Shard.parse("1/1").part(plan) == plan


def test_cells_of_a_part_are_in_canonical_order() -> None:
    plan = Plan.of([FakeStudy()])
    kept: list[Cell] = [cell for cell in plan.cells if cell in Shard.parse("2/3").part(plan).cells]
    assert Shard.parse("2/3").part(plan).cells == tuple(kept)


@pytest.mark.parametrize("text", ["", "1", "1/", "/2", "a/b", "-1/2", "1/2/3", "1.0/2", "٣/٤x"])
def test_no_shard(text: str) -> None:
    with pytest.raises(InputError, match="1/8 for the first of eight"):
        Shard.parse(text)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1/0"])
def test_no_such_part(text: str) -> None:
    with pytest.raises(InputError):
        Shard.parse(text)
