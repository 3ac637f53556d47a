from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ratecheck.bounds import best_time, torus_best_time, torus_worst_case
from ratecheck.filters import Filter, GradientFlowFilter, RidgeFilter
from ratecheck.types import InputError

FLOW = GradientFlowFilter()


@pytest.mark.parametrize("filter_", [FLOW, RidgeFilter()], ids=repr)
@pytest.mark.parametrize(("d", "reach"), [(1, 400), (2, 60), (3, 20)])
def test_against_a_sum_over_the_lattice(filter_: Filter, d: int, reach: int) -> None:
    s, m, n, radius, sigma = d / 2 + 1, d / 2 + 2.5, 500.0, 3.0, 0.7
    k = np.array(list(product(range(-reach, reach + 1), repeat=d)), dtype=np.float64)
    w = 2 * np.pi * np.linalg.norm(k[np.any(k != 0, axis=1)], axis=1)
    for t in (1e2, 1e5):
        residual = filter_.residual(w ** (-2 * m), np.array([t]))[0]
        bias = radius**2 * np.max(w ** (-2 * s) * residual**2)
        variance = sigma**2 / n * (1 + np.sum((1 - residual) ** 2))
        found = torus_worst_case(filter_, n, np.array([t]), s, m, d, radius, sigma)
        assert found.squared_bias == pytest.approx(bias, rel=1e-12)
        assert found.variance == pytest.approx(variance, rel=1e-6)
        other = torus_worst_case(filter_, n, np.array([t]), s + 0.5, m, d, radius, sigma)
        assert other.squared_bias != pytest.approx(bias, rel=1e-3)


@pytest.mark.parametrize("n", [1e3, 1e6, 1e8])
def test_one_dimension_is_the_known_best_time(n: float) -> None:
    known = best_time(FLOW, n, 1.5, 1)
    time, value = torus_best_time(FLOW, n, 1.5, 1, 1)
    assert value == pytest.approx(float(known.value), rel=1e-6)
    assert time == pytest.approx(float(known.time), rel=1e-4)


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_only_n_radius_and_noise_together_matter(d: int) -> None:
    s, m = d / 2 + 1, (d + 1) / 2
    time, value = torus_best_time(FLOW, 1e6, s, m, d)
    scaled, larger = torus_best_time(FLOW, 1e4, s, m, d, radius=10.0)
    assert larger == pytest.approx(100 * value, rel=1e-9)
    assert scaled == pytest.approx(time, rel=1e-5)
    _, noisier = torus_best_time(FLOW, 4e6, s, m, d, sigma=2.0)
    assert noisier == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"s": 1.0}, "s must exceed d/2 = 1"),
        ({"m": 0.9}, "m must exceed d/2 = 1"),
        ({"d": 9}, "d must be between 1 and 8"),
        ({"n": 0}, "n must be at least 1"),
        ({"t": np.array([0.0])}, "t must be positive"),
        ({"sigma": -1.0}, "sigma must be positive"),
    ],
)
def test_refusals(arguments: dict[str, object], message: str) -> None:
    good: dict[str, object] = {"n": 100, "t": np.array([1.0]), "s": 2.0, "m": 2.0, "d": 2}
    with pytest.raises(InputError, match=message):
        torus_worst_case(FLOW, **(good | arguments))  # type: ignore[arg-type]  # on purpose
