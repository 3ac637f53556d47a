from __future__ import annotations

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.interpolation import first_order_flow
from ratecheck.interpolation.flow import _fractions
from ratecheck.kernels import (
    Brownian,
    BrownianPlusOne,
    Gaussian,
    Kernel,
    Laplace,
    NeumannSobolev,
)
from ratecheck.types import InputError, UnsupportedError

TIMES = np.array([1e-3, 0.3, 10.0, 1e3, 1e6, 1e12])
KERNELS: tuple[Kernel, ...] = (
    Brownian(),
    BrownianPlusOne(),
    NeumannSobolev(c=2.0),
    NeumannSobolev(c=80.0),
    Laplace(scale=0.1),
)


def test_fractions_are_the_exponential() -> None:
    z, c = _fractions()
    x = -np.append(0.0, np.geomspace(1e-8, 1e12, 200))
    sums = np.sum(c / (z - x[:, None]), axis=1).real
    assert sums == pytest.approx(np.exp(x), abs=2e-12)


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@pytest.mark.parametrize("n", [1, 2, 70])
def test_same_fits_as_all_eigenpairs_give(kernel: Kernel, n: int) -> None:
    rng = np.random.default_rng(n)
    X, y = rng.uniform(0.02, 1, (n, 1)), rng.standard_normal(n)
    flow = rc.GradientFlow(operator="eigh")
    path = flow.path(flow.prepare(kernel, X), y, TIMES)
    new = rng.random((40, 1))
    fits = first_order_flow(kernel, X, y, TIMES)
    peer = flow.predict(path, new)
    for fit, expected in zip(fits, peer, strict=True):
        assert fit(new) == pytest.approx(expected, abs=1e-7 * np.abs(y).max())
    assert fits[1](new) != pytest.approx(peer[2], abs=1e-4)


def test_ends_at_the_interpolant_and_starts_at_zero() -> None:
    rng = np.random.default_rng(3)
    X, y = rng.random((2000, 1)), rng.standard_normal(2000)
    fits = first_order_flow(NeumannSobolev(c=1.0), X, y, np.array([1e-9, 1e25]))
    assert np.abs(fits[0](X)).max() <= 1e-6
    assert fits[1](X) == pytest.approx(y, abs=1e-11)
    late = first_order_flow(NeumannSobolev(c=1.0), X, y, np.array([1e6]))[0]
    assert np.abs(late(X) - y).max() > 0.1


def test_bad_input_is_named() -> None:
    X, y, t = np.array([[0.2], [0.4]]), np.ones(2), np.ones(1)
    with pytest.raises(UnsupportedError, match="first-order"):
        first_order_flow(Gaussian(1.0), X, y, t)
    with pytest.raises(InputError, match="different points"):
        first_order_flow(Laplace(), np.array([[0.2], [0.2]]), y, t)
    with pytest.raises(InputError, match="different points"):
        first_order_flow(Brownian(), np.array([[0.2], [0.0]]), y, t)
    with pytest.raises(InputError, match="increasing"):
        first_order_flow(Laplace(), X, y, np.array([2.0, 1.0]))
