"""Suprema over balls on tori: brackets against searches, bounds against fine grids."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.domains import Torus
from ratecheck.functions import FourierSeries
from ratecheck.risk import Adversarial, adversarial_risks, balls_nd, windows_nd
from ratecheck.risk.balls_nd import ball_risks, nyquist
from ratecheck.risk.windows_nd import Balls, derivative_bound, directions, nodes
from ratecheck.torus_series import TorusSeries
from ratecheck.types import Array, UnsupportedError

seeds = st.integers(0, 10**6)
dimensions = pytest.mark.parametrize("d", [2, 3])
ROUNDING = 1e-9  # non-uniform transforms of the search, relative to the series


def wave(d: int, band: int, seed: int, decay: float = 1.5) -> TorusSeries:
    """Return a real series with random coefficients that fall like |k|^-decay."""
    values = np.random.default_rng(seed).standard_normal((2 * band + 1,) * d)
    half = np.fft.rfftn(values) / values.size
    k = np.fft.fftfreq(2 * band + 1, 1 / (2 * band + 1))
    grids = np.meshgrid(*[k] * (d - 1), np.arange(band + 1), indexing="ij")
    return TorusSeries(coefficients=half / (1 + sum(g**2 for g in grids)) ** (decay / 2))


def search(g: TorusSeries, centres: Array, r: float, count: int = 8000) -> Array:
    """Return the largest value at many points of each ball: half on its sphere, half inside."""
    rng = np.random.default_rng(1)
    u = rng.standard_normal((count, g.dimension))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    u[count // 2 :] *= rng.random((count - count // 2, 1)) ** (1 / g.dimension)
    return np.array([g(x + r * u).max() for x in centres])


@dimensions
@settings(max_examples=8)
@given(seed=seeds, r=st.floats(-2.3, -0.1).map(lambda e: 10.0**e))
def test_brackets_hold_a_search(d: int, seed: int, r: float) -> None:
    g, size = wave(d, 7 - 2 * d, seed), 9
    top, bottom = Balls.of(g, size).extremes(r, 40 * d, 1e-3)
    chosen = np.random.default_rng(seed).choice(size**d, 5, replace=False)
    centres, scale = nodes(d, size)[chosen], np.sqrt(g.mean_square())
    turned = TorusSeries(coefficients=-g.coefficients)
    for found, series in ((top, g), (bottom, turned)):
        truth = search(series, centres, r)
        assert (truth <= found.bound[chosen] + ROUNDING * scale).all()
        assert (found.attained <= found.bound).all()
        # attained: never above the truth, which a search misses by a little
        assert (found.attained[chosen] <= truth + 0.03 * scale).all()
        assert (found.attained[chosen] >= truth - 0.1 * scale).all() or r > 0.1


@dimensions
def test_a_search_that_is_told_of_a_smaller_ball_is_caught(d: int) -> None:
    g = wave(d, 3, 5)
    top, _ = Balls.of(g, 9).extremes(0.02, 64 * d, 1e-3)
    truth = search(g, nodes(d, 9)[:10], 0.04)
    assert (truth > top.bound[:10]).any()


@dimensions
def test_a_ball_that_is_the_whole_torus(d: int) -> None:
    g = wave(d, 2, 3)
    top, _ = Balls.of(g, 9).extremes(1.0, 200, 1e-6)
    fine = g.on_grid(96)
    assert top.attained.max() <= fine.max() + 0.01 * np.sqrt(g.mean_square())
    assert top.bound.min() >= fine.max()
    smaller, _ = Balls.of(g, 9).extremes(0.05, 200, 1e-6)
    assert smaller.bound.min() < fine.max()


@dimensions
@settings(max_examples=8)
@given(seed=seeds, order=st.sampled_from([2, 3]))
def test_bounds_of_derivatives(d: int, seed: int, order: int) -> None:
    g = wave(d, 3, seed)
    bound = derivative_bound(g, order)
    fine = float(np.sqrt(windows_nd._squares(g, order, 61).max()))
    assert fine <= bound <= 2.2 * fine
    first = float(np.sqrt(windows_nd._squares(g, 1, 61).max()))
    assert first < bound  # another derivative has another size


def test_a_frobenius_norm_by_hand() -> None:
    """sin(2 pi x) sin(2 pi y): mixed derivatives stand twice in the Hessian."""
    half = np.zeros((3, 2), dtype=np.complex128)
    half[1, 1], half[2, 1] = -0.25, 0.25
    g = TorusSeries(coefficients=half)
    X = np.array([[0.11, 0.27]])
    a, b = 2 * np.pi * X[0]
    assert g(X)[0] == pytest.approx(np.sin(a) * np.sin(b))
    expected = (2 * np.pi) ** 4 * 2 * ((np.sin(a) * np.sin(b)) ** 2 + (np.cos(a) * np.cos(b)) ** 2)
    shifted = TorusSeries(coefficients=g._turned(X[0]))
    assert windows_nd._squares(shifted, 2, 8)[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize(("d", "count"), [(1, 7), (2, 16), (3, 50), (3, 400)])
def test_directions_cover_the_sphere(d: int, count: int) -> None:
    units, angle = directions(d, count)
    assert np.linalg.norm(units, axis=1) == pytest.approx(1.0)
    u = np.random.default_rng(0).standard_normal((4000, d))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    gaps = np.arccos(np.clip((u @ units.T).max(axis=1), -1, 1))
    assert gaps.max() <= angle + 1e-7
    assert gaps.max() >= 0.8 * angle


@settings(max_examples=10)
@given(seed=seeds, r=st.floats(0.005, 0.4))
def test_one_dimension_against_the_exact_windows(seed: int, r: float) -> None:
    """The same machine in one dimension, where another one is exact."""
    g, size = wave(1, 6, seed), 48
    top, _ = Balls.of(g, size).extremes(r, 2, 1e-6)
    fine = np.arange(-2000, 2001)[:, None] / 2000 * r
    series = FourierSeries(coefficients=g.coefficients, chart=Torus().chart)
    truth = np.array([series(np.mod(x + fine, 1.0)).max() for x in nodes(1, size)])
    scale = np.sqrt(g.mean_square())
    assert (truth <= top.bound + 1e-9 * scale).all()
    assert np.abs(top.attained - truth).max() <= 0.02 * scale


def functions(d: int, seed: int) -> tuple[TorusSeries, TorusSeries]:
    """Return a fit of a low band and a target of a higher one."""
    f = wave(d, 6, seed, decay=3.0)
    return TorusSeries(coefficients=f.within(3) * 0.9), f


CASES = ((2, 0.03, "x"), (2, 0.03, "x'"), (3, 0.004, "x"))


@pytest.mark.parametrize(("d", "r", "reference"), CASES)
def test_risks_against_a_search(d: int, r: float, reference: Literal["x", "x'"]) -> None:
    g, f = functions(d, 4)
    domain = Torus(d)
    found = Adversarial(radius=r, reference=reference).evaluate(g, f, domain, 10)
    X = domain.design(60, np.random.default_rng(2))
    if reference == "x'":
        g, f = g.minus(f), TorusSeries(coefficients=0 * f.coefficients)
    low = search(TorusSeries(coefficients=-g.coefficients), X, r, 2000)
    losses = np.maximum(search(g, X, r, 2000) - f(X), low + f(X)) ** 2
    error = float(losses.std() / np.sqrt(losses.size))
    assert abs(found.value - losses.mean()) <= found.error + 4 * error
    assert found.value > g.minus(f).mean_square()
    assert found.error <= balls_nd.ENOUGH * found.value


@dimensions
def test_radius_zero_and_growing_radii(d: int) -> None:
    g, f = functions(d, 7)
    zero, *rest = adversarial_risks(g, f, Torus(d), (0.0, 0.002, 0.005))
    assert zero.value == g.minus(f).mean_square()
    assert zero.error == 0.0
    assert zero.value < rest[0].value < rest[1].value


def test_the_modulus_of_a_wave_is_known() -> None:
    """f = fit = cos(2 pi x_1): sup over |h| <= r of (f(x + h) - f(x))^2 needs h along x_1."""
    half = np.zeros((3, 2), dtype=np.complex128)
    half[1, 0] = half[2, 0] = 0.5
    f = TorusSeries(coefficients=half)
    for r in (0.01, 0.1, 0.3):
        h = np.linspace(-r, r, 4001)
        x = np.arange(500)[:, None] / 500
        steps = np.cos(2 * np.pi * (x + h)) - np.cos(2 * np.pi * x)
        expected = float(np.mean(np.max(steps**2, axis=1)))
        found = ball_risks(f, f, Torus(2), (r,))[0]
        assert abs(found.value - expected) <= found.error + 1e-4 * expected
        assert found.error <= 0.02 * expected


def test_the_nyquist_coefficient() -> None:
    x = np.arange(8) / 8
    values = 1 + 0.3 * np.cos(2 * np.pi * 4 * x)[:, None] + 0.1 * np.cos(2 * np.pi * x)
    assert nyquist(values) == pytest.approx(0.3)
    assert nyquist(np.ones((4, 4, 4))) == pytest.approx(0.0)


def test_refusals() -> None:
    g, f = functions(2, 0)
    plain = FourierSeries(coefficients=np.ones(3, dtype=complex), chart=Torus().chart)
    for fit, target, domain in ((g, f, Torus(3)), (plain, f, Torus(2)), (g, plain, Torus(2))):
        with pytest.raises(UnsupportedError, match="Fourier series of its own"):
            ball_risks(fit, target, domain, (0.1,))
    with pytest.raises(UnsupportedError, match="Euclidean"):
        Adversarial(radius=0.1, norm=np.inf).evaluate(g, f, Torus(2), 10)
    with pytest.raises(UnsupportedError, match=r"Torus\(d=4\)"):
        ball_risks(g, f, Torus(4), (0.1,))


def test_a_curvature_that_is_too_small_is_caught() -> None:
    """The bracket stands on the bound of the Hessian: a hundredth of it does not hold."""
    g = wave(2, 3, 8)
    balls = Balls.of(g, 9)
    small = dataclasses.replace(
        balls, curvature=balls.curvature / 100, sharpest=balls.sharpest / 100, jerk=0.0
    )
    top, _ = small.extremes(0.2, 4, 1e-9)
    truth = search(g, nodes(2, 9), 0.2, 4000)
    assert (truth > top.bound + 1e-6).any()
