from __future__ import annotations

import numpy as np
import pytest

from ratecheck.filters import (
    CutOffFilter,
    GradientFlowFilter,
    IteratedRidgeFilter,
    RidgeFilter,
)
from ratecheck.types import InputError


def test_values() -> None:
    mu, t = np.array([0.0, 0.5, 1.0]), np.array([1.0, 2.0])
    flow = [[1, np.exp(-0.5), np.exp(-1)], [1, np.exp(-1), np.exp(-2)]]
    assert np.allclose(GradientFlowFilter().residual(mu, t), flow, rtol=1e-15)
    ridge = [[1, 2 / 3, 1 / 2], [1, 1 / 2, 1 / 3]]
    assert np.allclose(RidgeFilter().residual(mu, t), ridge, rtol=1e-15)
    assert CutOffFilter().residual(mu, t).tolist() == [[1, 1, 0], [1, 0, 0]]
    assert CutOffFilter().weight(mu, t).tolist() == [[0, 0, 1], [0, 2, 1]]
    assert GradientFlowFilter().weight(mu, t)[:, 0].tolist() == [1, 2]
    assert IteratedRidgeFilter(order=3).weight(mu, t)[:, 0].tolist() == [3, 6]


def test_the_constant_of_gradient_flow() -> None:
    bias = GradientFlowFilter().worst_case_bias(1.5, 1.0, np.array([10.0]))
    assert bias[0] == pytest.approx((1.5 / (2 * np.e * 10)) ** 1.5, rel=1e-14)


def test_the_constant_of_ridge_below_saturation() -> None:
    q, lam = 0.75, 0.01  # s = 1.5, m = 1: lam^{2q} (q^q (1-q)^{1-q})^2 of theory note B2
    expected = lam ** (2 * q) * (q**q * (1 - q) ** (1 - q)) ** 2
    bias = RidgeFilter().worst_case_bias(1.5, 1.0, np.array([1 / lam]))
    assert bias[0] == pytest.approx(expected, rel=1e-13)


def test_early_times_are_worst_at_the_largest_eigenvalue() -> None:
    t = np.array([1e-300, 1e-9, 1e-3])
    for f in (RidgeFilter(), CutOffFilter()):
        assert f.worst_case_bias(1.0, 1.0, t) == pytest.approx(np.ones(3), abs=0.003)


def test_only_cut_off_jumps() -> None:
    assert GradientFlowFilter().is_continuous
    assert RidgeFilter().is_continuous
    assert not CutOffFilter().is_continuous


@pytest.mark.parametrize("order", [0, -1, 1.5, True])
def test_refuses_orders(order: object) -> None:
    with pytest.raises(InputError, match="order"):
        IteratedRidgeFilter(order=order)  # type: ignore[arg-type] # on purpose
