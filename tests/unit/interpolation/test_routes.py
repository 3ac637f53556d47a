from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

import ratecheck as rc
from ratecheck.functions import FourierSeries
from ratecheck.interpolation.circulant import CircleSolver, PeriodicSolver, equispaced
from ratecheck.interpolation.dense import CholeskySolver, EigenSolver
from ratecheck.interpolation.design import Design
from ratecheck.interpolation.markov import MarkovSolver
from ratecheck.interpolation.prepare import LARGEST_DENSE
from ratecheck.kernels import (
    NTK,
    Brownian,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.types import Array, InputError, Status, UnsupportedError

RNG = np.random.default_rng(0)
LINE = RNG.random((20, 1))
GRID = np.arange(20)[:, None] / 20
ROOM = RNG.standard_normal((20, 3))


def circle(angles: Array) -> Array:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


RING = circle(2 * np.pi * np.arange(20) / 20 + 0.3)


@pytest.mark.parametrize(
    ("kernel", "X", "solver"),
    [
        (Brownian(), LINE, MarkovSolver),
        (Laplace(), LINE, MarkovSolver),
        (NeumannSobolev(c=1.0), LINE, MarkovSolver),
        (Laplace(), RING, CircleSolver),
        (NTK(depth=3), RING, CircleSolver),
        (NTK(depth=3), circle(RNG.random(20)), CholeskySolver),
        (Laplace(), ROOM, CholeskySolver),
        (PeriodicSobolev(order=2), GRID, PeriodicSolver),
        (PeriodicSobolev(order=1), LINE, CholeskySolver),
        (LiftedNTK(depth=2), GRID, CholeskySolver),
        (Gaussian(length=5.0), LINE, EigenSolver),
    ],
    ids=repr,
)
def test_auto_takes_the_fastest_route(kernel: Kernel, X: Array, solver: type) -> None:
    assert isinstance(rc.Interpolant().prepare(kernel, X).solver, solver)


@pytest.mark.parametrize(
    ("operator", "kernel", "X", "word"),
    [
        ("markov", LiftedNTK(depth=2), LINE, "first-order"),
        ("markov", Laplace(), ROOM, "3 columns"),
        ("fft", PeriodicSobolev(order=1), LINE, "equispaced"),
        ("fft", LiftedNTK(depth=2), GRID, "stationary"),
        ("dense", Gaussian(1.0), np.arange(LARGEST_DENSE + 1.0)[:, None], "limited to"),
    ],
)
def test_route_that_does_not_apply_is_refused(
    operator: str, kernel: Kernel, X: Array, word: str
) -> None:
    with pytest.raises(UnsupportedError, match=word):
        rc.Interpolant(operator=operator).prepare(kernel, X)  # type: ignore[arg-type]  # a str


@pytest.mark.parametrize("route", ["markov", "dense"])
def test_points_that_coincide_need_equal_responses(route: str) -> None:
    X = np.array([[0.5], [0.2], [0.5], [0.8]])
    interpolant = rc.Interpolant(operator=route)  # type: ignore[arg-type]  # a str
    state = interpolant.prepare(Laplace(), X)
    path = interpolant.path(state, np.array([1.0, 2.0, 1.0, 3.0]))
    assert path.interpolates
    assert path.weights[2] == 0.0
    with pytest.raises(InputError, match=r"rows 0 and 2 are the same point \[0.5\]"):
        interpolant.path(state, np.array([1.0, 2.0, 1.1, 3.0]))


def test_points_of_the_torus_coincide_modulo_one() -> None:
    interpolant = rc.Interpolant()
    state = interpolant.prepare(PeriodicSobolev(order=1), np.array([[0.0], [0.4], [1.0]]))
    assert interpolant.path(state, np.array([1.0, 2.0, 1.0])).interpolates
    with pytest.raises(InputError, match="same point"):
        interpolant.path(state, np.array([1.0, 2.0, 3.0]))
    state = interpolant.prepare(Laplace(), np.array([[0.0], [0.4], [1.0]]))
    assert interpolant.path(state, np.array([1.0, 2.0, 3.0])).interpolates


@pytest.mark.parametrize("route", ["markov", "dense"])
def test_brownian_functions_vanish_at_zero(route: str) -> None:
    X = np.array([[0.7], [0.0], [0.3]])
    interpolant = rc.Interpolant(operator=route)  # type: ignore[arg-type]  # a str
    state = interpolant.prepare(Brownian(), X)
    path = interpolant.path(state, np.array([1.0, 0.0, 2.0]))
    assert path.interpolates
    assert path.weights[1] == 0.0
    with pytest.raises(InputError, match=r"vanishes at x = \[0.0\]"):
        interpolant.path(state, np.array([1.0, 0.5, 2.0]))
    with pytest.raises(InputError, match="whole design"):
        interpolant.prepare(Brownian(), np.zeros((2, 1)))


def test_design_keeps_the_order_of_the_data() -> None:
    X = np.array([[3.0, 1.0], [0.0, 2.0], [3.0, 1.0], [0.0, 1.0]])
    design = Design.of(Gaussian(1.0), X)
    assert design.kept.tolist() == [0, 1, 3]
    assert design.group.tolist() == [0, 1, 0, 2]


def test_ill_conditioned_systems_say_so() -> None:
    X, y = np.linspace(0, 1, 12)[:, None], np.cos(9 * np.arange(12.0))
    found = {}
    for length in (0.05, 0.45, 3.0):
        interpolant = rc.Interpolant()
        path = interpolant.path(interpolant.prepare(Gaussian(length), X), y)
        found[length] = path.status[0]
        assert path.interpolates or path.status[0] is not Status.CONVERGED
    assert found[0.05] is Status.CONVERGED
    assert found[0.45] is Status.ILL_CONDITIONED
    assert found[3.0] in (Status.RANK_DEFICIENT, Status.CLIPPED)


def test_condition_estimate_is_near_the_truth() -> None:
    X = np.sort(RNG.random((60, 1)), axis=0)
    interpolant = rc.Interpolant(operator="dense")
    path = interpolant.path(interpolant.prepare(Matern(1.5, 0.3), X), np.ones(60))
    exact = np.linalg.cond(Matern(1.5, 0.3)(X, X), 1)
    assert exact / 3 <= path.condition <= exact * 1.01


def test_even_kernels_cannot_fit_odd_frequencies() -> None:
    """Theory note A2: the bias-free two-layer NTK has no odd frequency beyond one."""
    angle = 2 * np.pi * np.arange(32) / 32
    interpolant = rc.Interpolant()
    state = interpolant.prepare(NTK(depth=2), circle(angle))
    odd, even = (interpolant.path(state, np.cos(k * angle)) for k in (3, 4))
    assert not odd.interpolates
    assert odd.residual == pytest.approx(1.0, abs=1e-9)
    assert odd.status == (Status.RANK_DEFICIENT,)
    assert np.isinf(odd.condition)
    assert even.interpolates


@pytest.mark.parametrize(
    ("kernel", "form"), [(Matern(2.5, 1.0), FourierSeries), (Laplace(), KernelExpansion)]
)
def test_series_only_where_it_is_good_enough(kernel: Kernel, form: type) -> None:
    y = RNG.standard_normal(20)
    loose, tight = rc.Interpolant(tolerance=1e-2), rc.Interpolant(tolerance=1e-6)
    new = circle(RNG.random(40) * 7)
    exact = kernel(new, RING) @ np.linalg.solve(kernel(RING, RING), y)
    for interpolant in (loose, tight):
        path = interpolant.path(interpolant.prepare(kernel, RING), y)
        error = np.abs(path.function(0)(new) - exact).max()
        assert error <= interpolant.tolerance * np.abs(y).max()
    assert isinstance(path.function(0), form)


def test_grids_are_recognised_up_to_rounding() -> None:
    z = np.arange(1000) / 1000
    assert equispaced(z + 0.0004) == pytest.approx(0.0004)
    assert equispaced(z + 1e-15 * RNG.standard_normal(1000)) is not None
    z[500] += 1e-9
    assert equispaced(z) is None
    assert equispaced(np.array([0.2, 0.6])) is None


def test_large_first_order_designs_have_no_overflow() -> None:
    rng = np.random.default_rng(5)
    X = rng.uniform(0, 1e6, (5000, 1))
    y = rng.standard_normal(5000)
    interpolant = rc.Interpolant()
    path = interpolant.path(interpolant.prepare(Laplace(scale=0.1), X), y)
    assert path.interpolates
    assert np.isfinite([path.norm_squared, path.condition, *path.weights]).all()
    assert np.isfinite(interpolant.predict(path, rng.uniform(-10, 1e6 + 10, (100, 1)))).all()


def test_straight_pieces_are_those_of_a_monotone_cubic_between_equal_values() -> None:
    X = np.linspace(0.1, 0.9, 9)
    y = np.repeat([1.0, 2.0, 3.0], 3)
    interpolant = rc.Interpolant()
    path = interpolant.path(interpolant.prepare(Brownian(), X[:, None]), y)
    new = np.linspace(X[0], X[1], 20)
    assert interpolant.predict(path, new[:, None])[0] == pytest.approx(PchipInterpolator(X, y)(new))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"operator": "magic"}, "auto, markov, fft, dense"),
        ({"tolerance": 0.0}, "positive"),
        ({"tolerance": float("nan")}, "finite"),
    ],
    ids=str,
)
def test_bad_options_are_named(arguments: dict[str, object], match: str) -> None:
    with pytest.raises(InputError, match=match):
        rc.Interpolant(**arguments)  # type: ignore[arg-type]  # wrong on purpose


def test_bad_data_are_named() -> None:
    interpolant = rc.Interpolant()
    state = interpolant.prepare(Laplace(), LINE)
    y = np.ones(20)
    with pytest.raises(InputError, match="20 entries"):
        interpolant.path(state, y[:5])
    with pytest.raises(InputError, match="finite"):
        interpolant.path(state, np.full(20, np.nan))
    with pytest.raises(InputError, match="t = inf only"):
        interpolant.path(state, y, np.array([1.0, 2.0]))
    with pytest.raises(InputError, match="shape"):
        interpolant.prepare(Laplace(), np.empty((0, 1)))
    with pytest.raises(InputError, match="at least 0"):
        interpolant.prepare(Brownian(), np.array([[-0.1]]))
    with pytest.raises(InputError, match="one time"):
        interpolant.path(state, y).function(1)
    path = interpolant.path(state, y, np.array([np.inf]))
    assert path.times.tolist() == [np.inf]
    assert interpolant.path(state, np.zeros(20)).norm_squared == 0.0
