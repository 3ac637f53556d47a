"""Seconds against n: fitted exponents, extrapolation, and the file that keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.montecarlo.costs import COSTS, Cost, costs, read_costs, write_costs
from ratecheck.montecarlo.plan import Cell
from ratecheck.types import ResultsError

SIZES = (256, 1024, 4096, 16384, 65536)


def power(exponent: float, base: float = 0.0) -> Cost:
    return Cost(seconds=tuple((n, 3, base + 1e-6 * n**exponent) for n in SIZES))


@given(st.floats(0.0, 3.0))
def test_the_exponent_of_a_power_law(exponent: float) -> None:
    assert power(exponent).exponent == pytest.approx(exponent, abs=1e-9)


def test_a_constant_cost_of_small_cells_hardly_bends_the_fit() -> None:
    fitted, everything = power(1.5, base=0.01), Cost(seconds=power(1.5, base=0.01).seconds[:3])
    assert fitted.exponent == pytest.approx(1.5, abs=0.03)
    assert (everything.exponent or 0) < 1.4  # small sizes alone show the constant


def test_measured_sizes_are_told_as_measured_and_larger_ones_scaled() -> None:
    cost = power(2.0)
    assert cost.at(1024) == cost.seconds[1][2]
    assert cost.at(2**18) == pytest.approx(1e-6 * 2.0**36)


def test_no_growth_in_the_pilot_is_not_believed() -> None:
    flat = Cost(seconds=((256, 3, 0.05), (512, 3, 0.04)))
    assert flat.at(2**20) > 1.0
    assert Cost(seconds=((256, 3, 0.05),)).exponent is None


def test_medians_of_cells() -> None:
    cells = [(Cell(study="a", size=8, replicate=i), s) for i, s in enumerate((9.0, 1.0, 2.0))]
    assert costs(cells) == {"a": Cost(seconds=((8, 3, 2.0),))}


def test_the_file_reads_back(tmp_path: Path) -> None:
    found = {"a": Cost(seconds=((8, 3, 2.0), (16, 1, 0.25))), "b": Cost(seconds=((4, 1, 1.0),))}
    write_costs(tmp_path, found)
    assert read_costs(tmp_path) == found
    assert read_costs(tmp_path / "absent") == {}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"studies": 3}', '{"studies": [{"study": "a"}]}', "{}", "\x00", "[" * 9999]
)
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / COSTS).write_text(text)
    with pytest.raises(ResultsError, match=r"costs.json: damaged .*delete it"):
        read_costs(tmp_path)


@pytest.mark.parametrize("row", ["[0, 1, 1.0]", "[4, 1, -1.0]", "[4, 1, NaN]", "[4, 1]"])
def test_impossible_costs_are_told(tmp_path: Path, row: str) -> None:
    entry = f'{{"study": "a", "size_cells_seconds": [{row}]}}'
    (tmp_path / COSTS).write_text(f'{{"studies": [{entry}]}}')
    with pytest.raises(ResultsError, match="damaged"):
        read_costs(tmp_path)
