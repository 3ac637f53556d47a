"""Laws of minimum-norm interpolation, whatever kernel, design and route."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratecheck as rc
from ratecheck.functions import Plain
from ratecheck.interpolation import FirstOrderSpline, PiecewiseMonotone
from ratecheck.interpolation.prepare import Route
from ratecheck.kernels import (
    NTK,
    Brownian,
    BrownianPlusOne,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.types import Array, Status


@dataclass(frozen=True)
class Case:
    """A kernel with designs on which its Gram matrix is far from singular."""

    kernel: Kernel
    space: str = "line"
    route: Route = "auto"

    def design(self, n: int, rng: np.random.Generator) -> Array:
        if self.space == "line":  # one point in the middle half of every cell, in random order
            x = (np.arange(n) + rng.uniform(0.25, 0.75, n)) / n
            return rng.permutation(x)[:, None]
        if self.space == "grid":
            return np.mod(rng.permutation(n) / n + rng.random(), 1.0)[:, None]
        if self.space == "circle":
            angle = 2 * np.pi * (rng.permutation(n) / n + rng.random())
            return np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return rng.standard_normal((n, 3))

    def points(self, m: int, rng: np.random.Generator) -> Array:
        if self.space == "circle":
            angle = 2 * np.pi * rng.random(m)
            return np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return rng.standard_normal((m, 3)) if self.space == "room" else rng.random((m, 1))


FIRST_ORDER = (
    Case(Brownian()),
    Case(BrownianPlusOne()),
    Case(NeumannSobolev(c=2.0)),
    Case(NeumannSobolev(c=60.0)),
    Case(Laplace(scale=0.3)),
)
CASES = (
    *FIRST_ORDER,
    Case(Brownian(), route="dense"),
    Case(0.3 * BrownianPlusOne(), route="markov"),
    Case(5.0 * PeriodicSobolev(order=2), "grid", "fft"),
    Case(LiftedNTK(depth=2)),
    Case(PeriodicSobolev(order=1)),
    Case(PeriodicSobolev(order=1), "grid"),
    Case(PeriodicSobolev(order=2), "grid"),
    Case(NTK(depth=3, bias=0.5), "circle"),
    Case(Matern(nu=2.5, length=1.0), "circle"),
    Case(NTK(depth=2), "room"),
    Case(Gaussian(length=0.7), "room"),
)
every = pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.kernel!r}-{c.space}-{c.route}")
first_order = pytest.mark.parametrize("case", FIRST_ORDER, ids=lambda c: repr(c.kernel))
few = settings(max_examples=4)
sizes = st.integers(1, 24)
seeds = st.integers(0, 10**6)


def fitted(case: Case, X: Array, y: Array) -> rc.interpolation.InterpolantPath:
    interpolant = rc.Interpolant(operator=case.route)
    return interpolant.path(interpolant.prepare(case.kernel, X), y)


def sample(case: Case, n: int, seed: int) -> tuple[np.random.Generator, Array, Array]:
    rng = np.random.default_rng(seed)
    return rng, case.design(n, rng), rng.standard_normal(n)


@every
@few
@given(n=sizes, seed=seeds)
def test_the_data_are_interpolated(case: Case, n: int, seed: int) -> None:
    _, X, y = sample(case, n, seed)
    path = fitted(case, X, y)
    assert path.status == (Status.CONVERGED,)
    assert path.interpolates
    assert path.function(0)(X) == pytest.approx(y, abs=2e-6 * np.abs(y).max())
    assert path.function(0)(X) != pytest.approx(y + 1e-4, abs=1e-5)


@every
@few
@given(n=sizes, seed=seeds)
def test_norm_and_weights_are_those_of_the_inverse_matrix(case: Case, n: int, seed: int) -> None:
    _, X, y = sample(case, n, seed)
    path, K = fitted(case, X, y), case.kernel(X, X)
    assert np.abs(K @ path.weights - y).max() <= 1e-8 * np.abs(y).max()
    assert path.norm_squared == pytest.approx(float(y @ path.weights), rel=1e-7)
    assert path.norm_squared == pytest.approx(float(path.weights @ K @ path.weights), rel=1e-7)
    assert path.norm_squared == pytest.approx(float(y @ np.linalg.solve(K, y)), rel=1e-6)


@every
@few
@given(n=sizes, seed=seeds)
def test_values_are_those_of_the_kernel_expansion(case: Case, n: int, seed: int) -> None:
    rng, X, y = sample(case, n, seed)
    new, K = case.points(40, rng), case.kernel(X, X)
    naive = case.kernel(new, X) @ np.linalg.solve(K, y)
    path = fitted(case, X, y)
    assert path.function(0)(new) == pytest.approx(naive, abs=3e-6 * np.abs(y).max())
    assert rc.Interpolant().predict(path, new).shape == (1, 40)
    moved = case.kernel(new, X) @ np.linalg.solve(K, y + 0.01)
    assert path.function(0)(new) != pytest.approx(moved, abs=3e-6 * np.abs(y).max())


@every
@few
@given(n=st.integers(2, 24), seed=seeds)
def test_gradient_flow_and_ridge_end_there(case: Case, n: int, seed: int) -> None:
    rng, X, y = sample(case, n, seed)
    new = case.points(20, rng)
    end = fitted(case, X, y).function(0)(new)
    slowest = float(np.linalg.eigvalsh(case.kernel(X, X) / n)[0])
    for estimator, late in (
        (rc.GradientFlow(operator="eigh"), 40.0),
        (rc.Ridge(operator="eigh"), 1e8),
    ):
        times = np.array([0.05, 1.0, late]) / slowest
        path = estimator.path(estimator.prepare(case.kernel, X), y, times)
        gaps = np.abs(estimator.predict(path, new) - end).max(axis=1)
        assert gaps[2] <= 1e-5 * (1 + np.abs(end).max())
        assert gaps[2] < gaps[0]


@every
@few
@given(n=st.integers(1, 12), more=st.integers(1, 5), seed=seeds)
def test_no_interpolant_has_a_smaller_norm(case: Case, n: int, more: int, seed: int) -> None:
    """Further data lie on the interpolant, and cost nothing, or elsewhere, and cost norm."""
    rng, X, y = sample(case, n, seed)
    path, dense = fitted(case, X, y), Case(case.kernel, case.space, "dense")
    new = case.points(more, rng)
    on = np.append(y, path.function(0)(new))
    both = np.concatenate([X, new])
    same = fitted(dense, both, on).norm_squared
    other = fitted(dense, both, on + np.append(np.zeros(n), rng.choice([-1.0, 1.0], more)))
    assert same == pytest.approx(path.norm_squared, rel=1e-3)
    assert other.norm_squared > path.norm_squared * (1 + 1e-9)


@every
@few
@given(n=sizes, seed=seeds, a=st.floats(-3, 3))
def test_linear_in_the_responses_and_blind_to_their_order(
    case: Case, n: int, seed: int, a: float
) -> None:
    rng, X, y = sample(case, n, seed)
    z, new = rng.standard_normal(n), case.points(15, rng)
    scale = 1e-5 * (1 + np.abs(y).max() + np.abs(a * z).max())
    f, g, h = (fitted(case, X, v).function(0)(new) for v in (y, z, y + a * z))
    assert h == pytest.approx(f + a * g, abs=scale)
    order = rng.permutation(n)
    path = fitted(case, X[order], y[order])
    assert path.function(0)(new) == pytest.approx(f, abs=scale)
    assert path.weights == pytest.approx(fitted(case, X, y).weights[order], rel=1e-5, abs=1e-5)


@every
@few
@given(n=sizes, seed=seeds)
def test_repeated_data_change_nothing(case: Case, n: int, seed: int) -> None:
    rng, X, y = sample(case, n, seed)
    again = rng.integers(0, n, 3)
    new = case.points(10, rng)
    once, thrice = (
        fitted(case, X, y),
        fitted(case, np.vstack([X, X[again]]), np.append(y, y[again])),
    )
    assert thrice.function(0)(new) == pytest.approx(once.function(0)(new), abs=1e-12)
    assert thrice.weights == pytest.approx(np.append(once.weights, np.zeros(3)), abs=1e-12)
    assert thrice.norm_squared == once.norm_squared


@first_order
@few
@given(n=sizes, seed=seeds)
def test_pieces_stay_below_their_ends(case: Case, n: int, seed: int) -> None:
    """Between knots |f| has no interior maximum: what E_N <= R_r <= E_{N+2} rests on."""
    _, X, y = sample(case, n, seed)
    spline = fitted(case, X, y).function(0)
    assert isinstance(spline, FirstOrderSpline)
    knots = spline.knots
    for left, right in pairwise(knots):
        inside = np.abs(spline(np.linspace(left, right, 50)[:, None]))
        assert inside.max() <= max(inside[0], inside[-1]) * (1 + 1e-12)
    outside = np.abs(spline(np.append(np.linspace(0, knots[0], 20), np.linspace(knots[-1], 1, 20))))
    assert outside.max() <= np.abs(y).max() * (1 + 1e-12)


def test_pieces_of_second_order_do_not() -> None:
    case = Case(PeriodicSobolev(order=2), "grid")
    _, X, y = sample(case, 16, 0)
    spline = fitted(case, X, y).function(0)
    assert isinstance(spline, PiecewiseMonotone)
    assert np.abs(spline.turning_points()[1]).max() > np.abs(y).max() * 1.001


@first_order
def test_risk_lies_between_the_extremes_of_the_noise(case: Case) -> None:
    """Theory note D: E_N <= R_r / sigma^2 <= E_{N+2}, N averaged over a random design."""
    n, r, replicates, domain = 80, 0.06, 100, rc.domains.Interval(0.0, 1.0)
    zero = Plain(call=lambda X: np.zeros(len(X)))
    rng = np.random.default_rng(n)
    risks = []
    for _ in range(replicates):
        X, y = domain.design(n, rng), rng.standard_normal(n)
        f_hat = fitted(case, X, y).function(0)
        risks.append(rc.risk.Adversarial(radius=r).evaluate(f_hat, zero, domain, n).value)
    mean, error = np.mean(risks), np.std(risks, ddof=1) / np.sqrt(replicates)
    low = rc.theory.expected_window_maximum(n, r)
    high = rc.theory.expected_window_maximum(n, r, extra=2)
    assert low - 3 * error <= mean <= high + 3 * error
    bounded = rc.theory.expected_window_maximum(n, r, noise="uniform", extra=2)
    heavier = rc.theory.expected_window_maximum(n, r, noise="laplace")
    assert bounded + 3 * error < mean < heavier - 3 * error  # other noise laws are refuted
