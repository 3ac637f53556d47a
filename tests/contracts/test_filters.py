"""Laws of all spectral filters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.filters import (
    CutOffFilter,
    Filter,
    GradientFlowFilter,
    IteratedRidgeFilter,
    RidgeFilter,
)
from ratecheck.types import Array

FILTERS: tuple[Filter, ...] = (
    GradientFlowFilter(),
    RidgeFilter(),
    IteratedRidgeFilter(order=2),
    IteratedRidgeFilter(order=5),
    CutOffFilter(),
)
MU = np.concatenate([np.geomspace(1e-12, 1.0, 20_001)])

every = pytest.mark.parametrize("f", FILTERS, ids=repr)
scales = st.floats(-12, 12).map(lambda e: 10.0**e)
eigenvalues = st.lists(st.one_of(st.just(0.0), st.just(1e-310), scales), min_size=1, max_size=6)
increasing = st.lists(scales, min_size=2, max_size=6, unique=True).map(sorted)


@every
@given(mu=eigenvalues, t=increasing)
def test_residuals_are_shares_and_fall_with_time(
    f: Filter, mu: list[float], t: list[float]
) -> None:
    left = f.residual(np.array(mu), np.array(t))
    assert left.shape == (len(t), len(mu))
    assert ((left >= 0) & (left <= 1)).all()
    assert (np.diff(left, axis=0) <= 0).all()
    assert (left[:, np.array(mu) == 0] == 1).all()


@every
@given(mu=eigenvalues, t=increasing)
def test_weight_times_eigenvalue_and_residual_sum_to_one(
    f: Filter, mu: list[float], t: list[float]
) -> None:
    m, times = np.array(mu), np.array(t)
    weight = f.weight(m, times)
    assert weight.shape == (len(t), len(mu))
    assert np.isfinite(weight).all()
    assert weight * m + f.residual(m, times) == pytest.approx(np.ones_like(weight), abs=1e-15)
    assert (np.diff(weight, axis=0) >= -1e-15 * weight[1:]).all()


@every
@given(t=scales)
def test_the_weight_at_zero_is_the_limit(f: Filter, t: float) -> None:
    weight = f.weight(np.array([0.0, 1e-8 / t]), np.array([t]))[0]
    assert weight[0] == pytest.approx(weight[1], rel=1e-6)


@every
@pytest.mark.parametrize("small", [1e-12, 1e-6])
def test_small_weights_lose_no_digits(f: Filter, small: float) -> None:
    # (1 - r) / mu formed by subtraction has a relative error of 1e-16 / (t mu)
    weight = f.weight(np.array([small]), np.array([1.0]))[0, 0]
    limit = f.weight(np.array([0.0]), np.array([1.0]))[0, 0]
    naive = (1 - f.residual(np.array([small]), np.array([1.0]))[0, 0]) / small
    assert weight == pytest.approx(limit, rel=4 * small, abs=0)
    if small == 1e-12 and f.is_continuous:
        assert naive != pytest.approx(limit, rel=4 * small, abs=0)


def supremum(f: Filter, power: float, t: float) -> float:
    """Return sup over 0 < mu <= 1 of mu^power residual^2 on a fine grid, left limits included."""
    left = f.residual(MU, np.array([t]))[0]
    at_jump = (1 / t) ** power if not f.is_continuous and t >= 1 else 0.0
    return float(max(np.max(MU**power * left**2), at_jump))


@every
@given(s=st.floats(0.6, 30), m=st.sampled_from([0.75, 1.0, 1.5, 2.0]), t=st.floats(-3, 8))
def test_worst_case_bias_is_the_supremum(f: Filter, s: float, m: float, t: float) -> None:
    time = 10.0**t
    formula = f.worst_case_bias(s, m, np.array([time]))
    assert formula.shape == (1,)
    brute = supremum(f, s / m, time)
    assert brute <= formula[0] * (1 + 1e-12)
    if isinstance(f, GradientFlowFilter) and time < s / (2 * m):
        return  # the supremum over mu > 0 lies above 1: a bound
    assert formula[0] == pytest.approx(brute, rel=2e-4 * (1 + s / m), abs=1e-300)


@every
def test_a_wrong_constant_is_not_the_supremum(f: Filter) -> None:
    wrong = 1.05 * f.worst_case_bias(1.0, 1.0, np.array([100.0]))[0]
    assert wrong != pytest.approx(supremum(f, 1.0, 100.0), rel=4e-4)


def slope(f: Filter, s: float, m: float) -> float:
    """Return the exponent of t in the worst-case bias, far from every corner."""
    t = np.array([1e9, 1e10])
    low, high = np.log10(f.worst_case_bias(s, m, t))
    return float(high - low)


@every
@pytest.mark.parametrize("m", [1.0, 2.0])
@pytest.mark.parametrize("s", [0.75, 1.5, 2.5, 5.5, 11.0, 25.0])
def test_qualification_is_where_the_bias_stops_to_improve(f: Filter, s: float, m: float) -> None:
    assert slope(f, s, m) == pytest.approx(-2 * min(s / (2 * m), f.qualification), abs=1e-6)


def test_ridge_saturates_at_twice_the_order_of_the_kernel() -> None:
    assert slope(RidgeFilter(), 3.0, 1.0) == pytest.approx(-2.0, abs=1e-6)
    assert slope(GradientFlowFilter(), 3.0, 1.0) == pytest.approx(-3.0, abs=1e-6)
    assert slope(RidgeFilter(), 1.9, 1.0) == pytest.approx(-1.9, abs=1e-6)


@given(mu=eigenvalues, t=scales, u=scales)
def test_gradient_flow_is_a_semigroup(mu: list[float], t: float, u: float) -> None:
    f, m = GradientFlowFilter(), np.array(mu)
    product = f.residual(m, np.array([t])) * f.residual(m, np.array([u]))
    assert product == pytest.approx(f.residual(m, np.array([t + u])), rel=1e-9, abs=1e-300)


def test_ridge_is_no_semigroup() -> None:
    f, mu = RidgeFilter(), np.array([1.0])

    def left(t: float) -> Array:
        return f.residual(mu, np.array([t]))

    assert left(1.0) ** 2 != pytest.approx(left(2.0), rel=1e-3)


@given(mu=eigenvalues, t=scales, order=st.integers(1, 8))
def test_iterated_ridge_is_ridge_applied_again(mu: list[float], t: float, order: int) -> None:
    m, times = np.array(mu), np.array([t])
    once = RidgeFilter().residual(m, times)
    assert IteratedRidgeFilter(order=order).residual(m, times) == pytest.approx(once**order)


@given(t=st.floats(-6, 6))
def test_ridge_fits_less_than_gradient_flow_and_at_least_half_of_it(t: float) -> None:
    times = np.array([10.0**t])
    flow = 1 - GradientFlowFilter().residual(MU, times)
    ridge = 1 - RidgeFilter().residual(MU, times)
    assert (ridge <= flow * (1 + 1e-12) + 1e-15).all()
    assert (flow <= 1.298427 * ridge + 1e-15).all()  # theory note C; sharp
    if t >= 1:
        assert (flow > 1.298 * ridge).any()
