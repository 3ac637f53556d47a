"""Fourier coefficients on circle and torus: two routes, brute force, the far end, refusals."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from ratecheck.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Brownian,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    PeriodicSobolev,
)
from ratecheck.spectra import circle_coefficients, fourier_coefficients
from ratecheck.spectra.circle import _expansion, expanded_coefficients
from ratecheck.spectra.kinks import odd_derivatives
from ratecheck.theory.funk_hecke import eigenvalues
from ratecheck.types import Array, InputError, UnsupportedError

FAR = 10**5
KINKED: tuple[Kernel, ...] = (
    NTK(depth=3),
    NTK(depth=5, bias=1.0),
    NNGP(depth=4),
    LiftedNTK(depth=3),
    Laplace(scale=0.05),
    Matern(nu=3.5, length=0.7),
    ArcCosine(order=2) + 0.5 * Laplace(),
)


def diagonal(kernel: Kernel) -> float:
    return float(kernel.profile(np.ones(1))[0])


@pytest.mark.parametrize("kernel", [*KINKED, Gaussian(length=0.05)], ids=repr)
def test_brute_force_transform(kernel: Kernel) -> None:
    size = 2**18
    row = kernel.at_angle(2 * np.pi * np.arange(size) / size)
    brute = np.fft.rfft(row).real[:200] / size  # sums the aliases mu_{k + l size} too
    aliases = 0.0 if isinstance(kernel, Gaussian) else 4 * circle_coefficients(kernel, size)[-1]
    found = circle_coefficients(kernel, 199)
    np.testing.assert_allclose(found, brute, rtol=0, atol=2e-14 * diagonal(kernel) + aliases)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_the_general_route_equals_the_closed_forms(order: int) -> None:
    kernel = ArcCosine(order=order)
    closed, general = circle_coefficients(kernel, 3000), expanded_coefficients(kernel, 3000)
    np.testing.assert_allclose(general, closed, rtol=0, atol=2e-15 * diagonal(kernel))
    far = slice(50, None)  # the expansion
    np.testing.assert_allclose(general[far], closed[far], rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("kernel", "relative"),
    [
        (NTK(depth=3), 1e-11),
        (NTK(depth=5, bias=1.0), 1e-11),
        (NNGP(depth=4), 1e-8),
        (Laplace(scale=0.3), 1e-11),
    ],
    ids=repr,
)
def test_relative_accuracy_across_the_seam(kernel: Kernel, relative: float) -> None:
    degrees = (0, 1, 2, 10, 25, 40, 41, 64, 100)
    exact = eigenvalues(kernel, 1, degrees, digits=24)
    found = circle_coefficients(kernel, 100)
    for k in degrees:
        assert found[k] == pytest.approx(float(exact[k]), abs=0, rel=relative)
    first = np.array([[j[0], *np.zeros(7)] for j in odd_derivatives(kernel)])  # mutated: one term
    if isinstance(kernel, NTK):
        alone = _expansion(first, np.array([100]))[0]
        assert alone != pytest.approx(float(exact[100]), abs=0, rel=relative)


@pytest.mark.parametrize("kernel", KINKED, ids=repr)
def test_the_far_end_closes_the_trace(kernel: Kernel) -> None:
    mu = circle_coefficients(kernel, FAR)
    assert mu.size == FAR + 1
    assert (mu > 0).all()
    total = mu[0] + 2 * mu[1:].sum()
    leading = np.array([[j[0], *np.zeros(7)] for j in odd_derivatives(kernel)])
    at_zero = -leading[0, 0] / np.pi  # even and odd frequencies average over the sign at pi
    tail = 2 * at_zero / (FAR + 0.5)
    assert total + tail == pytest.approx(diagonal(kernel), abs=0, rel=1e-10)
    if leading[0, 0]:
        assert total < diagonal(kernel) * (1 - 1e-7)  # mutated: without the tail
        assert total + tail / 2 != pytest.approx(diagonal(kernel), abs=0, rel=1e-8)


def test_parity_zeros_are_exact_and_small_coefficients_are_not_zero() -> None:
    mu = circle_coefficients(NNGP(depth=2), 5000)
    assert not mu[3::2].any()
    assert (mu[2::2] > 0).all()
    smooth = circle_coefficients(Matern(nu=5.5, length=0.7), 5000)
    assert (smooth > 0).all()
    ratio = smooth[2000:] * np.arange(2000.0, 5001.0) ** 12
    assert np.ptp(ratio) < 1e-4 * ratio[0]


def test_kinks_of_the_step_kernel() -> None:
    found = odd_derivatives(ArcCosine(order=0))  # 1 - theta / pi
    np.testing.assert_allclose(found[:, 0], -1 / np.pi, rtol=1e-15)
    assert not found[:, 1:].any()
    lag = odd_derivatives(ArcCosine(order=1))  # ((pi - th) cos th + sin th) / pi
    np.testing.assert_allclose(lag[0, :3], [0, 2 / np.pi, -4 / np.pi], atol=1e-15)
    assert not odd_derivatives(Gaussian(length=0.8)).any()


@pytest.mark.parametrize("order", [1, 2, 3])
def test_torus_coefficients_rebuild_the_kernel(order: int) -> None:
    kernel: Kernel = 2.0 * PeriodicSobolev(order=order) + PeriodicSobolev(order=1)
    mu = fourier_coefficients(kernel, 20_000)
    z = np.array([0.0, 0.13, 0.5, 0.77])

    def rebuilt(values: Array) -> Array:
        k = np.arange(1, values.size)
        return np.asarray(values[0] + 2 * np.cos(2 * np.pi * np.outer(z, k)) @ values[1:])

    exact = kernel(z[:, None], np.zeros((1, 1)))[:, 0]
    np.testing.assert_allclose(rebuilt(mu), exact, rtol=0, atol=2e-5)
    assert np.abs(rebuilt(np.append(mu[:1], mu[1:] / 2)) - exact).max() > 1e-3  # one sided


def test_periodic_kernel_at_a_quarter() -> None:
    exact = 1 + float(mpmath.bernpoly(2, 0.25)) / 2
    k = np.arange(1, 10**6)
    mu = fourier_coefficients(PeriodicSobolev(order=1), 10**6 - 1)[1:]
    assert 1 + 2 * mu @ np.cos(np.pi * k / 2) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        (Brownian(), "not zonal"),
        (Matern(nu=0.8, length=0.7), "half-integer"),
        (Laplace(scale=1e-5), "larger length"),
    ],
)
def test_refusals_on_the_circle(kernel: Kernel, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        circle_coefficients(kernel, 10)


def test_refusals_on_the_torus() -> None:
    with pytest.raises(UnsupportedError, match="PeriodicSobolev"):
        fourier_coefficients(Laplace(), 3)
    for function in (circle_coefficients, fourier_coefficients):
        with pytest.raises(InputError, match="band"):
            function(PeriodicSobolev(order=1), -1)
