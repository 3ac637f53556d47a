from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.charts import ArctanChart, Chart, CircleChart, CosineChart, TorusChart, turns
from ratecheck.domains import Circle, Domain, Interval, Torus
from ratecheck.kernels import NTK, LiftedNTK

NASTY = [-1e-20, -5e-324, -1e-17, 0.0, 1e-20, 0.25, 1.0, -1.0, 1 - 1e-16, 7.5, -3.25, 1e15 + 0.5]
finite = st.floats(-1e6, 1e6)


@pytest.mark.parametrize("z", NASTY)
def test_turns_stay_below_one(z: float) -> None:
    found = float(turns(np.array([z]))[0])
    assert 0 <= found < 1
    gap = abs(found - z % 1.0)
    assert min(gap, 1 - gap) <= 1e-15


def test_the_remainder_of_numpy_does_not() -> None:
    assert np.mod(-1e-20, 1.0) == 1.0
    assert turns(np.array([-1e-20]))[0] == 0.0


@given(x=st.lists(finite, min_size=1, max_size=8))
def test_torus(x: list[float]) -> None:
    X = np.array(x)[:, None]
    z = TorusChart().coordinate(X)
    assert ((z >= 0) & (z < 1)).all()
    assert np.cos(2 * np.pi * z) == pytest.approx(np.cos(2 * np.pi * X[:, 0]), abs=1e-8)
    assert (TorusChart().weight(X) == 1).all()


def test_a_design_inside_the_torus_is_not_copied() -> None:
    X = Torus().design(100, np.random.default_rng(0))
    assert np.shares_memory(TorusChart().coordinate(X), X)


@given(angle=st.lists(st.floats(-20, 20), min_size=1, max_size=8))
def test_circle(angle: list[float]) -> None:
    a = np.array(angle)
    z = CircleChart().coordinate(np.stack([np.cos(a), np.sin(a)], axis=1))
    assert ((z >= 0) & (z < 1)).all()
    assert np.exp(2j * np.pi * z) == pytest.approx(np.exp(1j * a), abs=1e-14)


def test_points_just_below_the_positive_axis() -> None:
    z = CircleChart().coordinate(np.array([[1.0, -1e-20], [1.0, -1e-10], [1.0, 0.0]]))
    assert z[0] == 0.0
    assert 1 - 1e-10 < z[1] < 1
    assert z[2] == 0.0


@given(x=st.lists(st.floats(-3, 5), min_size=1, max_size=8))
def test_cosine(x: list[float]) -> None:
    X = np.array(x)[:, None]
    z = CosineChart(low=-3, high=5).coordinate(X)
    assert ((z >= 0) & (z <= 0.5)).all()
    assert np.cos(2 * np.pi * z) == pytest.approx(np.cos(np.pi * (X[:, 0] + 3) / 8), abs=1e-14)


@given(x=st.lists(finite, min_size=1, max_size=8))
def test_arctan(x: list[float]) -> None:
    X = np.array(x)[:, None]
    chart = ArctanChart()
    z, w = chart.coordinate(X), chart.weight(X)
    assert ((z >= 0) & (z < 1)).all()
    assert w * np.cos(2 * np.pi * z) == pytest.approx(np.ones(len(x)), abs=1e-9)
    assert w * np.sin(2 * np.pi * z) == pytest.approx(X[:, 0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_the_lifted_kernel_is_stationary_in_the_arctan_chart(depth: int) -> None:
    X = np.linspace(-4, 7, 23)[:, None]
    chart = ArctanChart()
    z, w = chart.coordinate(X), chart.weight(X)
    gap = np.abs(z[:, None] - z)
    angle = 2 * math.pi * np.minimum(gap, 1 - gap)
    lifted = LiftedNTK(depth=depth)
    stationary = w[:, None] * w * NTK(depth=depth).at_angle(angle) + lifted.constant
    assert lifted(X, X) == pytest.approx(stationary, rel=1e-12)
    unweighted = NTK(depth=depth).at_angle(angle) + lifted.constant
    assert lifted(X, X) != pytest.approx(unweighted, rel=1e-2)


@pytest.mark.parametrize("domain", [Torus(), Circle(), Interval(-1, 3)], ids=repr)
def test_designs_come_in_increasing_coordinates(domain: Domain) -> None:
    z = domain.chart.coordinate(domain.design(500, np.random.default_rng(3)))
    assert (np.diff(z) >= 0).all()
    assert not domain.chart.is_weighted


def test_only_the_lift_is_weighted() -> None:
    weighted: list[Chart] = [ArctanChart()]
    plain: list[Chart] = [TorusChart(), CircleChart(), CosineChart(low=0, high=1)]
    X = np.array([[0.6, 0.8]])
    assert all(chart.is_weighted for chart in weighted)
    assert all(not c.is_weighted and c.weight(X).tolist() == [1.0] for c in plain)
