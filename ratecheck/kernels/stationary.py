"""Stationary kernels of R^d: functions of the distance r = |x - y|, with K(x, x) = 1.

On unit vectors r = sqrt(2 - 2 u), so that they are zonal too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, final

import numpy as np

from ratecheck import check
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.field import exact
from ratecheck.kernels.line import coordinate, plain_factors
from ratecheck.kernels.radial import (
    distances,
    exact_matern,
    inverse,
    matern,
    matern_ratio,
    radial_gradient,
)
from ratecheck.types import Array

if TYPE_CHECKING:
    from ratecheck.kernels.field import Field, Value


@final
@dataclass(frozen=True, slots=True)
class Laplace(Kernel):
    """K(x, y) = exp(-|x - y| / scale).

    Examples
    --------
    >>> import numpy as np
    >>> np.log(Laplace(scale=2.0)(np.array([[0.0]]), np.array([[3.0]])))
    array([[-1.5]])
    """

    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the scale."""
        check.positive("scale", self.scale)

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    @property
    def pieces(self) -> tuple[float, float]:
        """Return (rate, jump): expansions solve f'' = rate^2 f between the centres.

        ``jump`` is how far the slope of K(., y) drops at y, a' b - a b'.
        """
        return 1.0 / self.scale, 2.0 / self.scale

    def log_markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return log a, log b, each (n,), with K(x, y) = a(min) b(max) on the line."""
        x = coordinate("X", X) / self.scale
        return x, -x

    def markov_factors(self, X: Array) -> tuple[Array, Array]:
        """Return a and b themselves; `InputError` where they would overflow."""
        return plain_factors(*self.log_markov_factors(X))

    def _gram(self, X: Array, Y: Array) -> Array:
        return self._radial(distances(X, Y))

    def _diagonal(self, X: Array) -> Array:
        return np.ones(len(X))

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return radial_gradient(X, Y, W, lambda r: -self._radial(r) * inverse(r) / self.scale)

    def _zonal(self, t: Array, v: Array) -> Array:
        return self._radial(np.sqrt(2.0 * t))

    def _radial(self, r: Array) -> Array:
        return np.exp(r / -self.scale)

    def _exact(self, u: Value, field: Field) -> Value:
        return field.exp(-field.sqrt(2 - 2 * u) / field.number(exact(self.scale)))


@final
@dataclass(frozen=True, slots=True)
class Matern(Kernel):
    """K(x, y) = 2^{1-nu} / Gamma(nu) z^nu K_nu(z), z = sqrt(2 nu) |x - y| / length.

    K_nu on the right is the modified Bessel function; for nu = 1/2, 3/2, ... a polynomial times
    exp(-z). Its space on R^d is the Sobolev space of order nu + d/2. ``nu`` above about 100 is
    indistinguishable from `Gaussian`.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.array([[0.0]]), np.array([[1.0]])
    >>> bool(np.isclose(Matern(nu=0.5, length=1.0)(x, y), np.exp(-1))[0, 0])
    True
    """

    nu: float
    length: float

    def __post_init__(self) -> None:
        """Check smoothness and length."""
        check.positive("nu", self.nu)
        check.positive("length", self.length)

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    def _gram(self, X: Array, Y: Array) -> Array:
        return self._radial(distances(X, Y))

    def _diagonal(self, X: Array) -> Array:
        return np.ones(len(X))

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        rate, nu = self._rate, exact(self.nu)
        return radial_gradient(X, Y, W, lambda r: rate**2 * matern_ratio(nu, rate * r))

    def _zonal(self, t: Array, v: Array) -> Array:
        return self._radial(np.sqrt(2.0 * t))

    def _radial(self, r: Array) -> Array:
        return matern(exact(self.nu), self._rate * r)

    @property
    def _rate(self) -> float:
        return float((2.0 * self.nu) ** 0.5 / self.length)

    def _exact(self, u: Value, field: Field) -> Value:
        nu, length = exact(self.nu), field.number(exact(self.length))
        if u == 1:
            return field.number(Fraction(1))
        return exact_matern(nu, field.sqrt(2 * field.number(nu) * (2 - 2 * u)) / length, field)


@final
@dataclass(frozen=True, slots=True)
class Gaussian(Kernel):
    """K(x, y) = exp(-|x - y|^2 / (2 length^2))."""

    length: float

    def __post_init__(self) -> None:
        """Check the length."""
        check.positive("length", self.length)

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    def _gram(self, X: Array, Y: Array) -> Array:
        return self._radial(distances(X, Y))

    def _diagonal(self, X: Array) -> Array:
        return np.ones(len(X))

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return radial_gradient(X, Y, W, lambda r: -self._radial(r) / self.length**2)

    def _zonal(self, t: Array, v: Array) -> Array:
        return np.exp(-t / self.length**2)

    def _radial(self, r: Array) -> Array:
        return np.exp(-0.5 * (r / self.length) ** 2)

    def _exact(self, u: Value, field: Field) -> Value:
        length = field.number(exact(self.length))
        return field.exp(-(1 - u) / (length * length))
