from __future__ import annotations

import numpy as np
import pytest

from ratecheck.charts import ArctanChart, TorusChart
from ratecheck.functions import FourierSeries, Plain
from ratecheck.risk.resolution import first_grid


def wave(frequency: int, size: float = 1.0, mean: float = 0.0) -> FourierSeries:
    c = np.zeros(frequency + 1, dtype=np.complex128)
    c[0], c[frequency] = mean, size
    return FourierSeries(coefficients=c, chart=TorusChart())


def both(first: FourierSeries, second: FourierSeries) -> FourierSeries:
    c = np.zeros(max(first.band, second.band) + 1, dtype=np.complex128)
    c[: first.band + 1] += first.coefficients
    c[: second.band + 1] += second.coefficients
    return FourierSeries(coefficients=c, chart=TorusChart())


def test_thirty_two_nodes_per_wave_of_the_fit() -> None:
    assert first_grid(wave(3), wave(1), "x") == 768
    assert first_grid(wave(100), wave(1), "x") >= 3200
    assert first_grid(wave(100), wave(1), "x") < 2 * 3300


def test_a_large_mean_hides_no_wave() -> None:
    assert first_grid(wave(100, mean=1e3), wave(1), "x") >= 3200


def test_eight_nodes_per_wave_of_the_curvature() -> None:
    g = both(wave(1), wave(1000, 0.01))
    assert first_grid(g, wave(1), "x") >= 8000
    assert first_grid(both(wave(1), wave(1000, 1e-8)), wave(1, 1.1), "x") == 768


def test_a_target_beyond_the_fit_is_not_folded() -> None:
    f = both(wave(1), wave(4096, 0.01))
    assert first_grid(wave(1), f, "x") > 2 * 4096
    assert first_grid(wave(1), f, "x'") >= 32 * 4096
    assert first_grid(wave(1), both(wave(1, 1.1), wave(4096, 1e-4)), "x") == 768


def test_an_error_between_charts_is_judged_by_the_target_alone() -> None:
    g = FourierSeries(coefficients=np.ones(2, dtype=np.complex128), chart=ArctanChart())
    assert first_grid(g, both(wave(1), wave(4096, 0.01)), "x") > 2 * 4096
    assert first_grid(g, both(wave(1), wave(4096, 1e-4)), "x") == 768


@pytest.mark.parametrize("reference", ["x", "x'"])
def test_unknown_functions_get_the_smallest_grid(reference: str) -> None:
    zero = Plain(call=lambda X: np.zeros(len(X)))
    assert first_grid(zero, zero, reference) == 768
    assert first_grid(zero, wave(500), reference) > 1000


def test_sizes_are_three_times_a_power_of_two() -> None:
    for k in (1, 10, 99, 700):
        size = first_grid(wave(k), wave(k), "x")
        assert size % 3 == 0
        assert ((size // 3) & (size // 3 - 1)) == 0
