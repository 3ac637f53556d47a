"""Spherical harmonic transforms on S^2; the only module that imports ducc0.

Functions of degree at most B are real vectors (B + 1)^2 of coefficients in a real basis that is
orthonormal under the uniform probability measure, in the order of `numerics.hyperspherical`: by
degree, so that a lower band is a prefix; within a degree m = 0, then cosine and sine of each m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

import numpy as np
import scipy.fft

from ratecheck.types import Array, ComplexArray, IntArray, MissingExtraError

ACCURACY = 1e-12  # relative error asked of ducc0's non-uniform transforms; they reach 2e-13


def installed() -> bool:
    """Return whether the extra ``sphere`` is there."""
    try:
        _library()
    except MissingExtraError:
        return False
    return True


def require() -> None:
    """Raise `MissingExtraError` where ducc0 is absent."""
    _library()


@lru_cache(maxsize=1)
def _library() -> ModuleType:
    try:
        from ducc0 import sht
    except ImportError as error:
        raise MissingExtraError(
            "transforms on S^2 need ducc0: install the extra 'sphere', "
            "pip install 'ratecheck[sphere]'"
        ) from error
    found: ModuleType = sht
    return found


def angles(X: Array) -> Array:
    """Return colatitude in [0, pi] and longitude in [0, 2 pi) of unit vectors, shape (n, 2)."""
    out = np.empty((X.shape[0], 2))
    out[:, 0] = np.arctan2(np.hypot(X[:, 0], X[:, 1]), X[:, 2])
    longitude = np.arctan2(X[:, 1], X[:, 0])
    out[:, 1] = np.where(longitude < 0, longitude + 2 * math.pi, longitude)
    return out


def analyse(places: Array, values: Array, band: int) -> Array:
    """Return sum_j values_j e_i(x_j), shape ((band + 1)^2,), at places (n, 2) of `angles`."""
    alm = _library().adjoint_synthesis_general(
        map=values[None, :], spin=0, lmax=band, loc=places, epsilon=ACCURACY, nthreads=1
    )
    return _packed(alm, band)


def synthesise(places: Array, c: Array) -> Array:
    """Return sum_i c_i e_i(x_j), shape (n,), at places (n, 2); the adjoint of `analyse`."""
    band = band_of(c.size)
    values = _library().synthesis_general(
        alm=_unpacked(c, band), spin=0, lmax=band, loc=places, epsilon=ACCURACY, nthreads=1
    )
    return np.asarray(values[0])


def band_of(count: int) -> int:
    """Return B of a vector of (B + 1)^2 coefficients."""
    return math.isqrt(count) - 1


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class ProductGrid:
    """A grid of Gauss-Legendre rings with equispaced longitudes, the first at 0.

    Its rule integrates functions of degree below min(2 rings, columns) exactly.
    """

    rings: int
    columns: int

    @staticmethod
    def exact_for(degree: int) -> ProductGrid:
        """Return the smallest fast grid whose rule is exact up to a degree."""
        columns = scipy.fft.next_fast_len(degree + 1, real=True)
        return ProductGrid(rings=degree // 2 + 1, columns=columns)

    @property
    def colatitudes(self) -> Array:
        """Colatitudes of the rings, from north to south."""
        return np.asarray(np.arccos(_legendre(self.rings)[0]))

    @property
    def places(self) -> Array:
        """Colatitude and longitude of the nodes, ring by ring, shape (rings columns, 2)."""
        out = np.empty((self.rings, self.columns, 2))
        out[:, :, 0] = self.colatitudes[:, None]
        out[:, :, 1] = 2 * math.pi * np.arange(self.columns) / self.columns
        return out.reshape(-1, 2)

    @property
    def weights(self) -> Array:
        """Weight of every node of a ring, shape (rings,); columns times their sum is one."""
        return np.asarray(_legendre(self.rings)[1] / (2 * self.columns))

    def synthesise(self, c: Array) -> Array:
        """Return sum_i c_i e_i at the nodes, shape (rings, columns)."""
        band = band_of(c.size)
        values = _library().synthesis_2d(
            alm=_unpacked(c, band), spin=0, lmax=band, geometry="GL", ntheta=self.rings,
            nphi=self.columns, nthreads=1,
        )  # fmt: skip
        return np.asarray(values[0])

    def gradient(self, c: Array) -> Array:
        """Return the southward and eastward slopes of sum_i c_i e_i, (2, rings, columns)."""
        band = band_of(c.size)
        parts = _library().synthesis_2d(
            alm=_unpacked(c, band), spin=1, lmax=band, geometry="GL", ntheta=self.rings,
            nphi=self.columns, nthreads=1, mode="DERIV1",
        )  # fmt: skip
        return np.asarray(parts)

    def analyse(self, values: Array, band: int) -> Array:
        """Return the rule applied to values (rings, columns) times e_i, shape ((band + 1)^2,)."""
        weighted = values * self.weights[:, None]
        alm = _library().adjoint_synthesis_2d(
            map=weighted[None], spin=0, lmax=band, geometry="GL", nthreads=1
        )
        return _packed(alm, band)


def supremum(c: Array) -> float:
    """Return an upper bound on sup |sum_i c_i e_i| over S^2, at most 1.18 times the supremum.

    Along circles of latitude and along meridians (closed over both poles) a function of degree B
    is a trigonometric polynomial of degree at most B; the largest value at N > 2 B equispaced
    points exceeds cos(pi B / N) times its supremum (Ehlich and Zeller 1964). Here N = 8 B twice.
    """
    band = band_of(c.size)
    if band == 0:
        return abs(float(c[0]))
    count = scipy.fft.next_fast_len(8 * band, real=True)
    count += count % 2
    values = _library().synthesis_2d(
        alm=_unpacked(c, band), spin=0, lmax=band, geometry="CC", ntheta=count // 2 + 1,
        nphi=count, nthreads=1,
    )  # fmt: skip
    return float(np.abs(values).max()) / math.cos(math.pi * band / count) ** 2


@lru_cache(maxsize=8)
def _legendre(rings: int) -> tuple[Array, Array]:
    """Return heights from north to south and Gauss-Legendre weights (sum 2)."""
    from scipy.special import roots_legendre

    heights, weights = roots_legendre(rings)
    return heights[::-1], weights[::-1]


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Multiplication:
    """The matrix T_ij = int p e_i e_j of a density p, up to degree B, by transforms on a grid.

    Attributes
    ----------
    grid : ProductGrid
        Exact for degree 4 B.
    values : ndarray, shape (rings, columns)
        The density, band-limited to 2 B.
    band : int
        B.
    """

    grid: ProductGrid
    values: Array
    band: int

    @staticmethod
    def of_moments(moments: Array) -> Multiplication:
        """Build from int p e_i up to the even degree 2 B."""
        twice = band_of(moments.size)
        grid = ProductGrid.exact_for(2 * twice)
        return Multiplication(grid=grid, values=grid.synthesise(moments), band=twice // 2)

    def __call__(self, v: Array) -> Array:
        """Return T v, shape ((B + 1)^2,)."""
        return self.grid.analyse(self.values * self.grid.synthesise(v), self.band)


@lru_cache(maxsize=16)
def _order(band: int) -> tuple[IntArray, Array, Array]:
    """Return where each coefficient lies in ducc0's vector, and the factors from and to it.

    ducc0 stores, m by m, the coefficients for degrees m ... B of harmonics that are orthonormal
    for the area, as complex numbers (here seen as pairs of reals), with the phase (-1)^m.
    """
    degree = np.repeat(np.arange(band + 1), 2 * np.arange(band + 1) + 1)
    rank = np.arange(degree.size) - degree**2
    m = (rank + 1) // 2
    sine = (rank > 0) & (rank % 2 == 0)
    index = 2 * (m * (2 * band + 1 - m) // 2 + degree) + sine
    sign = np.where(m % 2 == 1, -1.0, 1.0) * np.where(sine, -1.0, 1.0)
    root = math.sqrt(4 * math.pi)
    return (
        index,
        sign * np.where(m > 0, math.sqrt(2.0), 1.0) * root,
        sign * np.where(m > 0, math.sqrt(0.5), 1.0) * root,
    )


def _packed(alm: ComplexArray, band: int) -> Array:
    index, factor, _ = _order(band)
    return np.asarray(alm[0].view(np.float64)[index] * factor)


def _unpacked(c: Array, band: int) -> ComplexArray:
    index, _, factor = _order(band)
    out = np.zeros((1, (band + 1) * (band + 2) // 2), dtype=np.complex128)
    out[0].view(np.float64)[index] = c * factor
    return out
