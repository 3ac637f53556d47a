from __future__ import annotations

import sys

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.numerics import hyperspherical, spheregrid, spherical
from ratecheck.types import Array, MissingExtraError

bands, sizes, seeds = st.integers(0, 12), st.integers(1, 40), st.integers(0, 10**6)
dimensions = st.integers(2, 5)


def points(d: int, n: int, rng: np.random.Generator) -> Array:
    X = rng.standard_normal((n, d + 1))
    return np.asarray(X / np.linalg.norm(X, axis=1, keepdims=True))


def gegenbauer(d: int, k: int, u: Array) -> Array:
    """The zonal harmonic P_k with P_k(1) = 1 by scipy."""
    index = (d - 1) / 2
    values = scipy.special.eval_gegenbauer(k, index, u)
    return np.asarray(values / scipy.special.eval_gegenbauer(k, index, 1.0))


@given(n=sizes, band=bands, seed=seeds)
def test_ducc_and_the_recursion_are_one_basis(n: int, band: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, c, v = points(2, n, rng), rng.standard_normal((band + 1) ** 2), rng.standard_normal(n)
    F, places = hyperspherical.harmonics(X, band), spherical.angles(X)
    scale = (band + 1) ** 2
    assert spherical.synthesise(places, c) == pytest.approx(c @ F, abs=1e-10 * scale)
    assert spherical.analyse(places, v, band) == pytest.approx(F @ v, abs=1e-10 * n * scale)
    if band:  # another order of the coefficients is another function
        swapped = c[::-1].copy()
        assert spherical.synthesise(places, swapped) != pytest.approx(c @ F, abs=1e-6)


@given(d=dimensions, n=sizes, band=st.integers(0, 6), seed=seeds)
def test_addition_theorem(d: int, n: int, band: int, seed: int) -> None:
    X = points(d, n, np.random.default_rng(seed))
    F, degree = hyperspherical.harmonics(X, band), hyperspherical.degrees(d, band)
    for k in range(band + 1):
        block = F[degree == k]
        zonal = block.shape[0] * gegenbauer(d, k, np.clip(X @ X.T, -1, 1))
        assert block.T @ block == pytest.approx(zonal, abs=1e-9 * block.shape[0])


@given(d=dimensions, n=sizes, band=st.integers(0, 6), count=st.integers(1, 3), seed=seeds)
def test_sums_without_forming_harmonics(d: int, n: int, band: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, v = points(d, n, rng), rng.standard_normal((n, count))
    F = hyperspherical.harmonics(X, band)
    c = rng.standard_normal((F.shape[0], count))
    assert hyperspherical.analyse(X, v, band) == pytest.approx(F @ v, abs=1e-9 * F.shape[0])
    assert hyperspherical.synthesise(X, c) == pytest.approx(c.T @ F, abs=1e-9 * F.shape[0])


@pytest.mark.parametrize("d", [2, 3, 4])
def test_products_with_a_density_are_those_of_its_points(d: int) -> None:
    rng = np.random.default_rng(d)
    X, band = points(d, 30, rng), 4
    F = hyperspherical.harmonics(X, band)
    v = rng.standard_normal((1, F.shape[0]))[0]
    moments = hyperspherical.analyse(X, np.full((30, 1), 1 / 30), 2 * band)[:, 0]
    found = spheregrid.Density.of_moments(d, moments)(v)
    assert found == pytest.approx(F @ (F.T @ v) / 30, abs=1e-11)
    if d == 2:
        other = spherical.Multiplication.of_moments(moments)
        assert other(v) == pytest.approx(found, abs=1e-11)
        assert float(other.values.max()) >= np.linalg.eigvalsh(F @ F.T / 30)[-1]
    # moments that end at the band itself do not give the matrix
    cut = moments.copy()
    cut[F.shape[0] :] = 0.0
    assert spheregrid.Density.of_moments(d, cut)(v) != pytest.approx(found, abs=1e-3)


def test_the_grid_rule_is_exact_up_to_its_degree_and_no_further() -> None:
    band = 6
    grid = spherical.ProductGrid.exact_for(2 * band)
    units = np.eye((band + 1) ** 2)
    gram = np.stack([grid.analyse(grid.synthesise(unit), band) for unit in units])
    assert gram == pytest.approx(units, abs=1e-13)
    coarse = spherical.ProductGrid(rings=grid.rings - 1, columns=grid.columns)
    gram = np.stack([coarse.analyse(coarse.synthesise(unit), band) for unit in units])
    assert gram != pytest.approx(units, abs=1e-3)
    places = grid.places
    X = np.column_stack(
        [
            np.sin(places[:, 0]) * np.cos(places[:, 1]),
            np.sin(places[:, 0]) * np.sin(places[:, 1]),
            np.cos(places[:, 0]),
        ]
    )
    assert spherical.angles(X) == pytest.approx(places, abs=1e-14)
    c = np.random.default_rng(0).standard_normal((band + 1) ** 2)
    assert grid.synthesise(c).ravel() == pytest.approx(
        hyperspherical.synthesise(X, c[:, None])[0], abs=1e-11
    )


def test_counts_of_harmonics() -> None:
    assert [hyperspherical.offset(3, k) for k in range(4)] == [0, 1, 5, 14]
    assert hyperspherical.band_of(4, hyperspherical.offset(4, 8)) == 7
    with pytest.raises(ValueError, match="no band"):
        hyperspherical.band_of(3, 6)


def test_absent_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spherical.installed()
    monkeypatch.setitem(sys.modules, "ducc0", None)
    spherical._library.cache_clear()
    try:
        assert not spherical.installed()
        with pytest.raises(MissingExtraError, match=r"ratecheck\[sphere\]"):
            spherical.synthesise(np.zeros((1, 2)), np.ones(1))
    finally:
        spherical._library.cache_clear()
