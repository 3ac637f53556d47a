from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.filters import Filter, GradientFlowFilter, RidgeFilter
from ratecheck.stopping import Setting, TheoryTime
from ratecheck.stopping.theory_time import variance, worst_case_bias
from ratecheck.types import InputError
from tests.unit.stopping.sequence_model import Model


def power_law(n: int, s: float, m: float, d: int = 1, **changes: object) -> Setting:
    """A problem with N_2(t) = C t^(d/2m) exactly, C of theory note B2 for d = 1."""
    a = d / (2 * m)
    constant = (2 - 2 ** min(a, 0.9)) * math.gamma(1 - min(a, 0.9)) / math.pi
    setting = Setting(
        size=n,
        filter=GradientFlowFilter(),
        effective_dimension=lambda t: constant * t**a,
        largest_eigenvalue=1.0,
        order=m,
        dimension=d,
        sigma=0.5,
        smoothness=s,
        radius=2.0,
    )
    return dataclasses.replace(setting, **changes)  # type: ignore[arg-type]  # by name


def changed(name: str, value: float | None) -> Setting:
    return power_law(100, 1.0, 1.0, **{name: value})  # type: ignore[arg-type]  # by name


def discrete(n: int, s: float, m: float) -> Setting:
    """The torus kernel itself: N_2 as the sum over its eigenvalues, k = 0 included."""
    mu = (2 * np.pi * np.arange(1, 2**16)) ** (-2.0 * m)

    def squares(t: float) -> float:
        return float(2 * np.sum(np.expm1(-t * mu) ** 2) + np.expm1(-t) ** 2)

    return power_law(n, s, m, effective_dimension=squares)


def exponent(settings: list[Setting]) -> float:
    sizes = [setting.size for setting in settings]
    times = [TheoryTime().planned(setting)[0] for setting in settings]
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


SIZES = [10**6, 10**7, 10**8, 10**9, 10**10, 10**11, 10**12]


@pytest.mark.parametrize("m", [1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("s", [0.75, 1.0, 1.5, 2.0])
def test_the_time_grows_like_the_theory_says(s: float, m: float) -> None:
    slope = exponent([power_law(n, s, m) for n in SIZES])
    assert slope == pytest.approx(2 * m / (2 * s + 1), abs=1e-3)


@pytest.mark.parametrize(("s", "m"), [(1.0, 1.0), (1.5, 1.0), (2.0, 1.0), (1.5, 2.0)])
def test_it_does_so_for_the_spectrum_itself(s: float, m: float) -> None:
    slope = exponent([discrete(n, s, m) for n in SIZES])
    assert slope == pytest.approx(2 * m / (2 * s + 1), abs=1e-3)
    assert slope != pytest.approx(2 * m / (2 * (s + 0.5) + 1), abs=1e-3)


def test_the_dimension_enters_through_the_effective_dimension() -> None:
    slope = exponent([power_law(n, 2.0, 1.5, d=2) for n in SIZES])
    assert slope == pytest.approx(2 * 1.5 / (2 * 2.0 + 2), abs=1e-3)


@given(
    n=st.integers(10**3, 10**12),
    s=st.floats(0.55, 4),
    m=st.floats(0.7, 3),
    sigma=st.floats(0.1, 3),
    radius=st.floats(0.3, 10),
    scale=st.floats(0.1, 10),
)
def test_the_time_is_the_stationary_point_of_the_bound(
    n: int, s: float, m: float, sigma: float, radius: float, scale: float
) -> None:
    setting = power_law(n, s, m, sigma=sigma, radius=radius, scale=scale)
    q, a = s / m, 1 / (2 * m)
    bias = radius**2 * scale**-q * (s / (2 * math.e * m)) ** q  # times t^-q
    spread = sigma**2 * setting.effective_dimension(1.0) / n  # times t^a
    stationary = (q * bias / (a * spread)) ** (1 / (a + q))
    if stationary > 1:  # the search starts at 1/mu_max
        (time,) = TheoryTime().planned(setting)
        assert time == pytest.approx(stationary, rel=1e-5)


@pytest.mark.parametrize("filter", [GradientFlowFilter(), RidgeFilter()])
@pytest.mark.parametrize("n", [10**3, 10**6])
def test_no_time_has_a_smaller_bound(filter: Filter, n: int) -> None:
    setting = dataclasses.replace(discrete(n, 1.25, 1.0), filter=filter)
    (time,) = TheoryTime().planned(setting)

    def bound(t: float) -> float:
        return worst_case_bias(setting, t) + variance(setting, t)

    best = bound(time)
    others = [bound(t) for t in np.geomspace(1, 1e9, 400)]
    assert best <= min(others) * (1 + 1e-9)
    assert best < bound(1.1 * time)
    assert best < bound(time / 1.1)


def test_the_bound_holds_for_members_of_the_ball() -> None:
    model = Model(size=1024, smoothness=1.0)
    mu, theta = model.eigenvalues, model.target
    for t in np.geomspace(1, 1e6, 20):
        bias = float(np.sum((np.exp(-t * mu) * theta) ** 2))
        assert bias <= worst_case_bias(model.setting, t)
        # and the ball of half the radius does not bound it where the bias is felt
    small = dataclasses.replace(model.setting, radius=0.01)
    assert np.sum((np.exp(-10.0 * mu) * theta) ** 2) > worst_case_bias(small, 10.0)


@given(c=st.floats(1e-3, 1e3))
def test_the_unit_of_y_does_not_matter(c: float) -> None:
    one = power_law(10**5, 1.0, 1.0)
    other = dataclasses.replace(one, sigma=c * 0.5, radius=c * 2.0)
    assert TheoryTime().planned(other)[0] == pytest.approx(TheoryTime().planned(one)[0], rel=1e-5)


@pytest.mark.parametrize("name", ["sigma", "smoothness", "radius"])
def test_what_is_not_declared_is_named(name: str) -> None:
    with pytest.raises(InputError, match=f"TheoryTime needs {name}"):
        TheoryTime().planned(changed(name, None))


def test_exact_data_have_no_theory_time() -> None:
    with pytest.raises(InputError, match="no finite time for sigma=0"):
        TheoryTime().planned(power_law(100, 1.0, 1.0, sigma=0.0))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("largest_eigenvalue", 0.0),
        ("order", 0.0),
        ("sigma", -1.0),
        ("radius", 0.0),
        ("dimension", 0),
    ],
)
def test_settings_name_bad_values(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{name} must"):
        changed(name, value)


def test_saturated_ridge_counts_eigenvalues_above_one() -> None:
    """The supremum of the ridge's bias is at the largest eigenvalue, wherever that lies."""
    s, m, t, top = 3.0, 1.0, 50.0, 3.7
    setting = dataclasses.replace(
        Model(size=256, smoothness=s).setting,
        filter=RidgeFilter(),
        order=m,
        smoothness=s,
        radius=1.0,
        scale=1.0,
        largest_eigenvalue=top,
    )
    mu = np.linspace(1e-6, top, 200_001)
    brute = float((mu ** (s / m) / (1 + t * mu) ** 2).max())
    assert worst_case_bias(setting, t) == pytest.approx(brute, rel=1e-9)
    capped = float((mu[mu <= 1] ** (s / m) / (1 + t * mu[mu <= 1]) ** 2).max())
    assert capped < 0.3 * brute  # what a supremum over (0, 1] would have said
