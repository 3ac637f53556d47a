from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import interp1d

from ratecheck.interpolation import FirstOrderSpline, first_order_spline
from ratecheck.interpolation.markov import MarkovSolver
from ratecheck.interpolation.recognise import monotone_form
from ratecheck.kernels import Brownian, BrownianPlusOne, Gaussian, Laplace, NeumannSobolev
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.operators.markov import MarkovGram
from ratecheck.types import Array, InputError, UnsupportedError

First = Brownian | BrownianPlusOne | NeumannSobolev | Laplace
KERNELS: tuple[First, ...] = (
    Brownian(),
    BrownianPlusOne(),
    NeumannSobolev(c=1e-12),
    NeumannSobolev(c=4.0),
    NeumannSobolev(c=900.0),
    Laplace(scale=0.2),
    Laplace(scale=1e-3),
)
over = pytest.mark.parametrize("kernel", KERNELS, ids=repr)
seeds = st.integers(0, 10**6)


def spline(kernel: First, n: int, seed: int) -> FirstOrderSpline:
    rng = np.random.default_rng(seed)
    return first_order_spline(kernel, np.sort(rng.uniform(0.05, 0.95, n)), rng.standard_normal(n))


def test_brownian_interpolant_is_the_broken_line() -> None:
    line = spline(Brownian(), 300, 0)
    knots = np.concatenate([[0.0], line.knots, [1.0]])
    heights = np.concatenate([[0.0], line.heights, line.heights[-1:]])
    x = np.linspace(0, 1, 2001)
    assert line(x[:, None]) == pytest.approx(interp1d(knots, heights)(x), abs=1e-12)
    flat = np.concatenate([line.heights[:1], line.heights, line.heights[-1:]])
    assert line(x[:, None]) != pytest.approx(interp1d(knots, flat)(x), abs=1e-3)


@over
@settings(max_examples=8)
@given(n=st.integers(1, 30), seed=seeds)
def test_equals_a_high_precision_solve(kernel: First, n: int, seed: int) -> None:
    """The dense solve in 60 digits, where an ill-conditioned K does no harm."""
    import mpmath

    line = spline(kernel, min(n, 8), seed)
    x = np.linspace(0.0, 1.0, 7)
    with mpmath.workdps(60):
        K = exact_gram(kernel, line.knots, line.knots)
        weights = mpmath.lu_solve(K, mpmath.matrix(line.heights.tolist()))
        values = exact_gram(kernel, x, line.knots) * weights
        naive = np.array([float(v) for v in values])
    assert line(x[:, None]) == pytest.approx(naive, rel=1e-11, abs=1e-13)


def exact_gram(kernel: First, x: Array, y: Array) -> Any:
    import mpmath as mp

    def value(s: float, t: float) -> Any:
        low, high = mp.mpf(min(s, t)), mp.mpf(max(s, t))
        if isinstance(kernel, Laplace):
            return mp.exp((low - high) / mp.mpf(kernel.scale))
        if isinstance(kernel, NeumannSobolev):
            c = mp.mpf(kernel.c)
            return mp.cosh(c * low) * mp.cosh(c * (1 - high)) / (c * mp.sinh(c))
        return low + int(isinstance(kernel, BrownianPlusOne))

    return mp.matrix([[value(s, t) for t in y.tolist()] for s in x.tolist()])


@over
@settings(max_examples=8)
@given(n=st.integers(2, 40), seed=seeds)
def test_monotone_between_turning_points(kernel: First, n: int, seed: int) -> None:
    line = spline(kernel, n, seed)
    places, values = line.turning_points()
    assert np.all(np.diff(places) >= 0)
    assert np.isin(line.knots, places).all()
    assert values == pytest.approx(line(places[:, None]), abs=1e-12)
    u = np.linspace(0, 1, 25)[:, None]
    steps = np.diff(line((places[:-1] + u * np.diff(places)).T.reshape(-1, 1)).reshape(-1, 25))
    assert np.all((steps >= -1e-12).all(axis=1) | (steps <= 1e-12).all(axis=1))


