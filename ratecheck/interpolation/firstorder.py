"""Functions in the span of a first-order kernel: known by their values at the centres alone.

Between two centres such a function solves f'' = c^2 f, so that it is

    f(x) = (f_i sinh c(x_{i+1} - x) + f_{i+1} sinh c(x - x_i)) / sinh c(x_{i+1} - x_i),

linear for c = 0; beyond the outer centres it is a multiple of K(., x_1) and K(., x_n). The function
with values y there is the interpolant of minimum norm, and a fit of any other filter is the
interpolant of its own fitted values (theory note D).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from ratecheck import check
from ratecheck.interpolation.pieces import PiecewiseMonotone
from ratecheck.kernels.line import coordinate
from ratecheck.types import Array, InputError, IntArray, UnsupportedError

_NEARLY = 1e-2  # c h below which f^2 is cubic to about (c h)^6
_STRAIGHT = 1e-9  # c times the range below which a piece is linear to rounding


@runtime_checkable
class FirstOrderKernel(Protocol):
    """A kernel K(x, y) = a(min) b(max) whose functions solve f'' = rate^2 f between centres."""

    @property
    def pieces(self) -> tuple[float, float]:
        """Return rate and jump: the slope of K(., y) drops by the jump a' b - a b' at y."""

    def log_markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return log a and log b, each (n,)."""


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class FirstOrderSpline(PiecewiseMonotone):
    """The function of a first-order kernel's space with given values at increasing knots.

    Attributes
    ----------
    kernel : FirstOrderKernel
    knots, heights : ndarray, shape (k,)
        Positions, strictly increasing, and values.
    """

    kernel: FirstOrderKernel
    knots: Array
    heights: Array

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X (m, 1), shape (m,)."""
        x = coordinate("X", X)
        right = np.searchsorted(self.knots, x, side="right")
        i = np.clip(right - 1, 0, max(self.knots.size - 2, 0))
        j = np.minimum(i + 1, self.knots.size - 1)
        near, far = _shares(self.rate, x - self.knots[i], self.knots[j] - x)
        values = near * self.heights[i] + far * self.heights[j]
        for end, outside in ((0, x < self.knots[0]), (-1, x >= self.knots[-1])):
            if outside.any():
                values[outside] = self._beyond(end, x[outside])
        return values

    def _beyond(self, end: int, x: Array) -> Array:
        """Return values left of the first knot (end 0) or right of the last one (end -1)."""
        there = self.kernel.log_markov_factors(x[:, None])[end]
        here = self.kernel.log_markov_factors(self.knots[[end], None])[end]
        return np.asarray(self.heights[end] * np.exp(there - here))

    @property
    def rate(self) -> float:
        """Rate c of f'' = c^2 f; 0 where the pieces are straight to rounding."""
        rate = self.kernel.pieces[0]
        return rate if rate * (self.knots[-1] - self.knots[0]) > _STRAIGHT else 0.0

    @property
    def period(self) -> None:
        """None."""
        return

    @property
    def nodes(self) -> Array:
        """The knots."""
        return self.knots

    @property
    def degree(self) -> int:
        """One for pieces that are nearly straight."""
        longest = float(np.diff(self.knots).max(initial=0.0))
        return 4 if self.rate * longest > _NEARLY else 1

    def turning_points(self) -> tuple[Array, Array]:
        """Return the knots and, between knots of one sign, the points nearest to zero."""
        if not self.rate:
            return self.knots, self.heights
        i, place, value = self._dips()
        positions = np.insert(self.knots, i + 1, self.knots[i] + place)
        return positions, np.insert(self.heights, i + 1, value)

    def _dips(self) -> tuple[IntArray, Array, Array]:
        """Return piece, distance from its left knot and value of every interior extremum.

        f^2 - (f'/c)^2 is constant on a piece; its value is f^2 where f' = 0.
        """
        gap, left, right = np.diff(self.knots), self.heights[:-1], self.heights[1:]
        with np.errstate(over="ignore"):
            room = 2 * np.sinh(self.rate * gap / 2) ** 2 * np.minimum(np.abs(left), np.abs(right))
        i = np.flatnonzero((left * right > 0) & (np.abs(right - left) < room))
        gap, left, right = gap[i], left[i], right[i]
        with np.errstate(over="ignore"):
            half = self.rate * gap / 2
            square = left * right / np.cosh(half) ** 2 - ((left - right) / np.sinh(2 * half)) ** 2
        decay, rise = -np.expm1(-2 * half), (right - left) / left
        turn = np.log((decay - rise * (1 - decay)) / (rise + decay)) / (2 * self.rate)
        value = np.sign(left) * np.sqrt(np.maximum(square, 0.0))
        return i, np.clip(gap / 2 + turn, 0.0, gap), value


def _shares(rate: float, before: Array, after: Array) -> tuple[Array, Array]:
    """Return sinh(c after) / sinh(c h) and sinh(c before) / sinh(c h), h = before + after."""
    gap = before + after
    safe = np.where(gap > 0, gap, 1.0)
    if not rate:
        return after / safe, before / safe
    whole = -np.expm1(-2 * rate * safe)
    with np.errstate(over="ignore", invalid="ignore"):  # outside the knots, replaced by the caller
        near = np.exp(-rate * before) * -np.expm1(-2 * rate * after) / whole
        far = np.exp(-rate * after) * -np.expm1(-2 * rate * before) / whole
    return near, far


def first_order_spline(kernel: object, knots: Array, heights: Array) -> FirstOrderSpline:
    """Return the function of the kernel's space with the given values at increasing knots.

    Parameters
    ----------
    kernel : Brownian, BrownianPlusOne, NeumannSobolev or Laplace
    knots : ndarray, shape (k,) or (k, 1)
    heights : ndarray, shape (k,)

    Raises
    ------
    UnsupportedError
        If the kernel is not a first-order kernel of the line.
    InputError
        Knots not strictly increasing or outside the kernel's domain, or shapes that differ.

    Examples
    --------
    >>> import numpy as np
    >>> from ratecheck.kernels import Brownian
    >>> line = first_order_spline(Brownian(), np.array([0.25, 0.75]), np.array([1.0, 3.0]))
    >>> line(np.array([[0.0], [0.125], [0.5], [1.0]]))
    array([0. , 0.5, 2. , 3. ])
    """
    if not isinstance(kernel, FirstOrderKernel):
        raise UnsupportedError(f"{kernel!r} is not a first-order kernel of the line")
    x = coordinate("knots", knots)
    f = check.values("heights", heights, length=x.size)
    if np.any(np.diff(x) <= 0):
        raise InputError("knots must be strictly increasing: merge points that coincide")
    kernel.log_markov_factors(x[:, None])  # raises for points outside the kernel's domain
    return FirstOrderSpline(kernel=kernel, knots=x, heights=f)
