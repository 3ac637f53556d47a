from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, norm

from ratecheck.theory import (
    expected_max_square,
    expected_window_maximum,
    interpolant_risk_bounds,
)
from ratecheck.theory.extremes import Noise
from ratecheck.theory.windows import Ends
from ratecheck.types import InputError

CDF: dict[str, Callable[[float], float]] = {
    "gaussian": lambda t: float(2 * norm.cdf(t) - 1),
    "laplace": lambda t: -math.expm1(-math.sqrt(2) * t),
    "uniform": lambda t: min(t / math.sqrt(3), 1.0),
    "rademacher": lambda t: float(t >= 1),
}
NOISES: tuple[Noise, ...] = ("gaussian", "laplace", "uniform", "rademacher")
noises = pytest.mark.parametrize("noise", NOISES)


def slow(n: int, r: float, noise: Noise, extra: int, ends: Ends) -> float:
    """Sum over the binomial number of points, integrate over x and t by brute force."""
    x = (np.arange(2000) + 0.5) / 2000
    mass = np.minimum(x + r, 1) - np.maximum(x - r, 0) if ends == "cut" else np.array([2 * r])
    counts = np.arange(n + 1)
    share = np.mean(binom.pmf(counts[:, None], n, mass), axis=1)

    def survival(t: float) -> float:
        cdf = CDF[noise](t)
        return float(2 * t * (1 - cdf**extra * (share @ cdf ** counts.astype(float))))

    top = {"uniform": np.sqrt(3), "rademacher": 1.0}.get(noise, 30.0)
    return quad(survival, 0, top, limit=400, epsabs=1e-10, points=[1.0, 3.0][: int(top > 3) + 1])[0]


@noises
@pytest.mark.parametrize("ends", ["cut", "wrapped"])
@pytest.mark.parametrize("extra", [0, 2])
@pytest.mark.parametrize(("n", "r"), [(1, 0.2), (12, 0.05), (60, 0.3), (40, 0.5)])
def test_agrees_with_the_sum_over_the_number_of_points(
    noise: Noise, ends: Ends, extra: int, n: int, r: float
) -> None:
    fast = expected_window_maximum(n, r, noise=noise, extra=extra, ends=ends)
    assert fast == pytest.approx(slow(n, r, noise, extra, ends), rel=2e-6)


@noises
def test_whole_torus_holds_all_points(noise: Noise) -> None:
    whole = expected_window_maximum(37, 0.5, noise=noise, ends="wrapped")
    assert whole == pytest.approx(expected_max_square(37, noise=noise), rel=1e-12)
    assert expected_window_maximum(37, 0.5, noise=noise) <= whole


@noises
def test_many_points_are_a_poisson_number(noise: Noise) -> None:
    n, r = 10**7, 16 / 10**7
    poisson = expected_max_square(2 * n * r, noise=noise, count="poisson")
    assert expected_window_maximum(n, r, noise=noise) == pytest.approx(poisson, rel=1e-5)
    fixed = expected_max_square(2 * n * r, noise=noise)
    assert (abs(fixed / poisson - 1) > 1e-3) == (noise != "rademacher")


def test_series_meets_the_closed_form() -> None:
    from ratecheck.theory.windows import _SERIES, _some

    n, r = 1000, 0.1
    q = _SERIES / (n * r)
    below, above = _some(n, r, q * (1 - 1e-9), "cut"), _some(n, r, q * (1 + 1e-9), "cut")
    assert below == pytest.approx(above, rel=1e-8)
    assert below < above


@noises
def test_grows_with_points_and_extra_values(noise: Noise) -> None:
    values = [expected_window_maximum(n, 0.1, noise=noise) for n in (1, 10, 100, 1000, 10**6)]
    assert all(a <= b for a, b in pairwise(values))
    assert expected_window_maximum(10, 0.1, noise=noise, extra=2) > values[1]


@pytest.mark.parametrize(
    "arguments",
    [
        {"n": 0, "radius": 0.1},
        {"n": 2.5, "radius": 0.1},
        {"n": 10, "radius": 0.0},
        {"n": 10, "radius": 0.6},
        {"n": 10, "radius": float("nan")},
        {"n": 10, "radius": 0.1, "noise": "cauchy"},
        {"n": 10, "radius": 0.1, "extra": -1},
        {"n": 10, "radius": 0.1, "ends": "open"},
    ],
    ids=str,
)
def test_bad_input_is_named(arguments: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"must"):
        expected_window_maximum(**arguments)


def test_bounds_of_a_moving_target_enclose_those_of_a_constant_one() -> None:
    low, high = interpolant_risk_bounds(200, 0.05)
    assert low == pytest.approx(expected_window_maximum(200, 0.05), rel=1e-14)
    assert high == pytest.approx(expected_window_maximum(200, 0.05, extra=2), rel=1e-14)
    inner, outer = interpolant_risk_bounds(200, 0.05, lipschitz=2.0)
    assert math.sqrt(low) - math.sqrt(inner) == pytest.approx(0.1)
    assert math.sqrt(outer) - math.sqrt(high) == pytest.approx(0.14)
    assert interpolant_risk_bounds(200, 0.05, lipschitz=1e3)[0] == 0.0
    with pytest.raises(InputError, match="lipschitz"):
        interpolant_risk_bounds(200, 0.05, lipschitz=-1.0)
