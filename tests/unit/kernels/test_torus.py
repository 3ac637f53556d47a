from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ratecheck.kernels import PeriodicSobolev, TorusSobolev
from ratecheck.types import Array, InputError


def truncated(order: float, z: Array, band: int) -> tuple[float, float]:
    """Return the sum over |k_i| <= band, and a bound of what is left out (smooth weights decay)."""
    axes = np.meshgrid(*[np.arange(-band, band + 1)] * z.size, indexing="ij")
    w = 4 * np.pi**2 * np.sum(np.array(axes, dtype=float) ** 2, axis=0)
    w[(band,) * z.size] = 1.0  # k = 0 counts one
    phase = 2 * np.pi * sum(a * x for a, x in zip(axes, z, strict=True))
    d = z.size
    tail = 2 * np.pi ** (d / 2) * (2 * np.pi) ** (-2 * order) * band ** (d - 2 * order)
    return float(np.sum(w**-order * np.cos(phase))), tail / (2 * order - d)


@pytest.mark.parametrize(
    ("order", "d", "band"), [(1.5, 2, 300), (2.0, 2, 150), (4.0, 2, 20), (2.0, 3, 50), (3.5, 3, 20)]
)
def test_values_against_a_truncated_sum(order: float, d: int, band: int) -> None:
    kernel = TorusSobolev(order=order, dimension=d)
    X = np.random.default_rng(0).random((4, d))
    X[0], X[1] = 0.0, 0.5
    values = kernel(X, np.zeros((1, d)))[:, 0]
    wrong = TorusSobolev(order=order + 0.5, dimension=d)(X, np.zeros((1, d)))[:, 0]
    for x, value, other in zip(X, values, wrong, strict=True):
        expected, left_out = truncated(order, x, band)
        assert abs(value - expected) <= left_out + 1e-14
        assert abs(other - expected) > left_out + 1e-14


@pytest.mark.parametrize("order", [1, 2, 3])
def test_one_dimension_is_the_periodic_sobolev_kernel(order: int) -> None:
    X, Y = (np.random.default_rng(s).random((6, 1)) for s in (0, 1))
    kernel, known = TorusSobolev(order=order, dimension=1), PeriodicSobolev(order=order)
    assert kernel(X, Y) == pytest.approx(known(X, Y), rel=1e-14)
    weights = np.arange(6.0)
    assert kernel.gradient(X, Y, weights) == pytest.approx(known.gradient(X, Y, weights))
    assert kernel.eigenvalue(np.arange(5) ** 2) == pytest.approx(known.fourier(4), rel=1e-14)


def test_images_and_frequencies_are_enough_everywhere() -> None:
    """The corner of the cell is where the next image would be nearest."""
    kernel = TorusSobolev(order=8.0, dimension=3)
    z = np.array([[0.5, 0.5, 0.5]])
    expected = 1 + sum(
        (4 * np.pi**2 * sum(i * i for i in k)) ** -8.0 * np.cos(np.pi * sum(k))
        for k in product(range(-6, 7), repeat=3)
        if any(k)
    )
    assert kernel(z, 0 * z)[0, 0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("order", "dimension", "message"),
    [
        (1.0, 2, r"order must exceed d/2 = 1"),
        (1.5, 3, r"order must exceed d/2 = 1.5"),
        (3.0, 4, "dimension must be between 1 and 3"),
        (1.7, 2, "multiple of 1/2"),
        (9.0, 2, "at most 8"),
        (-2.0, 2, "order must be positive"),
    ],
)
def test_refusals(order: float, dimension: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TorusSobolev(order=order, dimension=dimension)


def test_wrong_columns_are_refused() -> None:
    with pytest.raises(InputError, match="must have 3 columns"):
        TorusSobolev(order=2, dimension=3)(np.zeros((2, 2)), np.zeros((2, 3)))
