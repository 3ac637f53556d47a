"""Periodic Sobolev kernels on the torus of one to three dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import gamma, pi, sqrt
from typing import final

import numpy as np
from scipy.special import erfc, expn

from ratecheck import check
from ratecheck.kernels.base import Kernel
from ratecheck.types import Array, InputError, IntArray

HIGHEST_DIMENSION = 3
_HIGHEST_ORDER = 8.0
_NEGLIGIBLE = 37.0  # e^-37 is below rounding
_SPLIT = 1.5**2 / (4 * _NEGLIGIBLE)  # images two cells away are negligible: at least 3/2 distant


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class TorusSobolev(Kernel):
    r"""The kernel of the periodic Sobolev space of order m > d/2 on the torus [0, 1)^d.

    .. math:: K(x, y) = 1 + \sum_{0 \ne k \in Z^d} |2 \pi k|^{-2m} e^{2 \pi i k \cdot (x - y)}.

    The squared norm of its space is (int f)^2 + sum |2 pi k|^{2m} |c_k|^2, as for
    `PeriodicSobolev`, which it is for d = 1 and integer m (theory note A4). Coordinates are taken
    modulo 1.

    Parameters
    ----------
    order : float
        m > d/2, a multiple of 1/2, at most 8. The NTK of d intrinsic dimensions has (d + 1)/2.
    dimension : int
        d, from 1 to 3.

    Notes
    -----
    Values by Ewald's method: |w|^{-2m} Gamma(m) is the integral of u^{m-1} e^{-u |w|^2} over
    u > 0; the part of large u is summed over frequencies, that of small u, by Poisson's formula,
    over the nearest 3^d images. Both sums end below rounding error: nothing is truncated.

    Raises
    ------
    InputError
        If m <= d/2 or d is not in 1 ... 3.

    Examples
    --------
    >>> import numpy as np
    >>> kernel = TorusSobolev(order=1.0, dimension=1)
    >>> (kernel(np.array([[0.0]]), np.array([[0.0], [0.5]])) - 1).round(8)
    array([[ 0.08333333, -0.04166667]])
    """

    order: float
    dimension: int

    def __post_init__(self) -> None:
        """Check dimension and order."""
        d = check.integer("dimension", self.dimension, low=1, high=HIGHEST_DIMENSION)
        order = check.positive("order", self.order)
        if order <= d / 2:
            raise InputError(f"order must exceed d/2 = {d / 2:g}, got {order:g}")
        if order > _HIGHEST_ORDER or 2 * order != round(2 * order):
            raise InputError(f"order must be a multiple of 1/2, at most 8, got {order:g}")
        object.__setattr__(self, "order", order)

    def eigenvalue(self, squared: Array | IntArray) -> Array:
        """Return mu at squared frequencies |k|^2: |2 pi k|^{-2m}, and 1 for k = 0.

        >>> TorusSobolev(order=2.0, dimension=2).eigenvalue(np.array([0, 1])) * (2 * np.pi) ** 4
        array([1.55854546e+03, 1.00000000e+00])
        """
        safe = np.where(squared > 0, squared, 1.0)
        return np.asarray(np.where(squared > 0, (4 * pi**2 * safe) ** -self.order, 1.0))

    def _gram(self, X: Array, Y: Array) -> Array:
        k, weights = _frequencies(self.order, self.dimension)
        out = (_features(X, k) * np.concatenate([weights, weights])) @ _features(Y, k).T
        scale, nu = self._near
        for image in _images(self.dimension):
            out += scale * _exponential(nu + 1, _squared(X, Y, image) / (4 * _SPLIT))
        return np.asarray(out + (1 - self._mean))

    def _diagonal(self, X: Array) -> Array:
        origin = np.zeros((1, self.dimension))
        return np.full(len(X), self._gram(origin, origin)[0, 0])

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        k, weights = _frequencies(self.order, self.dimension)
        n = len(weights)
        own, other = _features(X, k), W @ _features(Y, k)
        slope = weights * (own[:, :n] * other[:, n:] - own[:, n:] * other[:, :n])
        out = 2 * pi * slope @ k
        for image in _images(self.dimension):
            out += self._near_gradient(X, Y, W, image)
        return np.asarray(out)

    def _near_gradient(self, X: Array, Y: Array, W: Array, image: Array) -> Array:
        """Return the part of one image: d/dz E_p(|z|^2 / 4a) = -E_{p-1} z / 2a, zero at z = 0."""
        scale, nu = self._near
        q = _squared(X, Y, image) / (4 * _SPLIT)
        slope = W * (-scale / (2 * _SPLIT)) * np.where(q > 0, _exponential(nu, q), 0.0)
        parts = [np.sum(slope * _gap(X, Y, image, axis), axis=1) for axis in range(self.dimension)]
        return np.stack(parts, axis=1)

    @property
    def _near(self) -> tuple[float, float]:
        """Return the factor of E_{nu + 1} in the sum over images, and nu = m - d/2."""
        nu = self.order - self.dimension / 2
        return _SPLIT**nu / (gamma(self.order) * (4 * pi) ** (self.dimension / 2)), nu

    @property
    def _mean(self) -> float:
        """Return the integral of the sum over images, which belongs to no frequency k != 0."""
        return float(_SPLIT**self.order / gamma(self.order + 1))

    def _admit(self, name: str, X: Array) -> None:
        check.points(name, X, dimension=self.dimension)


@lru_cache(maxsize=8)
def _frequencies(order: float, d: int) -> tuple[Array, Array]:
    """Return one k of each pair +-k (N, d) that is not negligible, and twice its weight."""
    from scipy.special import gammaincc

    reach = int(sqrt(_NEGLIGIBLE / (4 * pi**2 * _SPLIT))) + 1
    k = np.array(list(product(range(-reach, reach + 1), repeat=d)), dtype=np.float64)
    k = k[len(k) // 2 + 1 :]  # in lexicographic order -k mirrors k about the middle
    w = 4 * pi**2 * np.sum(k**2, axis=1)
    keep = w * _SPLIT <= _NEGLIGIBLE
    k, w = k[keep], w[keep]
    return k, 2 * gammaincc(order, w * _SPLIT) * w**-order


def _features(X: Array, k: Array) -> Array:
    """Return cosines and sines (n, 2 N) of 2 pi k . x."""
    phase = 2 * pi * ((X - np.floor(X)) @ k.T)
    return np.concatenate([np.cos(phase), np.sin(phase)], axis=1)


def _images(d: int) -> list[Array]:
    return [np.array(image, dtype=np.float64) for image in product((-1, 0, 1), repeat=d)]


def _gap(X: Array, Y: Array, image: Array, axis: int) -> Array:
    """Return one coordinate of x - y, taken to [-1/2, 1/2], plus the image's, shape (n, m)."""
    z = X[:, axis, None] - Y[:, axis]
    return np.asarray(z - np.round(z) + image[axis])


def _squared(X: Array, Y: Array, image: Array) -> Array:
    total = np.zeros((len(X), len(Y)))
    for axis in range(X.shape[1]):
        total += _gap(X, Y, image, axis) ** 2
    return total


def _exponential(p: float, x: Array) -> Array:
    """Return E_p(x) = int_1^inf e^{-x t} t^{-p} dt for x >= 0 and p a multiple of 1/2, p >= 1/2.

    Half-integer p by E_{1/2} and p E_{p+1} = e^{-x} - x E_p, whose absolute error stays small.
    Infinite at x = 0 for p <= 1.
    """
    if p == round(p):
        return np.asarray(expn(int(p), x))
    root = np.sqrt(x)
    tail = sqrt(pi) * erfc(root)  # x E_{1/2}(x) = root * tail, without a division at x = 0
    if p == 0.5:
        with np.errstate(divide="ignore"):
            return np.asarray(tail / root)
    decay, q = np.exp(-x), 0.5
    value = (decay - root * tail) / q
    for _ in range(round(p - 1.5)):
        q += 1
        value = (decay - x * value) / q
    return np.asarray(value)
