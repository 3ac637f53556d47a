from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.domains import Torus
from ratecheck.numerics.lattice import half_shape
from ratecheck.targets import Sobolev
from ratecheck.torus_series import TorusSeries, cut, padded
from ratecheck.types import Array, InputError, UnsupportedError

dimensions = pytest.mark.parametrize("d", [2, 3])
seeds = st.integers(0, 10**6)


def member(
    d: int, seed: int = 0, band: int = 4, s: float = 2.0, radius: float = 3.0
) -> TorusSeries:
    f = Sobolev(s, radius, band=band).realise(Torus(d), np.random.default_rng(seed))
    assert isinstance(f, TorusSeries)
    return f


def naive(f: TorusSeries, X: Array) -> Array:
    """Sum the series over all frequencies, c_{-k} = conj c_k."""
    total = np.zeros(len(X), dtype=np.complex128)
    for k in product(range(-f.band, f.band + 1), repeat=f.dimension):
        mirrored = k[-1] < 0
        c = f.coefficients[tuple(-i if mirrored else i for i in k)]
        total += (c.conj() if mirrored else c) * np.exp(2j * np.pi * (X @ np.array(k)))
    assert np.abs(total.imag).max() <= 1e-12 * np.abs(total).max()
    return np.asarray(total.real)


@dimensions
@given(seed=seeds)
def test_values_against_the_sum(d: int, seed: int) -> None:
    f, X = member(d, seed, band=3), np.random.default_rng(seed).random((7, d))
    assert f(X) == pytest.approx(naive(f, X), abs=1e-10)
    assert f(X + np.arange(d)) == pytest.approx(f(X), abs=1e-9)


@dimensions
@pytest.mark.parametrize("size", [3, 8, 9, 20])  # also grids too coarse for the band
def test_values_on_shifted_grids(d: int, size: int) -> None:
    f, shift = member(d), np.array([0.013, 0.27, -0.4])[:d]
    axes = np.meshgrid(*[np.arange(size) / size] * d, indexing="ij")
    X = np.stack([a.ravel() for a in axes], axis=1)
    assert f.on_grid(size).ravel() == pytest.approx(f(X), abs=1e-9)
    assert f.on_grid(size, shift).ravel() == pytest.approx(f(X + shift), abs=1e-9)
    assert f.on_grid(size, shift).ravel() != pytest.approx(f(X - shift), abs=1e-3)


@dimensions
def test_derivatives_against_differences(d: int) -> None:
    f, X, h = member(d), np.random.default_rng(1).random((6, d)), 1e-5
    for axis in range(d):
        step = h * np.eye(d)[axis]
        slope = (f(X + step) - f(X - step)) / (2 * h)
        assert f.derivative(axis)(X) == pytest.approx(slope, rel=1e-5, abs=1e-5)
        assert f.derivative(0, axis)(X) == pytest.approx(f.derivative(0).derivative(axis)(X))


@dimensions
def test_mean_square_differences_and_bands(d: int) -> None:
    f, g = member(d), member(d, 1, band=6)
    assert f.mean_square() == pytest.approx(np.mean(f.on_grid(16) ** 2))
    assert f.minus(g).mean_square() == pytest.approx(np.mean((f.on_grid(16) - g.on_grid(16)) ** 2))
    assert TorusSeries(coefficients=f.within(9)).mean_square() == pytest.approx(f.mean_square())
    assert np.array_equal(cut(padded(f.coefficients, 20), f.band), f.coefficients)
    assert TorusSeries(coefficients=g.within(2)).mean_square() < g.mean_square()


@dimensions
@given(seed=seeds, s=st.sampled_from([2.0, 2.5]), radius=st.floats(0.1, 50))
def test_members_have_the_declared_norm(d: int, seed: int, s: float, radius: float) -> None:
    f = member(d, seed, s=s, radius=radius)
    total = 0.0
    for k in product(range(-4, 5), repeat=d):
        c = f.coefficients[tuple(-i if k[-1] < 0 else i for i in k)]
        total += (4 * np.pi**2 * sum(i * i for i in k)) ** s * abs(c) ** 2
        assert abs(c) == 0 or 0 < sum(i * i for i in k) <= 16
    assert total == pytest.approx(radius**2)


@dimensions
def test_amplitudes_fall_with_the_stated_power(d: int) -> None:
    c = np.abs(member(d).coefficients)
    first, third = (0,) * (d - 1) + (1,), (0,) * (d - 1) + (3,)
    assert c[third] / c[first] == pytest.approx(3.0 ** -(2 + d / 2 + 0.01))
    assert c[third] / c[first] != pytest.approx(3.0 ** -(2 + 0.5 + 0.01), rel=0.1)


def test_refusals() -> None:
    with pytest.raises(InputError, match=r"shape \(2 B \+ 1"):
        TorusSeries(coefficients=np.zeros((4, 3), dtype=np.complex128))
    with pytest.raises(InputError, match="2 columns"):
        member(2)(np.zeros((3, 3)))
    with pytest.raises(InputError, match="exceed d/2"):
        Sobolev(1.5).realise(Torus(3), np.random.default_rng(0))
    with pytest.raises(UnsupportedError, match="d = 1, 2, 3"):
        Sobolev(2.5).realise(Torus(4), np.random.default_rng(0))
    assert TorusSeries(coefficients=np.ones(half_shape(2, 0), dtype=complex)).mean_square() == 1.0
