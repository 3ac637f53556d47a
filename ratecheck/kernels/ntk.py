"""Kernels of infinitely wide ReLU networks: covariance (NNGP), tangent kernel (NTK), lifted NTK.

Notation of theory note A1: L = ``depth`` is the number of weight layers, b = ``bias`` the variance
of the bias in every layer. With Sigma_1 = Theta_1 = <x, y> + b, q_1(x) = |x|^2 + b and
rho_l = Sigma_l / sqrt(q_l(x) q_l(y)),

    Sigma_{l+1} = sqrt(q_l(x) q_l(y)) kappa_1(rho_l) + b,    q_{l+1} = q_l + b,
    Theta_{l+1} = Theta_l kappa_0(rho_l) + Sigma_{l+1}.

NNGP is Sigma_L and NTK is Theta_L. On the unit sphere Theta_L(1) = L + b L (L + 1)/2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from ratecheck import check
from ratecheck.kernels import arcs
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.geometry import polar, with_column
from ratecheck.kernels.homogeneous import homogeneous_pair
from ratecheck.kernels.layered import (
    Polar,
    gradient_of_points,
    layer_tiles,
    of_halves,
    of_points,
)
from ratecheck.kernels.line import coordinate
from ratecheck.kernels.recursion import exact_layers
from ratecheck.kernels.tiling import Tiles
from ratecheck.types import Array, UnsupportedError

if TYPE_CHECKING:
    from ratecheck.kernels.field import Field, Value

DEEPEST = 1000


def _check_layers(depth: int, bias: float = 0.0) -> None:
    check.integer("depth", depth, low=1, high=DEEPEST)
    check.nonnegative("bias", bias)


@final
@dataclass(frozen=True, slots=True)
class NNGP(Kernel):
    """Covariance Sigma_L of the outputs of a wide ReLU network at initialisation.

    Parameters
    ----------
    depth : int
        L, the number of weight layers; 1 gives <x, y> + b.
    bias : float
        b = beta^2 >= 0.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    >>> NNGP(depth=2)(x, y) * np.pi
    array([[1.]])
    """

    depth: int
    bias: float = 0.0

    def __post_init__(self) -> None:
        """Check depth and bias."""
        _check_layers(self.depth, self.bias)

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    def _gram(self, X: Array, Y: Array) -> Array:
        tiles = self._tiles()
        return tiles.evaluate(tiles.prepare(X), tiles.prepare(Y))

    def _tiles(self) -> Tiles[Polar]:
        return layer_tiles(self.depth, self.bias, 0)

    def _diagonal(self, X: Array) -> Array:
        return _square(X) + self.depth * self.bias

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return gradient_of_points(X, Y, W, self.depth, self.bias)[0]

    def _gram_and_gradient(self, X: Array, Y: Array, W: Array) -> tuple[Array, Array]:
        if self.bias != 0:
            return self._gram(X, Y), self._gradient(X, Y, W)
        return homogeneous_pair(
            X, Y, W, 1, lambda t, v: arcs.layers_and_slopes(t, v, self.depth)[0]
        )

    def _zonal(self, t: Array, v: Array) -> Array:
        return of_halves(t, v, self.depth, self.bias)[0]

    def _exact(self, u: Value, field: Field) -> Value:
        return exact_layers(u, field, self.depth, self.bias)[0]


@final
@dataclass(frozen=True, slots=True)
class NTK(Kernel):
    """Tangent kernel Theta_L of a wide ReLU network.

    Parameters
    ----------
    depth : int
        L, the number of weight layers; 1 gives <x, y> + b.
    bias : float
        b = beta^2 >= 0.

    Notes
    -----
    neural-tangents' ``stax.Dense(W_std=2**0.5, b_std=b**0.5)`` chain divides the first layer by its
    fan-in n0 and doubles it: multiply the points by sqrt(2 / n0) here to match.

    Examples
    --------
    >>> import numpy as np
    >>> NTK(depth=3, bias=1.0).diagonal(np.array([[0.6, 0.8]]))
    array([9.])
    """

    depth: int
    bias: float = 0.0

    def __post_init__(self) -> None:
        """Check depth and bias."""
        _check_layers(self.depth, self.bias)

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    def _gram(self, X: Array, Y: Array) -> Array:
        tiles = self._tiles()
        return tiles.evaluate(tiles.prepare(X), tiles.prepare(Y))

    def _tiles(self) -> Tiles[Polar]:
        return layer_tiles(self.depth, self.bias, 1)

    def _diagonal(self, X: Array) -> Array:
        L, b = self.depth, self.bias
        return L * _square(X) + b * (L * (L + 1) / 2)

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return gradient_of_points(X, Y, W, self.depth, self.bias)[1]

    def _gram_and_gradient(self, X: Array, Y: Array, W: Array) -> tuple[Array, Array]:
        if self.bias != 0:
            return self._gram(X, Y), self._gradient(X, Y, W)
        return homogeneous_pair(
            X, Y, W, 1, lambda t, v: arcs.layers_and_slopes(t, v, self.depth)[1]
        )

    def _zonal(self, t: Array, v: Array) -> Array:
        return of_halves(t, v, self.depth, self.bias)[1]

    def _exact(self, u: Value, field: Field) -> Value:
        return exact_layers(u, field, self.depth, self.bias)[1]


@final
@dataclass(frozen=True, slots=True)
class LiftedNTK(Kernel):
    """Tangent kernel with a bias in the first layer and at the output only.

    K(x, y) = |(x, 1)| |(y, 1)| NTK_L(cos of the angle between (x, 1) and (y, 1)) + 1, with NTK_L
    the bias-free tangent kernel of L = ``depth`` weight layers on the sphere (the convention of
    arXiv 2305.02657; recalled, theory note A1). In one dimension that angle is
    |arctan x - arctan y|.

    Parameters
    ----------
    depth : int
        L, the number of weight layers.

    Examples
    --------
    >>> import numpy as np
    >>> LiftedNTK(depth=2)(np.array([[0.0]]), np.array([[0.0]]))
    array([[3.]])
    """

    depth: int

    def __post_init__(self) -> None:
        """Check the depth."""
        _check_layers(self.depth)

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    @property
    def constant(self) -> float:
        """Return the variance of the output bias: K = |x~| |y~| profile + constant."""
        return 1.0

    def angular_profile(self, delta: Array) -> Array:
        """Return NTK_L(cos delta), delta the angle between lifted points, any real numbers.

        On the line K(x, y) = sqrt((1 + x^2)(1 + y^2)) angular_profile(arctan x - arctan y) + 1.
        """
        return NTK(depth=self.depth).at_angle(delta)

    def semiseparable_factors(self, X: Array) -> tuple[Array, Array]:
        """Return F and G, each (n, 4), with K(x, y) = sum_p F_p(x) G_p(y) for x >= y, depth 2.

        From pi (K - 1) = 2 (1 + x y)(pi - arctan x + arctan y) + x - y on the line (theory A4).

        Raises
        ------
        UnsupportedError
            For another depth: only depth 2 has this form.
        """
        if self.depth != 2:
            raise UnsupportedError(f"only LiftedNTK(depth=2) is semiseparable, got {self!r}")
        x = coordinate("X", X)
        a, one = np.arctan(x), np.ones_like(x)
        rest = 2.0 * (np.pi - a) / np.pi
        F = (rest + x / np.pi + 1.0, x * rest - 1.0 / np.pi, 2.0 / np.pi * one, 2.0 / np.pi * x)
        return np.column_stack(F), np.column_stack((one, x, a, x * a))

    def _gram(self, X: Array, Y: Array) -> Array:
        tiles = self._tiles()
        return tiles.evaluate(tiles.prepare(X), tiles.prepare(Y))

    def _tiles(self) -> Tiles[Polar]:
        return Tiles(
            prepare=lambda X: polar(with_column(X, 1.0)),
            evaluate=lambda P, Q: of_points(P, Q, self.depth, 0.0)[1] + 1.0,
        )

    def _diagonal(self, X: Array) -> Array:
        return self.depth * (_square(X) + 1.0) + 1.0

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        lifted = with_column(X, 1.0), with_column(Y, 1.0)
        return gradient_of_points(*lifted, W, self.depth, 0.0)[1][:, :-1]

    def _gram_and_gradient(self, X: Array, Y: Array, W: Array) -> tuple[Array, Array]:
        lifted = with_column(X, 1.0), with_column(Y, 1.0)
        values, gradient = homogeneous_pair(*lifted, W, 1, self._angular)
        return values + 1.0, gradient[:, :-1]

    def _angular(self, t: Array, v: Array) -> tuple[Array, Array]:
        return arcs.layers_and_slopes(t, v, self.depth)[1]

    def _zonal(self, t: Array, v: Array) -> Array:
        half = 0.5 * t
        return 2.0 * arcs.layers(half, 2.0 - half, self.depth)[1] + 1.0

    def _exact(self, u: Value, field: Field) -> Value:
        return 2 * exact_layers((1 + u) / 2, field, self.depth, 0.0)[1] + 1


def _square(X: Array) -> Array:
    return np.asarray(np.einsum("ij,ij->i", X, X))
