from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.numerics.nufft import analyse, synthesise
from ratecheck.types import Array, ComplexArray

sizes, bands, seeds = st.integers(1, 60), st.integers(0, 40), st.integers(0, 10**6)


def waves(z: Array, band: int) -> ComplexArray:
    """Return exp(2 pi i k z_j), shape (n, 2 band + 1)."""
    return np.asarray(np.exp(2j * np.pi * np.multiply.outer(z, np.arange(-band, band + 1))))


def noise(rng: np.random.Generator, *shape: int) -> ComplexArray:
    return np.asarray(rng.standard_normal(shape) + 1j * rng.standard_normal(shape))


@given(n=sizes, band=bands, seed=seeds, ordered=st.booleans())
def test_analysis(n: int, band: int, seed: int, ordered: bool) -> None:
    rng = np.random.default_rng(seed)
    z, c = rng.random(n), noise(rng, n)
    z = np.sort(z) if ordered else z
    expected = c @ waves(z, band).conj()
    scale = np.abs(c).sum()
    assert analyse(z, c, band) == pytest.approx(expected, abs=1e-11 * scale)


@given(n=sizes, band=bands, seed=seeds, count=st.integers(0, 4))
def test_synthesis_one_and_many(n: int, band: int, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    z = rng.random(n)
    shape = (count, 2 * band + 1) if count else (2 * band + 1,)
    c = noise(rng, *shape)
    expected = c @ waves(z, band).T
    found = synthesise(z, c)
    assert found.reshape(expected.shape) == pytest.approx(expected, abs=1e-11 * np.abs(c).sum())


@given(n=sizes, band=bands, seed=seeds)
def test_the_two_are_adjoint(n: int, band: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, c, d = rng.random(n), noise(rng, n), noise(rng, 2 * band + 1)
    left = np.vdot(d, analyse(z, c, band))
    right = np.vdot(synthesise(z, d), c)
    assert left == pytest.approx(right, abs=1e-10 * np.abs(c).sum() * np.abs(d).sum())


def test_cached_plans_do_not_remember_points() -> None:
    c = np.ones(3, dtype=np.complex128)
    first = analyse(np.array([0.1, 0.2, 0.3]), c, 2)
    second = analyse(np.array([0.4, 0.5, 0.9]), c, 2)
    again = analyse(np.array([0.1, 0.2, 0.3]), c, 2)
    assert first == pytest.approx(again, abs=0)
    assert first != pytest.approx(second, abs=1e-3)


def test_the_sign_of_the_exponent() -> None:
    found = analyse(np.array([0.25]), np.array([1 + 0j]), 1)
    assert found == pytest.approx([1j, 1, -1j], abs=1e-12)
    assert found != pytest.approx([-1j, 1, 1j], abs=1e-3)
