r"""Explicit spherical harmonics on S^d in R^{d+1}, any d >= 1, by recursion over the dimension.

With :math:`x = (\sqrt{1-u^2}\, y, u)`, y in S^{d-1}, an orthonormal basis of degree k is

.. math:: e_{k,l,j}(x) = p_{k-l}^{(l)}(u)\; (1-u^2)^{l/2} e_{l,j}(y), \qquad l = 0 \dots k,

where :math:`p_m^{(l)}` are orthonormal polynomials for the weight (1 - u^2)^{l + d/2 - 1}
(Gegenbauer polynomials, index l + (d-1)/2; l is ``low`` in the code). The second factor is a
polynomial in the first d coordinates, so that nothing is divided by zero at the poles. Order: by
degree, then by l, then as on S^{d-1}: a lower band is a prefix.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ratecheck.types import Array, IntArray

_TILE = 2**23  # values held at once: 64 MiB


def offset(d: int, degree: int) -> int:
    """Return the number of harmonics on S^d of degree below ``degree``, exactly.

    Examples
    --------
    >>> [offset(2, k) for k in range(4)], offset(3, 21)
    ([0, 1, 4, 9], 3311)
    """
    if degree <= 0:
        return 0
    top = degree - 1  # C(top+d, d) + C(top+d-1, d) = dimension of polynomials on the sphere
    return math.comb(top + d, d) + math.comb(top + d - 1, d)


def band_of(d: int, count: int) -> int:
    """Return B such that a vector of coefficients up to degree B on S^d has ``count`` entries.

    Raises
    ------
    ValueError
        If there is none.
    """
    band = 0
    while offset(d, band + 1) < count:
        band += 1
    if offset(d, band + 1) != count:
        raise ValueError(f"no band on S^{d} has {count} harmonics")
    return band


def degrees(d: int, band: int) -> Array:
    """Return the degree of each harmonic on S^d up to ``band``, as float64."""
    sizes = np.diff([offset(d, k) for k in range(band + 2)])
    return np.repeat(np.arange(band + 1, dtype=np.float64), sizes)


def harmonics(X: Array, band: int) -> Array:
    """Return all harmonics up to degree ``band`` at unit vectors X (n, d + 1), shape (P, n)."""
    d = X.shape[1] - 1
    if d == 1:
        return _circular(X, band)
    inner, squared = harmonics(X[:, :-1], band), np.einsum("ij,ij->i", X, X)
    out = np.empty((offset(d, band + 1), X.shape[0]))
    for low, rows in enumerate(_rows(d, band)):
        values = polynomials(d, low, band - low, X[:, -1], squared)
        block = inner[offset(d - 1, low) : offset(d - 1, low + 1)]
        for m, p in enumerate(values):
            np.multiply(block, p, out=out[rows[m, 0] : rows[m, -1] + 1])
    return out


def tiles(n: int, count: int) -> list[slice]:
    """Return slices of n points such that ``count`` values at each stay in 64 MiB."""
    step = max(64, _TILE // max(count, 1))
    return [slice(i, min(i + step, n)) for i in range(0, n, step)]


def analyse(X: Array, values: Array, band: int) -> Array:
    """Return sum_j values_j e_i(x_j) for X (n, d + 1), values (n, q); shape (P, q), d >= 2.

    The sums over degrees are matrix products: no harmonic of S^d is formed, only those of
    S^{d-1} and the polynomials in the last coordinate.
    """
    d = X.shape[1] - 1
    sums = [np.zeros((values.shape[1], *rows.shape)) for rows in _rows(d, band)]
    for part in tiles(len(X), offset(d - 1, band + 1)):
        inner, u = harmonics(X[part, :-1], band), X[part, -1]
        for low, total in enumerate(sums):
            p = polynomials(d, low, band - low, u, 1.0)
            block = inner[offset(d - 1, low) : offset(d - 1, low + 1)]
            for q, weights in enumerate(values[part].T):
                # the weights go to the smaller factor
                total[q] += (
                    p @ (block * weights).T if len(block) < len(p) else (p * weights) @ block.T
                )
    out = np.empty((offset(d, band + 1), values.shape[1]))
    for rows, total in zip(_rows(d, band), sums, strict=True):
        out[rows] = np.moveaxis(total, 0, -1)
    return out


def synthesise(X: Array, c: Array) -> Array:
    """Return sum_i c_it e_i(x_j), shape (T, n), for X (n, d + 1) and c (P, T), d >= 2."""
    d = X.shape[1] - 1
    band = band_of(d, c.shape[0])
    out = np.zeros((c.shape[1], len(X)))
    for part in tiles(len(X), offset(d - 1, band + 1)):
        inner, u = harmonics(X[part, :-1], band), X[part, -1]
        for low, rows in enumerate(_rows(d, band)):
            p = polynomials(d, low, band - low, u, 1.0)
            block = inner[offset(d - 1, low) : offset(d - 1, low + 1)]
            for t in range(c.shape[1]):
                out[t, part] += np.einsum("jn,jn->n", c[rows, t].T @ p, block)
    return out


@lru_cache(maxsize=32)
def _rows(d: int, band: int) -> tuple[IntArray, ...]:
    """Return for each l the rows of e_{l+m,l,j}, shape (band - l + 1, N(d-1, l))."""
    starts = np.array([offset(d, k) for k in range(band + 1)])
    places = [np.arange(offset(d - 1, low), offset(d - 1, low + 1)) for low in range(band + 1)]
    return tuple(starts[low:, None] + places[low] for low in range(band + 1))


def _circular(X: Array, band: int) -> Array:
    """Return 1, sqrt2 Re z^k, sqrt2 Im z^k of z = x_0 + i x_1."""
    out = np.empty((2 * band + 1, X.shape[0]))
    out[0] = 1.0
    z, power = X[:, 0] + 1j * X[:, 1], np.full(X.shape[0], math.sqrt(2.0), dtype=np.complex128)
    for k in range(1, band + 1):
        power *= z
        out[2 * k - 1], out[2 * k] = power.real, power.imag
    return out


def polynomials(d: int, low: int, last: int, u: Array, squared: Array | float) -> Array:
    """Return |x|^m p_m^{(l)}(u / |x|), m = 0 ... last, shape (last + 1, n); |x|^2 = ``squared``.

    b_{m+1} p_{m+1} = u p_m - b_m p_{m-1} with b_m^2 = m (m + 2a - 1) / (4 (m + a) (m + a - 1)),
    a = l + (d-1)/2, and p_0^{-2} = E_{x in S^d} (1 - u^2)^l = (d/2)_l / ((d+1)/2)_l.
    """
    a = low + (d - 1) / 2
    log = math.lgamma((d + 1) / 2 + low) - math.lgamma((d + 1) / 2)
    log -= math.lgamma(d / 2 + low) - math.lgamma(d / 2)
    out = np.empty((last + 1, u.size))
    out[0] = math.exp(log / 2)
    b = 0.0
    for m in range(1, last + 1):
        after = math.sqrt(m * (m + 2 * a - 1) / (4 * (m + a) * (m + a - 1)))
        np.multiply(u / after, out[m - 1], out=out[m])
        if m > 1:
            out[m] -= (b / after * squared) * out[m - 2]
        b = after
    return out
