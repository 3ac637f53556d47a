"""What every registered zonal kernel's spectrum obeys: routes agree, laws hold, traces close."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from ratecheck.kernels import Kernel, Laplace, Matern, registry
from ratecheck.spectra import (
    circle_coefficients,
    multiplicity,
    sobolev_order,
    sphere_eigenvalues,
)
from ratecheck.theory.decay import EigenDecay, Law, eigendecay
from ratecheck.theory.evaluate import value
from ratecheck.types import UnsupportedError

ZONAL = [entry.kernel for entry in registry() if "zonal" in entry.tags]
EXACT = [entry.kernel for entry in registry() if "exact" in entry.tags]
EXPANDABLE = [k for k in ZONAL if not (isinstance(k, Matern) and (2 * k.nu) % 2 != 1)]
FAR = 10**5


def diagonal(kernel: Kernel) -> float:
    return float(kernel.profile(np.ones(1))[0])


@pytest.mark.parametrize("kernel", EXPANDABLE, ids=repr)
def test_circle_and_sphere_agree(kernel: Kernel) -> None:
    sphere = sphere_eigenvalues(kernel, 1, 150, method="quadrature")
    circle = circle_coefficients(kernel, 150)
    scale = diagonal(kernel)
    np.testing.assert_allclose(circle, sphere, rtol=0, atol=1e-13 * scale)
    assert np.abs(circle - sphere_eigenvalues(kernel, 2, 150)).max() > 1e-3 * scale  # another d


@pytest.mark.parametrize("kernel", EXPANDABLE, ids=repr)
def test_long_bands_are_nonnegative_fast_and_close_the_trace(kernel: Kernel) -> None:
    start = time.process_time()
    mu = circle_coefficients(kernel, FAR)
    assert time.process_time() - start < 1
    assert (mu >= 0).all()
    pairs = 0.5 * (mu[-2] + mu[-1])  # one parity may vanish; tails of first-order kernels remain
    total = mu[0] + 2 * mu[1:].sum() + 2 * pairs * (FAR - 1.5)  # pairs (FAR - 1/2)^2 / k^2
    assert total == pytest.approx(diagonal(kernel), abs=0, rel=1e-10)
    once = mu.sum() + pairs * (FAR - 1.5)  # mutated: frequencies of one sign
    assert once != pytest.approx(diagonal(kernel), abs=0, rel=1e-2)


@pytest.mark.parametrize("kernel", ZONAL, ids=repr)
@pytest.mark.parametrize("d", [2, 5])
def test_partial_traces_rise_to_the_diagonal(kernel: Kernel, d: int) -> None:
    mu = sphere_eigenvalues(kernel, d, 30)
    counts = np.array([float(multiplicity(d, k)) for k in range(31)])
    assert (mu >= 0).all()
    assert 0.5 * diagonal(kernel) <= mu @ counts <= diagonal(kernel) * (1 + 1e-9)


def reach(kernel: Kernel) -> float:
    """The length, at most one, in which the frequency of an asymptotic law is counted."""
    if isinstance(kernel, Matern):
        return min(1.0, kernel.length / math.sqrt(2 * kernel.nu))
    return min(1.0, kernel.scale) if isinstance(kernel, Laplace) else 1.0


def laws(kernel: Kernel, d: int) -> EigenDecay | None:
    try:
        return eigendecay(kernel, d)
    except UnsupportedError:  # tanh and softplus: no closed form
        return None


@pytest.mark.parametrize("kernel", EXACT, ids=repr)
def test_sobolev_orders_are_those_of_the_derivation(kernel: Kernel) -> None:
    for d in (1, 4):
        law = eigendecay(kernel, d)
        if law.is_power:
            assert sobolev_order(kernel, d) == law.sobolev_order
            assert sobolev_order(kernel, d) != law.sobolev_order + 1
        else:
            with pytest.raises(UnsupportedError, match="faster than any power"):
                sobolev_order(kernel, d)


@pytest.mark.parametrize("kernel", EXPANDABLE, ids=repr)
def test_circle_coefficients_follow_the_derived_law(kernel: Kernel) -> None:
    law = laws(kernel, 1)
    if law is None or not law.is_power:
        assert not circle_coefficients(kernel, FAR)[1000:].any()  # below every power
        return
    mu = circle_coefficients(kernel, 30_001)
    for k in (300, 301, 30_000, 30_001):
        kind = law.odd_law if k % 2 else law.even_law
        predicted = float(value(law.finite_k(k)))
        if kind is Law.POWER:
            allowed = (3 / (reach(kernel) * k)) ** 2
            assert abs(mu[k] / predicted - 1) <= allowed + 1e-12
            assert abs(mu[k] / (predicted * (1 + 1 / k)) - 1) > allowed  # mutated
        else:
            assert mu[k] == 0


def test_short_lengths_are_in_the_registry() -> None:
    assert Laplace(scale=0.3) in EXPANDABLE
    assert {k.nu for k in EXPANDABLE if isinstance(k, Matern)} == {0.5, 1.5, 3.5}
