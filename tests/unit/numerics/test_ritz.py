"""Both routes to a Ritz decomposition against the exact flow of a dense eigenproblem."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.filters import Filter, GradientFlowFilter, IteratedRidgeFilter, RidgeFilter
from ratecheck.numerics.lanczos import lanczos
from ratecheck.numerics.ritz import (
    Ritz,
    _decay_integral,
    compress,
    independent,
    poles,
    rational_ritz,
)
from ratecheck.types import Array

TIMES = np.geomspace(1.0, 3e3, 30)
seeds = st.integers(0, 10**4)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """The flow f' = D (Y - T f) of a random design: T near the identity, ||g||_n^2 = g^T T g."""

    prior: Array
    gram: Array
    data: Array
    energy: float

    @property
    def root(self) -> Array:
        return np.sqrt(self.prior)

    @property
    def symmetric(self) -> Array:
        return np.asarray(self.root[:, None] * self.gram * self.root)

    def exact(self, f: Filter, times: Array) -> Array:
        """Return the coefficients of the exact fits, shape (T, N)."""
        values, u = np.linalg.eigh(self.symmetric)
        loadings = u.T @ (self.root * self.data)
        return np.asarray(f.weight(np.maximum(values, 0.0), times) * loadings @ u.T * self.root)

    def norm(self, g: Array) -> Array:
        """Return the empirical norms of coefficients (T, N)."""
        return np.asarray(np.sqrt(np.maximum(np.einsum("ti,ij,tj->t", g, self.gram, g), 0.0)))


def problem(seed: int, size: int = 60, n: int = 900) -> Problem:
    rng = np.random.default_rng(seed)
    basis = rng.standard_normal((n, size))
    prior = np.arange(1.0, size + 1) ** -rng.uniform(1.5, 3)
    y = basis @ (rng.standard_normal(size) * np.sqrt(prior)) + rng.standard_normal(n)
    return Problem(
        prior=prior, gram=basis.T @ basis / n, data=basis.T @ y / n, energy=float(np.mean(y**2))
    )


def rational(p: Problem, ratio: float = 2.0, tolerance: float = 1e-12) -> Ritz:
    bound = float(np.linalg.eigvalsh(p.gram)[-1])
    shifts = poles(TIMES[0], TIMES[-1], ratio)
    return rational_ritz(
        p.prior, p.gram.__matmul__, p.data, p.energy, bound, shifts, tolerance=tolerance
    )


def fits(ritz: Ritz, f: Filter) -> Array:
    return np.asarray((f.weight(ritz.values, TIMES) * ritz.amplitudes) @ ritz.vectors.T)


def stated(ritz: Ritz, f: Filter) -> Array:
    return ritz.errors(lambda values: f.weight(values, TIMES), TIMES)


def true(p: Problem, ritz: Ritz, f: Filter) -> Array:
    return p.norm(fits(ritz, f) - p.exact(f, TIMES))


@settings(max_examples=25)
@given(seed=seeds, ratio=st.sampled_from([1.3, 1.5, 2.0]))
def test_the_stated_error_covers_the_true_one_and_is_worth_stating(seed: int, ratio: float) -> None:
    p = problem(seed)
    ritz, flow = rational(p, ratio), GradientFlowFilter()
    said, happened = stated(ritz, flow), true(p, ritz, flow)
    assert (happened <= said).all()
    assert said.max() <= 1e3 * happened.max() + 1e-8 * np.sqrt(p.energy)


@pytest.mark.parametrize("f", [RidgeFilter(), IteratedRidgeFilter(order=3)], ids=repr)
@settings(max_examples=20)
@given(seed=seeds)
def test_other_filters_are_covered_too(f: Filter, seed: int) -> None:
    p = problem(seed)
    ritz = rational(p)
    assert (true(p, ritz, f) <= stated(ritz, f)).all()


def test_errors_fall_geometrically_in_the_number_of_poles() -> None:
    p, flow = problem(7), GradientFlowFilter()
    found = [true(p, rational(p, ratio), flow).max() for ratio in (8.0, 4.0, 2.0)]
    assert found[0] > 4 * found[1]
    assert found[1] > 100 * found[2]


def test_a_wrong_flow_is_not_covered() -> None:
    p, flow = problem(3), GradientFlowFilter()
    ritz = rational(p)
    other = replace(p, gram=p.gram * 1.01)
    assert (true(other, ritz, flow) > stated(ritz, flow)).any()


