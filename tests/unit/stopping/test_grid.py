from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.stopping import merged, time_grid
from ratecheck.types import InputError
from tests.unit.stopping.sequence_model import Model


@pytest.mark.parametrize("n", [16, 256, 4096])
@pytest.mark.parametrize("ratio", [1.2, 2**0.5, 2.0])
@pytest.mark.parametrize("order", [1, 2])
def test_the_grid_reaches_the_stated_dimension_and_no_further(
    n: int, ratio: float, order: int
) -> None:
    setting = Model(size=n, smoothness=1.0, order=order).setting
    times = time_grid(setting, ratio)
    limit = min(n / 3, 2 * math.sqrt(n))
    assert times[0] == 1 / setting.largest_eigenvalue
    assert np.allclose(times[1:] / times[:-1], ratio)
    assert setting.effective_dimension(times[-1]) <= limit
    assert setting.effective_dimension(times[-1] * ratio) > limit


def test_the_grid_starts_at_the_largest_eigenvalue() -> None:
    setting = Model(size=256, smoothness=1.0).setting
    assert time_grid(dataclasses.replace(setting, largest_eigenvalue=4.0))[0] == 0.25


@given(
    extra=st.lists(st.floats(1e-3, 1e6), max_size=6),
    count=st.integers(2, 40),
    ratio=st.sampled_from([1.5, 2.0]),
)
def test_merging_keeps_every_time_and_leaves_no_gap(
    extra: list[float], count: int, ratio: float
) -> None:
    grid = np.sqrt(2.0) ** np.arange(count)
    times = merged(grid, extra, ratio)
    assert np.all(np.diff(times) > 0)
    assert np.max(times[1:] / times[:-1]) <= ratio * (1 + 1e-9)
    for time in [*grid, *extra]:
        assert np.min(np.abs(times / time - 1)) <= 1e-9


def test_a_time_of_the_grid_is_not_doubled() -> None:
    grid = np.array([1.0, 2.0, 4.0])
    assert np.array_equal(merged(grid, [2.0, 4.0 * (1 + 1e-15)]), grid)
    assert merged(grid, [2.001]).size == 4


@pytest.mark.parametrize("ratio", [1.0, 2.01, 0.5, math.nan])
def test_a_bad_ratio_is_named(ratio: float) -> None:
    with pytest.raises(InputError, match="ratio must be"):
        time_grid(Model(size=64, smoothness=1.0).setting, ratio)
    with pytest.raises(InputError, match="ratio must be"):
        merged(np.array([1.0, 2.0]), [], ratio)


def test_a_sample_too_small_for_a_grid_is_named() -> None:
    with pytest.raises(InputError, match="size=1 leaves 0 time"):
        time_grid(dataclasses.replace(Model(size=64, smoothness=1.0).setting, size=1))


def test_a_bad_planned_time_is_named() -> None:
    with pytest.raises(InputError, match="planned time must be positive"):
        merged(np.array([1.0, 2.0]), [0.0])
