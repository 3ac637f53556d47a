from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.numerics.conjugate import conjugate_gradients
from ratecheck.types import Array


def system(n: int, seed: int, coupling: float) -> tuple[Array, Array, Array]:
    """Return D + coupling * (a small dense part), b and 1/D."""
    rng = np.random.default_rng(seed)
    diagonal = 10.0 ** rng.uniform(-4, 2, n)
    root = np.sqrt(diagonal)
    noise = rng.standard_normal((n, 2 * n)) / np.sqrt(2 * n)
    inner = (1 - coupling) * np.eye(n) + coupling * noise @ noise.T
    return root[:, None] * inner * root, rng.standard_normal(n), 1 / diagonal


def error(A: Array, x: Array, b: Array, inverse: Array) -> float:
    """Return the relative residual in the norm of the preconditioner."""
    r = b - A @ x
    return float(np.sqrt((r @ (inverse * r)) / (b @ (inverse * b))))


@given(
    n=st.integers(1, 40), seed=st.integers(0, 10**6), coupling=st.floats(0, 0.9),
    exponent=st.integers(1, 11),
)  # fmt: skip
def test_reaches_the_tolerance(n: int, seed: int, coupling: float, exponent: int) -> None:
    A, b, inverse = system(n, seed, coupling)
    before = b.copy()
    x, converged = conjugate_gradients(A.__matmul__, b, inverse, tolerance=10.0**-exponent)
    assert converged
    assert error(A, x, b, inverse) <= 1.01 * 10.0**-exponent + 1e-13
    assert b.tolist() == before.tolist()


def test_agrees_with_a_direct_solver() -> None:
    A, b, inverse = system(30, 5, 0.5)
    x, _ = conjugate_gradients(A.__matmul__, b, inverse, tolerance=1e-13)
    assert x == pytest.approx(np.linalg.solve(A, b), rel=1e-9)
    assert x != pytest.approx(inverse * b, rel=1e-2)


def test_an_exact_preconditioner_needs_no_step() -> None:
    calls: list[Array] = []

    def apply(v: Array) -> Array:
        calls.append(v)
        return 3 * v

    x, converged = conjugate_gradients(apply, np.ones(4), np.full(4, 1 / 3), tolerance=1e-12)
    assert converged
    assert len(calls) == 1
    assert x.tolist() == [1 / 3] * 4


def test_a_short_budget_is_admitted() -> None:
    A, b, inverse = system(40, 3, 0.9)
    x, converged = conjugate_gradients(A.__matmul__, b, inverse, tolerance=1e-12, budget=3)
    assert not converged
    assert error(A, x, b, inverse) > 1e-12


def test_a_zero_right_side() -> None:
    A, _, inverse = system(5, 0, 0.5)
    x, converged = conjugate_gradients(A.__matmul__, np.zeros(5), inverse, tolerance=1e-12)
    assert converged
    assert not x.any()
