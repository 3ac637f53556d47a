"""Sums and maxima over integers that nobody could visit, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import zeta

from ratecheck.numerics.quadrature import (
    DENSE,
    composite_legendre,
    gauss_legendre,
    maximum_over_integers,
    sum_over_integers,
)
from ratecheck.numerics.special import power_sum
from ratecheck.types import Array, InputError


def _power(k: Array, exponent: float) -> Array:
    return np.asarray(np.power(k[None, :], exponent), dtype=np.float64)


@pytest.mark.parametrize("last", [1.0, 100.0, 4096.0, 4097.0, 5e5, 1e14, 1e22])
@pytest.mark.parametrize("power", [-0.5, 1.5])
def test_power_sums_equal_the_zeta_difference(power: float, last: float) -> None:
    found = sum_over_integers(lambda k: _power(k, -power), 1.0, last)
    exact = zeta(power) - zeta(power, last + 1) if power > 1 else power_sum(-power, last)
    assert found.value[0] == pytest.approx(exact, rel=1e-12)
    assert found.error[0] <= 1e-11 * exact


def test_jumps_are_found_exactly_and_the_integral_alone_would_not_do() -> None:
    jumps = np.array([3.0, 5000.5, 123456.0, 98765432.1])

    def steps(k: Array) -> Array:
        return np.where(k[None, :] < jumps[:, None], 1.0, 0.0)

    found = sum_over_integers(steps, 1.0, 1e12)
    assert found.value.tolist() == [2, 5000, 123455, 98765432]
    assert found.value[2] != jumps[2]  # the integral from 0


def test_an_empty_range_sums_to_zero() -> None:
    assert sum_over_integers(lambda k: k[None, :], 1.0, 0.0).value.tolist() == [0.0]


def _waves(centre: float) -> tuple[float, float]:
    def bump(k: Array) -> Array:
        return -np.abs(np.log(k / centre))[None, :]

    value, place = maximum_over_integers(bump, 1e15)
    return float(value[0]), float(place[0])


@pytest.mark.parametrize("centre", [1.0, 7.2, 513.0, 777.4, 123456.3, 987654321.4])
def test_maxima_of_unimodal_sequences_are_at_the_right_integer(centre: float) -> None:
    value, place = _waves(centre)
    beside = [np.floor(centre), np.ceil(centre)]
    assert place == min(beside, key=lambda k: abs(np.log(k / centre)))
    assert value == -abs(np.log(place / centre))


def test_of_two_hills_the_higher_one_wins_although_the_rungs_miss_its_top() -> None:
    rungs = np.rint(np.geomspace(DENSE, 1e9, int(np.ceil(np.log(1e9 / DENSE) / 0.05)) + 2))
    on_rung, between = rungs[100], np.rint(np.sqrt(rungs[200] * rungs[201]))

    def hills(k: Array) -> Array:
        first = 1.0 - 5 * np.log(k / on_rung) ** 2
        second = 1.0005 - 5 * np.log(k / between) ** 2
        return np.asarray(np.maximum(first, second)[None, :])

    value, place = maximum_over_integers(hills, 1e9)
    assert (value[0], place[0]) == (1.0005, between)
    assert hills(rungs)[0].argmax() == 100  # the rungs alone would take the lower hill


def test_rules_integrate_polynomials_and_need_a_node() -> None:
    nodes, weights = composite_legendre(4, (-1.0, 0.0, 2.0))
    assert weights @ np.abs(nodes) ** 7 == pytest.approx((1 + 2**8) / 8, rel=1e-14)
    one_panel = gauss_legendre(8, -1.0, 2.0)
    assert one_panel[1] @ np.abs(one_panel[0]) ** 7 != pytest.approx((1 + 2**8) / 8, rel=1e-14)
    with pytest.raises(InputError, match="count"):
        gauss_legendre(0)
