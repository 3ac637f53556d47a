"""Worst-case risks: brute force, closed suprema, designs, rates over ten decades, saturation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck import bounds
from ratecheck.filters import (
    CutOffFilter,
    Filter,
    GradientFlowFilter,
    IteratedRidgeFilter,
    RidgeFilter,
)
from ratecheck.types import InputError

FLOW = GradientFlowFilter()
FILTERS: tuple[Filter, ...] = (FLOW, RidgeFilter(), CutOffFilter(), IteratedRidgeFilter(order=3))
ANY_FILTER = st.sampled_from(FILTERS)
EFFECTIVE = Path(__file__).parents[2] / "reference" / "effective_dimension.json"


def slope(estimator: Filter, s: float, m: float, low: float, high: float) -> float:
    """Exponent of the worst-case risk at the best time between two sample sizes."""
    risks = [float(bounds.best_time(estimator, 10.0**e, s, m)) for e in (low, high)]
    return float(np.log10(risks[1] / risks[0]) / (high - low))


@given(ANY_FILTER, st.floats(0.6, 4), st.floats(0.6, 3), st.floats(0, 8), st.floats(0.5, 2))
def test_sequence_model_equals_brute_force(
    estimator: Filter, s: float, m: float, reach: float, radius: float
) -> None:
    t, n = (2 * np.pi) ** (2 * m) * 10 ** (reach * m / 4), 1000.0
    k = np.arange(1.0, 20_001)
    residual = estimator.residual((2 * np.pi * k) ** (-2 * m), np.array([t]))[0]
    biases = (radius * residual / (2 * np.pi * k) ** s) ** 2
    fitted = 2 * (1 - residual) ** 2
    tail = fitted[-1] * k[-1] / (4 * m - 1)
    risk = bounds.worst_case_risk(estimator, n, t, s, m, radius, sigma=0.7)
    assert risk.squared_bias == pytest.approx(biases.max(), abs=0, rel=1e-10)
    assert risk.variance == pytest.approx(0.49 / n * (1 + fitted.sum() + tail), abs=0, rel=1e-3)
    if tail < 1e-10:
        assert risk.variance == pytest.approx(0.49 / n * (1 + fitted.sum()), abs=0, rel=1e-9)
    assert risk.value == risk.squared_bias + risk.variance
    place = int(float(risk.frequency)) - 1
    assert biases[place] == pytest.approx(biases.max(), abs=0, rel=1e-10)


@given(ANY_FILTER, st.floats(0.6, 3), st.integers(3, 60), st.floats(0, 6))
def test_equispaced_design_equals_the_circulant_matrix(
    estimator: Filter, s: float, n: int, reach: float
) -> None:
    t, m, far = 10.0**reach, 1.0, 4000
    x = np.arange(n) / n
    z = np.abs(x[:, None] - x)
    gram = (z * (z - 1) + 1 / 6) / 2  # the periodic kernel of order one, without its constant
    values, vectors = np.linalg.eigh(gram / n)
    values[0], kept = 0.0, estimator.residual(np.maximum(values, 1e-300), np.array([t]))[0]
    kept[0] = 0.0  # the mean is fitted
    frequencies = np.arange(-far * n, far * n + 1, dtype=np.float64)
    weight = np.abs(
        2 * np.pi * frequencies, where=frequencies != 0, out=np.full(frequencies.size, np.inf)
    )
    waves = np.zeros(n)
    np.add.at(waves, frequencies.astype(int) % n, weight ** (-2 * s))
    modes = np.exp(2j * np.pi * np.outer(x, np.arange(n))) / np.sqrt(n)
    shares = (np.abs(vectors.T @ modes) ** 2 * (kept**2)[:, None]).sum(axis=0)
    tail = 2 * (2 * np.pi * n) ** (-2 * s) * far ** (1 - 2 * s) / (2 * s - 1)
    risk = bounds.worst_case_risk(estimator, n, t, s, m, design="equispaced")
    borderline = isinstance(estimator, CutOffFilter) and np.abs(values * t - 1).min() < 1e-9
    if not borderline:
        assert risk.variance == pytest.approx(((1 - kept) ** 2).sum() / n, abs=0, rel=1e-7)
        bias = (shares * (waves + tail)).max()
        assert risk.squared_bias == pytest.approx(bias, rel=2e-4, abs=1e-14)


@pytest.mark.parametrize("estimator", FILTERS, ids=repr)
def test_designs_agree_for_fine_grids_and_differ_for_coarse_ones(estimator: Filter) -> None:
    t = np.array([3.0, 1e3, 1e5])
    fine, coarse = (
        np.asarray(bounds.worst_case_risk(estimator, n, t, 1.5, 1, design="equispaced").value)
        / np.asarray(bounds.worst_case_risk(estimator, n, t, 1.5, 1).value)
        for n in (10**9, 64)
    )
    np.testing.assert_allclose(fine, 1, rtol=1e-9)
    assert np.abs(coarse - 1).max() > 0.01


@given(st.floats(0.6, 3), st.sampled_from([1.0, 2.0, 3.0]))
def test_bias_approaches_the_closed_supremum(s: float, m: float) -> None:
    t = (2 * np.pi * 400) ** (2 * m)
    risk = bounds.worst_case_risk(FLOW, 1e6, t, s, m, radius=2.0)
    closed = 4 * (s / (2 * np.e * m * t)) ** (s / m)
    assert risk.squared_bias == pytest.approx(closed, abs=0, rel=1e-3)
    assert float(risk.squared_bias) <= closed * (1 + 1e-12)
    wrong = 4 * (s / (np.e * m * t)) ** (s / m)  # mutated: a lost factor 2
    assert risk.squared_bias != pytest.approx(wrong, abs=0, rel=1e-2)


@pytest.mark.parametrize("m", [1, 2, 3])
def test_variance_approaches_the_effective_dimension_of_the_table(m: int) -> None:
    table = {key.split(":")[0]: float(v) for key, v in _effective(m).items()}
    t = 1e8 ** float(m)
    for estimator, name, other in ((FLOW, "GF N2", "GF N1"), (RidgeFilter(), "KRR N2", "KRR N1")):
        risk = bounds.worst_case_risk(estimator, 1, t, 1, m)
        scaled = float(risk.variance) * np.pi / t ** (1 / (2 * m))
        assert scaled == pytest.approx(table[name], abs=0, rel=1e-3)
        assert scaled != pytest.approx(table[other], abs=0, rel=1e-3)


def _effective(m: int) -> dict[str, str]:
    table: dict[str, dict[str, str]] = json.loads(EFFECTIVE.read_text())
    return table[f"m={m}"]


@pytest.mark.parametrize("s", [0.75, 1.0, 1.5, 2.0, 3.0])
def test_gradient_flow_at_its_best_time_has_the_minimax_slope(s: float) -> None:
    found = slope(FLOW, s, 1, 10, 14)
    assert found == pytest.approx(-2 * s / (2 * s + 1), abs=3e-3)
    assert found != pytest.approx(-2 * (s + 0.5) / (2 * s + 2), abs=3e-3)  # mutated: s + 1/2


def test_ridge_saturates_and_gradient_flow_does_not() -> None:
    cap, fast = -4 / 5, -6 / 7  # s = 3 and m = 1: ridge stops at s = 2 m
    assert slope(RidgeFilter(), 3, 1, 12, 16) == pytest.approx(cap, abs=3e-3)
    assert slope(IteratedRidgeFilter(order=2), 3, 1, 12, 16) == pytest.approx(fast, abs=3e-3)
    assert slope(FLOW, 3, 1, 12, 16) == pytest.approx(fast, abs=3e-3)


@pytest.mark.parametrize(
    ("estimator", "s", "found"),
    [
        (FLOW, 1, -0.6666),
        (FLOW, 2, -0.7979),
        (FLOW, 3, -0.8553),
        (FLOW, 4, -0.7873),
        (RidgeFilter(), 3, -0.7810),
    ],
    ids=str,
)
def test_slopes_of_the_note_at_moderate_sizes(estimator: Filter, s: float, found: float) -> None:
    measured = slope(estimator, s, 1, 6, 8)
    assert measured == pytest.approx(found, abs=1e-3)
    preasymptotic = s == 4  # fewer than ten active frequencies
    order = 2 * s if estimator is FLOW else 4
    law = -order / (order + 1)
    assert (abs(measured - law) > 0.05) == preasymptotic


@pytest.mark.parametrize("s", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("m", [1, 2])
def test_saturation_over_smoothness(s: int, m: int) -> None:
    ridge, flow = slope(RidgeFilter(), s, m, 16, 20), slope(FLOW, s, m, 16, 20)
    reached = min(s, 2 * m)
    assert flow == pytest.approx(-2 * s / (2 * s + 1), abs=3e-3)
    assert ridge == pytest.approx(-2 * reached / (2 * reached + 1), abs=3e-3)
    if s > 2 * m:
        assert ridge != pytest.approx(-2 * s / (2 * s + 1), abs=3e-3)


@settings(max_examples=12)
@given(ANY_FILTER, st.floats(0.6, 3), st.floats(0.7, 3), st.floats(0, 10))
def test_the_best_time_is_no_worse_than_its_neighbours(
    estimator: Filter, s: float, m: float, e: float
) -> None:
    n = 10.0**e
    best = bounds.best_time(estimator, n, s, m)
    times = float(best.time) * np.array([0.25, 0.5, 0.9, 0.99, 1.01, 1.1, 2.0, 4.0])
    others = bounds.worst_case_risk(estimator, n, times, s, m)
    assert float(best) <= np.asarray(others.value).min() * (1 + 1e-6)


def test_times_are_vectorised() -> None:
    t = np.array([10.0, 1e3, 1e5])
    together = bounds.worst_case_risk(FLOW, 1e5, t, 1, 1)
    apart = [bounds.worst_case_risk(FLOW, 1e5, float(x), 1, 1) for x in t]
    np.testing.assert_allclose(np.asarray(together.value), [float(a) for a in apart], rtol=1e-12)
    assert np.asarray(together.frequency).tolist() == [a.frequency for a in apart]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"s": 0.5}, "s must exceed"),
        ({"m": "1/2"}, "m must exceed"),
        ({"n": 0.9}, "n must be"),
        ({"t": 0.0}, "t must be"),
        ({"t": [1.0, -1.0]}, "t must be"),
        ({"design": "random"}, "design must be"),
        ({"design": "equispaced", "n": 10.5}, "integer"),
        ({"sigma": 0.0}, "sigma"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"n": 100, "t": 10.0, "s": 1, "m": 1} | change
    with pytest.raises(InputError, match=message):
        bounds.worst_case_risk(FLOW, **arguments)
