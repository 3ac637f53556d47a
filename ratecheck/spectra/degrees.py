"""Eigenvalues of zonal kernels on S^d at all degrees that a fit can meet, and beyond."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ratecheck.kernels import Kernel
from ratecheck.spectra.sphere import sphere_eigenvalues
from ratecheck.spectra.summaries import sobolev_order
from ratecheck.types import Array, UnsupportedError

COMPUTED = 1024  # degrees by quadrature or closed form
CONTINUED = 2**14  # degrees in all
_MATCHED = 64  # last computed degrees of each parity that fix the constant of the law


@lru_cache(maxsize=16)
def degree_eigenvalues(kernel: Kernel, d: int) -> Array:
    """Return mu_0 ... mu_{CONTINUED - 1} of a zonal kernel on S^d.

    Computed up to degree 1024, then continued for each parity by c (k + (d-1)/2)^{-2m}, m the
    kernel's Sobolev order (theory note A3: the next term is of relative order k^{-2}), with c
    matched at the joint. Kernels whose eigenvalues fall faster than any power are not continued.
    """
    known = sphere_eigenvalues(kernel, d, COMPUTED)
    try:
        power = 2 * float(sobolev_order(kernel, d))
    except UnsupportedError:
        return known
    frequency = np.arange(CONTINUED) + (d - 1) / 2
    out = np.empty(CONTINUED)
    out[: known.size] = known
    for parity in (0, 1):
        new = slice(known.size + (known.size + parity) % 2, None, 2)
        old = slice(known.size - 2 * _MATCHED + (known.size + parity) % 2, known.size, 2)
        constant = np.mean(known[old] * frequency[old] ** power)
        out[new] = constant * frequency[new] ** -power
    return out


@lru_cache(maxsize=16)
def multiplicities(d: int, count: int) -> Array:
    """Return N(d, 0) ... N(d, count - 1) as float64: (2k+d-1) (k+d-2)! / (k! (d-1)!).

    Examples
    --------
    >>> multiplicities(2, 4), multiplicities(3, 4)
    (array([1., 3., 5., 7.]), array([ 1.,  4.,  9., 16.]))
    """
    k = np.arange(count, dtype=np.float64)
    out = 2 * k + d - 1
    for j in range(1, d - 1):
        out *= (k + j) / j
    out /= d - 1
    out[0] = 1.0
    return np.rint(out)
