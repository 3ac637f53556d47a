"""Laws that every kernel obeys, over one registry."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.kernels import Entry, Kernel, Product, Scaled, Sum, registry
from ratecheck.types import Array, InputError, UnsupportedError

ENTRIES = registry()
CASES = [pytest.param(e, id=repr(e.kernel)) for e in ENTRIES]
EPS = float(np.finfo(float).eps)
FEW = settings(max_examples=6)


def tagged(*tags: str) -> list[Any]:
    return [pytest.param(e, id=repr(e.kernel)) for e in ENTRIES if e.tags.issuperset(tags)]


def sample(entry: Entry, n: int, columns: int, seed: int) -> Array:
    """Draw points; lengths up to 3/2, so that every Hermite series converges."""
    rng = np.random.default_rng(seed)
    if "unit" in entry.tags:
        return rng.uniform(0.001, 0.999, (n, columns))
    X = rng.standard_normal((n, columns))
    return np.asarray(X / np.maximum(1.0, np.linalg.norm(X, axis=1, keepdims=True) / 1.5))


def size_of(kernel: Kernel, X: Array, Y: Array) -> float:
    """Bound |K(X, Y)| by Cauchy and Schwarz."""
    return float(np.sqrt(kernel.diagonal(X).max() * kernel.diagonal(Y).max()))


def unit(X: Array) -> Array:
    return np.asarray(X / np.linalg.norm(X, axis=1, keepdims=True))


seeds = st.integers(0, 10**6)
sizes = st.integers(1, 12)


@pytest.mark.parametrize("entry", CASES)
@FEW
@given(seed=seeds, n=sizes, m=sizes, which=st.integers(0, 3))
def test_shapes_and_symmetry(entry: Entry, seed: int, n: int, m: int, which: int) -> None:
    columns = entry.columns[which % len(entry.columns)]
    X, Y = sample(entry, n, columns, seed), sample(entry, m, columns, seed + 1)
    K, values = entry.kernel, entry.kernel(X, Y)
    assert values.shape == (n, m)
    assert values.dtype == np.float64
    assert K.diagonal(X).shape == (n,)
    assert K.gradient(X, Y, np.ones(m)).shape == (n, columns)
    np.testing.assert_allclose(values, K(Y, X).T, rtol=0, atol=50 * EPS * size_of(K, X, Y))
    assert np.array_equal(K(X, X), K(X, X).T)


@pytest.mark.parametrize("entry", CASES)
@FEW
@given(seed=seeds, n=st.integers(1, 40), which=st.integers(0, 3))
def test_gram_is_psd_and_has_the_diagonal(entry: Entry, seed: int, n: int, which: int) -> None:
    columns = entry.columns[which % len(entry.columns)]
    X = sample(entry, n, columns, seed)
    X[-1] = X[0] * (1.0 - 1e-9)  # nearly equal points are where digits are lost
    G = entry.kernel(X, X)
    assert psd_defect(G) <= n * EPS
    np.testing.assert_allclose(np.diag(G), entry.kernel.diagonal(X), rtol=20 * EPS, atol=1e-300)


def psd_defect(G: Array) -> float:
    """Return minus the smallest eigenvalue as a share of the trace."""
    return float(-np.linalg.eigvalsh(G)[0] / np.trace(G))


def test_psd_check_rejects_a_kernel_without_digits_near_one() -> None:
    # arccos of a rounded product: the kernel as one would write it first.
    X = unit(np.random.default_rng(0).standard_normal((40, 2)))
    X[20:] = unit(X[:20] + 1e-9)
    u = np.clip((X @ X.T).astype(np.float32), -1, 1)
    assert psd_defect(1 - np.arccos(u).astype(float) / np.pi) > 40 * EPS


@pytest.mark.parametrize("entry", CASES)
@FEW
@given(seed=seeds, which=st.integers(0, 3))
def test_gradient_is_the_derivative(entry: Entry, seed: int, which: int) -> None:
    columns = entry.columns[which % len(entry.columns)]
    X, Y = sample(entry, 5, columns, seed), sample(entry, 4, columns, seed + 1)
    weights = np.random.default_rng(seed + 2).standard_normal(4)
    X, step = away(X, Y), 1e-6
    exact = entry.kernel.gradient(X, Y, weights)
    numeric = differences(entry.kernel, X, Y, weights, step)
    np.testing.assert_allclose(exact, numeric, rtol=1e-5, atol=2e-6 * (1 + np.abs(exact).max()))


def away(X: Array, Y: Array) -> Array:
    """Keep the points whose direction and place are away from the kinks."""
    cosines = np.abs(unit(X) @ unit(Y).T) if X.shape[1] > 1 else np.zeros((len(X), len(Y)))
    gaps = np.linalg.norm(X[:, None] - Y[None], axis=2)
    far = (cosines < 1 - 1e-3).all(axis=1) & (gaps > 0.02).all(axis=1)
    keep = X[far & (np.linalg.norm(X, axis=1) > 0.02)]
    return keep if len(keep) else np.full((1, X.shape[1]), 0.5)


def differences(K: Kernel, X: Array, Y: Array, weights: Array, step: float) -> Array:
    shifts = step * np.eye(X.shape[1])
    return np.stack([(K(X + h, Y) - K(X - h, Y)) @ weights / (2 * step) for h in shifts], axis=1)


@pytest.mark.parametrize("entry", tagged("smooth"))
def test_gradient_of_a_smooth_kernel_at_a_centre(entry: Entry) -> None:
    Y = sample(entry, 3, entry.columns[-1], 5)
    exact = entry.kernel.gradient(Y, Y, np.ones(3))
    # A third derivative may be unbounded (Matern 3/2): the step's error is of first order.
    np.testing.assert_allclose(
        exact, differences(entry.kernel, Y, Y, np.ones(3), 1e-6), rtol=1e-5, atol=2e-5
    )


@pytest.mark.parametrize("entry", CASES)
def test_gradient_is_finite_at_a_centre_and_at_the_origin(entry: Entry) -> None:
    X = np.concatenate((np.zeros((1, entry.columns[0])), sample(entry, 3, entry.columns[0], 1)))
    assert np.isfinite(entry.kernel.gradient(X, X, np.ones(4))).all()


@pytest.mark.parametrize("entry", CASES)
@FEW
@given(seed=seeds, factor=st.floats(0.01, 100.0))
def test_algebra(entry: Entry, seed: int, factor: float) -> None:
    K, columns = entry.kernel, entry.columns[0]
    other = ENTRIES[seed % 3].kernel
    X, Y = sample(entry, 6, columns, seed), sample(entry, 5, columns, seed + 1)
    weights = np.linspace(-1, 1, 5)
    kernels: tuple[tuple[Kernel, Array], ...] = (
        (K + other, K(X, Y) + other(X, Y)),
        (K * other, K(X, Y) * other(X, Y)),
        (factor * K, factor * K(X, Y)),
        (K * factor, factor * K(X, Y)),
    )
    for kernel, expected in kernels:
        np.testing.assert_allclose(kernel(X, Y), expected, rtol=1e-13, atol=1e-300)
        np.testing.assert_allclose(kernel.diagonal(X), np.diag(kernel(X, X)), rtol=1e-13)
    sums = K.gradient(X, Y, weights) + other.gradient(X, Y, weights)
    np.testing.assert_allclose((K + other).gradient(X, Y, weights), sums, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("entry", CASES)
def test_gradient_of_a_product(entry: Entry) -> None:
    columns = entry.columns[-1]
    X, Y = (
        away(sample(entry, 6, columns, 3), sample(entry, 5, columns, 4)),
        sample(entry, 5, columns, 4),
    )
    square, weights = entry.kernel * entry.kernel, np.linspace(-1, 1, 5)
    exact = square.gradient(X, Y, weights)
    numeric = differences(square, X, Y, weights, 1e-6)
    np.testing.assert_allclose(exact, numeric, rtol=1e-5, atol=5e-6 * (1 + np.abs(exact).max()))


@pytest.mark.parametrize("entry", tagged("homogeneous"))
@FEW
@given(seed=seeds, a=st.floats(1e-3, 1e3), b=st.floats(1e-3, 1e3))
def test_homogeneity(entry: Entry, seed: int, a: float, b: float) -> None:
    assert entry.degree is not None
    X, Y = sample(entry, 4, 3, seed), sample(entry, 5, 3, seed + 1)
    scaled = entry.kernel(a * X, b * Y) / (a * b) ** entry.degree
    atol = 100 * EPS * size_of(entry.kernel, X, Y)
    np.testing.assert_allclose(scaled, entry.kernel(X, Y), rtol=0, atol=atol)


@pytest.mark.parametrize("entry", tagged("zonal"))
def test_homogeneity_of_another_degree_is_rejected(entry: Entry) -> None:
    X = sample(entry, 4, 3, 0)
    ratio = entry.kernel(0.5 * X, 0.5 * X) / entry.kernel(X, X)
    wrong = {0, 1, 2} - {entry.degree}
    assert all(np.abs(ratio * 4.0**k - 1).max() > 1e-3 for k in wrong)


@pytest.mark.parametrize("entry", tagged("zonal"))
@FEW
@given(seed=seeds, columns=st.sampled_from([2, 3, 5, 9]))
def test_profile_is_the_kernel_on_the_sphere(entry: Entry, seed: int, columns: int) -> None:
    X = unit(np.random.default_rng(seed).standard_normal((8, columns)))
    theta = 2 * np.arctan2(
        np.linalg.norm(X[:, None] - X[None], axis=2), np.linalg.norm(X[:, None] + X[None], axis=2)
    )
    K, atol = entry.kernel, 60 * EPS * size_of(entry.kernel, X, X)
    np.testing.assert_allclose(K(X, X), K.at_angle(theta), rtol=0, atol=atol)
    far = (theta > 0.1) & (theta < 3)
    np.testing.assert_allclose(K(X, X)[far], K.profile(np.cos(theta))[far], rtol=0, atol=10 * atol)


@pytest.mark.parametrize("entry", tagged("zonal"))
def test_digits_survive_at_tiny_angles(entry: Entry) -> None:
    theta = np.array([0.0, 1e-12, 1e-8, 1e-5, 1e-3, 0.1, 1.0, np.pi - 1e-8, np.pi])
    for columns in (2, 6):  # distances; matrix product
        X, Y = np.zeros((1, columns)), np.zeros((len(theta), columns))
        X[0, 0], Y[:, 0], Y[:, 1] = 1.0, np.cos(theta), np.sin(theta)
        values, exact = entry.kernel(X, Y)[0], entry.kernel.at_angle(theta)
        atol = 40 * EPS * size_of(entry.kernel, X, Y)
        np.testing.assert_allclose(values, exact, rtol=0, atol=atol)


def test_tiny_angles_defeat_the_product_form() -> None:
    theta = 1e-8
    naive = 1 - np.arccos(np.float64(np.cos(theta))) / np.pi
    assert abs(naive - (1 - theta / np.pi)) > 1e-9


@pytest.mark.parametrize("entry", tagged("stationary"))
def test_stationary_kernels_depend_on_the_difference(entry: Entry) -> None:
    columns = entry.columns[0]
    X, Y = (np.random.default_rng(s).uniform(0, 0.5, (5, columns)) for s in (0, 1))
    shifted = entry.kernel(X + 0.375, Y + 0.375)
    np.testing.assert_allclose(shifted, entry.kernel(X, Y), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("entry", CASES)
def test_large_matrices_are_tiled_consistently(entry: Entry) -> None:
    columns = entry.columns[-1]
    X, Y = sample(entry, 401, columns, 0), sample(entry, 197, columns, 1)
    K, pick = entry.kernel, np.array([0, 191, 192, 383, 400])
    atol = 40 * EPS * size_of(K, X, Y)
    np.testing.assert_allclose(K(X, Y)[pick], K(X[pick], Y), rtol=0, atol=atol)
    np.testing.assert_allclose(K(X, X)[pick], K(X[pick], X.copy()), rtol=0, atol=atol)


@pytest.mark.parametrize("entry", CASES)
def test_bad_points_are_named(entry: Entry) -> None:
    K, d = entry.kernel, entry.columns[-1]
    good = sample(entry, 3, d, 0)
    bad = good.copy()
    bad[1, 0] = np.nan
    for X, Y in ((bad, good), (good, bad), (good[0], good), (good, good[:0])):
        with pytest.raises(InputError, match=r"[XY] must"):
            K(X, Y)
    with pytest.raises(InputError, match="columns"):
        K(good, np.full((3, d + 1), 0.5))
    with pytest.raises(InputError, match="X must"):
        K.diagonal(bad)
    with pytest.raises(InputError, match="weights must have 3 entries"):
        K.gradient(good, good, np.ones(2))


@pytest.mark.parametrize("entry", CASES)
def test_value_semantics(entry: Entry) -> None:
    K = entry.kernel
    assert K.is_zonal == ("zonal" in entry.tags)
    twin = dataclasses.replace(K)  # type: ignore[type-var]  # every final kernel is one
    assert twin == K
    assert hash(twin) == hash(K)
    assert repr(K).startswith(type(K).__name__)
    if not K.is_zonal:
        with pytest.raises(UnsupportedError, match="not a zonal kernel"):
            K.profile(np.array([0.5]))


def test_algebra_of_profiles() -> None:
    zonal = [e.kernel for e in ENTRIES if "zonal" in e.tags]
    u = np.linspace(-1, 1, 5)
    for a, b in pairwise(zonal):
        np.testing.assert_allclose((a + b).profile(u), a.profile(u) + b.profile(u), rtol=1e-14)
        np.testing.assert_allclose((a * b).profile(u), a.profile(u) * b.profile(u), rtol=1e-14)
        np.testing.assert_allclose((2.0 * a).profile(u), 2 * a.profile(u), rtol=1e-14)


def test_bad_algebra_is_refused() -> None:
    K = ENTRIES[0].kernel
    for factor in (0.0, -1.0, np.nan):
        with pytest.raises(InputError, match="factor"):
            K * factor
    for parts in ((), (K,), (K, 3)):
        with pytest.raises(InputError, match="kernels"):
            Sum(terms=parts)  # type: ignore[arg-type]  # the user's mistake is the point
        with pytest.raises(InputError, match="kernels"):
            Product(factors=parts)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="kernel"):
        Scaled(kernel=3, factor=1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        K + 1  # type: ignore[operator]
