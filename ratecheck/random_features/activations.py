"""Which activation a user means: a name, a formula, a sympy expression, or written functions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from ratecheck.numerics.activations import ACTIVATIONS, Activation, Function
from ratecheck.types import Array, InputError

if TYPE_CHECKING:
    import sympy

ActivationLike: TypeAlias = "str | Activation | sympy.Expr"

_STEP: Final = 1e-5  # of the central differences; their error is about 1e-10 times phi'''
_ALLOWED: Final = 1e-5  # relative to the size of the derivative: far above that error
_GRID: Final = np.arange(-30, 31, dtype=np.float64) * 0.1 + 0.0123456789  # misses round numbers


def as_activation(activation: ActivationLike) -> Activation:
    """Return the activation that a name, formula, sympy expression or `Activation` stands for.

    Parameters
    ----------
    activation : str, sympy expression or Activation
        One of the names "square" (x^2), "tanh", "cos", "softplus", "relu", "erf", "abs"; a formula
        in x such as ``"x * tanh(x)"`` (parsed, never executed); a sympy expression in one symbol;
        or an `Activation` with its own derivatives. Everything but a name is checked by
        `check_derivatives`.

    Raises
    ------
    InputError
        Unknown name or function, or a derivative that is not the derivative.

    Examples
    --------
    >>> as_activation("x**2 / 2").parity
    1
    """
    if isinstance(activation, Activation):
        if activation is ACTIVATIONS.get(activation.name):
            return activation
        return check_derivatives(activation)
    if isinstance(activation, str):
        return ACTIVATIONS.get(activation) or _of_text(activation)
    return _of_expression(activation)


@lru_cache(maxsize=64)
def _of_text(text: str) -> Activation:
    from ratecheck.random_features import expressions

    try:
        parsed = expressions.parse(text)
    except InputError as error:
        names = ", ".join(ACTIVATIONS)
        raise InputError(f"activation {text!r} is none of {names}, and no formula: {error}") from (
            error
        )
    return check_derivatives(expressions.from_expression(parsed, text))


def _of_expression(expression: Any) -> Activation:  # noqa: ANN401 - judged here
    import sympy

    from ratecheck.random_features import expressions

    if not isinstance(expression, sympy.Expr):
        raise InputError(
            "an activation is a name, a formula, a sympy expression or an Activation, "
            f"got {expression!r}"
        )
    return check_derivatives(expressions.from_expression(expression))


def check_derivatives(activation: Activation) -> Activation:
    """Return the activation if phi' and phi'' are what finite differences of phi and phi' say.

    Parameters
    ----------
    activation : Activation
        Its third derivative is not needed here and not looked at.

    Raises
    ------
    InputError
        Values that are not finite on [-3, 3], or a written derivative that differs by more than
        1e-5 from the central difference: the error of the latter is about 1e-10.

    Examples
    --------
    >>> from dataclasses import replace
    >>> tanh = as_activation("tanh")
    >>> misprint = lambda x: -2 * np.tanh(x) * (1 - np.tanh(x))
    >>> try:
    ...     check_derivatives(replace(tanh, derivatives=(*tanh.derivatives[:2], misprint, np.cos)))
    ... except InputError as error:
    ...     print(error)
    derivative 2 of activation 'tanh' is wrong: at x = -2.9877 it is 3.96964 but ...
    """
    for order in (1, 2):
        lower, upper = activation.derivatives[order - 1 : order + 1]
        _compare(activation.name, order, lower, upper)
    return activation


def _compare(name: str, order: int, lower: Function, upper: Function) -> None:
    written, numeric = _values(name, upper, _GRID), _difference(name, lower)
    gap = np.abs(written - numeric) / (1.0 + np.abs(numeric))
    if gap.max() > _ALLOWED:
        worst = int(np.argmax(gap > _ALLOWED))
        raise InputError(
            f"derivative {order} of activation {name!r} is wrong: at x = {_GRID[worst]:.4f} it is "
            f"{written[worst]:.6g} but the difference quotient is {numeric[worst]:.6g}"
        )


def _difference(name: str, function: Function) -> Array:
    above, below = (_values(name, function, _GRID + step) for step in (_STEP, -_STEP))
    return (above - below) / (2.0 * _STEP)


def _values(name: str, function: Function, x: Array) -> Array:
    with np.errstate(all="ignore"):
        values = np.asarray(function(x), dtype=np.float64)
    if values.shape != x.shape or not np.isfinite(values).all():
        raise InputError(
            f"activation {name!r} must map arrays to finite arrays of their shape on [-3, 3]"
        )
    return values
