from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.stopping import Lepski, merged, time_grid
from ratecheck.streams import generator
from ratecheck.types import Array, InputError, Status
from tests.unit.stopping.sequence_model import Draw, FakePath, Model


def draw(times: Array | None = None) -> Draw:
    model = Model(size=256, smoothness=1.0)
    grid = time_grid(model.setting, 2.0) if times is None else times
    return model.draw(generator(3, "lepski", role="noise"), grid)


def with_gaps(path: FakePath, gaps: Array) -> FakePath:
    return dataclasses.replace(path, gaps=gaps + gaps.T)


def by_definition(path: FakePath, variance: float, kappa_squared: float) -> int:
    """min{j : for all l > j, gap_jl <= kappa^2 sigma^2 N_2(t_l)/n}, in words."""
    count = path.times.size
    for j in range(count):
        thresholds = [
            kappa_squared * variance * path.square_traces[k] / path.size for k in range(count)
        ]
        if all(path.gaps[j, k] <= thresholds[k] for k in range(j + 1, count)):
            return j
    raise AssertionError("the last time is always accepted")


@given(
    seed=st.integers(0, 2**32),
    level=st.floats(0.01, 10),
    kappa_squared=st.sampled_from([0.5, 1.5, 4.0]),
)
def test_the_choice_is_the_one_of_the_definition(
    seed: int, level: float, kappa_squared: float
) -> None:
    replicate = draw()
    rng = np.random.default_rng(seed)
    gaps = np.triu(level * rng.random((replicate.times.size,) * 2) ** 4, k=1)
    path = with_gaps(replicate.path, gaps)
    choice = Lepski(kappa_squared=kappa_squared).choose(path, replicate.context)
    assert choice.index == by_definition(path, replicate.model.sigma**2, kappa_squared)
    assert all(excess > 0 for excess in choice.trace[: choice.index])


def test_a_gap_equal_to_its_threshold_is_accepted_and_one_above_is_not() -> None:
    replicate = draw()
    path, last = replicate.path, replicate.times.size - 1
    edge = 1.5 * replicate.model.sigma**2 * path.square_traces[last] / path.size
    gaps = np.zeros_like(path.gaps)
    gaps[:3, last] = edge
    assert Lepski().choose(with_gaps(path, gaps), replicate.context).index == 0
    gaps[:3, last] = np.nextafter(edge, 1)
    assert Lepski().choose(with_gaps(path, gaps), replicate.context).index == 3


def test_the_ends_of_the_grid_are_statuses() -> None:
    replicate = draw()
    nothing = np.zeros_like(replicate.path.gaps)
    low = Lepski().choose(with_gaps(replicate.path, nothing), replicate.context)
    assert (low.index, low.status) == (0, Status.EDGE_LOW)
    high = Lepski().choose(with_gaps(replicate.path, nothing + 9), replicate.context)
    assert (high.index, high.status) == (replicate.times.size - 1, Status.EDGE_HIGH)


def test_times_beyond_a_third_of_the_sample_take_no_part() -> None:
    replicate = draw(np.geomspace(1, 2.0**29, 30))
    allowed = int(np.count_nonzero(replicate.path.square_traces <= replicate.path.size / 3))
    assert allowed < 30
    nothing = np.full_like(replicate.path.gaps, 9.0)
    choice = Lepski().choose(dataclasses.replace(replicate.path, gaps=nothing), replicate.context)
    assert (choice.index, choice.status) == (allowed - 1, Status.EDGE_HIGH)
    assert len(choice.trace) == allowed - 1


def test_more_noise_never_means_a_later_time() -> None:
    replicate = draw()
    indices = [
        Lepski()
        .choose(replicate.path, dataclasses.replace(replicate.context, noise_level=level))
        .index
        for level in np.geomspace(1e-3, 1e2, 30)
    ]
    assert np.all(np.diff(indices) <= 0)
    assert indices[0] > indices[-1]


def test_exact_data_are_fitted_to_the_end() -> None:
    replicate = draw()
    exact = dataclasses.replace(replicate.context, noise_level=0.0)
    assert Lepski().choose(replicate.path, exact).status is Status.EDGE_HIGH


def test_a_coarse_grid_is_refused() -> None:
    replicate = draw(np.geomspace(1, 2.1**4, 5))
    with pytest.raises(InputError, match=r"within a factor 2, got 2\.1"):
        Lepski().choose(replicate.path, replicate.context)


@given(places=st.lists(st.floats(0, 1), max_size=8), seed=st.integers(0, 2**32))
def test_times_merged_for_other_rules_change_nothing(places: list[float], seed: int) -> None:
    model = Model(size=256, smoothness=1.5)
    grid = time_grid(model.setting)
    inside = [grid[0] * (grid[-1] / grid[0]) ** place for place in places]
    alone = model.draw(generator(seed, role="noise"), grid)
    beside = model.draw(generator(seed, role="noise"), merged(grid, inside))
    first = Lepski().choose(alone.path, alone.context)
    second = Lepski().choose(beside.path, beside.context)
    assert (second.time, second.status) == (first.time, first.status)


def test_a_finer_ratio_compares_more_times() -> None:
    replicate = draw(np.geomspace(1, 2**8, 17))
    coarse = Lepski().choose(replicate.path, replicate.context)
    fine = Lepski(ratio=2**0.5).choose(replicate.path, replicate.context)
    assert (len(coarse.trace), len(fine.trace)) == (8, 16)
    assert coarse.index % 2 == 0
    assert fine.time <= coarse.time


def test_ratio_two_is_allowed() -> None:
    replicate = draw(np.geomspace(2.0**-3, 2.0**8, 12))
    assert Lepski().choose(replicate.path, replicate.context).index >= 0


def test_a_path_without_two_admissible_times_is_refused() -> None:
    replicate = draw(np.geomspace(1e9, 4e9, 3))
    with pytest.raises(InputError, match="two times"):
        Lepski().choose(replicate.path, replicate.context)
