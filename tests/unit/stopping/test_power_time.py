from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.stopping import FixedTime, PowerTime
from tests.unit.stopping.sequence_model import Model

SETTING = Model(size=64, smoothness=1.0).setting


@given(c=st.floats(0.01, 100), exponent=st.floats(-2, 3), n=st.integers(1, 10**9))
def test_the_time_is_the_power_of_the_sample_size(c: float, exponent: float, n: int) -> None:
    setting = dataclasses.replace(SETTING, size=n)
    (time,) = PowerTime(c=c, exponent=exponent).planned(setting)
    assert time == pytest.approx(c * n**exponent, rel=1e-12)


def test_the_exponent_zero_is_a_fixed_time() -> None:
    assert PowerTime(c=3, exponent=0).planned(SETTING) == FixedTime(t=3).planned(SETTING)
