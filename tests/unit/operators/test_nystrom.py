"""Landmarks against the whole matrix: what is left out, what it costs, and that it is said."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.estimators import GradientFlow, Ridge, SpectralEstimator
from ratecheck.filters import CutOffFilter
from ratecheck.kernels import NTK, Gaussian, Kernel, Matern
from ratecheck.operators import NystromGram
from ratecheck.operators.landmarks import pivoted
from ratecheck.operators.nystrom import MEMORY, default_rank
from ratecheck.operators.prepare import BLOCKED_UP_TO, gram_operator
from ratecheck.path import Path
from ratecheck.streams import generator
from ratecheck.types import Array, Status

TIMES = np.geomspace(0.5, 1e3, 20)


@dataclass(frozen=True, kw_only=True)
class Fits:
    """A path through landmarks and the one with the whole matrix."""

    path: Path
    exact: Path
    X: Array

    @property
    def gaps(self) -> Array:
        """||f_t - exact_t||_n, shape (T,)."""
        values = [p.operator.predict(p.coordinates, self.X) for p in (self.path, self.exact)]
        return np.asarray(np.sqrt(np.mean((values[0] - values[1]) ** 2, axis=1)))


def fits(kernel: Kernel, n: int, d: int, rank: int, estimator: SpectralEstimator) -> Fits:
    rng = generator(0, n, d, role="design")
    X = rng.uniform(-1, 1, (n, d))
    y = np.sin(4 * X[:, 0]) + 0.5 * rng.standard_normal(n)
    exact = estimator.path(estimator.prepare(kernel, X), y, TIMES)
    operator = NystromGram(kernel=kernel, X=X, rank=rank)
    reduction = operator.reduce(y, TIMES, 1e-8)
    path = Path(times=TIMES, filter=estimator.filter, operator=operator, reduction=reduction)
    return Fits(path=path, exact=exact, X=X)


@given(seed=st.integers(0, 10**6), rank=st.integers(1, 60), d=st.integers(1, 4))
@settings(max_examples=20)
def test_the_factor_leaves_out_what_it_says(seed: int, rank: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((40, d))
    X[:5] = X[5:10]  # copies are never both pivots
    kernel = Matern(nu=1.5, length=1.0)
    found, K = pivoted(kernel, X, rank, rng), kernel(X, X)
    rest = K - found.factor @ found.factor.T
    m = found.landmarks
    assert m.size <= min(rank, 35)
    assert np.unique(X[m], axis=0).shape[0] == m.size
    assert found.trace == pytest.approx(np.trace(K))
    assert found.rest == pytest.approx(np.trace(rest), abs=1e-12 * found.trace)
    assert np.linalg.eigvalsh(rest).min() >= -1e-12 * found.trace  # so the trace bounds the norm
    assert np.abs(rest[m]).max() <= 1e-11
    assert found.triangle == pytest.approx(np.tril(found.triangle), abs=1e-9)
    assert found.triangle @ found.triangle.T == pytest.approx(K[np.ix_(m, m)], abs=1e-12)


def test_random_pivots_leave_little_more_than_the_best_rank() -> None:
    X = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    kernel = Matern(nu=1.5, length=0.5)
    values = np.linalg.eigvalsh(kernel(X, X))[::-1]
    found = pivoted(kernel, X, 100, np.random.default_rng(1))
    assert values[100:].sum() <= found.rest <= values[50:].sum()


@pytest.mark.parametrize("estimator", [GradientFlow(operator="eigh"), Ridge(operator="eigh")])
@pytest.mark.parametrize("rank", [5, 30, 120, 300])
@pytest.mark.parametrize("d", [1, 3])
def test_the_stated_error_holds(estimator: SpectralEstimator, rank: int, d: int) -> None:
    found = fits(NTK(depth=3, bias=0.1), 300, d, rank, estimator)
    stated = found.path.errors + found.exact.errors
    assert (found.gaps <= stated).all()
    # and is worth something: within a factor of forty as long as it is small
    small = (stated > 1e-6) & (stated < 0.1)
    assert (stated[small] <= 40 * found.gaps[small] + 1e-6).all()


def test_a_tenth_of_the_stated_error_would_not_hold() -> None:
    found = fits(NTK(depth=3, bias=0.1), 300, 3, 30, GradientFlow(operator="eigh"))
    assert (found.gaps > 0.1 * found.path.errors + found.exact.errors).any()


def test_sampled_rows_stand_for_all() -> None:
    found = fits(NTK(depth=2, bias=0.1), 2200, 4, 200, GradientFlow(operator="dense"))
    assert (found.gaps <= found.path.errors + found.exact.errors).all()


def test_too_few_landmarks_are_flagged() -> None:
    kernel, flow = NTK(depth=3, bias=0.1), GradientFlow(operator="eigh")
    few, many = (fits(kernel, 300, 3, rank, flow).path for rank in (6, 300))
    assert set(few.status) == {Status.TRUNCATED}
    assert set(many.status) == {Status.CONVERGED}
    assert few.operator.size == 300


def test_more_landmarks_leave_less() -> None:
    X = np.random.default_rng(0).uniform(-1, 1, (500, 3))
    kernel = NTK(depth=3, bias=0.1)
    rests = [NystromGram(kernel=kernel, X=X, rank=m).rest for m in (10, 40, 160, 500)]
    assert all(a > b for a, b in pairwise(rests))
    assert rests[-1] <= 1e-12 < rests[-2]


def test_the_landmarks_are_a_function_of_the_design() -> None:
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    a, b = (NystromGram(kernel=Gaussian(length=1.0), X=X, rank=20) for _ in range(2))
    assert (a.approximation.landmarks == b.approximation.landmarks).all()
    assert (a.approximation.factor == b.approximation.factor).all()


def test_cut_off_promises_nothing() -> None:
    found = fits(Matern(nu=1.5, length=0.5), 200, 2, 50, GradientFlow(operator="eigh")).path
    cut = Path(
        times=found.times, filter=CutOffFilter(), operator=found.operator, reduction=found.reduction
    )
    assert np.isinf(cut.errors).all()
    assert set(cut.status) == {Status.TRUNCATED}


def test_default_rank_and_choice() -> None:
    assert default_rank(100) == 100
    assert default_rank(10_000) == 1000
    assert 8 * 10**6 * default_rank(10**6) <= MEMORY
    X = np.random.default_rng(0).uniform(-1, 1, (BLOCKED_UP_TO + 1, 2))
    operator = gram_operator(Gaussian(length=1.0), X)
    assert isinstance(operator, NystromGram)
    assert operator.rank == default_rank(len(X))
