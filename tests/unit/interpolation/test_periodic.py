from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

import ratecheck as rc
from ratecheck.functions import Plain
from ratecheck.interpolation import PeriodicSpline
from ratecheck.interpolation.periodic import aliased, noise_factor
from ratecheck.interpolation.polynomials import critical_points, evaluate
from ratecheck.kernels import PeriodicSobolev
from ratecheck.types import Array

MISC = json.loads((Path(__file__).parents[2] / "reference" / "misc.json").read_text())
FACTORS = MISC["interpolant_L2_noise_factor_c_m"]
orders = pytest.mark.parametrize("order", [1, 2, 3, 4])


def spline(
    order: int, n: int, seed: int = 0, shift: float = 0.0
) -> tuple[PeriodicSpline, Array, Array]:
    X = (np.arange(n)[:, None] + shift) / n
    y = np.random.default_rng(seed).standard_normal(n)
    interpolant = rc.Interpolant(operator="fft")
    function = interpolant.path(interpolant.prepare(PeriodicSobolev(order), X), y).function(0)
    assert isinstance(function, PeriodicSpline)
    return function, X, y


@orders
def test_limits_of_the_clean_risk(order: int) -> None:
    """Theory note D: E R_0 / sigma^2 -> c_m; the sums over frequencies converge geometrically."""
    exact = float(FACTORS[f"m={order}"])
    assert noise_factor(order, 2**12) == pytest.approx(exact, abs=3e-4)
    # the constant of the kernel changes one frequency of n: an error of order 1/n, and known
    n = 2**10
    plain = noise_factor(order, n) + (1 - constant_share(order, n)) / n
    assert plain == pytest.approx(exact, abs=1e-12)
    other = float(FACTORS[f"m={order % 4 + 1}"])
    assert plain != pytest.approx(other, abs=1e-3)


def constant_share(order: int, n: int) -> float:
    """Share of frequency 0: that of q -> 0 is one."""
    mu = np.array([1.0, *(2 * np.pi * n * np.arange(1, 2000)) ** (-2.0 * order)])
    return float((1 + 2 * np.sum(mu[1:] ** 2)) / (1 + 2 * np.sum(mu[1:])) ** 2)


@orders
def test_noise_factor_is_the_mean_of_the_risks(order: int) -> None:
    """The risk is quadratic in y: its mean is the mean over an orthogonal basis of responses."""
    n, zero = 8, Plain(call=lambda X: np.zeros(len(X)))
    X = np.arange(n)[:, None] / n
    interpolant = rc.Interpolant()
    state = interpolant.prepare(PeriodicSobolev(order), X)
    fits = [interpolant.path(state, row).function(0) for row in np.eye(n)]
    risks = [rc.risk.Clean().evaluate(f, zero, rc.domains.Torus(1), n).value for f in fits]
    assert np.sum(risks) == pytest.approx(noise_factor(order, n), rel=1e-10)


@orders
@pytest.mark.parametrize("n", [1, 2, 3, 8, 33])
def test_eigenvalues_are_sums_over_aliases(order: int, n: int) -> None:
    far = 40_000 if order == 1 else 4000
    j = np.arange(-far, far + 1)
    mu = np.abs(2 * np.pi * (np.arange(n // 2 + 1)[:, None] + j * n))
    naive = np.where(mu > 0, np.where(mu > 0, mu, 1.0) ** (-2.0 * order), 1.0).sum(axis=1)
    assert aliased(order, n) == pytest.approx(naive, rel=1e-4 if order == 1 else 1e-9)
    row = PeriodicSobolev(order)(np.zeros((1, 1)), np.arange(n)[:, None] / n)[0]
    absolute = 1e-15 * np.abs(row).sum()
    assert aliased(order, n) * n == pytest.approx(np.fft.rfft(row).real, abs=absolute)


@orders
@pytest.mark.parametrize("n", [1, 2, 5, 16])
@pytest.mark.parametrize("shift", [0.0, 0.37])
def test_series_converges_to_the_spline(order: int, n: int, shift: float) -> None:
    f, X, y = spline(order, n, shift=shift)
    new = np.random.default_rng(1).random((50, 1))
    errors = [np.abs(f.series(band)(new) - f(new)).max() for band in (8 * n, 64 * n)]
    assert errors[1] <= max(errors[0] / 3.0, 1e-11)
    assert f(X) == pytest.approx(y, abs=1e-12)
    assert f(X + 3.0) == pytest.approx(y, abs=1e-10)


@orders
def test_pieces_meet_smoothly(order: int) -> None:
    """f and its first 2m - 2 derivatives are continuous, the next one jumps by the weights."""
    n = 12
    f, X, y = spline(order, n)
    derivative = f.pieces
    for p in range(2 * order):
        jump = np.roll(derivative[0], -1) - evaluate(derivative, np.ones(n))
        scale = np.abs(derivative).max()
        if p < 2 * order - 1:
            assert np.abs(jump).max() <= 1e-11 * scale
        else:
            interpolant = rc.Interpolant()
            path = interpolant.path(interpolant.prepare(PeriodicSobolev(order), X), y)
            expected = (-1) ** order * np.roll(path.weights, -1) / n**p
            assert jump == pytest.approx(expected, abs=1e-9 * np.abs(expected).max())
        derivative = derivative[1:] * np.arange(1, derivative.shape[0])[:, None]


def test_odd_data_give_the_cubic_spline() -> None:
    """Data of mean zero leave out the constant, and f'''' = 0: scipy's periodic cubic spline."""
    n = 16
    X = np.arange(n)[:, None] / n
    y = np.random.default_rng(2).standard_normal(n)
    y -= y.mean()
    interpolant = rc.Interpolant()
    f = interpolant.path(interpolant.prepare(PeriodicSobolev(2), X), y).function(0)
    peer = CubicSpline(np.append(X[:, 0], 1.0), np.append(y, y[0]), bc_type="periodic")
    new = np.linspace(0, 0.999, 400)
    assert f(new[:, None]) == pytest.approx(peer(new), abs=1e-11)
    lifted = interpolant.path(interpolant.prepare(PeriodicSobolev(2), X), y + 5.0).function(0)
    shifted = lifted(new[:, None]) - 5.0
    assert np.abs(shifted - peer(new)).max() > 1e-9  # a mean costs norm: not the cubic spline


@settings(max_examples=30)
@given(degree=st.integers(1, 8), seed=st.integers(0, 10**6))
def test_critical_points_are_all_found(degree: int, seed: int) -> None:
    c = np.random.default_rng(seed).standard_normal((degree + 1, 5))
    found = critical_points(c)
    assert found.shape == (max(degree - 1, 0), 5)
    for column in range(5):
        slope = c[1:, column] * np.arange(1, degree + 1)
        roots = np.roots(slope[::-1])
        real = roots[np.abs(roots.imag) < 1e-9].real
        known = np.sort(real[(real > 1e-6) & (real < 1 - 1e-6)])
        mine = found[:, column][found[:, column] > 1e-6]
        assert mine[mine < 1 - 1e-6] == pytest.approx(known, abs=1e-6)


@orders
def test_turning_points_bound_the_spline(order: int) -> None:
    f, _, _ = spline(order, 9, seed=4, shift=0.2)
    places, values = f.turning_points()
    assert np.all(np.diff(places) > 0)
    assert values == pytest.approx(f(places[:, None]), abs=1e-12)
    dense = f(np.linspace(0, 1, 20001)[:, None])
    assert dense.max() <= values.max() + 1e-12
    assert dense.min() >= values.min() - 1e-12
    assert values.max() <= dense.max() + np.abs(np.diff(dense)).max()
