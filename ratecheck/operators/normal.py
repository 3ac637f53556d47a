"""Normal equations of spherical harmonics over a design: T_ij = (1/n) sum_l e_i(x_l) e_j(x_l).

T is the multiplication by the empirical measure, of which only the moments up to twice the band
matter: one pass over the points, and every product with T after it costs nothing in n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ratecheck.numerics import hyperspherical, spherical
from ratecheck.numerics.lanczos import Apply
from ratecheck.numerics.spheregrid import Density
from ratecheck.types import Array

#: Largest band by dimension: half the degrees of the eigenvalues' quadrature on S^2; on others
#: the moments of degree 2 B (S^3) or the square of the number of harmonics bound the work.
HIGHEST_BAND = {2: 900, 3: 30, 4: 11, 5: 8}


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Normal:
    """T, the data Y and what the moments of the design say.

    Attributes
    ----------
    apply : callable
        v -> T v.
    bound : float
        Upper bound on ||T||, up to rounding.
    data : ndarray, shape (P,)
        Y_i = (1/n) sum_l y_l e_i(x_l).
    unevenness : float
        Sum of squared moments of degree 1 ... B less its mean for independent uniform points.
    """

    apply: Apply
    bound: float
    data: Array
    unevenness: float


def normal_equations(X: Array, y: Array, band: int) -> Normal:
    """Return the normal equations up to degree ``band`` for X (n, d + 1), y (n,)."""
    d, n = X.shape[1] - 1, X.shape[0]
    if d >= 4:
        return _explicit(X, y, band)
    if d == 2:
        places = spherical.angles(X)
        moments = spherical.analyse(places, np.full(n, 1 / n), 2 * band)
        data = spherical.analyse(places, y / n, band)
        flat = spherical.Multiplication.of_moments(moments)
        return _normal(flat, float(flat.values.max()), data, moments, n)
    moments = hyperspherical.analyse(X, np.full((n, 1), 1 / n), 2 * band)[:, 0]
    data = hyperspherical.analyse(X, y[:, None] / n, band)[:, 0]
    density = Density.of_moments(d, moments)
    return _normal(density, float(density.values.max()), data, moments, n)


def _normal(apply: Apply, bound: float, data: Array, moments: Array, n: int) -> Normal:
    low = moments[1 : data.size]
    return Normal(
        apply=apply, bound=bound, data=data, unevenness=float(low @ low) - low.size / n
    )  # fmt: skip


def _explicit(X: Array, y: Array, band: int) -> Normal:
    """Return T as a matrix, from all harmonics at the points by tiles."""
    d, n = X.shape[1] - 1, X.shape[0]
    size = hyperspherical.offset(d, band + 1)
    T, data = np.zeros((size, size)), np.zeros(size)
    for part in hyperspherical.tiles(n, size):
        F = hyperspherical.harmonics(X[part], band)
        T += F @ F.T
        data += F @ y[part]
    T /= n
    bound = float(np.abs(T).sum(axis=0).max())
    return _normal(T.__matmul__, bound, data / n, T[0], n)
