"""Laws that every domain obeys."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.domains import Ball, Circle, Cube, Domain, Interval, Sphere, Torus
from ratecheck.streams import generator
from ratecheck.types import Array, InputError, UnsupportedError

LINES: tuple[Domain, ...] = (Torus(d=1), Interval(low=-1, high=3), Circle())
DOMAINS: tuple[Domain, ...] = (*LINES, Torus(d=3), Sphere(d=2), Sphere(d=5), Cube(d=2), Ball(d=3))


def stream(seed: int) -> np.random.Generator:
    return generator(seed, "domains", role="design")


@pytest.mark.parametrize("domain", DOMAINS, ids=repr)
@given(n=st.integers(1, 200), seed=st.integers(0, 2**32))
def test_a_design_lies_in_its_domain_and_is_fixed_by_its_stream(
    domain: Domain, n: int, seed: int
) -> None:
    X = domain.design(n, stream(seed))
    assert X.shape == (n, domain.ambient)
    assert X.dtype == np.float64
    assert domain.contains(X).all()
    assert np.array_equal(X, domain.design(n, stream(seed)))


@pytest.mark.parametrize("domain", DOMAINS, ids=repr)
def test_points_off_the_domain_are_not_contained(domain: Domain) -> None:
    inside = domain.design(5, stream(0))
    assert not domain.contains(inside + 4.5).any()


@pytest.mark.parametrize("domain", LINES, ids=repr)
@given(n=st.integers(2, 300), seed=st.integers(0, 2**32))
def test_one_dimensional_designs_come_in_order(domain: Domain, n: int, seed: int) -> None:
    z = domain.chart.coordinate(domain.design(n, stream(seed)))
    assert np.all(np.diff(z) >= -1e-15)


@pytest.mark.parametrize("domain", LINES, ids=repr)
@pytest.mark.parametrize("n", [1, 2, 7, 64])
def test_the_grid_divides_the_coordinate_equally(domain: Domain, n: int) -> None:
    z = domain.chart.coordinate(domain.grid(n))
    width, shift = (1 / n, 0.0) if domain.periodic else (0.5 / n, 0.5)
    assert np.allclose(z, width * (np.arange(n) + shift), atol=2e-15)
    assert domain.contains(domain.grid(n)).all()


def fourier_moments(domain: Domain, X: Array) -> Array:
    """Means of the first cosines of the coordinate; all zero for the uniform law."""
    z = domain.chart.coordinate(X) * (1 if domain.periodic else 2)
    waves = np.cos(2 * np.pi * np.multiply.outer(np.arange(1, 5), z))
    return np.asarray(waves.mean(axis=1))


@pytest.mark.parametrize("domain", LINES, ids=repr)
def test_one_dimensional_designs_are_uniform(domain: Domain) -> None:
    n = 20_000
    X = domain.design(n, stream(1))
    assert np.abs(fourier_moments(domain, X)).max() < 5 / math.sqrt(2 * n)


def test_the_uniformity_law_rejects_another_density() -> None:
    u = np.sort(stream(1).random((20_000, 1)) ** 1.3, axis=0)
    assert np.abs(fourier_moments(Torus(d=1), u)).max() > 5 / math.sqrt(40_000)


@pytest.mark.parametrize("domain", [Sphere(d=2), Sphere(d=5)], ids=repr)
def test_spheres_have_isotropic_second_moments(domain: Domain) -> None:
    X = domain.design(20_000, stream(2))
    moments = X.T @ X / X.shape[0]
    assert np.allclose(moments, np.eye(domain.ambient) / domain.ambient, atol=5 / math.sqrt(20_000))


@pytest.mark.parametrize("domain", [Torus(d=3), Cube(d=2)], ids=repr)
def test_boxes_have_uniform_moments(domain: Domain) -> None:
    X = domain.design(20_000, stream(3))
    assert np.allclose(X.mean(axis=0), 0.5, atol=5 / math.sqrt(12 * 20_000))
    assert np.allclose(np.cov(X.T), np.eye(domain.d) / 12, atol=5e-3)  # type: ignore[attr-defined]


def test_balls_are_uniform_in_direction_and_in_the_power_of_the_radius() -> None:
    d, n = 3, 20_000
    X = Ball(d=d).design(n, stream(4))
    shares = np.linalg.norm(X, axis=1) ** d
    assert abs(shares.mean() - 0.5) < 5 / math.sqrt(12 * n)
    assert abs((shares**2).mean() - 1 / 3) < 5 / math.sqrt(n)
    assert np.allclose(X.T @ X / n, np.eye(d) / (d + 2), atol=5 / math.sqrt(n))
    assert abs((shares**0.8).mean() - 0.5) > 5 / math.sqrt(12 * n)  # as of another density


@pytest.mark.parametrize("domain", DOMAINS, ids=repr)
def test_the_repr_is_the_identity(domain: Domain) -> None:
    assert eval(repr(domain)) == domain
    assert hash(eval(repr(domain))) == hash(domain)


def test_numbers_are_stored_plainly() -> None:
    assert repr(Interval(np.float64(-1), 1)) == repr(Interval(low=-1.0, high=1.0))
    two = np.int64(2)
    assert repr(Torus(two)) == repr(Torus(d=2))  # type: ignore[arg-type]  # an int by its value


@pytest.mark.parametrize(
    ("domain", "dimension", "ambient", "length"),
    [
        (Torus(d=1), 1, 1, 1.0),
        (Interval(-1, 3), 1, 1, 4.0),
        (Circle(), 1, 2, 2 * math.pi),
    ],
)
def test_dimensions_and_lengths(
    domain: Domain, dimension: int, ambient: int, length: float
) -> None:
    assert (domain.dimension, domain.ambient, domain.length) == (dimension, ambient, length)


@pytest.mark.parametrize("domain", DOMAINS[len(LINES) :], ids=repr)
def test_several_dimensions_have_no_chart_grid_or_length(domain: Domain) -> None:
    assert domain.dimension > 1
    assert domain.periodic is not isinstance(domain, Cube | Ball)
    with pytest.raises(UnsupportedError, match="one dimension only"):
        domain.grid(4)
    with pytest.raises(UnsupportedError, match="chart"):
        _ = domain.chart
    with pytest.raises(UnsupportedError, match="length"):
        _ = domain.length


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Torus(d=0), "d must be at least 1"),
        (lambda: Torus(d=True), "d must be an integer"),
        (lambda: Sphere(d=1), r"use Circle\(\)"),
        (lambda: Cube(d=1), r"use Interval\(\)"),
        (lambda: Cube(d=2.5), "d must be an integer"),  # type: ignore[arg-type]
        (lambda: Interval(low=1, high=1), "low must be below high"),
        (lambda: Interval(low=0, high=math.inf), "high must be finite"),
        (lambda: Torus(d=1).design(0, stream(0)), "n must be at least 1"),
        (lambda: Circle().grid(0), "n must be at least 1"),
        (lambda: Circle().contains(np.zeros((3, 3))), "must have 2 columns"),
    ],
)
def test_mistakes_are_named(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=message):
        make()


def test_circle_points_are_cosine_and_sine() -> None:
    angles = 2 * np.pi * np.arange(1000) / 1000
    expected = np.column_stack((np.cos(angles), np.sin(angles)))
    assert np.allclose(Circle().grid(1000), expected, rtol=0, atol=2e-15)
