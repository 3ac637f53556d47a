"""Coefficients of activations in orthonormal Hermite polynomials, a_k = E[phi(s Z) h_k(Z)].

Smooth activations: trapezoidal rule, which converges geometrically on analytic functions (Gauss-
Hermite is far slower for tanh, whose poles are near). Functions with a kink: closed forms.
Theory note A5.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi, sqrt

import numpy as np

from ratecheck import check
from ratecheck.numerics.activations import Activation, activation
from ratecheck.types import Array, UnsupportedError

STEP = 1 / 24  # fine enough for degree 4000 and for tanh(4 x)
REACH = 16.0  # exp(-REACH^2/4) = 2e-28


def coefficients(
    name: str | Activation, count: int, *, derivative: int = 0, scale: float = 1.0
) -> Array:
    """Return a_k = E[phi^(j)(scale Z) h_k(Z)], k = 0..count-1, Z standard normal.

    Parameters
    ----------
    name : str or Activation
    count : int
        Number of coefficients.
    derivative : int
        j, from 0 to 3 (0 and 1 for relu and abs).
    scale : float
        Standard deviation of the argument, >= 0.

    Returns
    -------
    array of shape (count,)

    Examples
    --------
    >>> coefficients("square", 4)[[0, 2]]  # x^2 = 1 + sqrt(2) h_2
    array([1.        , 1.41421356])
    """
    check.integer("count", count, low=1)
    check.integer("derivative", derivative, low=0, high=3)
    check.nonnegative("scale", scale)
    phi = activation(name)
    if phi.degree is not None:
        return np.asarray(_kinked(phi.name, count, derivative) * scale ** (1 - derivative))
    return of_scales(name, np.array([scale]), count, derivative).ravel()


def of_scales(name: str | Activation, scales: Array, count: int, derivative: int = 0) -> Array:
    """Return the coefficients of a smooth activation for many scales, shape (scales, count)."""
    x, weighted = _rule(1 << (count - 1).bit_length())  # powers of two: few distinct tables
    values = activation(name).derivatives[derivative](np.multiply.outer(scales, x))
    return np.asarray(values @ weighted[:count].T)


def hermite_functions(x: Array, count: int) -> Array:
    """Return h_k(x) sqrt(density(x)), shape (count, points): orthonormal on the line."""
    out = np.zeros((max(count, 2), x.size))
    out[0] = np.exp(-0.25 * x * x) / (2.0 * pi) ** 0.25
    out[1] = x * out[0]
    for k in range(1, count - 1):
        out[k + 1] = (x * out[k] - sqrt(k) * out[k - 1]) / sqrt(k + 1)
    return out[:count]


@lru_cache(maxsize=16)
def _rule(count: int) -> tuple[Array, Array]:
    size = round(REACH / STEP)
    x = STEP * np.arange(-size, size + 1, dtype=np.float64)
    weights = STEP * np.exp(-0.25 * x * x) / (2.0 * pi) ** 0.25
    return x, np.asarray(hermite_functions(x, count) * weights)


def _kinked(name: str, count: int, derivative: int) -> Array:
    if derivative > 1:
        raise UnsupportedError(f"{name} has no derivative of order {derivative}")
    relu = _relu(count + 1)
    if name == "abs":  # |x| = relu(x) + relu(-x)
        relu = relu * (1.0 + (-1.0) ** np.arange(count + 1))
    # a_k(phi') = sqrt(k + 1) a_{k+1}(phi)
    return relu[:-1] if derivative == 0 else relu[1:] * np.sqrt(np.arange(1, count + 1))


def _relu(count: int) -> Array:
    """Return a_0 = 1/sqrt(2 pi), a_1 = 1/2, a_{k+2} = -a_k (k - 1)/sqrt((k + 1)(k + 2))."""
    a = np.zeros(max(count, 3))
    a[0], a[1] = 1.0 / sqrt(2.0 * pi), 0.5
    for k in range(0, count - 2, 2):
        a[k + 2] = -a[k] * (k - 1) / sqrt((k + 1) * (k + 2))
    return a[:count]
