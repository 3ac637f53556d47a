"""Gradient flow of first-order kernels in O(n) for each time, however late.

Fitted values are y - exp(-t K/n) y. With the exponential as a sum of fractions c / (z - x), x <= 0,
and T = K^{-1} tridiagonal, exp(-t K/n) y is the sum of c (z T + t/n)^{-1} T y: tridiagonal solves.
Krylov spaces need more vectors the later the time; this does not.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.interpolation.firstorder import FirstOrderKernel, FirstOrderSpline
from ratecheck.interpolation.markov import MarkovSolver
from ratecheck.types import Array, ComplexArray, InputError, UnsupportedError

_NODES = 28  # the error falls like 2.85^-nodes, rounding grows like exp(0.13 nodes): 1e-12


def first_order_flow(kernel: object, X: Array, y: Array, times: Array) -> list[FirstOrderSpline]:
    """Return gradient flow at increasing times: splines through their own fitted values.

    The same fits as `GradientFlow` makes. Made for late times: relative to |y| the error at the
    design is about 1e-8 at n = 2^16 and t = n^{2/3}, less later, but 1e-5 at t = 1, where
    T + t/n is nearly T, whose condition number grows with n.

    Parameters
    ----------
    kernel : Brownian, BrownianPlusOne, NeumannSobolev or Laplace
    X : ndarray, shape (n, 1)
        Different points, where K(x, x) > 0.
    y : ndarray, shape (n,)
    times : ndarray, shape (T,)

    Raises
    ------
    UnsupportedError
        If the kernel is not a first-order kernel of the line.
    InputError
        Points that coincide or where the kernel vanishes; wrong shapes; times not increasing.

    Notes
    -----
    Midpoint rule on the parabola z = N (0.1309 - 0.1194 u^2 + 0.25 i u), -pi < u < pi (Trefethen,
    Weideman, Schmelzer 2006).
    """
    if not isinstance(kernel, FirstOrderKernel):
        raise UnsupportedError(f"{kernel!r} is not a first-order kernel of the line")
    X = check.points("X", X, dimension=1)
    y = check.values("y", y, length=len(X))
    times = check.times("times", times)
    solver = MarkovSolver.of(kernel, X)
    if np.any(np.diff(solver.points) == 0) or solver.variance_at_first <= 0:
        raise InputError("X must hold different points at which the kernel is positive")
    data = y[solver.order]
    return [
        FirstOrderSpline(kernel=kernel, knots=solver.points, heights=data - left)
        for left in _residuals(*solver.inverse, data, times)
    ]


def _residuals(diagonal: Array, off: Array, y: Array, times: Array) -> list[Array]:
    """Return exp(-t K/n) y for each time, from the diagonals of K^{-1}."""
    Ty = diagonal * y
    Ty[1:] += off * y[:-1]
    Ty[:-1] += off * y[1:]
    poles, shares = _fractions()
    return [_residual(diagonal, off, Ty, t / y.size, poles, shares) for t in times]


def _residual(
    diagonal: Array, off: Array, Ty: Array, rate: float, poles: ComplexArray, shares: ComplexArray
) -> Array:
    total = np.zeros(Ty.size)
    for z, c in zip(poles, shares, strict=True):
        banded = np.zeros((3, Ty.size), dtype=np.complex128)
        banded[0, 1:] = banded[2, :-1] = z * off
        banded[1] = z * diagonal + rate
        right = Ty.astype(np.complex128)  # a fresh one: scipy writes on it where n = 1
        total += (c * sl.solve_banded((1, 1), banded, right, check_finite=False)).real
    return total


def _fractions() -> tuple[ComplexArray, ComplexArray]:
    """Return z and c with e^x = Re sum c / (z - x), x <= 0: the upper half of the parabola."""
    u = np.pi * np.arange(1, _NODES, 2) / _NODES
    z = _NODES * (0.1309 - 0.1194 * u**2 + 0.25j * u)
    slope = _NODES * (-0.2388 * u + 0.25j)
    return z, -2j / _NODES * np.exp(z) * slope
