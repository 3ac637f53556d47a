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
    DualActivation,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
    Scaled,
    Sum,
)
from ratecheck.kernels.field import exact
from ratecheck.numerics import hermite
from ratecheck.numerics.activations import activation
from ratecheck.types import Array, UnsupportedError

Residual = Callable[[Array, Array], Array]
SMOOTH = Fraction(10**9)  # stands for the order of kernels smoother than any power


def sobolev_order(kernel: Kernel, d: int) -> Fraction:
    """Return m such that the kernel's space is H^m in dimension d.

    NTK and `LiftedNTK` of depth >= 2 and kappa_0: (d+1)/2; NNGP of depth >= 2 and kappa_1:
    (d+3)/2; kappa_2: (d+5)/2; Laplace: (d+1)/2; Matern: nu + d/2 (theory notes A3, A4). Kernels
    of one variable: 1, and the order of `PeriodicSobolev`. A sum has the lowest order of its
    terms. On spheres, bias-free kernels of one parity (kappa_n, the NTK of depth 2) have the
    even or the odd functions of H^m, up to finitely many modes.

    Raises
    ------
    UnsupportedError
        For kernels whose eigenvalues fall faster than any power, or of unknown decay.

    Examples
    --------
    >>> sobolev_order(NTK(depth=3), 2)
    Fraction(3, 2)
    """
    order = _order(kernel, check.integer("d", d, low=1))
    if order is None:
        raise UnsupportedError(
            f"{kernel!r} has no known Sobolev order in dimension {d}; theory.eigendecay derives "
            "it for zonal kernels"
        )
    if order == SMOOTH:
        raise UnsupportedError(
            f"{kernel!r} has no Sobolev order: its eigenvalues fall faster than any power"
        )
    return order


def _order(kernel: Kernel, d: int) -> Fraction | None:
    """Return the order, `SMOOTH`, or None if it is unknown."""
    if isinstance(kernel, Scaled):
        return _order(kernel.kernel, d)
    if isinstance(kernel, Sum):
        orders = [_order(term, d) for term in kernel.terms]
        known = [order for order in orders if order is not None]
        return min(known) if len(known) == len(orders) else None
    order = _zonal_order(kernel, d)
    return _line_order(kernel) if order is None and d == 1 else order


def _zonal_order(kernel: Kernel, d: int) -> Fraction | None:
    if isinstance(kernel, Matern):
        return exact(kernel.nu) + Fraction(d, 2)
    if isinstance(kernel, Gaussian):
        return SMOOTH
    kink = _kink(kernel)
    return kink if kink is None or kink == SMOOTH else kink + Fraction(d, 2)


def _kink(kernel: Kernel) -> Fraction | None:
    """Return nu of the profile's first fractional power (1 - u)^nu, or `SMOOTH`."""
    half = Fraction(1, 2)
    if isinstance(kernel, NTK | LiftedNTK):
        return half if kernel.depth >= 2 else SMOOTH
    if isinstance(kernel, NNGP):
        return 3 * half if kernel.depth >= 2 else SMOOTH
    if isinstance(kernel, ArcCosine):
        return kernel.order + half
    if isinstance(kernel, DualActivation):
        degree = activation(kernel.activation).degree
        return SMOOTH if degree is None else degree - kernel.tangent + half
    return half if isinstance(kernel, Laplace) else None


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
