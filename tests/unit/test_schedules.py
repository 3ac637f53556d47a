from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.schedules import Constant, Power, constant, dyadic, power
from ratecheck.types import InputError


def test_dyadic_sizes_include_both_ends() -> None:
    assert dyadic(8, 20) == tuple(2**k for k in range(8, 21))
    assert dyadic(8, 20, step=5) == (2**8, 2**13, 2**18)
    assert dyadic(3, 3) == (8,)


@given(
    c=st.floats(1e-3, 1e3),
    exponent=st.floats(-3, 3),
    n=st.integers(1, 2**20),
)
def test_a_power_is_log_linear_in_n(c: float, exponent: float, n: int) -> None:
    law = power(c, exponent)
    assert math.isclose(law(4 * n) / law(n), 4**exponent, rel_tol=1e-12)
    assert law(1) == c


@given(value=st.floats(0, 1e6), n=st.integers(1, 2**20))
def test_a_constant_is_constant(value: float, n: int) -> None:
    assert constant(value)(n) == value


def test_schedules_are_values() -> None:
    assert power(1, -1) == Power(c=1.0, exponent=-1.0)
    assert repr(power(1, -1)) == repr(Power(c=1.0, exponent=-1.0))
    assert eval(repr(constant(2))) == Constant(value=2.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: power(0, 1), "c must be positive"),
        (lambda: power(1, math.nan), "exponent must be finite"),
        (lambda: power(1, 1)(0), "n must be at least 1"),
        (lambda: constant(1)(0), "n must be at least 1"),
        (lambda: constant(-1), "value must not be negative"),
        (lambda: dyadic(5, 4), "high must be between 5 and 62"),
        (lambda: dyadic(-1, 4), "low must be at least 0"),
        (lambda: dyadic(1, 4, step=0), "step must be at least 1"),
        (lambda: dyadic(1.0, 4), "low must be an integer"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_are_named(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=message):
        make()
