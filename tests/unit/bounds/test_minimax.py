"""Certified floors: Bayes risks by two routes, the order of the bounds, estimators above them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from ratecheck import bounds
from ratecheck.bounds.bounded_mean import (
    BEST_TWO_POINT,
    bounded_mean_floor,
    two_point_risk,
    uniform_risk,
    van_trees_risk,
)
from ratecheck.bounds.ellipsoid import ellipsoid
from ratecheck.bounds.gaussian_prior import _SHRINKAGES, _mass_outside
from ratecheck.filters import CutOffFilter, Filter, GradientFlowFilter, RidgeFilter
from ratecheck.types import Array, InputError

REFERENCE = Path(__file__).parents[2] / "reference" / "rates.json"
SMOOTHNESS = st.floats(0.6, 5)
SIZES = st.floats(0, 12).map(lambda e: 10.0**e)


def at(t: float) -> Array:
    return np.array([t])


def bayes_risk(t: float, density: str) -> float:
    """Bayes risk of the two-point, the uniform or the cosine-square prior, from its definition."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    prior = {"uniform": np.full(80, 0.5), "cosine": np.cos(np.pi * nodes / 2) ** 2}.get(density)
    theta, mass = (at(1.0) * t * [-1, 1], at(0.5) * [1, 1])
    if prior is not None:
        theta, mass = t * nodes, weights * prior

    def risk(y: float) -> float:
        joint = mass * norm.pdf(y - theta)
        mean = joint @ theta / joint.sum()
        return float(joint @ (theta - mean) ** 2)

    return quad(risk, -t - 8, t + 8, epsabs=1e-12, limit=200)[0]


def test_two_point_risks_of_the_table() -> None:
    table = json.loads(REFERENCE.read_text())["bayes_two_point g(t)=t^2(1-E tanh(t^2+tZ))"]
    for t, value in table.items():
        assert two_point_risk(at(float(t)))[0] == pytest.approx(float(value), abs=1e-13)


@pytest.mark.parametrize("t", [0.37, 1.03, 2.2, 5.0])
def test_closed_bayes_risks_equal_their_definitions(t: float) -> None:
    assert two_point_risk(at(t))[0] == pytest.approx(bayes_risk(t, "points"), abs=1e-9)
    assert uniform_risk(at(t))[0] == pytest.approx(bayes_risk(t, "uniform"), abs=1e-9)
    assert van_trees_risk(at(t))[0] <= bayes_risk(t, "cosine")
    without_square = t**2 / (t**2 + np.pi)  # mutated: pi for pi^2 is no bound
    assert without_square > bayes_risk(t, "cosine")


def test_the_floor_is_monotone_and_below_the_linear_risk() -> None:
    t = np.geomspace(1e-3, 1e3, 1500)
    floor = bounded_mean_floor(t)
    assert (np.diff(floor) >= -1e-12).all()
    linear = t**2 / (1 + t**2)
    assert (floor <= linear + 1e-12).all()
    assert (floor >= linear / 1.55).all()  # the best possible prior would have 1.25
    best = two_point_risk(np.array([BEST_TWO_POINT - 1e-3, BEST_TWO_POINT, BEST_TWO_POINT + 1e-3]))
    assert best[1] > max(best[0], best[2])


@given(SMOOTHNESS, SIZES, st.floats(0.2, 5), st.floats(0.2, 5))
def test_floors_stay_between_the_bracket_and_the_linear_risk(
    s: float, n: float, radius: float, sigma: float
) -> None:
    linear = bounds.exact_linear_minimax(n, s, radius, sigma)
    floor = bounds.minimax_lower_bound(n, s, radius, sigma)
    assert linear / 1.25 <= floor <= linear * (1 + 1e-12)
    for part in (bounds.product_prior_bound, bounds.gaussian_prior_bound):
        assert part(n, s, radius, sigma) <= linear * (1 + 1e-12)
    assert not linear * 1.3 / 1.25 <= linear  # mutated: a bracket without its constant would fail


@pytest.mark.parametrize(
    ("s", "ratios"),
    [(1, (0.942, 0.847, 0.824, 0.817)), (2, (1.0, 0.997, 0.793, 0.850)), (3, (1, 1, 1, 0.968))],
)
def test_product_prior_is_no_worse_than_in_the_note(s: float, ratios: tuple[float, ...]) -> None:
    for n, ratio in zip((1e2, 1e3, 1e4, 1e5), ratios, strict=True):
        found = bounds.product_prior_bound(n, s) / bounds.exact_linear_minimax(n, s)
        assert found >= ratio - 1e-3
        assert found <= ratio + 5e-3  # the same bound, with one prior more


def test_gaussian_prior_becomes_sharp() -> None:
    found = [
        bounds.gaussian_prior_bound(n, 1) / bounds.exact_linear_minimax(n, 1)
        for n in (1e8, 1e10, 1e12)
    ]
    np.testing.assert_allclose(found, [0.85, 0.92, 0.96], atol=0.012)


def test_chernoff_bounds_the_simulated_mass_outside_the_ellipsoid() -> None:
    body = ellipsoid(1e4, 1.0, 1.0, 1.0)
    count, level = body.pinsker_level()
    k = np.repeat(np.arange(1.0, count + 1), 2)
    axes = body.semi_axis(k)
    variances = body.noise * (level / axes - 1)
    draws = np.random.default_rng(0).standard_normal((20_000, k.size)) * np.sqrt(variances)
    spent = ((axes * draws) ** 2).sum(axis=1)
    bound = _mass_outside(body, level, count)
    shrinkage = _SHRINKAGES[:, 0]
    observed = ((1 - shrinkage[:, None]) * spent > 1).mean(axis=1)
    assert (observed <= bound + 0.01).all()
    assert (observed > bound**4 + 0.01).any()  # mutated: four times the exponent is no bound


FILTERS = [GradientFlowFilter(), RidgeFilter(), CutOffFilter()]


@pytest.mark.parametrize("s", [0.75, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("estimator", FILTERS, ids=repr)
def test_no_filter_beats_the_floor_or_the_best_linear_estimator(
    estimator: Filter, s: float
) -> None:
    for n in (1e2, 1e4, 1e8, 1e12):
        risk = float(bounds.best_time(estimator, n, s, 1))
        linear = bounds.exact_linear_minimax(n, s)
        assert risk >= linear * (1 - 1e-12)
        assert risk >= bounds.minimax_lower_bound(n, s) * (1 - 1e-12)
        assert bounds.exact_linear_minimax(n, s, radius=1e4) > risk  # mutated: another ball


@pytest.mark.parametrize(("n", "s", "radius"), [(0, 1, 1), (100, 0.5, 1), (100, 1, -1)])
def test_bad_input(n: float, s: float, radius: float) -> None:
    with pytest.raises(InputError):
        bounds.minimax_lower_bound(n, s, radius)
