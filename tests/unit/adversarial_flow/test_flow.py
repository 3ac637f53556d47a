"""P(Xi) and its gradient against routes that share nothing with them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import scipy.linalg as sl

from ratecheck.adversarial_flow import (
    AdversarialFlow,
    adversarial_flow_gradient,
    adversarial_flow_operator,
)
from ratecheck.types import Array, InputError
from tests.unit.adversarial_flow.peers import block, differences, gram, operator, precise

N = 9


def problem(name: str) -> tuple[Array, Array, Array, Array]:
    """Return Theta, xi, a, y; the names are those of the hard cases."""
    rng = np.random.default_rng(5)
    Theta, xi = gram(rng, N, 2 * N), rng.uniform(0.1, 5, N)
    a, y = rng.standard_normal((2, N))
    low, even = gram(rng, N, 4), np.arange(N) % 2 == 0
    near = np.append(np.ones(5), [1 + 1e-14, 1 + 1e-8, 1.0, 3.0])  # pairs that nearly coalesce
    some = np.where(np.arange(N) % 3 == 0, np.logspace(4.3, -3, N), xi)
    Q = np.linalg.qr(Theta)[0]
    steep = Q * np.logspace(0, -4, N) @ Q.T  # so that large times leave something to differentiate
    problems = {
        "generic": (Theta, xi),
        "singular": (low, xi),
        "all equal": (1.7 * np.eye(N), np.full(N, 0.8)),
        "coalescing": (1.7 * np.eye(N) + 0.5 * np.outer(xi > 4, xi > 4), 0.8 * near),
        "zeros": (Theta, np.where(even, 0.0, xi)),
        "zeros, singular": (low, np.where(even, 0.0, xi)),
        "none trained": (Theta, np.zeros(N)),
        "huge": (0.5 * (steep + steep.T), 1e3 * xi),
        "huge among small": (Theta, some),
        "tiny": (Theta, 1e-7 * xi),
    }
    return *problems[name], a, y


CASES = ("generic", "singular", "coalescing", "all equal", "zeros", "zeros, singular",
         "none trained", "huge", "huge among small", "tiny")  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_operator_is_a_block_of_an_exponential(name: str) -> None:
    Theta, xi, _, _ = problem(name)
    expected = operator(Theta, xi)
    tolerance = 1e-12 * np.abs(expected).max()
    np.testing.assert_allclose(adversarial_flow_operator(Theta, xi), expected, atol=tolerance)


def test_three_forms_of_the_operator() -> None:
    Theta, xi, _, _ = problem("generic")
    root = np.real(sl.sqrtm(Theta))
    inverse = np.linalg.inv(root)
    N_form = inverse @ (np.eye(N) - sl.expm(-root * xi @ root)) @ inverse
    plain = np.linalg.solve(Theta, np.eye(N) - sl.expm(-Theta * xi))
    found = adversarial_flow_operator(Theta, xi)
    np.testing.assert_allclose(found, N_form, atol=1e-12)
    np.testing.assert_allclose(found, plain, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_gradient_against_differences(name: str) -> None:
    Theta, xi, a, y = problem(name)
    found = adversarial_flow_gradient(Theta, xi, a, y)
    step = 1e-3 if name == "huge" else 1e-5
    expected = differences(Theta, xi, a, y, step)
    error = np.abs(found - expected).max()
    assert error <= 1e-6 * max(np.abs(found).max(), 1e-6)


@pytest.mark.parametrize("name", CASES)
def test_gradient_against_automatic_differentiation(name: str) -> None:
    jax = pytest.importorskip("jax")
    Theta, xi, a, y = problem(name)
    with enable_x64():
        expected = np.asarray(jax.grad(exponential(jax, Theta, a, y))(xi))
    found = adversarial_flow_gradient(Theta, xi, a, y)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * np.abs(found).max())


def enable_x64() -> contextlib.AbstractContextManager[None]:
    """Return jax's context of 64-bit numbers, wherever this release of it has that."""
    jax = pytest.importorskip("jax")
    home = jax if hasattr(jax, "enable_x64") else import_module("jax.experimental")
    context: contextlib.AbstractContextManager[None] = home.enable_x64(True)
    return context


def exponential(jax: Any, Theta: Array, a: Array, y: Array) -> Callable[[Array], Any]:
    """Return xi -> a^T P y through jax's matrix exponential, for singular Theta too."""
    jnp, zero, n = jax.numpy, np.zeros_like(Theta), len(a)

    def value(xi: Array) -> Any:
        rows = [[-xi[:, None] * Theta, jnp.diag(xi)], [zero, zero]]
        return a @ jax.scipy.linalg.expm(jnp.block(rows), max_squarings=40)[:n, n:] @ y

    return value


