"""Operators that work on the points: tiles, prefix sums, clipping."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass
from typing import final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.estimators import GradientFlow
from ratecheck.kernels import NTK, Kernel, LiftedNTK, Matern, PeriodicSobolev
from ratecheck.operators import BlockedGram, DenseGram, MarkovGram, expansion
from ratecheck.operators import points as module
from ratecheck.operators.expansion import KernelExpansion, expand, mean_squares
from ratecheck.operators.markov import Semiseparable
from ratecheck.types import Array, Status

SEMISEPARABLE: tuple[Kernel, ...] = (
    PeriodicSobolev(order=1),
    PeriodicSobolev(order=2),
    LiftedNTK(depth=2),
)


@given(n=st.integers(1, 40), seed=st.integers(0, 10**6), tile=st.integers(1, 200))
@settings(max_examples=20)
def test_tiles_add_up_to_the_matrix(n: int, seed: int, tile: int) -> None:
    rng = np.random.default_rng(seed)
    X, v = rng.standard_normal((n, 2)), rng.standard_normal(n)
    kernel = Matern(nu=1.5, length=1.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "STEP", tile)
        kept = BlockedGram(kernel=kernel, X=X)
        anew = BlockedGram(kernel=kernel, X=X, keep=0)
        found = kept.apply(v)
        assert kept.keeps
        assert not anew.keeps
        assert (anew.apply(v) == found).all()
    assert found == pytest.approx(kernel(X, X) @ v / n, abs=1e-13)
    if n > 2:
        assert found != pytest.approx(kernel(X, X) @ v, abs=1e-6)


@pytest.mark.parametrize("keep", [0, module.KEPT])
def test_no_array_is_as_large_as_the_matrix(keep: int) -> None:
    n = 3000
    X, v = np.random.default_rng(0).standard_normal((n, 6)), np.ones(n)
    operator = BlockedGram(kernel=NTK(depth=2), X=X, keep=keep)
    tracemalloc.start()
    operator.apply(v)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= (0.85 if keep else 0.4) * 8 * n**2  # the upper half and 16 MiB


@pytest.mark.parametrize("kernel", SEMISEPARABLE, ids=repr)
@settings(max_examples=15)
@given(n=st.integers(1, 40), seed=st.integers(0, 10**6))
def test_prefix_sums_are_the_matrix(kernel: Kernel, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.random((n, 1))
    X[n // 2 :] = np.round(X[n // 2 :], 1) * 0.99  # ties
    assert isinstance(kernel, Semiseparable)
    operator = MarkovGram.of(kernel, X)
    v = rng.standard_normal(n)
    expected = kernel(X, X) @ v / n
    scale = 1e-13 * (1 + float(np.abs(operator.F).max() * np.abs(operator.G).max()))
    found = np.empty(n)
    found[operator.order] = operator.apply_sorted(v[operator.order])
    assert found == pytest.approx(expected, abs=n * scale)
    new = rng.random((7, 1))
    values = operator.predict(v[operator.order][:, None], new)
    assert values[0] == pytest.approx(kernel(new, X) @ v, abs=n * scale)
    assert operator.function(v[operator.order])(new) == pytest.approx(values[0], abs=1e-14)


def test_unsorted_weights_are_another_function() -> None:
    X = np.array([[0.9], [0.1], [0.5]])
    operator = MarkovGram.of(PeriodicSobolev(order=1), X)
    v = np.array([1.0, 2.0, 3.0])
    assert operator.apply_sorted(v) != pytest.approx(
        PeriodicSobolev(order=1)(X, X) @ v / 3, abs=1e-3
    )


@final
@dataclass(frozen=True, kw_only=True)
class Indefinite(Kernel):
    """A symmetric function that is no kernel: its matrix has a negative eigenvalue."""

    def _gram(self, X: Array, Y: Array) -> Array:
        return np.asarray(1.0 - 2.0 * (X[:, None, 0] != Y[None, :, 0]))

    def _diagonal(self, X: Array) -> Array:
        return np.ones(len(X))


def test_negative_eigenvalues_are_clipped_and_said() -> None:
    X = np.array([[0.0], [1.0], [2.0]])
    estimator = GradientFlow(operator="eigh")
    path = estimator.path(estimator.prepare(Indefinite(), X), np.ones(3), np.array([1.0]))
    assert path.status == (Status.CLIPPED,)
    assert path.traces[0] == pytest.approx(2 * (1 - np.exp(-2 / 3)))


def test_dense_lanczos_and_eigenpairs_agree() -> None:
    rng = np.random.default_rng(0)
    X = rng.random((300, 2))
    y = rng.standard_normal(300)
    times = np.geomspace(1, 1e3, 10)
    kernel = Matern(nu=2.5, length=0.5)
    exact, lanczos = (DenseGram(kernel=kernel, X=X, exact=e) for e in (True, False))
    a, b = (o.reduce(y, times, 1e-8) for o in (exact, lanczos))
    assert a.ritz.values.size == 300 > b.ritz.values.size
    assert a.spectrum().values == pytest.approx(b.spectrum().values, abs=1e-14)


def test_expansions_by_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    X, Y, a = rng.random((11, 2)), rng.random((7, 2)), rng.standard_normal((7, 3))
    kernel = Matern(nu=1.5, length=1.0)
    monkeypatch.setattr(expansion, "TILE", 20)
    assert expand(kernel, Y, a, X) == pytest.approx((kernel(X, Y) @ a).T)


def test_gradients_of_expansions() -> None:
    rng = np.random.default_rng(1)
    f = KernelExpansion(
        kernel=Matern(nu=2.5, length=0.7), centres=rng.random((9, 2)),
        weights=rng.standard_normal(9),
    )  # fmt: skip
    X, h = rng.random((5, 2)), 1e-6
    gradient = f.gradient(X)
    for axis in range(2):
        step = h * np.eye(2)[axis]
        assert gradient[:, axis] == pytest.approx((f(X + step) - f(X - step)) / (2 * h), abs=1e-7)


def test_mean_squares() -> None:
    assert mean_squares(np.array([[1.0, 3.0], [0.0, 2.0]])).tolist() == [5.0, 2.0]
