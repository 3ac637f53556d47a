"""Eigenvalues and eigenfunctions on intervals: tables, integral equations, the law of the NTK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.kernels import (
    Brownian,
    BrownianPlusOne,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.numerics.quadrature import composite_legendre
from ratecheck.spectra import Wave, interval_eigenpairs, interval_eigenvalues
from ratecheck.spectra.interval import MOST_NODES, NODES_PER_EIGENVALUE, _corrected_quadrature
from ratecheck.types import Array, InputError, UnsupportedError

REFERENCE = Path(__file__).parents[2] / "reference" / "oned_kernels.json"
TABLE: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
CLOSED: tuple[Kernel, ...] = (
    Brownian(),
    BrownianPlusOne(),
    NeumannSobolev(c=0.5),
    NeumannSobolev(c=5.0),
    Laplace(),
    Laplace(scale=0.2),
    Matern(nu=0.5, length=3.0),
    PeriodicSobolev(order=1),
    PeriodicSobolev(order=2),
    3.0 * Brownian(),
)
ANY = st.sampled_from(CLOSED)


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("min", Brownian()),
        ("one_plus_min", BrownianPlusOne()),
        ("exp_c1", Laplace()),
        ("exp_c2", Laplace(scale=0.5)),
        ("exp_c5", Laplace(scale=0.2)),
    ],
)
def test_the_table(name: str, kernel: Kernel) -> None:
    exact = [float(x) for x in TABLE[name]["lambda"]]
    np.testing.assert_allclose(interval_eigenvalues(kernel, 20), exact, rtol=1e-13)
    rates = [wave.rate for wave in interval_eigenpairs(kernel, 20).functions]
    np.testing.assert_allclose(rates, [float(x) for x in TABLE[name]["omega"]], rtol=1e-13)


def applied(kernel: Kernel, wave: Wave, x: Array) -> Array:
    """int_0^1 K(x, y) phi(y) dy, with the kink of the kernel at an end of the panels."""
    out = np.empty(x.size)
    for i, place in enumerate(x):
        y, weights = composite_legendre(40, (0.0, place / 2, place, (1 + place) / 2, 1.0))
        out[i] = kernel(np.array([[place]]), y[:, None])[0] @ (weights * wave(y))
    return out


@given(ANY, st.integers(0, 19))
def test_eigenfunctions_solve_the_integral_equation(kernel: Kernel, index: int) -> None:
    pairs = interval_eigenpairs(kernel, 20)
    wave, value, x = pairs.functions[index], pairs.values[index], np.array([0.07, 0.4, 0.83])
    residual = np.abs(applied(kernel, wave, x) - value * wave(x))
    assert residual.max() <= 1e-12 * max(1.0, pairs.values[0])
    shifted = Wave(rate=wave.rate * (1 + 1e-3) + 1e-3, phase=wave.phase)  # mutated
    assert np.abs(applied(kernel, shifted, x) - value * shifted(x)).max() > 1e-8


@pytest.mark.parametrize("kernel", CLOSED, ids=repr)
def test_eigenfunctions_are_orthonormal_and_sum_to_the_kernel(kernel: Kernel) -> None:
    pairs = interval_eigenpairs(kernel, 400)
    y, weights = composite_legendre(60, (0.0, 0.5, 1.0))
    table = np.stack([wave(y) for wave in pairs.functions[:20]])
    np.testing.assert_allclose((table * weights) @ table.T, np.eye(20), atol=1e-13)
    assert (np.diff(pairs.values) <= 0).all()
    x = np.array([[0.1], [0.55], [0.9]])
    waves = np.stack([wave(x[:, 0]) for wave in pairs.functions])
    mercer = (waves.T * pairs.values) @ waves
    np.testing.assert_allclose(mercer, kernel(x, x), atol=2e-3 * np.abs(kernel(x, x)).max() * 4)
    np.testing.assert_array_equal(pairs.values, interval_eigenvalues(kernel, 400))


@pytest.mark.parametrize("kernel", CLOSED, ids=repr)
def test_corrected_quadrature_is_as_good_as_it_says(kernel: Kernel) -> None:
    count = 100
    exact = interval_eigenvalues(kernel, count)
    found = _corrected_quadrature(kernel, 0.0, 1.0, count)
    share = np.arange(1, count + 1) / max(800, NODES_PER_EIGENVALUE * count)
    assert (np.abs(found / exact - 1) <= share**2 / 4).all()
    if kernel == Brownian():
        x = (np.arange(800)[:, None] + 0.5) / 800
        plain = np.linalg.eigvalsh(kernel(x, x) / 800)[::-1][:count]
        assert (np.abs(plain / exact - 1) > share**2 / 4)[20:].all()  # mutated: no correction


def test_other_intervals_rescale() -> None:
    scaled = _corrected_quadrature(Laplace(), -1.0, 2.0, 50)
    closed = interval_eigenvalues(Laplace(), 50, low=-1.0, high=2.0)
    np.testing.assert_allclose(scaled, closed, rtol=3e-4)
    assert np.abs(scaled / interval_eigenvalues(Laplace(), 50) - 1).max() > 0.5
    brownian = interval_eigenvalues(Brownian(), 20, low=0.0, high=3.0)
    np.testing.assert_allclose(brownian, 3 * interval_eigenvalues(Brownian(), 20), rtol=1e-3)


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_law_of_the_lifted_ntk(depth: int) -> None:
    found = interval_eigenvalues(LiftedNTK(depth=depth), 101)
    i = np.arange(20, 101)
    slope = np.polyfit(np.log(i), np.log(found[i - 1]), 1)[0]
    assert slope == pytest.approx(-2, abs=0.08)
    leading = 2 / np.pi**3 * depth * (depth - 1) / 2
    assert found[79] * 80**2 == pytest.approx(leading, rel=0.05, abs=0)
    assert found[79] * 78.5**2 == pytest.approx(leading, rel=0.02, abs=0)
    assert found[79] * 80**2 != pytest.approx(leading * depth, rel=0.05, abs=0)  # mutated


def test_law_of_the_lifted_ntk_on_a_longer_interval() -> None:
    found = interval_eigenvalues(LiftedNTK(depth=2), 100, low=-1.0, high=1.0)
    assert found[79] * 80**2 == pytest.approx(2 * 2 / np.pi**3, rel=0.05, abs=0)
    assert found[79] * 80**2 != pytest.approx(2 * 4 / np.pi**3, rel=0.05, abs=0)  # Lebesgue


def test_smooth_kernels_sum_to_their_trace() -> None:
    assert interval_eigenvalues(Gaussian(length=0.3), 40).sum() == pytest.approx(1, abs=1e-6)
    assert (interval_eigenvalues(Gaussian(length=0.3), 40) >= 0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 0}, "count must be"),
        ({"low": 1.0}, "low must be below high"),
        ({"high": np.nan}, "high must be finite"),
        ({"count": 1 + MOST_NODES // NODES_PER_EIGENVALUE}, "at most 500"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        interval_eigenvalues(LiftedNTK(depth=2), **({"count": 3} | change))


def test_eigenfunctions_without_closed_form_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="interval_eigenvalues serves"):
        interval_eigenpairs(LiftedNTK(depth=2), 3)
    with pytest.raises(InputError, match="count"):
        interval_eigenpairs(Brownian(), 0)
