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
    assert flat.at(2**20) > 0.5  # what a bare transform takes
    assert Cost(seconds=((256, 3, 0.05),)).exponent is None


def law(base: float, slope: float, sizes: range) -> tuple[tuple[int, int, float], ...]:
    """Return base + slope n log2 n, 5 % off in turns, at powers of two."""
    return tuple((2**k, 3, (base + slope * k * 2**k) * (1 + 0.05 * (-1) ** k)) for k in sizes)


@given(st.floats(0.01, 10.0), st.floats(0.05, 5.0))
def test_a_constant_with_n_log_n_is_scaled_without_its_constant(base: float, share: float) -> None:
    """From n <= 2^14, where the growing part is ``share`` of the constant, to 2^18."""
    slope = share * base / (14 * 2**14)
    ((_, _, truth),) = law(base, slope, range(18, 19))
    cost = Cost(seconds=law(base, slope, range(8, 15)))
    assert truth / 2 <= cost.at(2**18) <= 2 * truth + 0.15  # the least that a transform takes
    if share < 0.1:  # n log n for the whole cost, as it was scaled before
        assert cost.seconds[-1][2] * 2**4 * 18 / 14 > 5 * truth


# Seconds of single cells of the standard studies, one core, from 2^k on.
RECORDED = {
    "torus_rate_nd, d3-s2": (11, (0.65, 0.71, 0.83, 1.07, 0.96, 1.44, 2.89, 3.9, 5.15, 8.1)),
    "torus_rate_nd, d2-s2": (
        8, (0.08, 0.10, 0.10, 0.13, 0.13, 0.20, 0.23, 0.25, 0.19, 0.33, 0.48, 0.9, 1.35),
    ),
    "sphere_rate, S2-ntk2b-s2.5": (13, (0.11, 0.11, 0.15, 0.20, 0.34, 0.60, 0.65, 1.07)),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("unseen", [1, 3, 4])
def test_recorded_costs_are_foreseen_within_a_factor_of_two(name: str, unseen: int) -> None:
    """The whole study, with replicates ~ n^-1/2, from a pilot without the largest sizes."""
    first, told = RECORDED[name]
    seconds = tuple((2 ** (first + i), 1, s) for i, s in enumerate(told))
    pilot = Cost(seconds=seconds[: len(told) - unseen])
    weights = [n**-0.5 for n, _, _ in seconds]
    truth = sum(w * s for w, (_, _, s) in zip(weights, seconds, strict=True))
    found = sum(w * pilot.at(n) for w, (n, _, _) in zip(weights, seconds, strict=True))
    assert truth / 2 <= found <= 2 * truth


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


MARKS = '"format": "ratecheck costs", "schema": 1'
ROWS = (
    "[0, 1, 1.0]", "[4, 1, -1.0]", "[4, 1, NaN]", "[4, 1, 1e999]", "[4, 1]",
    "[4, 1, 1.0], [4, 1, 2.0]",
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_impossible_costs_are_told(tmp_path: Path, row: str) -> None:
    entry = f'{{"study": "a", "size_cells_seconds": [{row}]}}'
    (tmp_path / COSTS).write_text(f'{{{MARKS}, "studies": [{entry}]}}')
    with pytest.raises(ResultsError, match=r"damaged \((Value|Type|Overflow)Error"):
        read_costs(tmp_path)


@pytest.mark.parametrize("marks", [MARKS.replace("1", "2"), MARKS.replace(" costs", "")])
def test_costs_of_another_schema_are_refused(tmp_path: Path, marks: str) -> None:
    (tmp_path / COSTS).write_text(f'{{{MARKS}, "studies": []}}')
    assert read_costs(tmp_path) == {}
    (tmp_path / COSTS).write_text(f'{{{marks}, "studies": []}}')
    with pytest.raises(ResultsError, match="no costs that this ratecheck wrote"):
        read_costs(tmp_path)


def test_any_exponent_can_be_extrapolated() -> None:
    odd = Cost(seconds=((1000, 1, 1e-9), (1001, 1, 1e9)))
    assert odd.exponent is not None
    assert odd.exponent > 1000
    assert odd.at(2**40) > 1e9
