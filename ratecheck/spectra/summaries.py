"""What a spectrum says in one number: Sobolev order, effective dimensions, Hermite coefficients."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from ratecheck import check
from ratecheck.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Brownian,
    BrownianPlusOne,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
    Scaled,
    Sum,
)
from ratecheck.numerics import hermite
from ratecheck.types import Array, UnsupportedError

Residual = Callable[[Array, Array], Array]


def sobolev_order(kernel: Kernel, d: int) -> Fraction | float:
    """Return m such that the kernel's space is H^m in dimension d, up to finitely many modes.

    NTK and `LiftedNTK` of depth >= 2 and kappa_0: (d+1)/2; NNGP of depth >= 2 and kappa_1:
    (d+3)/2; kappa_2: (d+5)/2; Laplace: (d+1)/2; Matern: nu + d/2 (theory notes A3, A4). Kernels
    of one variable: 1, and the order of `PeriodicSobolev`.

    Raises
    ------
    UnsupportedError
        For kernels whose eigenvalues fall faster than any power, or of unknown decay.

    Examples
    --------
    >>> sobolev_order(NTK(depth=3), 2)
    Fraction(3, 2)
    """
    check.integer("d", d, low=1)
    if isinstance(kernel, Scaled):
        return sobolev_order(kernel.kernel, d)
    if isinstance(kernel, Sum):
        return min(sobolev_order(term, d) for term in kernel.terms)
    order = _zonal_order(kernel, d)
    if order is None and d == 1:
        order = _line_order(kernel)
    if order is None:
        raise UnsupportedError(
            f"{kernel!r} has no known Sobolev order in dimension {d}: its eigenvalues may fall "
            "faster than any power; theory.eigendecay tells for zonal kernels"
        )
    return order


def _zonal_order(kernel: Kernel, d: int) -> Fraction | float | None:
    deep = getattr(kernel, "depth", 2) >= 2
    if deep and isinstance(kernel, NTK | LiftedNTK | Laplace):
        return Fraction(d + 1, 2)
    if deep and isinstance(kernel, NNGP):
        return Fraction(d + 3, 2)
    if isinstance(kernel, ArcCosine):
        return Fraction(d + 1 + 2 * kernel.order, 2)
    return kernel.nu + d / 2 if isinstance(kernel, Matern) else None


def _line_order(kernel: Kernel) -> Fraction | None:
    if isinstance(kernel, PeriodicSobolev):
        return Fraction(kernel.order)
    first = isinstance(kernel, Brownian | BrownianPlusOne | NeumannSobolev)
    return Fraction(1) if first else None


def effective_dimension(
    eigenvalues: Array, multiplicities: Array, residual: Residual, t: float
) -> tuple[float, float]:
    """Return N_1(t) = sum_i g_i and N_2(t) = sum_i g_i^2, g = 1 - residual(mu, t).

    Parameters
    ----------
    eigenvalues, multiplicities : array, shape (k,)
    residual : callable
        (mu (k,), t (T,)) -> (T, k), as of a filter.
    t : float
        Positive time.

    Notes
    -----
    For mu_k = (2 pi k)^{-2m} on the torus, N_j ~ (t^a / pi) I_j with a = 1/(2m); gradient flow has
    I_1 = Gamma(1 - a) and I_2 = (2 - 2^a) Gamma(1 - a) (theory note B2).
    """
    mu = check.values("eigenvalues", eigenvalues)
    counts = check.values("multiplicities", multiplicities, length=mu.size)
    shares = 1 - residual(mu, np.array([check.positive("t", t)]))[0]
    return float(shares @ counts), float(shares**2 @ counts)


def hermite_coefficients(activation: str, count: int) -> Array:
    """Return a_k = E[phi(Z) h_k(Z)], k < count, h_k the orthonormal Hermite polynomials.

    Parameters
    ----------
    activation : str
        "erf", "tanh", "softplus", "cos", "square", "relu" or "abs".
    count : int
        How many, >= 1.

    Examples
    --------
    >>> hermite_coefficients("square", 4).round(12) + 0.0
    array([1.        , 0.        , 1.41421356, 0.        ])
    """
    return hermite.coefficients(activation, check.integer("count", count, low=1))
