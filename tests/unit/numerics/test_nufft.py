from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.numerics.nufft import analyse, analyse_box, synthesise, synthesise_box
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


def box_waves(Z: Array, shape: tuple[int, ...]) -> ComplexArray:
    """Return exp(2 pi i k . z_j) for k from -(N // 2) on along each axis, shape (n, *shape)."""
    out = np.ones((len(Z), *([1] * len(shape))), dtype=np.complex128)
    for axis, size in enumerate(shape):
        k = np.arange(size) - size // 2
        wave = np.exp(2j * np.pi * np.multiply.outer(Z[:, axis], k))
        place = [size if i == axis else 1 for i in range(len(shape))]
        out = out * wave.reshape(len(Z), *place)
    return out


@pytest.mark.parametrize("d", [1, 2, 3])
@given(n=st.integers(1, 30), band=st.integers(0, 5), seed=seeds)
def test_analysis_over_a_box(d: int, n: int, band: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    Z, c = rng.random((n, d)), noise(rng, n)
    expected = np.tensordot(c, box_waves(Z, (2 * band + 1,) * d).conj(), 1)
    found = analyse_box(Z, c, band)
    assert found == pytest.approx(expected, abs=1e-11 * np.abs(c).sum())


@pytest.mark.parametrize("shape", [(5,), (5, 3), (4, 7), (3, 5, 2)])
@given(n=st.integers(1, 30), seed=seeds, count=st.integers(0, 3))
def test_synthesis_from_a_box(shape: tuple[int, ...], n: int, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    Z = rng.random((n, len(shape)))
    c = noise(rng, *((count, *shape) if count else shape))
    flat = box_waves(Z, shape).reshape(n, -1)
    expected = c.reshape(*c.shape[: c.ndim - len(shape)], -1) @ flat.T
    assert synthesise_box(Z, c) == pytest.approx(expected, abs=1e-11 * np.abs(c).sum())
