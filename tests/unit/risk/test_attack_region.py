"""Regions of attack: exact projections, admissible draws, directions of ascent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from ratecheck.domains import Circle, Cube, Interval, Sphere, Torus
from ratecheck.risk.attack import Box, Cap, EuclideanBall, MaximumBall, Region
from ratecheck.risk.attack.region import angle, unit
from ratecheck.risk.bracket import region_of
from ratecheck.types import Array, InputError, UnsupportedError

UNIT = Box(low=0.0, high=1.0)
REGIONS = (EuclideanBall, MaximumBall)
seeds = st.integers(0, 10**6)
radii = st.floats(-3, 0.5).map(lambda e: 10.0**e)


def in_box(rng: np.random.Generator, d: int) -> Array:
    """Return a point of the unit cube, often on a face."""
    x: Array = rng.random(d)
    face = rng.random(d) < 0.2
    x[face] = np.round(x[face])
    return x


def on_sphere(rng: np.random.Generator, m: int, d: int) -> Array:
    return unit(rng.standard_normal((m, d)))


@settings(max_examples=60)
@given(seed=seeds, r=radii, d=st.integers(1, 12), boxed=st.booleans())
@pytest.mark.parametrize("kind", REGIONS)
def test_projection_is_the_nearest_point(
    kind: type[EuclideanBall | MaximumBall], seed: int, r: float, d: int, boxed: bool
) -> None:
    rng = np.random.default_rng(seed)
    region = kind(radius=r, box=UNIT if boxed else Box())
    x = in_box(rng, d)
    z = x + rng.standard_normal(d) * 10.0 ** rng.uniform(-2, 0.5)
    p = region.project(z[None], x[None])[0]
    assert region.admits(p[None], x[None])[0]
    # variational inequality of a projection: <z - p, q - p> <= 0 for every admissible q
    others = [region.draw(x[None], rng)[0] for _ in range(30)] + [x]
    for q in others:
        assert (z - p) @ (q - p) <= 1e-9 * (1 + np.linalg.norm(z - p))
    assert region.project(p[None], x[None])[0] == pytest.approx(p, abs=1e-12)


def by_optimiser(x: Array, z: Array) -> float:
    """Return the least |q - z|^2 over the ball of radius 0.4 around x and the unit cube."""
    solve: Any = minimize  # its stubs know no constraint given as a dictionary of functions
    found = solve(
        lambda q: float(np.sum((q - z) ** 2)),
        x,
        method="SLSQP",
        bounds=[(0, 1)] * x.size,
        constraints={"type": "ineq", "fun": lambda q: 0.16 - np.sum((q - x) ** 2)},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    return float(found.fun)


def test_ball_and_box_against_an_optimiser() -> None:
    rng = np.random.default_rng(1)
    region = EuclideanBall(radius=0.4, box=UNIT)
    for _ in range(15):
        x, z = in_box(rng, 4), rng.uniform(-1, 2, 4)
        p = region.project(z[None], x[None])[0]
        assert np.sum((p - z) ** 2) <= by_optimiser(x, z) + 1e-7
        # clipping after the projection on the ball is admissible, but not the nearest point
        ball = EuclideanBall(radius=0.4).project(z[None], x[None])[0]
        assert np.sum((p - z) ** 2) <= np.sum((np.clip(ball, 0, 1) - z) ** 2) + 1e-12


@settings(max_examples=60)
@given(seed=seeds, r=st.floats(1e-3, 3.5), d=st.integers(2, 12))
def test_cap_projection_is_the_nearest_point(seed: int, r: float, d: int) -> None:
    rng = np.random.default_rng(seed)
    region = Cap(radius=r)
    X, Z = on_sphere(rng, 8, d), rng.standard_normal((8, d))
    P = region.project(Z, X)
    assert region.admits(P, X).all()
    for _ in range(40):
        Q = region.draw(X, rng)
        assert region.admits(Q, X).all()
        assert (np.sum(Z * Q, axis=1) <= np.sum(Z * P, axis=1) + 1e-9).all()


def test_cap_at_the_poles() -> None:
    x = np.array([[0.0, 0.0, 1.0]])
    region = Cap(radius=0.3)
    for z in (np.zeros((1, 3)), -x):  # no direction: any admissible point will do
        assert region.admits(region.project(z, x), x)[0]
    assert region.project(2 * x, x) == pytest.approx(x)
    tiny = Cap(radius=1e-9)
    p = tiny.project(np.array([[1.0, 0.0, 0.0]]), x)
    assert angle(p, x)[0] == pytest.approx(1e-9, rel=1e-6)


@pytest.mark.parametrize(
    "region", [EuclideanBall(radius=0.2), MaximumBall(radius=0.2), Cap(radius=0.2)]
)
def test_directions_rise_at_first_order(region: Region) -> None:
    rng = np.random.default_rng(3)
    X, G = on_sphere(rng, 20, 5), rng.standard_normal((20, 5))
    step = region.direction(X, G)
    Z = region.project(X + 1e-4 * step, X)
    assert (np.sum((Z - X) * region.tangent(X, G), axis=1) > 0).all()
    assert region.direction(X, np.zeros_like(G)) == pytest.approx(0.0)


def test_walls_are_left_out_of_directions() -> None:
    region = EuclideanBall(radius=1.0, box=UNIT)
    Z, G = np.array([[0.0, 1.0, 0.5]]), np.array([[-5.0, 5.0, 0.1]])
    assert region.direction(Z, G) == pytest.approx(np.array([[0.0, 0.0, 1.0]]))
    assert region.direction(Z, -G) == pytest.approx(unit(-G))


def test_images_on_the_torus() -> None:
    C = np.array([[0.1], [0.95]])
    assert EuclideanBall(radius=0.3).images(C) is C
    found = EuclideanBall(radius=0.3, box=Box(period=1.0)).images(C)
    assert sorted(found.ravel()) == pytest.approx(
        [-1.9, -1.05, -0.9, -0.05, 0.1, 0.95, 1.1, 1.95, 2.1, 2.95]
    )


def test_points_outside_are_not_admitted() -> None:
    x = np.array([[0.5, 0.5]])
    assert not EuclideanBall(radius=0.1).admits(x + 0.08, x)[0]
    assert MaximumBall(radius=0.1).admits(x + 0.08, x)[0]
    assert not MaximumBall(radius=1.0, box=UNIT).admits(x + 0.6, x)[0]
    e = np.array([[1.0, 0.0]])
    assert not Cap(radius=1.0).admits(1.1 * e, e)[0]


def test_regions_of_domains() -> None:
    X = np.array([[0.25, 0.5]])
    assert region_of(None, X, 0.1) == EuclideanBall(radius=0.1)
    assert region_of(Cube(2), X, 0.1, np.inf) == MaximumBall(radius=0.1, box=UNIT)
    assert region_of(Interval(-1, 2), X[:, :1], 0.1) == EuclideanBall(
        radius=0.1, box=Box(low=-1.0, high=2.0)
    )
    assert region_of(Torus(), X[:, :1], 0.1) == EuclideanBall(radius=0.1, box=Box(period=1.0))
    assert region_of(Circle(), np.array([[0.0, 1.0]]), 0.1) == Cap(radius=0.1)
    assert region_of(Sphere(2), np.array([[0.0, 1.0, 0.0]]), 0.1) == Cap(radius=0.1)
    with pytest.raises(UnsupportedError, match="geodesic"):
        region_of(Sphere(2), np.array([[0.0, 1.0, 0.0]]), 0.1, np.inf)
    with pytest.raises(UnsupportedError, match="no attack on"):
        region_of(Torus(d=2), X, 0.1)
    with pytest.raises(InputError, match="outside"):
        region_of(Cube(2), X + 1, 0.1)
    with pytest.raises(InputError, match="radius must not be negative"):
        region_of(None, X, -0.1)
    with pytest.raises(InputError, match="norm must be one of"):
        region_of(None, X, 0.1, 1)
