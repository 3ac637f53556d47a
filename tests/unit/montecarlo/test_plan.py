from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.types import InputError
from tests.unit.montecarlo.fakes import FakeStudy


def test_canonical_order_is_by_study_then_size_then_replicate() -> None:
    plan = Plan.of([FakeStudy(name="b", sizes=(8, 4), replicates=2), FakeStudy(name="a")])
    keys = [cell.key for cell in plan.cells]
    assert keys[:4] == ["b/4/0", "b/4/1", "b/8/0", "b/8/1"]
    assert keys[4] == "a/16/0"


def test_largest_cells_are_dispatched_first_and_none_is_lost() -> None:
    plan = Plan.of([FakeStudy(name="a", sizes=(4, 8)), FakeStudy(name="b", sizes=(2, 16))])
    sizes = [cell.size for cell in plan.dispatch]
    assert sizes == sorted(sizes, reverse=True)
    assert set(plan.dispatch) == set(plan.cells)


def test_finished_cells_are_left_out() -> None:
    plan = Plan.of([FakeStudy(sizes=(4, 8), replicates=1)])
    assert [cell.key for cell in plan.without({"fake/8/0": 1.0})] == ["fake/4/0"]


def test_two_studies_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="called 'fake'"):
        Plan.of([FakeStudy(), FakeStudy(replicates=5)])


@given(
    study=st.text(min_size=1).filter(lambda text: text.strip() == text),
    size=st.integers(1, 2**40),
    replicate=st.integers(0, 10**6),
)
def test_keys_read_back(study: str, size: int, replicate: int) -> None:
    cell = Cell(study=study, size=size, replicate=replicate)
    assert Cell.parse(cell.key) == cell


@pytest.mark.parametrize("key", ["", "torus", "torus/3", "torus/x/3", "torus/3/-1", "/3/1"])
def test_bad_keys_are_refused(key: str) -> None:
    with pytest.raises(InputError, match="study/size/replicate"):
        Cell.parse(key)
