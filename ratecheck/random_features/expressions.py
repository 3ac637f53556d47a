"""Activations given as formulas: a restricted parser, derivatives by sympy, values by NumPy.

A text is parsed into its syntax tree and only arithmetic, numbers, the variable ``x``, ``pi`` and
the functions of `FUNCTIONS` are taken over into sympy; a sympy expression is evaluated by a walk
over its own tree. Nothing that a user writes is ever executed.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import numpy as np
import sympy
from scipy import special

from ratecheck.numerics.activations import Activation, Function
from ratecheck.types import Array, InputError

X: Final = sympy.Symbol("x", real=True)

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "tanh": sympy.tanh,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "erf": sympy.erf,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "atan": sympy.atan,
    "asinh": sympy.asinh,
    "abs": sympy.Abs,
    "max": sympy.Max,
    "min": sympy.Min,
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "gelu": lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
    "silu": lambda x: x / (1 + sympy.exp(-x)),
}
"""What a text may call."""

_BINARY: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def _power(base: Array, exponent: Array) -> Array:
    if np.ndim(exponent) == 0 and exponent == int(exponent):
        return np.asarray(base ** int(exponent))  # squares are faster than powers
    return np.asarray(base**exponent)


# sympy's head -> NumPy; derivatives of kinks are taken almost everywhere, so impulses are zero.
_VALUES: Final[dict[Any, Callable[..., Array]]] = {
    sympy.tanh: np.tanh,
    sympy.sin: np.sin,
    sympy.cos: np.cos,
    sympy.exp: np.exp,
    sympy.log: np.log,
    sympy.erf: special.erf,
    sympy.sinh: np.sinh,
    sympy.cosh: np.cosh,
    sympy.atan: np.arctan,
    sympy.asinh: np.arcsinh,
    sympy.Abs: np.abs,
    sympy.sign: np.sign,
    sympy.Heaviside: lambda x, *_: np.heaviside(x, 0.5),
    sympy.DiracDelta: lambda x, *_: np.zeros_like(x),
    sympy.Max: lambda *xs: reduce(np.maximum, xs),
    sympy.Min: lambda *xs: reduce(np.minimum, xs),
    sympy.Add: lambda *xs: reduce(np.add, xs),
    sympy.Mul: lambda *xs: reduce(np.multiply, xs),
    sympy.Pow: _power,
}
_LONGEST: Final = 300  # characters of a text
_LARGEST_POWER: Final = 64  # of an exponent, so that 9**9**9 is no way to stop the program


def parse(text: str) -> sympy.Expr:
    """Return the expression in `X` that a text such as ``"x * tanh(x)"`` writes.

    Raises
    ------
    InputError
        For anything but arithmetic, numbers, x, pi and calls of `FUNCTIONS`.
    """
    if len(text) > _LONGEST:
        raise InputError(f"an activation has at most {_LONGEST} characters, got {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        return sympy.sympify(_take(tree))
    except (SyntaxError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"activation {text!r} is no formula in x: {error}") from error


def _take(node: ast.expr) -> Any:  # noqa: ANN401 - sympy's objects are untyped
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return sympy.Rational(str(node.value))
    if isinstance(node, ast.Name) and node.id in ("x", "pi"):
        return X if node.id == "x" else sympy.pi
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return -_take(node.operand) if isinstance(node.op, ast.USub) else _take(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _binary(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _called(node.func.id, [_take(argument) for argument in node.args])
    raise InputError(
        f"an activation is made of x, pi, numbers, + - * / ** and {', '.join(FUNCTIONS)}; "
        f"got {ast.unparse(node)!r}"
    )


def _binary(node: ast.BinOp) -> Any:  # noqa: ANN401 - as above
    left, right = _take(node.left), _take(node.right)
    if isinstance(node.op, ast.Pow) and not (
        right.is_number and abs(float(right)) <= _LARGEST_POWER
    ):
        raise InputError(f"an exponent is a number up to {_LARGEST_POWER}, got {right}")
    if isinstance(node.op, ast.Pow) and left.is_number:
        left = sympy.Float(left)  # exact powers of powers could fill the memory
    return _BINARY[type(node.op)](left, right)


def _called(name: str, arguments: list[Any]) -> Any:  # noqa: ANN401 - as above
    if name not in FUNCTIONS:
        raise InputError(f"an activation may call {', '.join(FUNCTIONS)}; got {name!r}")
    return FUNCTIONS[name](*arguments)


def from_expression(expression: sympy.Expr, name: str = "") -> Activation:
    """Return the activation that a sympy expression in one variable gives.

    Derivatives come from sympy; at kinks they are those almost everywhere.

    Parameters
    ----------
    expression : sympy expression
        With one free symbol, made of what `FUNCTIONS` is made of.
    name : str
        The expression's own text when left out.

    Raises
    ------
    InputError
        For another number of symbols, or a function that is not known here.
    """
    symbols = expression.free_symbols
    if len(symbols) != 1:
        raise InputError(f"an activation has one variable, {expression} has {len(symbols)}")
    phi = expression.xreplace({symbols.pop(): X})
    made: tuple[Any, ...] = (phi, *(sympy.diff(phi, X, order) for order in (1, 2, 3)))
    for part in made:
        _known(part)
    zero, one, two, three = (_function(part) for part in made)
    return Activation(
        name=name or str(phi), derivatives=(zero, one, two, three), parity=_parity(phi)
    )


def _parity(phi: sympy.Expr) -> int:
    mirrored = phi.xreplace({X: -X})
    even, odd = (sympy.simplify(phi - sign * mirrored) == 0 for sign in (1, -1))
    return int(even) - int(odd)


def _function(expression: sympy.Expr) -> Function:
    def of(x: Array) -> Array:
        return np.array(np.broadcast_to(evaluate(expression, x), np.shape(x)), dtype=np.float64)

    return of


def _known(node: sympy.Basic) -> None:
    """Raise `InputError` for a head that `evaluate` does not know, or a number that is not real."""
    if node.is_number and not node.is_real:
        raise InputError(f"the numbers of an activation are real, got {node}")
    if not (node == X or node.is_number or node.func in _VALUES):
        raise InputError(f"an activation is made of {', '.join(FUNCTIONS)}; got {node}")
    for argument in () if node.is_number else node.args:
        _known(argument)


def evaluate(expression: sympy.Basic, x: Array) -> Any:  # noqa: ANN401 - a number or an array
    """Return the values of an expression in `X` at the entries of x."""
    if expression == X:
        return x
    if expression.is_number:
        return np.float64(expression)
    parts = [evaluate(argument, x) for argument in expression.args]
    return _VALUES[expression.func](*(np.asarray(part, dtype=np.float64) for part in parts))
