"""Exponents: identities that tie them together, mutated formulas, refusals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck import theory
from ratecheck.theory.exact import Exact
from ratecheck.types import InputError

DIMENSIONS = st.integers(1, 12)
EXCESS = st.fractions(min_value=Fraction(1, 20), max_value=8, max_denominator=40)


def balances(rate: Callable[[Fraction, int], Fraction], s: Fraction, d: int, m: Fraction) -> bool:
    """Whether bias and variance meet at the best time with the claimed rate."""
    a = theory.stopping_exponent(s, d, m)
    return rate(s, d) == -a * s / m == a * d / (2 * m) - 1


@given(DIMENSIONS, EXCESS, EXCESS)
def test_best_time_balances_bias_and_variance(d: int, over: Fraction, kernel: Fraction) -> None:
    s, m = Fraction(d, 2) + over, Fraction(d, 2) + kernel
    assert balances(theory.minimax_exponent, s, d, m)
    assert not balances(lambda s, d: -s / (2 * s + d), s, d, m)  # mutated: a lost factor 2
    assert not balances(lambda s, d: -2 * s / (2 * s + 2 * d), s, d, m)  # mutated: d -> 2d


@given(DIMENSIONS, EXCESS, EXCESS, st.fractions(0, 1, max_denominator=50))
def test_only_the_best_time_is_minimax(
    d: int, over: Fraction, kernel: Fraction, x: Fraction
) -> None:
    s, m = Fraction(d, 2) + over, Fraction(d, 2) + kernel
    a, best = x * 2 * m / d, theory.stopping_exponent(s, d, m)
    loss = theory.mistuned_exponent(s, d, m, a) - theory.minimax_exponent(s, d)
    assert (loss == 0) if a == best else (loss > 0)


@given(DIMENSIONS, EXCESS)
def test_the_two_terms_meet_at_the_corner(d: int, over: Fraction) -> None:
    s = Fraction(d, 2) + over
    corner, (in_n, in_r) = theory.critical_radius_exponent(s, d), theory.adversarial_exponents(s, d)
    assert corner == s / ((2 * s + d) * min(s, Fraction(1)))
    assert theory.phase_exponent(s, d, corner) == in_n == -corner * in_r
    assert theory.phase_exponent(s, d, corner * 2) == in_n
    assert theory.phase_exponent(s, d, corner / 2) == in_n / 2


@pytest.mark.parametrize(
    ("s", "d", "expected"),
    [(1, 1, "-2/3"), ("3/2", 1, "-3/4"), (2.0, 1, "-4/5"), (0.75, 1, "-3/5"), (2, 3, "-4/7")],
)
def test_values(s: Exact, d: int, expected: str) -> None:
    assert theory.minimax_exponent(s, d) == Fraction(expected)
    assert theory.clean_minimax(s, d).exponent == Fraction(expected)
    assert theory.adversarial_minimax(s, d).exponent == Fraction(expected)


@pytest.mark.parametrize(
    ("s", "d", "message"),
    [
        ("1/2", 1, "must exceed d/2 = 1/2"),
        (1, 2, "raise s or lower d"),
        ("three", 1, "'three'"),
        ("1/0", 1, "'1/0'"),
        (0.123456789, 1, "write it exactly"),
        (float("nan"), 1, "finite"),
        (True, 1, "got True"),
        (None, 1, "got None"),
        (1, 0, "integer >= 1, got 0"),
        (1, 1.5, "got 1.5"),
    ],
)
def test_refusals_name_value_and_remedy(s: Exact, d: int, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        theory.minimax_exponent(s, d)


def test_other_refusals() -> None:
    with pytest.raises(InputError, match="m must exceed d/2"):
        theory.stopping_exponent(2, 2, 1)
    with pytest.raises(InputError, match="a must not be negative"):
        theory.phase_exponent(1, 1, "-1/2")
    with pytest.raises(InputError, match="later times interpolate"):
        theory.mistuned_exponent(1, 1, 1, 3)


def test_short_floats_mean_their_fractions() -> None:
    assert theory.minimax_exponent(0.6, 1) == theory.minimax_exponent("3/5", 1)