def graded(name: str) -> tuple[Array, Array, Array, Array]:
    """Return a problem whose xi spreads over many decades; entries of the gradient do too."""
    rng = np.random.default_rng(1)
    n = 28  # from 26 on LAPACK's divide and conquer would divide
    Theta, (a, y) = gram(rng, n, 2 * n), rng.standard_normal((2, n))
    if name.startswith("one"):
        xi = rng.uniform(0, 2, n)
        xi[3], xi[4] = float(name.split()[1]), 0.0
    else:
        low, high = map(int, name.split())
        xi = 10.0 ** rng.uniform(low, high, n)
    return Theta, xi, a, y


GRADED = ("-1 8", "0 16", "-16 0", "-8 8", "-150 150", "one 1e4", "one 1e12", "one 1e40")


@pytest.mark.parametrize("name", GRADED)
def test_gradient_keeps_its_digits_over_many_decades(name: str) -> None:
    Theta, xi, a, y = graded(name)
    expected = precise(Theta, xi, a, y, 330 if "150" in name else 120)
    found = adversarial_flow_gradient(Theta, xi, a, y)
    largest = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * largest)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-290)  # every entry


def test_an_unordered_decomposition_would_lose_them() -> None:
    Theta, xi, _, _ = graded("one 1e12")
    root = np.sqrt(xi)
    plain = np.maximum(np.linalg.eigvalsh(root[:, None] * Theta * root), 0)
    ordered = AdversarialFlow(Theta, xi).spectrum.values
    middle = ordered[ordered < 100]
    assert np.abs(plain[1 : 1 + middle.size] / middle - 1).max() > 1e-6


def test_gradient_of_many_columns() -> None:
    Theta, xi, _, _ = problem("zeros")
    a, y = np.random.default_rng(0).standard_normal((2, N, 4))
    singles = [adversarial_flow_gradient(Theta, xi, a[:, k], y[:, k]) for k in range(4)]
    flow = AdversarialFlow(Theta, xi)
    columns = flow.gradient(a, y, per_column=True)
    assert columns.shape == (N, 4)
    np.testing.assert_allclose(columns.T, singles, atol=1e-14)
    np.testing.assert_allclose(flow.gradient(a, y), np.sum(singles, axis=0), atol=1e-13)
    assert flow.gradient(a[:, 0], y[:, 0], per_column=True).shape == (N, 1)


@pytest.mark.parametrize("name", CASES)
def test_weights_are_the_operator_times_y(name: str) -> None:
    Theta, xi, _, y = problem(name)
    flow = AdversarialFlow(Theta, xi)
    size = np.abs(flow.operator).max()
    np.testing.assert_allclose(flow.weights(y), flow.operator @ y, atol=1e-12 * size)
    Y = np.column_stack((y, 2 * y))
    np.testing.assert_allclose(flow.weights(Y), flow.operator @ Y, atol=1e-12 * size)


GOOD = (np.eye(2), np.ones(2), np.ones(2), np.ones(2))


@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, np.ones((2, 3)), "square"),
        (0, np.array([[1.0, 0.2], [0.1, 1.0]]), "symmetric"),
        (0, np.array([[1.0, 2.0], [2.0, 1.0]]), "semi-definite"),
        (0, np.full((2, 2), np.nan), "finite"),
        (0, np.empty((0, 0)), "shape"),
        (1, np.array([1.0, -1e-9]), "negative"),
        (1, np.ones(3), "2 entries"),
        (1, np.array([1.0, np.inf]), "finite"),
        (1, np.array([1.0, np.nan]), "finite"),
        (2, np.ones(3), "2 rows"),
        (2, np.ones((2, 2)), "equal shapes"),
        (3, np.array([1.0, np.nan]), "finite"),
    ],
)
def test_bad_input_is_named(position: int, value: Array, message: str) -> None:
    arguments = list(GOOD)
    arguments[position] = value
    with pytest.raises(InputError, match=message):
        adversarial_flow_gradient(*arguments)


def test_overflow_is_named() -> None:
    with pytest.raises(InputError, match="too large"):
        adversarial_flow_operator(10 * np.eye(2), np.array([1.0, 1e308]))


def test_block_is_what_it_says() -> None:
    found = sl.expm(block(np.eye(1), np.array([np.log(2)])))
    np.testing.assert_allclose(found, [[0.5, 0.5], [0.0, 1.0]])