@settings(max_examples=20)
@given(seed=seeds)
def test_ritz_vectors_are_orthonormal_in_the_empirical_norm(seed: int) -> None:
    p = problem(seed)
    ritz = rational(p)
    gram = ritz.vectors.T @ p.gram @ ritz.vectors
    assert gram == pytest.approx(np.eye(ritz.values.size), abs=1e-9)
    largest = np.linalg.eigvalsh(p.symmetric)[-1]
    assert ritz.values.max() <= largest * (1 + 1e-10)
    assert ritz.values.min() > 0
    # loadings of the fit on the orthonormal functions, as the path needs them
    weights = GradientFlowFilter().weight(ritz.values, TIMES)
    direct = fits(ritz, GradientFlowFilter()) @ p.gram @ ritz.vectors
    assert weights * ritz.drive == pytest.approx(direct, abs=1e-8)
    assert ritz.overlaps == pytest.approx(ritz.vectors.T @ p.data)


def test_inner_iterations_that_fail_are_reported() -> None:
    p = problem(1)
    assert rational(p).converged
    scale = np.geomspace(1e-8, 1e8, p.prior.size)
    uneven = scale[:, None] * p.gram * scale  # the preconditioner knows nothing of it
    assert not rational(replace(p, gram=uneven)).converged


def test_the_statement_is_never_zero() -> None:
    p = problem(2, size=3)
    ritz, flow = rational(p), GradientFlowFilter()
    assert (stated(ritz, flow) > 0).all()
    assert (true(p, ritz, flow) <= stated(ritz, flow)).all()


@settings(max_examples=20)
@given(seed=seeds, tolerance=st.sampled_from([1e-4, 1e-6, 1e-9]))
def test_compressed_lanczos_keeps_its_flow(seed: int, tolerance: float) -> None:
    p, flow = problem(seed), GradientFlowFilter()
    b = p.root * p.data
    run = lanczos(
        p.symmetric.__matmul__, b, shift=1 / TIMES[-1], tolerance=tolerance, budget=60,
        reorthogonalise=False,
    )  # fmt: skip
    small = compress(run, poles(TIMES[0], TIMES[-1], 1.3))
    found = (flow.weight(small.values, TIMES) * small.loadings) @ small.vectors.T * p.root
    distance = p.norm(found - p.exact(flow, TIMES))
    assert distance.max() <= 10 * tolerance * np.linalg.norm(b) * np.sqrt(TIMES[-1]) + 1e-8
    # h^T defect h is the squared residual of (weights) in the operator's own coordinates
    h = flow.weight(small.values, TIMES) * small.loadings
    x = h @ small.vectors.T
    left = x @ p.symmetric - (h * small.values) @ small.vectors.T
    squares = np.einsum("ti,ij,tj->t", h, small.defect, h)
    assert squares == pytest.approx(np.sum(left**2, axis=1), rel=0.05, abs=1e-18)


@given(low=st.floats(1e-3, 1e3), reach=st.floats(1.0, 1e8), ratio=st.floats(1.1, 4))
def test_poles_cover_the_times(low: float, reach: float, ratio: float) -> None:
    shifts = poles(low, low * reach, ratio)
    assert (np.diff(shifts) < 0).all()
    assert shifts[0] > 1 / low
    assert shifts[-1] < 1 / (low * reach)
    assert (shifts[:-1] / shifts[1:]).max() <= ratio * (1 + 1e-9) or shifts.size == 2


@given(seed=seeds, rank=st.integers(1, 6))
def test_independent_columns_span_and_no_more(seed: int, rank: int) -> None:
    rng = np.random.default_rng(seed)
    columns = rng.standard_normal((20, rank)) @ rng.standard_normal((rank, 9))
    columns *= 10.0 ** rng.uniform(-8, 8, 9)
    basis = independent(columns)
    assert basis.shape[1] >= rank
    assert basis.T @ basis == pytest.approx(np.eye(basis.shape[1]), abs=1e-12)
    left = columns - basis @ (basis.T @ columns)
    assert (np.linalg.norm(left, axis=0) <= 1e-12 * np.linalg.norm(columns, axis=0)).all()


@pytest.mark.parametrize("order", [0.0, 0.5, 1.0])
def test_the_decay_integral_bounds_the_integral_of_the_supremum(order: float) -> None:
    top, q = 2.0, 1 - order
    mu = np.geomspace(1e-6, top, 2000)
    u = np.linspace(0, 30, 3001)
    middle = (u[1:] + u[:-1]) / 2
    supremum = (mu**q * np.exp(-np.multiply.outer(middle, mu))).max(axis=1)
    integral = np.concatenate([[0.0], np.cumsum(supremum * np.diff(u))])
    bound = _decay_integral(u, order, top)
    assert (bound >= integral * (1 - 1e-3)).all()
    assert (bound <= 2 * integral + 1e-12).all()
