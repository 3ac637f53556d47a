"""Arc-cosine kernels of orders 0, 1 and 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from ratecheck import check
from ratecheck.kernels import arcs
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.homogeneous import homogeneous_diagonal, homogeneous_gradient
from ratecheck.kernels.homogeneous import homogeneous_gram as gram
from ratecheck.types import Array

if TYPE_CHECKING:
    from ratecheck.kernels.field import Field, Value


@final
@dataclass(frozen=True, slots=True)
class ArcCosine(Kernel):
    """K(x, y) = |x|^n |y|^n kappa_n(u) = 2 E[h_n(<w, x>) h_n(<w, y>)], w standard Gaussian.

    Here u is the cosine of the angle between x and y, h_n(z) = z^n for z > 0 and 0 for z < 0
    (h_0(0) = 1/2, so that K(0, y) = 1/2 for n = 0), and (Cho and Saul 2009; theory note A1)

        kappa_0 = (pi - theta)/pi,    kappa_1 = (u (pi - theta) + sin theta)/pi,
        kappa_2 = (3 u sin theta + (pi - theta)(1 + 2 u^2))/pi.

    Parameters
    ----------
    order : {0, 1, 2}
        n.

    Examples
    --------
    >>> import numpy as np
    >>> ArcCosine(order=2).profile(np.array([-1.0, 0.0, 1.0]))
    array([0. , 0.5, 3. ])
    """

    order: int

    def __post_init__(self) -> None:
        """Check the order."""
        check.integer("order", self.order, low=0, high=2)

    @property
    def is_zonal(self) -> bool:
        """Return True."""
        return True

    def _gram(self, X: Array, Y: Array) -> Array:
        return gram(X, Y, self.order, self._zonal)

    def _diagonal(self, X: Array) -> Array:
        return homogeneous_diagonal(X, self.order, self._zonal)

    def _gradient(self, X: Array, Y: Array, W: Array) -> Array:
        return homogeneous_gradient(X, Y, W, self.order, self._zonal, self._slope)

    def _zonal(self, t: Array, v: Array) -> Array:
        return arcs.kappa(self.order, t, v)

    def _slope(self, t: Array, v: Array) -> Array:
        return arcs.kappa_slope(self.order, t, v)

    def _exact(self, u: Value, field: Field) -> Value:
        if self.order == 0:
            return field.kappa0(u)
        return field.kappa1(u) if self.order == 1 else field.kappa2(u)