def test_dips_between_knots_of_one_sign() -> None:
    line = first_order_spline(NeumannSobolev(c=5.0), np.array([0.2, 0.8]), np.array([1.0, 1.0]))
    places, values = line.turning_points()
    assert places == pytest.approx([0.2, 0.5, 0.8])
    assert values[1] == pytest.approx(1 / np.cosh(1.5), rel=1e-13)
    opposite = first_order_spline(NeumannSobolev(c=5.0), line.knots, np.array([1.0, -1.0]))
    steep = first_order_spline(NeumannSobolev(c=5.0), line.knots, np.array([1.0, 50.0]))
    straight = first_order_spline(BrownianPlusOne(), line.knots, line.heights)
    for other in (opposite, steep, straight):
        assert other.turning_points()[0].size == 2


def test_far_apart_dips_lie_where_the_exponentials_meet() -> None:
    line = first_order_spline(Laplace(scale=1e-4), np.array([0.0, 1.0]), np.array([2.0, 1.0]))
    places, values = line.turning_points()
    assert places[1] == pytest.approx(0.5 + 1e-4 * np.log(2) / 2, abs=1e-12)
    assert values[1] == 0.0


@over
def test_fits_of_any_filter_are_their_own_interpolants(kernel: First) -> None:
    rng = np.random.default_rng(1)
    X, a = rng.random((50, 1)), rng.standard_normal(50)
    expansion = KernelExpansion(kernel=kernel, centres=X, weights=a)
    recognised = monotone_form(expansion)
    assert isinstance(recognised, FirstOrderSpline)
    new = np.linspace(0, 1, 301)[:, None]
    scale = float(np.abs(a).sum() * kernel.diagonal(new).max())
    assert recognised(new) == pytest.approx(expansion(new), abs=1e-12 * scale)
    if not isinstance(kernel, NeumannSobolev | Laplace):
        gram = MarkovGram.of(kernel, X)
        assert recognised(new) == pytest.approx(gram.function(a[gram.order])(new), abs=1e-10)


def test_other_functions_are_not_recognised() -> None:
    X = np.linspace(0.1, 1, 5)[:, None]
    assert monotone_form(KernelExpansion(kernel=Gaussian(1.0), centres=X, weights=X[:, 0])) is None
    plane = KernelExpansion(kernel=Laplace(), centres=np.ones((3, 2)), weights=np.ones(3))
    assert monotone_form(plane) is None
    null = KernelExpansion(kernel=Brownian(), centres=np.zeros((1, 1)), weights=np.ones(1))
    assert monotone_form(null) is None


@over
def test_condition_number_is_exact(kernel: First) -> None:
    x = np.sort(np.random.default_rng(3).uniform(0.1, 1, 20))[:, None]
    solver = MarkovSolver.of(kernel, x)
    K = kernel(x, x)
    if isinstance(kernel, NeumannSobolev) and kernel.c < 1e-6:
        K = K * 1.0  # a huge constant: its inverse has no digits to compare
        assert solver.condition > 1e15
        return
    assert solver.condition == pytest.approx(np.linalg.cond(K, 1), rel=1e-6)


def test_close_knots_keep_their_digits() -> None:
    x = np.array([0.5, np.nextafter(0.5, 1), 0.75])
    line = first_order_spline(NeumannSobolev(c=1.0), x, np.array([1.0, -1.0, 1.0]))
    assert line(x[:, None]) == pytest.approx([1.0, -1.0, 1.0], abs=0)
    solution = MarkovSolver.of(NeumannSobolev(c=1.0), x[:, None]).solve(line.heights)
    assert solution.norm_squared == pytest.approx(4 / (x[1] - x[0]), rel=1e-6)


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="strictly increasing"):
        first_order_spline(Brownian(), np.array([0.5, 0.5]), np.zeros(2))
    with pytest.raises(InputError, match="2 entries"):
        first_order_spline(Brownian(), np.array([0.5, 0.6]), np.zeros(3))
    with pytest.raises(InputError, match="at least 0"):
        first_order_spline(Brownian(), np.array([-0.5, 0.6]), np.zeros(2))
    with pytest.raises(UnsupportedError, match="first-order"):
        first_order_spline(Gaussian(1.0), np.array([0.5, 0.6]), np.zeros(2))
