"""Functions on spheres as sums of spherical harmonics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.functions import Function
from ratecheck.numerics import hyperspherical, spherical
from ratecheck.types import Array, InputError

_ROUNDING = 1e-9  # as of the domain: how far from length 1 a point may be


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class HarmonicSeries(Function):
    """The function f = sum_i c_i e_i on S^d, e_i orthonormal under the uniform probability measure.

    Attributes
    ----------
    d : int
        Dimension of the sphere in R^{d+1}, >= 2.
    coefficients : ndarray, shape (P,)
        All degrees 0 ... band, in the order of `numerics.hyperspherical`.

    Examples
    --------
    >>> import numpy as np
    >>> f = HarmonicSeries(d=3, coefficients=np.array([1.0, 0, 0, 0, 2.0]))
    >>> f(np.array([[0.0, 0.0, 0.0, 1.0]])).round(9), f.mean_square()
    (array([1.]), 5.0)
    """

    d: int
    coefficients: Array

    def __post_init__(self) -> None:
        """Validate that the coefficients fill whole degrees."""
        check.integer("d", self.d, low=2)
        try:
            hyperspherical.band_of(self.d, self.coefficients.size)
        except ValueError as error:
            raise InputError(f"coefficients must fill whole degrees: {error}") from error

    @property
    def band(self) -> int:
        """Largest degree."""
        return hyperspherical.band_of(self.d, self.coefficients.size)

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (n,)."""
        values: Array = evaluate(on_sphere(X, self.d), self.coefficients[:, None])[0]
        return values

    def mean_square(self) -> float:
        """Return E f(x)^2, x uniform (Parseval)."""
        return float(self.coefficients @ self.coefficients)

    def minus(self, other: HarmonicSeries) -> HarmonicSeries:
        """Return the difference of two series on one sphere."""
        out = np.zeros(max(self.coefficients.size, other.coefficients.size))
        out[: self.coefficients.size] = self.coefficients
        out[: other.coefficients.size] -= other.coefficients
        return HarmonicSeries(d=self.d, coefficients=out)


def on_sphere(X: Array, d: int) -> Array:
    """Return X if its rows are points of S^d, or raise `InputError`."""
    check.points("X", X, dimension=d + 1)
    off = np.abs(np.einsum("ij,ij->i", X, X) - 1.0)
    if off.size and off.max() > 2 * _ROUNDING:
        row = int(np.argmax(off))
        raise InputError(
            f"X must hold unit vectors of S^{d}, got length {np.linalg.norm(X[row]):.6g} in row "
            f"{row}: divide each row by its length"
        )
    return X


def evaluate(X: Array, c: Array) -> Array:
    """Return sum_i c_it e_i at unit vectors X (n, d + 1), c (P, T), shape (T, n)."""
    if X.shape[1] > 3:
        return hyperspherical.synthesise(X, c)
    places = spherical.angles(X)
    return np.stack([spherical.synthesise(places, column) for column in c.T])
