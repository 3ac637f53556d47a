"""Values and gradients from one pass agree with those computed apart, kinks and zeros included."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.kernels import (
    NTK,
    ArcCosine,
    DualActivation,
    Entry,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    registry,
)
from ratecheck.kernels.arcs import layers, layers_and_slopes

COMPOSED: list[Kernel] = [
    2.0 * NTK(depth=3) + Laplace(),
    Gaussian(length=1.0) * LiftedNTK(depth=2),
    3.0 * (ArcCosine(order=1) + DualActivation(activation="erf")),
]


def check_pair(kernel: Kernel, d: int, unit: bool) -> None:
    rng = np.random.default_rng(d)
    X, Y = rng.random((7, d)), rng.random((9, d))
    X, Y = (X, Y) if unit else (X - 0.5, Y - 0.5)
    Y[0] = X[0]  # a kink
    if not unit:
        Y[1], X[2] = -X[1], 0.0
    W = rng.standard_normal((7, 9))
    values, gradient = kernel._gram_and_gradient(X, Y, W)
    assert values == pytest.approx(kernel._gram(X, Y), rel=1e-13, abs=1e-13)
    assert gradient == pytest.approx(kernel._gradient(X, Y, W), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("entry", registry(), ids=lambda e: repr(e.kernel))
def test_every_kernel(entry: Entry) -> None:
    for d in entry.columns:
        check_pair(entry.kernel, d, "unit" in entry.tags)


@pytest.mark.parametrize("kernel", COMPOSED, ids=repr)
def test_sums_products_and_multiples(kernel: Kernel) -> None:
    check_pair(kernel, 3, unit=False)


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_slopes_of_layers_are_differences(depth: int) -> None:
    u, h = np.linspace(-0.95, 0.95, 30), 1e-6
    found = layers_and_slopes(1 - u, 1 + u, depth)
    up, down = layers(1 - u - h, 1 + u + h, depth), layers(1 - u + h, 1 + u - h, depth)
    for (value, slope), high, low, exact in zip(
        found, up, down, layers(1 - u, 1 + u, depth), strict=True
    ):
        assert value == pytest.approx(exact, rel=1e-14)
        assert slope == pytest.approx((high - low) / (2 * h), rel=1e-7, abs=1e-8)
