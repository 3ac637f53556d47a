"""Periodic Sobolev kernels on the torus [0, 1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.line import coordinate, differences
from ratecheck.types import Array

HIGHEST = 20  # (2 pi)^{-40} is far below the rounding error of the constant term


@final
@dataclass(frozen=True, slots=True)
class PeriodicSobolev(Kernel):
    """The kernel of the periodic Sobolev space of integer order m >= 1.

    K(x, y) = 1 + (-1)^{m-1} B_{2m}({z}) / (2m)! = 1 + sum_{k != 0} (2 pi k)^{-2m} e^{2 pi i k z},
    with z = x - y, {.} the fractional part and B the Bernoulli polynomials. The squared norm of
    its space is (int f)^2 + int (f^{(m)})^2 over [0, 1] (theory note A4). Coordinates are taken
    modulo 1.

    Parameters
    ----------
    order : int
        m, from 1 to 20.

    Examples
    --------
    >>> import numpy as np
    >>> kernel = PeriodicSobolev(order=1)
    >>> kernel(np.array([[0.0]]), np.array([[0.0], [0.5]])) - 1
    array([[ 0.08333333, -0.04166667]])
    """

    order: int

    def __post_init__(self) -> None:
        """Check the order."""
        check.integer("order", self.order, low=1, high=HIGHEST)

    def green(self, delta: Array) -> Array:
        """Return K as a function of x - y, any real numbers of any shape."""
        z = np.abs(delta - np.round(delta)) - 0.5  # even about 0 and about 1/2
        return np.asarray(1.0 + np.polynomial.polynomial.polyval(z * z, bernoulli(self.order)))

    def fourier(self, band: int) -> Array:
        """Return mu_0 = 1 and mu_k = (2 pi k)^{-2m}, k = 1..band: K = sum mu_k e^{2 pi i k (x-y)}.

        >>> PeriodicSobolev(order=1).fourier(1) * [1, 4 * np.pi**2]
        array([1., 1.])
        """
        k = np.arange(1, check.integer("band", band, low=0) + 1)
        return np.concatenate(([1.0], (2 * np.pi * k) ** (-2.0 * self.order)))

    def semiseparable_factors(self, X: Array) -> tuple[Array, Array]:
        """Return F and G, each (n, 2m + 1), with K(x, y) = sum_p F_p(x) G_p(y), 0 <= y <= x < 1.

        The polynomial in x - y is expanded in powers of x - 1/2 and y - 1/2, at most 1/2 in size:
        safe for the orders 1 and 2 that an O(n) operator needs.
        """
        x = coordinate("X", X) - 0.5
        powers = np.vander(x, 2 * self.order + 1, increasing=True)
        return powers @ _binomial(self.order), powers

    def _gram(self, X: Array, Y: Array) -> Array:
        return self.green(differences(X, Y))

    def _diagonal(self, X: Array) -> Array:
        return np.full(len(X), self.green(np.zeros(1))[0])

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        delta = differences(X, Y)
        delta -= np.round(delta)
        z = np.abs(delta) - 0.5
        slope = 2.0 * z * np.polynomial.polynomial.polyval(z * z, _derivative(self.order))
        return np.asarray(np.sum(W * slope * np.sign(delta), axis=1, keepdims=True))

    def _admit(self, name: str, X: Array) -> None:
        check.points(name, X, dimension=1)


@lru_cache(maxsize=HIGHEST)
def _rational(m: int) -> tuple[Fraction, ...]:
    """Return c with (-1)^{m-1} B_{2m}(1/2 + z)/(2m)! = sum_j c_j z^{2j}, j = 0..m.

    B_{2m}(1/2 + z) = sum_j C(2m, 2j) B_{2m-2j}(1/2) z^{2j} and B_k(1/2) = (2^{1-k} - 1) B_k.
    """
    numbers = _bernoulli_numbers(2 * m)
    sign = (-1) ** (m - 1)
    half = [(Fraction(2) / 2**k - 1) * numbers[k] for k in range(2 * m + 1)]
    return tuple(
        sign * comb(2 * m, 2 * j) * half[2 * m - 2 * j] / factorial(2 * m) for j in range(m + 1)
    )


def _bernoulli_numbers(count: int) -> list[Fraction]:
    numbers = [Fraction(1)]
    for k in range(1, count + 1):
        total = sum((comb(k + 1, j) * numbers[j] for j in range(k)), Fraction(0))
        numbers.append(-total / (k + 1))
    return numbers


def bernoulli(m: int) -> Array:
    """Return the coefficients of (-1)^{m-1} B_{2m}(1/2 + z)/(2m)! in powers of z^2."""
    return np.array([float(c) for c in _rational(m)])


def _derivative(m: int) -> Array:
    return np.array([float(j * c) for j, c in enumerate(_rational(m)) if j > 0])


def _binomial(m: int) -> Array:
    """Return T with K(x, y) = sum_ij x^i T_ij y^j for x >= y, x and y shifted by the same 1/2."""
    poly = _in_difference(m)
    T = np.zeros((2 * m + 1, 2 * m + 1))
    for k, c in enumerate(poly):
        for j in range(k + 1):
            T[k - j, j] += float(c * comb(k, j) * (-1) ** j)
    return T


def _in_difference(m: int) -> list[Fraction]:
    """Return the coefficients of K in powers of z = x - y in [0, 1)."""
    out = [Fraction(0)] * (2 * m + 1)
    for j, c in enumerate(_rational(m)):
        for i in range(2 * j + 1):  # (z - 1/2)^{2j}
            out[i] += c * comb(2 * j, i) * Fraction(-1, 2) ** (2 * j - i)
    out[0] += 1
    return out
