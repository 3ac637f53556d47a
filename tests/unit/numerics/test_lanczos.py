from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.numerics.lanczos import Tridiagonal, lanczos, solve_tridiagonal
from ratecheck.types import Array

seeds = st.integers(0, 10**6)


def matrix(values: Array, rng: np.random.Generator) -> Array:
    u = rng.standard_normal(values.size)
    u /= np.linalg.norm(u)
    q = np.eye(values.size) - 2 * np.multiply.outer(u, u)  # a reflection
    return np.asarray(q * values @ q)


def problem(n: int, seed: int, decay: float = 2.0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return matrix(np.arange(1.0, n + 1) ** -decay, rng), rng.standard_normal(n)


def run(
    A: Array, b: Array, *, shift: float = 1e-2, tolerance: float = 0.0, budget: int = 1000,
    reorthogonalise: bool = True,
) -> Tridiagonal:  # fmt: skip
    return lanczos(
        A.__matmul__, b, shift=shift, tolerance=tolerance, budget=budget,
        reorthogonalise=reorthogonalise,
    )  # fmt: skip


def dense(r: Tridiagonal) -> Array:
    off = r.off_diagonal
    return np.asarray(np.diag(r.diagonal) + np.diag(off, 1) + np.diag(off, -1))


def relation(A: Array, r: Tridiagonal) -> Array:
    """Return A V - V T, whose columns but the last vanish."""
    return np.asarray(A @ r.basis - r.basis @ dense(r))


@given(n=st.integers(5, 60), steps=st.integers(2, 30), seed=seeds, again=st.booleans())
def test_the_lanczos_relation(n: int, steps: int, seed: int, again: bool) -> None:
    A, b = problem(n, seed)
    r = run(A, b, budget=min(steps, n - 2), reorthogonalise=again)
    left = relation(A, r)
    assert np.abs(left[:, :-1]).max(initial=0) <= 1e-12
    assert np.linalg.norm(left[:, -1]) == pytest.approx(r.coupling, abs=1e-12)
    assert r.basis[:, 0] * r.norm == pytest.approx(b)


@given(n=st.integers(5, 60), seed=seeds)
def test_a_reorthogonalised_basis_is_orthonormal(n: int, seed: int) -> None:
    A, b = problem(n, seed, decay=4.0)
    r = run(A, b, budget=n)
    assert r.basis.T @ r.basis == pytest.approx(np.eye(r.diagonal.size), abs=1e-12)


def test_without_reorthogonalisation_it_is_not() -> None:
    A, b = problem(60, 0, decay=4.0)
    r = run(A, b, budget=40, reorthogonalise=False)
    assert np.abs(r.basis.T @ r.basis - np.eye(r.diagonal.size)).max() > 1e-3


@pytest.mark.parametrize("again", [True, False])
def test_it_stops_at_an_invariant_subspace(again: bool) -> None:
    rng = np.random.default_rng(4)
    values = np.concatenate([[3.0, 2.0, 1.0], np.zeros(37)])
    A = matrix(values, rng)
    r = run(A, A @ rng.standard_normal(40), reorthogonalise=again)
    assert r.converged
    assert r.diagonal.size == 3
    assert np.linalg.eigvalsh(dense(r)) == pytest.approx([1, 2, 3])
    assert np.abs(relation(A, r)).max() < 1e-12


def test_an_eigenvector_takes_one_step() -> None:
    r = run(np.diag([5.0, 1.0, 2.0]), np.array([0.0, -3.0, 0.0]))
    assert r.converged
    assert r.diagonal.tolist() == [1.0]
    assert r.off_diagonal.size == 0
    assert r.norm == 3.0


@given(seed=seeds, exponent=st.integers(2, 9))
def test_the_resolvent_reaches_its_tolerance(seed: int, exponent: int) -> None:
    A, b = problem(150, seed)
    tolerance, shift = 10.0**-exponent, 1e-3
    r = run(A, b, shift=shift, tolerance=tolerance, reorthogonalise=False)
    assert r.converged
    e = np.zeros(r.diagonal.size)
    e[0] = r.norm
    x = r.basis @ solve_tridiagonal(r.diagonal + shift, r.off_diagonal, e)
    residual = np.linalg.norm(b - A @ x - shift * x) / np.linalg.norm(b)
    assert residual <= 1.01 * tolerance
    short = run(A, b, shift=shift, tolerance=0.0, budget=16, reorthogonalise=False)
    f = np.zeros(16)
    f[0] = short.norm
    y = short.basis @ solve_tridiagonal(short.diagonal + shift, short.off_diagonal, f)
    assert np.linalg.norm(b - A @ y - shift * y) / np.linalg.norm(b) > 1e-9


def test_a_small_budget_is_admitted() -> None:
    A, b = problem(200, 1)
    r = run(A, b, tolerance=1e-12, budget=10)
    assert not r.converged
    assert r.diagonal.size == 10


def test_a_full_budget_without_reorthogonalisation_is_no_convergence() -> None:
    A, b = problem(30, 2, decay=6.0)
    lost = run(A, b, shift=1e-14, tolerance=1e-300, budget=30, reorthogonalise=False)
    assert not lost.converged
    assert run(A, b, shift=1e-14, tolerance=1e-300, budget=30).converged


@given(n=st.integers(2, 30), seed=seeds)
def test_tridiagonal_systems(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    off, b = rng.uniform(-1, 1, n - 1), rng.standard_normal(n)
    diagonal = rng.uniform(2.1, 4, n)
    T = np.diag(diagonal) + np.diag(off, 1) + np.diag(off, -1)
    assert T @ solve_tridiagonal(diagonal, off, b) == pytest.approx(b, abs=1e-12)


def test_indefinite_systems_are_refused() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        solve_tridiagonal(np.array([1.0, -1.0]), np.array([0.0]), np.ones(2))
