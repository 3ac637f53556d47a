"""Profiles with three derivatives: phi(u), phi'(u), phi''(u), phi'''(u) of zonal kernels.

A jet is an array (4, ...) of a function and its derivatives in u. As elsewhere the argument comes
as t = 1 - u and v = 1 + u. For the kernels here phi is a power series in u with coefficients >= 0,
so that |phi^(k)(u)| <= phi^(k)(|u|), which rises with |u|. At a kink (u = 1, or 0 distance) the
derivatives are infinite or not a number: callers switch the warnings off and use them elsewhere.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache, singledispatch
from math import gamma

import numpy as np

from ratecheck.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    DualActivation,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    Product,
    Scaled,
    Sum,
    arcs,
)
from ratecheck.kernels.field import exact
from ratecheck.kernels.radial import matern
from ratecheck.numerics import duals, hermite
from ratecheck.types import Array, UnsupportedError

ORDERS = 4


@singledispatch
def profile_jet(kernel: Kernel, t: Array, v: Array) -> Array:
    """Return phi, phi', phi'', phi''' at u = 1 - t = v - 1, shape (4, ...).

    Raises
    ------
    UnsupportedError
        For a kernel whose profile is not known to be a series of terms >= 0.
    """
    raise UnsupportedError(f"no certificate for {kernel!r}: the derivatives are not known")


@profile_jet.register(Sum)
def _(kernel: Sum, t: Array, v: Array) -> Array:
    return np.asarray(np.sum([profile_jet(term, t, v) for term in kernel.terms], axis=0))


@profile_jet.register(Scaled)
def _(kernel: Scaled, t: Array, v: Array) -> Array:
    return kernel.factor * profile_jet(kernel.kernel, t, v)


@profile_jet.register(Product)
def _(kernel: Product, t: Array, v: Array) -> Array:
    out = profile_jet(kernel.factors[0], t, v)
    for factor in kernel.factors[1:]:
        out = times(out, profile_jet(factor, t, v))
    return out


@profile_jet.register(Laplace)
@profile_jet.register(Matern)
@profile_jet.register(Gaussian)
def _(kernel: Laplace | Matern | Gaussian, t: Array, v: Array) -> Array:
    return radial_jet(kernel, t)  # |x - y|^2 / 2 = t on the sphere, and d/du = -d/dt


@profile_jet.register(ArcCosine)
def _(kernel: ArcCosine, t: Array, v: Array) -> Array:
    return arc_jet(kernel.order, t, v)


@profile_jet.register(NNGP)
@profile_jet.register(NTK)
def _(kernel: NNGP | NTK, t: Array, v: Array) -> Array:
    pair = _layers(t, v, kernel.depth, kernel.bias)
    return pair[isinstance(kernel, NTK)]


@profile_jet.register(LiftedNTK)
def _(kernel: LiftedNTK, t: Array, v: Array) -> Array:
    half = 0.5 * t  # the lifted angle has cosine (1 + u)/2
    out = 2.0 * _layers(half, 2.0 - half, kernel.depth, 0.0)[1]
    out *= np.array([1.0, 0.5, 0.25, 0.125]).reshape((ORDERS,) + (1,) * np.ndim(t))
    out[0] += kernel.constant
    return out


@profile_jet.register(DualActivation)
def _(kernel: DualActivation, t: Array, v: Array) -> Array:
    order = 1 - int(kernel.tangent)
    if kernel.activation == "relu":
        return 0.5 * arc_jet(order, t, v)
    if kernel.activation == "abs":
        parity = np.array([1.0, -1.0, 1.0, -1.0]).reshape((ORDERS,) + (1,) * np.ndim(t))
        other = parity * arc_jet(order, v, t)
        return arc_jet(order, t, v) + (other if order else -other)
    u, rows = 1.0 - t, []
    for series in _dual_series(kernel.activation, int(kernel.tangent)):
        rows.append(np.polynomial.polynomial.polyval(u, series))
    return np.stack(rows)


def radial_jet(kernel: Laplace | Matern | Gaussian, z: Array) -> Array:
    """Return (-1)^k times the k-th derivative in z = |x - y|^2/2 of k(|x - y|), all >= 0.

    For Matern kernels rate^{2k} 2^{1-nu}/Gamma(nu) w^{nu-k} K_{nu-k}(w), w = rate sqrt(2 z).
    """
    if isinstance(kernel, Gaussian):
        scale = kernel.length**-2.0
        return np.stack([scale**k * np.exp(-scale * z) for k in range(ORDERS)])
    nu = Fraction(1, 2) if isinstance(kernel, Laplace) else exact(kernel.nu)
    rate = 1.0 / kernel.scale if isinstance(kernel, Laplace) else kernel._rate
    w = rate * np.sqrt(2.0 * z)
    return np.stack([rate ** (2.0 * k) * _bessel(nu, k, w) for k in range(ORDERS)])


def _bessel(nu: Fraction, k: int, w: Array) -> Array:
    if nu > k:
        scale = gamma(float(nu - k)) / (gamma(float(nu)) * 2.0**k)
        return scale * matern(nu - k, w)
    from scipy.special import kv

    power = np.power(w, float(nu - k))
    values = 2.0 ** (1 - float(nu)) / gamma(float(nu)) * power * kv(float(k - nu), w)
    return np.where(w > 0, values, np.inf)


def arc_jet(order: int, t: Array, v: Array) -> Array:
    """Return the jet of kappa_order, order 0, 1 or 2 (theory note A1)."""
    zero = _kappa0(t, v)
    if order == 0:
        return zero
    one = np.stack([arcs.kappa(1, t, v), *zero[:3]])
    if order == 1:
        return one
    return np.stack([arcs.kappa(2, t, v), *(4.0 * one[:3])])


def _kappa0(t: Array, v: Array) -> Array:
    """Return the jet of kappa_0: the derivative is 1/(pi s), s = sqrt(1 - u^2) = sqrt(t v)."""
    u, square = 1.0 - t, t * v
    first = 1.0 / (np.pi * np.sqrt(square))
    second, third = u * first / square, (1.0 + 2.0 * u * u) * first / square**2
    return np.stack([arcs.kappa(0, t, v), first, second, third])


def _layers(t: Array, v: Array, depth: int, bias: float) -> tuple[Array, Array]:
    """Return the jets of covariance and tangent kernel of unit vectors (theory note A1)."""
    sigma = np.stack([1.0 - t + bias, np.ones_like(t), np.zeros_like(t), np.zeros_like(t)])
    tangent, size = sigma, 1.0 + bias
    t, v = t / size, (v + 2.0 * bias) / size
    for _ in range(1, depth):
        rho = sigma / size
        step, sigma = _after(arc_jet(0, t, v), rho), size * _after(arc_jet(1, t, v), rho)
        theta, sine = arcs.angle_and_sine(t, v)
        t = size * arcs.drop(t, theta, sine) / (size + bias)
        v, size = 2.0 - t, size + bias
        sigma[0] += bias
        tangent = times(tangent, step) + sigma
    return sigma, tangent


def _after(outer: Array, inner: Array) -> Array:
    """Return the jet of F(g(u)) from that of F at g(u) and that of g (Faa di Bruno)."""
    F, g = outer, inner
    second = F[2] * g[1] ** 2 + F[1] * g[2]
    third = F[3] * g[1] ** 3 + 3.0 * F[2] * g[1] * g[2] + F[1] * g[3]
    return np.stack([F[0], F[1] * g[1], second, third])


def times(a: Array, b: Array) -> Array:
    """Return the jet of a product (Leibniz)."""
    second = a[2] * b[0] + 2.0 * a[1] * b[1] + a[0] * b[2]
    third = a[3] * b[0] + 3.0 * a[2] * b[1] + 3.0 * a[1] * b[2] + a[0] * b[3]
    return np.stack([a[0] * b[0], a[1] * b[0] + a[0] * b[1], second, third])


@lru_cache(maxsize=32)
def _dual_series(name: str, derivative: int) -> tuple[Array, ...]:
    """Return the power series in u of a dual activation and of its three derivatives."""
    count = min(2 * duals.length(name, 1.0, derivative) + 8, duals.LONGEST)
    series = hermite.coefficients(name, count, derivative=derivative) ** 2
    rows = [series]
    for _ in range(ORDERS - 1):
        rows.append(np.asarray(np.polynomial.polynomial.polyder(rows[-1]), dtype=np.float64))
    return tuple(rows)
