from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from ratecheck.domains import Sphere, Torus
from ratecheck.estimators import GradientFlow
from ratecheck.filters import GradientFlowFilter
from ratecheck.kernels import PeriodicSobolev, TorusSobolev
from ratecheck.numerics.lattice import half_shape, shells
from ratecheck.operators import TorusGram
from ratecheck.operators import torus as module
from ratecheck.operators.population import population
from ratecheck.operators.prepare import gram_operator
from ratecheck.operators.torus import BoxMultiplication, band_limit, pack, unpack
from ratecheck.path import Path
from ratecheck.risk import Clean, clean_risks
from ratecheck.targets import Sobolev
from ratecheck.torus_series import TorusSeries
from ratecheck.types import InputError, Status, UnsupportedError

dimensions = pytest.mark.parametrize("d", [1, 2, 3])


def kernel(d: int) -> TorusSobolev:
    return TorusSobolev(order=(d + 1) / 2, dimension=d)


def operator(d: int, n: int = 40, seed: int = 0) -> TorusGram:
    found = gram_operator(kernel(d), np.random.default_rng(seed).random((n, d)), "fourier")
    assert isinstance(found, TorusGram)
    return found


@dimensions
def test_multiplication_against_sums_over_the_design(d: int) -> None:
    """u . T v is the mean of u(x_i) v(x_i) over the design, for any two series of the band."""
    of, band, rng = operator(d), 3, np.random.default_rng(1)
    moments, _ = of._transform(np.ones(of.size), band, 1.0)
    multiply = BoxMultiplication.of_moments(moments, d)
    u, v = (random_series(d, band, rng) for _ in range(2))
    found = pack(u.coefficients) @ multiply(pack(v.coefficients))
    assert found == pytest.approx(float(np.mean(u(of.X) * v(of.X))), rel=1e-9)
    elsewhere = operator(d, seed=5).X
    assert found != pytest.approx(float(np.mean(u(elsewhere) * v(elsewhere))), rel=1e-3)


def random_series(d: int, band: int, rng: np.random.Generator) -> TorusSeries:
    """Return a real series with independent values on the smallest grid that holds the band."""
    values = rng.standard_normal((2 * band + 1,) * d)
    half = np.fft.rfftn(values) / values.size
    assert half.shape == half_shape(d, band)
    return TorusSeries(coefficients=half)


@dimensions
def test_data_against_sums_over_the_design(d: int) -> None:
    of, band, rng = operator(d), 3, np.random.default_rng(2)
    y = rng.standard_normal(of.size)
    _, data = of._transform(y, band, float(np.mean(y**2)))
    for _ in range(5):
        u = random_series(d, band, rng)
        assert data @ pack(u.coefficients) == pytest.approx(float(np.mean(y * u(of.X))), abs=1e-10)


@dimensions
@pytest.mark.parametrize("band", [0, 1, 2, 7])
def test_packing_is_an_isometry(d: int, band: int) -> None:
    u = random_series(d, band, np.random.default_rng(3))
    v = pack(u.coefficients)
    assert v @ v == pytest.approx(u.mean_square())
    assert np.array_equal(unpack(v, d).shape, u.coefficients.shape)
    assert unpack(v, d) == pytest.approx(u.coefficients)


@dimensions
def test_the_band_leaves_a_thousandth_of_the_trace_out(d: int) -> None:
    for t in (1e2, 1e4):
        band = band_limit(kernel(d), t)
        squared, counts = shells(d, 0.0, 1e4)
        part = np.expm1(-t * kernel(d).eigenvalue(squared)) ** 2 * counts
        total = 1 + part.sum()
        assert part[squared > band**2].sum() <= 1.01e-3 * total
        assert part[squared > (band - 1) ** 2].sum() > 1e-3 * total or band == module.LOWEST_BAND


def test_a_band_that_is_too_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HIGHEST_BAND", {2: 5})
    of, times = operator(2, 300), np.array([10.0, 3e3])
    module.band_limit.cache_clear()
    y = np.random.default_rng(0).standard_normal(300)
    path = Path(
        times=times, filter=GradientFlowFilter(), operator=of, reduction=of.reduce(y, times, 1e-8)
    )
    module.band_limit.cache_clear()
    assert path.status[-1] is Status.TRUNCATED


def test_clean_risks_are_distances_of_coefficients() -> None:
    domain, rng = Torus(2), np.random.default_rng(0)
    f = Sobolev(2.0, 5.0, band=30).realise(domain, rng)
    X = domain.design(2000, rng)
    flow = GradientFlow()
    path = flow.path(flow.prepare(kernel(2), X), f(X), np.array([10.0, 1e3]))
    found = clean_risks(path, f, domain)
    grid = domain.design(20_000, rng)
    for index, risk in enumerate(found):
        g = path.function(index)
        assert Clean().evaluate(g, f, domain, 1).value == pytest.approx(risk, rel=1e-9)
        assert np.mean((g(grid) - f(grid)) ** 2) == pytest.approx(risk, rel=0.05)


def test_one_dimension_agrees_with_the_circles_operator() -> None:
    rng = np.random.default_rng(4)
    X, times = rng.random((3000, 1)), np.array([10.0, 1e3])
    y = np.sin(2 * np.pi * X[:, 0]) + rng.standard_normal(3000)
    flow, grid = GradientFlow(), np.linspace(0, 1, 50)[:, None]
    paths = [
        flow.path(flow.prepare(k, X), y, times)
        for k in (TorusSobolev(order=1, dimension=1), PeriodicSobolev(order=1))
    ]
    first, second = (flow.predict(path, grid) for path in paths)
    assert np.abs(first - second).max() <= 2 * sum(p.errors for p in paths).max()  # type: ignore[union-attr]  # arrays
    assert np.abs(first - second).max() <= 0.01


def test_population_spectrum() -> None:
    known = population(kernel(2), Torus(2))
    t = 1e4
    k = np.array(list(product(range(-60, 61), repeat=2)))
    mu = kernel(2).eigenvalue(np.sum(k**2, axis=1))
    expected = np.sum(np.expm1(-t * mu) ** 2)
    assert known.effective_dimension(GradientFlowFilter(), t) == pytest.approx(expected, rel=1e-3)
    assert known.order == 1.5
    assert known.largest == 1.0


def test_refusals() -> None:
    with pytest.raises(InputError, match="must have 2 columns"):
        gram_operator(kernel(2), np.zeros((5, 3)), "fourier")
    with pytest.raises(InputError, match=r"needs Torus\(d=2\)"):
        population(kernel(2), Torus(3))
    with pytest.raises(UnsupportedError, match="not known"):
        population(kernel(2), Sphere(2))
    of = operator(2)
    with pytest.raises(InputError, match="must have 2 columns"):
        of.predict(np.zeros((2 * 7 * 4, 1)), np.zeros((3, 1)))
    # points outside [0, 1) are taken modulo 1, as the kernel takes them
    moved = gram_operator(kernel(2), of.X + np.array([3.0, -2.0]), "fourier")
    assert isinstance(moved, TorusGram)
    assert pytest.approx(of.X) == replace(moved).X
