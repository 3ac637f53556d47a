"""Non-uniform Fourier transforms in one to three dimensions; the only importer of finufft."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from ratecheck.types import Array, ComplexArray

if TYPE_CHECKING:
    import finufft

ACCURACY = 1e-12  # relative l2 error; finufft's kernels reach about 1e-13 in double precision
_SORT = 2  # finufft's flag: sort if it helps


def analyse(z: Array, strengths: ComplexArray, band: int) -> ComplexArray:
    """Return sums of exponentials over scattered points (a type-1 transform).

    ``F[k + band] = sum_j c_j exp(-2 pi i k z_j)`` for k = -band ... band.

    Parameters
    ----------
    z : ndarray, shape (n,)
        Points; one period is [0, 1). Increasing order is fastest.
    strengths : complex ndarray, shape (n,)
    band : int
        Largest frequency, >= 0.

    Returns
    -------
    complex ndarray, shape (2 * band + 1,)

    Examples
    --------
    >>> import numpy as np
    >>> bool(np.allclose(analyse(np.array([0.25]), np.array([1 + 0j]), 1), [1j, 1, -1j]))
    True
    """
    plan = _plan(1, (2 * band + 1,), 1, _order(z))
    plan.setpts(2 * np.pi * z)
    return np.asarray(plan.execute(strengths))


def synthesise(z: Array, coefficients: ComplexArray) -> ComplexArray:
    """Return trigonometric sums at scattered points (a type-2 transform).

    ``f_j = sum_{|k| <= B} C[k + B] exp(2 pi i k z_j)``.

    Parameters
    ----------
    z : ndarray, shape (n,)
    coefficients : complex ndarray, shape (2 * B + 1,) or (T, 2 * B + 1)
        Ordered from frequency -B to B.

    Returns
    -------
    complex ndarray, shape (n,) or (T, n)
    """
    count = coefficients.shape[0] if coefficients.ndim == 2 else 1
    plan = _plan(2, coefficients.shape[-1:], count, _order(z))
    plan.setpts(2 * np.pi * z)
    return np.asarray(plan.execute(coefficients))


def analyse_box(Z: Array, strengths: ComplexArray, band: int) -> ComplexArray:
    """Return ``F[k + band] = sum_j c_j exp(-2 pi i k . z_j)`` for all k with |k_i| <= band.

    Parameters
    ----------
    Z : ndarray, shape (n, d)
        Points of the torus, d = 1, 2 or 3.
    strengths : complex ndarray, shape (n,)
    band : int

    Returns
    -------
    complex ndarray, shape (2 * band + 1,) * d
    """
    plan = _plan(1, (2 * band + 1,) * Z.shape[1], 1, _SORT)
    plan.setpts(*_columns(Z))
    return np.asarray(plan.execute(strengths))


def synthesise_box(Z: Array, coefficients: ComplexArray) -> ComplexArray:
    """Return ``f_j = sum_k C[k + N // 2] exp(2 pi i k . z_j)`` over a box of frequencies.

    Parameters
    ----------
    Z : ndarray, shape (n, d)
    coefficients : complex ndarray, shape (N_1, ..., N_d) or (T, N_1, ..., N_d)
        Along each axis from frequency -(N // 2) on.

    Returns
    -------
    complex ndarray, shape (n,) or (T, n)
    """
    d = Z.shape[1]
    count = coefficients.shape[0] if coefficients.ndim > d else 1
    plan = _plan(2, coefficients.shape[-d:], count, _SORT)
    plan.setpts(*_columns(Z))
    return np.asarray(plan.execute(np.ascontiguousarray(coefficients)))


def _columns(Z: Array) -> list[Array]:
    return [2 * np.pi * z for z in Z.T]


@lru_cache(maxsize=32)
def _plan(kind: Literal[1, 2], modes: tuple[int, ...], count: int, order: int) -> finufft.Plan:
    """Return a plan; planning anew would cost more than a transform of a thousand points."""
    import finufft

    sign = -1 if kind == 1 else 1
    options = {"nthreads": 1, "spread_sort": order}
    return finufft.Plan(kind, modes, n_trans=count, eps=ACCURACY, isign=sign, **options)


def _order(z: Array) -> int:
    """Return finufft's sort flag: sorting again what is sorted costs a tenth of the transform."""
    return 0 if bool(np.all(z[1:] >= z[:-1])) else _SORT
