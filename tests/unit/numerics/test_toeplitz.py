from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.numerics.toeplitz import Multiplication, pack, unpack
from ratecheck.types import Array, ComplexArray

bands, seeds = st.integers(0, 25), st.integers(0, 10**6)


def spectrum(size: int, seed: int) -> ComplexArray:
    rng = np.random.default_rng(seed)
    c = rng.standard_normal(size) + 1j * rng.standard_normal(size)
    c[0] = c[0].real
    return np.asarray(c)


def values(c: ComplexArray, count: int) -> Array:
    """Return the real function with half spectrum c at i / count, term by term."""
    z = np.arange(count) / count
    k = np.arange(1, c.size)
    rest = 2 * np.real(np.exp(2j * np.pi * np.multiply.outer(z, k)) @ c[1:])
    return np.asarray(c[0].real + rest)


@given(band=bands, seed=seeds)
def test_packing_is_an_isometry_with_an_inverse(band: int, seed: int) -> None:
    c, d = spectrum(band + 1, seed), spectrum(band + 1, seed + 1)
    count = 2 * band + 1
    inner = np.mean(values(c, count) * values(d, count))
    assert pack(c) @ pack(d) == pytest.approx(inner, abs=1e-12 * (1 + float(np.abs(c) @ np.abs(d))))
    assert unpack(pack(c)) == pytest.approx(c)
    if band:
        plain = c.view(np.float64) @ d.view(np.float64)
        rest = pack(c)[2:] @ pack(d)[2:]
        assert plain - c[0].real * d[0].real == pytest.approx(rest / 2)


def test_packing_drops_the_sine_of_frequency_zero() -> None:
    assert pack(np.array([1 + 5j, 2 + 3j])).tolist()[:2] == [1, 0]


def test_columns_are_unpacked_side_by_side() -> None:
    a, b = spectrum(4, 0), spectrum(4, 1)
    assert unpack(np.stack([pack(a), pack(b)], axis=1)) == pytest.approx(np.stack([a, b], axis=1))


@given(band=bands, seed=seeds)
def test_multiplication_by_a_density(band: int, seed: int) -> None:
    moments, c = spectrum(2 * band + 1, seed), spectrum(band + 1, seed + 1)
    v = pack(c)
    kept = v.copy()
    fast = Multiplication.of_moments(moments)(v)
    assert v.tolist() == kept.tolist()
    # quadrature: the product has frequencies up to 3 M, its coefficients up to M are wanted
    count = 4 * band + 2
    product = np.fft.rfft(values(moments, count) * values(c, count))[: band + 1] / count
    scale = 1 + np.abs(moments).sum() * np.abs(c).sum()
    assert fast == pytest.approx(pack(product), abs=1e-13 * scale)
    assert Multiplication.dense(moments) @ v == pytest.approx(fast, abs=1e-13 * scale)
    if band:
        wrong = Multiplication.of_moments(moments.conj())(v)
        assert wrong != pytest.approx(fast, abs=1e-6)


@given(band=bands, seed=seeds)
def test_the_matrix_is_the_quadrature_of_products_of_the_basis(band: int, seed: int) -> None:
    moments = spectrum(2 * band + 1, seed)
    count = 4 * band + 2
    basis = np.stack([values(unpack(e), count) for e in np.eye(2 * band + 2)])
    density = values(moments, count)
    expected = basis * density @ basis.T / count
    scale = 1 + np.abs(moments).sum()
    assert Multiplication.dense(moments) == pytest.approx(expected, abs=1e-13 * scale)


def test_a_positive_density_gives_a_positive_matrix() -> None:
    z = np.random.default_rng(0).random(200)
    moments = np.exp(-2j * np.pi * np.multiply.outer(np.arange(21), z)).mean(axis=1)
    eigenvalues = np.linalg.eigvalsh(Multiplication.dense(moments))
    assert eigenvalues.min() >= -1e-14
    uniform = np.zeros(21, dtype=np.complex128)
    uniform[0] = 1
    identity = np.eye(22)
    identity[1, 1] = 0
    assert Multiplication.dense(uniform) == pytest.approx(identity)
