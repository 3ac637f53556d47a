"""Special sums against mpmath, and orthonormality."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.numerics.special import (
    cosine_power_sum,
    power_sum,
)
from ratecheck.types import InputError


@given(st.floats(-0.9, 8), st.integers(1, 3000))
def test_power_sums_equal_the_sum_term_by_term(exponent: float, count: int) -> None:
    exact = math.fsum(k**exponent for k in range(1, count + 1))
    assert power_sum(exponent, count) == pytest.approx(exact, rel=3e-14)


@given(st.integers(1, 10**15))
def test_power_sums_equal_faulhaber_at_any_count(count: int) -> None:
    assert power_sum(1.0, count) == pytest.approx(count * (count + 1) // 2, rel=1e-14)
    cubes = (count * (count + 1) // 2) ** 2
    assert power_sum(3.0, count) == pytest.approx(cubes, rel=1e-14)


@pytest.mark.parametrize("power", [2, 4, 6])
def test_cosine_sums_equal_polylogarithms(power: int) -> None:
    theta = np.array([0.0, 0.3, 1.0, np.pi, 5.0])
    exact = [float(mpmath.re(mpmath.polylog(power, mpmath.expj(x)))) for x in theta]
    np.testing.assert_allclose(cosine_power_sum(theta, power), exact, atol=1e-14)
    with pytest.raises(InputError, match="power"):
        cosine_power_sum(theta, 3)
