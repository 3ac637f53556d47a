"""Expected maxima: reference digits, independent routes, order relations, mutated formulas."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck import theory
from ratecheck.theory.extremes import _TAILS, Count, Noise, integral
from ratecheck.types import InputError

PATH = Path(__file__).parents[2] / "reference" / "rates.json"
TABLE: dict[str, str] = json.loads(PATH.read_text())["E_max_eps2"]
NOISES: tuple[Noise, ...] = ("gaussian", "laplace", "uniform", "rademacher")


@pytest.mark.parametrize("N", [int(n) for n in TABLE])
def test_double_precision_matches_the_table(N: int) -> None:
    assert theory.expected_max_square(N) == pytest.approx(float(TABLE[str(N)]), rel=2e-15)


@pytest.mark.parametrize("N", ["1", "3", "1000", "1000000"])
def test_twenty_digits_match_the_table(N: str) -> None:
    with mpmath.workdps(40):
        computed = theory.expected_max_square_digits(int(N), digits=22)
        assert abs(computed / mpmath.mpf(TABLE[N]) - 1) < 1e-22
        wrong = computed + mpmath.mpf("1e-21") * computed
        assert abs(wrong / mpmath.mpf(TABLE[N]) - 1) > 1e-22


def test_two_values_in_closed_form() -> None:
    assert theory.expected_max_square(2) == pytest.approx(1 + 2 / math.pi, rel=1e-15)
    assert theory.expected_max_square(2) != pytest.approx(1 + 1 / math.pi, rel=1e-3)


@pytest.mark.parametrize("N", [1, 2, 7, 1000, 10**9])
def test_laplace_sum_equals_the_integral(N: int) -> None:
    by_integral = float(integral(mpmath.fp, float(N), _TAILS["laplace"], "fixed"))
    assert theory.expected_max_square(N, noise="laplace") == pytest.approx(by_integral, rel=1e-13)
    harmonic = sum(1 / i for i in range(1, min(N, 1000) + 1))
    if N <= 1000:
        mutated = harmonic**2 / 2  # the variance of the maximum forgotten
        assert theory.expected_max_square(N, noise="laplace") > mutated * 1.01


@given(st.integers(1, 10**6))
def test_uniform_closed_form(N: int) -> None:
    def by_density(power: Callable[[float], float]) -> float:
        return float(mpmath.fp.quad(lambda u: 2 * u * (1 - power(u)), [0, 1 - 1 / (N + 1), 1]) * 3)

    exact = theory.expected_max_square(N, noise="uniform")
    assert exact == pytest.approx(by_density(lambda u: u**N), rel=1e-6)
    assert theory.expected_max_square(N, noise="rademacher") == 1.0


@given(st.floats(1, 1e8), st.floats(1.001, 3), st.sampled_from(NOISES))
def test_more_values_reach_higher(N: float, factor: float, noise: Noise) -> None:
    kinds: tuple[Count, ...] = ("fixed", "poisson")
    for count in kinds:
        less = theory.expected_max_square(N, noise=noise, count=count)
        more = theory.expected_max_square(N * factor, noise=noise, count=count)
        assert more >= less > 0
    assert theory.expected_max_square(N, noise=noise, count="poisson") <= (
        theory.expected_max_square(N, noise=noise) + 1e-12
    )  # concave in N: Jensen


@given(st.floats(0.01, 30), st.sampled_from(NOISES))
def test_poisson_count_is_the_average(mean: float, noise: Noise) -> None:
    log_weights = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(200))
    average = sum(
        math.exp(w) * theory.expected_max_square(k, noise=noise) for k, w in enumerate(log_weights)
    )
    computed = theory.expected_max_square(mean, noise=noise, count="poisson")
    assert computed == pytest.approx(average, rel=1e-9)


def test_asymptote_approaches_slowly() -> None:
    gaps = [
        theory.gaussian_asymptote(n) / theory.expected_max_square(n) - 1 for n in (10**3, 10**6)
    ]
    assert -0.011 < gaps[0] < gaps[1] < 0
    assert theory.gaussian_asymptote(10**3) == pytest.approx(11.797, abs=5e-4)


@pytest.mark.parametrize(
    ("N", "noise", "count", "message"),
    [
        (-1, "gaussian", "fixed", "between 0 and"),
        (math.nan, "gaussian", "fixed", "nan"),
        (1e10, "gaussian", "fixed", "10000000000.0"),
        (1, "cauchy", "fixed", "'cauchy'"),
        (1, "gaussian", "binomial", "'binomial'"),
    ],
)
def test_refusals(N: float, noise: Noise, count: Count, message: str) -> None:
    with pytest.raises(InputError, match=message):
        theory.expected_max_square(N, noise=noise, count=count)
