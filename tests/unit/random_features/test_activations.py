"""Users' activations: formulas are parsed and never run, derivatives are checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.numerics.activations import ACTIVATIONS
from ratecheck.random_features import as_activation, check_derivatives
from ratecheck.random_features.expressions import FUNCTIONS, evaluate, from_expression, parse
from ratecheck.types import InputError

FORMULAS = [
    "x * tanh(x)", "abs(x)", "max(x, 0)", "min(x, 0.5)", "gelu(x)", "sigmoid(2*x)", "silu(x)",
    "softplus(x) - 1", "x**2/2 + cos(2*x)", "log(1 + exp(x))", "sqrt(1 + x**2)", "exp(-x**2)",
    "max(x, 0)**2", "sin(pi*x)/pi", "atan(x) + asinh(x)", "sinh(x)/cosh(x)", "erf(x)", "-x**3 + x",
    "(1 + x**2)**-0.5", "+x",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_derivatives_are_those_of_finite_differences(text: str) -> None:
    phi, step = as_activation(text), 1e-5
    x = np.linspace(-2.7, 2.7, 40) + 0.0123
    for lower, upper in zip(phi.derivatives, phi.derivatives[1:], strict=False):
        numeric = (lower(x + step) - lower(x - step)) / (2 * step)
        np.testing.assert_allclose(upper(x), numeric, rtol=1e-5, atol=1e-7)
    assert phi.name == text


@pytest.mark.parametrize("name", ["tanh", "cos", "softplus", "erf"])
def test_a_formula_equals_the_written_activation(name: str) -> None:
    own, known, x = as_activation(f"{name}(x)"), ACTIVATIONS[name], np.linspace(-3, 3, 61)
    for mine, written in zip(own.derivatives, known.derivatives, strict=True):
        np.testing.assert_allclose(mine(x), written(x), rtol=1e-9, atol=1e-12)
    assert own.parity == known.parity


def test_names_mean_the_written_ones() -> None:
    for name, known in ACTIVATIONS.items():
        assert as_activation(name) is known
        assert as_activation(known) is known


@pytest.mark.parametrize(
    ("text", "parity"), [("x*tanh(x)", 1), ("x**3", -1), ("gelu(x)", 0), ("abs(x)", 1)]
)
def test_parity(text: str, parity: int) -> None:
    assert as_activation(text).parity == parity


def test_sympy_expressions_in_any_symbol() -> None:
    t = sympy.Symbol("t")
    phi = as_activation(t**2 * sympy.exp(-t))
    np.testing.assert_allclose(phi(np.array([2.0])), 4 * np.exp(-2))
    np.testing.assert_allclose(as_activation(2**t)(np.array([3.0])), 8.0)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "x.real", "y", "x**x", "9**9**9", "x if x else 1",
        "lambda: 1", "x; 1", "'a'", "True", "tanh(x, x)", "tanh()", "f(x)", "x[0]", "", "1",
        "x % 2", "1j*x", "x\n+1\n", "x" * 400, "[x]", "x @ x", "x < 1", "tanh(x=x)", "open('f')",
        "x**65", "(" * 250 + "x" + ")" * 250, "sqrt(-1)*x", "~x", "log(x)", "1/x*0", "max()",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        as_activation(text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="x0123456789.+-*/() tanhexp,_'[]{}:=\n", max_size=30))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        phi = as_activation(text)
    except InputError:
        return
    assert np.isfinite(phi(np.array([0.5]))).all()


def test_towers_of_powers_do_not_fill_the_memory() -> None:
    with pytest.raises(InputError):
        as_activation("x + (((((9**64)**64)**64)**64)**64)**64")


def test_foreign_heads_are_refused() -> None:
    x = sympy.Symbol("x")
    for expression in (
        sympy.Function("__import__('os').system('true')")(x), sympy.gamma(x), sympy.Symbol("a") * x,
        sympy.Integral(x, x), sympy.Integer(3),
    ):  # fmt: skip
        with pytest.raises(InputError):
            as_activation(expression)


@pytest.mark.parametrize("thing", [None, 3.0, np.tanh, ["tanh"], sympy.Eq(X := 1, 1), b"x"])
def test_other_things_are_refused(thing: Any) -> None:
    with pytest.raises(InputError, match="an activation is a name"):
        as_activation(thing)


def wrong(order: int, function: Any) -> Any:
    tanh = ACTIVATIONS["tanh"]
    derivatives: Any = list(tanh.derivatives)
    derivatives[order] = function
    return replace(tanh, derivatives=tuple(derivatives))


@pytest.mark.parametrize(
    ("order", "function"),
    [
        (1, lambda x: 1 - np.tanh(x)),
        (2, lambda x: -2 * np.tanh(x) * (1 - np.tanh(x))),
        (2, lambda x: 2 * np.tanh(x) * (1 - np.tanh(x) ** 2)),
        (2, lambda x: -2 * np.tanh(x) * (1 - np.tanh(x) ** 2) + 1e-4),
        (2, np.zeros_like),
    ],
)
def test_wrong_derivatives_are_rejected(order: int, function: Any) -> None:
    with pytest.raises(InputError, match=f"derivative {order} of activation 'tanh' is wrong"):
        check_derivatives(wrong(order, function))


def test_right_derivatives_pass() -> None:
    for known in ACTIVATIONS.values():
        assert check_derivatives(known) is known
    other = wrong(2, lambda x: -2 * np.tanh(x) / np.cosh(x) ** 2)
    assert check_derivatives(other) is other


@pytest.mark.parametrize("function", [lambda x: x[:1], lambda x: x + np.nan, lambda _: 1.0])
def test_functions_of_a_wrong_shape_or_without_values(function: Any) -> None:
    with pytest.raises(InputError, match="finite arrays of their shape"):
        check_derivatives(wrong(0, function))


def test_every_function_can_be_called_and_evaluated() -> None:
    x = np.linspace(0.1, 0.9, 5)
    for name in FUNCTIONS:
        text = f"{name}(x, 0.3)" if name in ("max", "min") else f"{name}(x)"
        values = np.asarray(evaluate(parse(text), x), dtype=np.float64)
        reference = sympy.lambdify(sympy.Symbol("x", real=True), parse(text), "scipy")(x)
        np.testing.assert_allclose(values, reference, rtol=1e-14)


def test_derivatives_of_kinks_are_those_almost_everywhere() -> None:
    bent = from_expression(parse("max(x, 0)"))
    x = np.array([-1.0, 2.0])
    found = [f(x).tolist() for f in bent.derivatives]
    assert found == [[0.0, 2.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]
