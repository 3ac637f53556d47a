from __future__ import annotations

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.domains import Sphere
from ratecheck.functions import Plain
from ratecheck.harmonics import HarmonicSeries
from ratecheck.numerics import hyperspherical
from ratecheck.numerics.spherical import supremum
from ratecheck.risk import Adversarial, Clean, adversarial_risks, caps
from ratecheck.risk.caps import cap_risks, curvature
from ratecheck.streams import generator
from ratecheck.types import Array, InputError, UnsupportedError


def series(band: int, seed: int, decay: float = 1.5) -> HarmonicSeries:
    rng = generator(seed, "caps", band, role="target")
    degree = hyperspherical.degrees(2, band)
    c = rng.standard_normal(degree.size) * (1.0 + degree) ** -(decay + 0.5)
    return HarmonicSeries(d=2, coefficients=c)


def in_cap(x: Array, r: float, count: int, rng: np.random.Generator) -> Array:
    """Random points of the cap around each row of x (m, 3), half of them on its rim."""
    tangent = rng.standard_normal((len(x), count, 3))
    tangent -= np.einsum("mij,mj->mi", tangent, x)[:, :, None] * x[:, None]
    tangent /= np.linalg.norm(tangent, axis=2, keepdims=True)
    rho = r * np.sqrt(np.maximum(rng.random((len(x), count)), np.arange(count) % 2))[:, :, None]
    return np.asarray(np.cos(rho) * x[:, None] + np.sin(rho) * tangent)


def by_sampling(
    f_hat: HarmonicSeries, f: HarmonicSeries, r: float, seed: int, moving: bool = False
) -> tuple[float, float]:
    """The risk by random points, and its standard error over x."""
    rng = generator(seed, "sampling", role="probe")
    x = Sphere(2).design(2000, rng)
    z = in_cap(x, r, 100, rng).reshape(-1, 3)
    still = f(z).reshape(2000, -1) if moving else f(x)[:, None]
    loss = ((f_hat(z).reshape(2000, -1) - still) ** 2).max(axis=1)
    return float(loss.mean()), float(loss.std() / np.sqrt(2000))


@pytest.mark.parametrize("r", [0.01, 0.1, 0.6])
@pytest.mark.parametrize("reference", ["x", "x'"])
def test_against_random_points_of_the_caps(r: float, reference: str) -> None:
    f_hat, f = series(10, 0), series(14, 1)
    found = cap_risks(f_hat, f, Sphere(2), (r,), reference)[0]
    sampled, spread = by_sampling(f_hat, f, r, 0, moving=reference == "x'")
    assert found.error <= 0.005 * found.value
    assert sampled <= found.value + found.error + 4 * spread  # samples miss the supremum a little
    assert sampled == pytest.approx(found.value, rel=0.02, abs=4 * spread)
    # half the radius is another risk
    other = cap_risks(f_hat, f, Sphere(2), (r / 2,), reference)[0]
    assert other.value + other.error < found.value


def test_a_curvature_that_is_too_small_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bracket stands on the band limit: with a thousandth of its bound it misses the truth."""
    f_hat, f = series(10, 0), series(14, 1)
    found = cap_risks(f_hat, f, Sphere(2), (0.6,))[0]
    monkeypatch.setattr(caps, "curvature", lambda c: curvature(c) / 1000)
    wrong = cap_risks(f_hat, f, Sphere(2), (0.6,))[0]
    assert wrong.error < 0.005 * wrong.value  # it claims to be as good
    assert wrong.value + wrong.error < found.value  # which is attained


def zonal(degree: int) -> HarmonicSeries:
    """The function P_k(height), by its only coefficient."""
    c = np.zeros((degree + 1) ** 2)
    c[degree**2] = 1 / np.sqrt(2 * degree + 1)
    return HarmonicSeries(d=2, coefficients=c)


@pytest.mark.parametrize("r", [0.2, 1.0, 2.0, np.pi])
def test_a_closed_form(r: float) -> None:
    """f_hat = height, f = 0: sup over the cap is |cos(colatitude - r)| up to the nearer pole."""
    found = cap_risks(zonal(1), HarmonicSeries(d=2, coefficients=np.zeros(1)), Sphere(2), (r,))[0]
    u, weights = scipy.special.roots_legendre(2000)
    theta = np.arccos(u)
    nearest = np.minimum(theta, np.pi - theta)
    exact = float(weights @ np.cos(np.maximum(nearest - r, 0.0)) ** 2) / 2
    assert found.value <= exact * (1 + 1e-3)
    assert exact <= found.value + found.error
    assert found.error <= 0.005 * exact


@settings(max_examples=5)
@given(band=st.integers(1, 12), seed=st.integers(0, 99), r=st.floats(0, 3.2))
def test_laws(band: int, seed: int, r: float) -> None:
    f_hat, f = series(band, seed), series(band, seed + 100)
    clean, small, large = cap_risks(f_hat, f, Sphere(2), (0.0, r / 2, r))
    assert clean.value == pytest.approx(f_hat.minus(f).mean_square())
    assert clean.error == 0
    assert clean.value <= small.value + small.error
    assert small.value <= large.value + large.error
    along = cap_risks(f_hat, f_hat, Sphere(2), (r,), "x'")[0]
    assert along.value == pytest.approx(0.0, abs=1e-18)


@given(band=st.integers(1, 30), seed=st.integers(0, 99))
def test_bounds_on_the_function_and_its_curvature(band: int, seed: int) -> None:
    f = series(band, seed)
    X = Sphere(2).design(500, generator(seed, "bounds", role="design"))
    assert float(np.abs(f(X)).max()) <= supremum(f.coefficients)
    h = 1e-3
    tangent = np.cross(X, X[::-1])
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    ahead, behind = (f(np.cos(h) * X + s * np.sin(h) * tangent) for s in (1, -1))
    second = np.abs(ahead + behind - 2 * f(X)) / h**2
    assert float(second.max()) <= curvature(f.coefficients) * (1 + 1e-6) + 1e-4


def test_bounds_are_not_far_off() -> None:
    f = zonal(20)  # P_20 is 1 at the poles, its second derivative k (k + 1) / 2
    assert 1 <= supremum(f.coefficients) <= 1.2
    assert 210 <= curvature(f.coefficients) <= 1.2 * 400


def test_through_the_public_names() -> None:
    f_hat, f = series(6, 3), series(6, 4)
    direct = cap_risks(f_hat, f, Sphere(2), (0.1,))[0]
    assert Adversarial(radius=0.1).evaluate(f_hat, f, Sphere(2), 100) == direct
    assert adversarial_risks(f_hat, f, Sphere(2), (0.1,)) == [direct]
    clean = Clean().evaluate(f_hat, f, Sphere(2), 100)
    assert clean.value == pytest.approx(f_hat.minus(f).mean_square())


def test_refusals() -> None:
    f = series(3, 0)
    with pytest.raises(UnsupportedError, match=r"S\^2 only"):
        adversarial_risks(f, f, Sphere(3), (0.1,))
    with pytest.raises(UnsupportedError, match="operator='sphere'"):
        adversarial_risks(Plain(call=lambda X: X[:, 0]), f, Sphere(2), (0.1,))
    with pytest.raises(InputError, match="radius"):
        Adversarial(radius=-0.1)
