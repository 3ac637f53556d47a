"""The RKHS-norm modulus: |f(x') - f(x)| <= ||f||_H |K(., x') - K(., x)|_H (Cauchy-Schwarz).

The second factor squared is K(x, x) + K(x', x') - 2 K(x, x').
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from ratecheck.kernels import (
    NNGP,
    NTK,
    Brownian,
    BrownianPlusOne,
    Kernel,
    NeumannSobolev,
    PeriodicSobolev,
    Product,
    Scaled,
    Sum,
)
from ratecheck.kernels.geometry import polar, with_column
from ratecheck.risk.attack.cap import Cap
from ratecheck.risk.attack.region import Region
from ratecheck.risk.certificate.families import LAYERED, RADIAL, ZONAL, Lift, lift
from ratecheck.risk.certificate.ranges import kernel_range, profile_range
from ratecheck.risk.certificate.reach import euclidean_reach, lifted_reach
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, UnsupportedError

_EPS = float(np.finfo(float).eps)


def squared_norms(fits: Expansion) -> Array:
    """Return upper bounds of ||f_t||_H^2 = w' K w, shape (T,), rounding included.

    The rounding of the quadratic form is at most (2 n + 64) eps |w|' |K| |w|: n from each of the
    two products, 64 from the kernel values.
    """
    size = np.abs(fits.weights)
    slack = (2 * len(size) + 64) * _EPS * np.sum(size * (np.abs(fits.gram) @ size), axis=0)
    exact = np.sum(fits.weights * fits.at_centres, axis=0)
    return np.asarray(np.maximum(exact, 0.0) + slack)


@singledispatch
def kernel_modulus(kernel: Kernel, X: Array, region: Region) -> Array:
    """Return upper bounds (m,) of |K(., x') - K(., x)|_H over the region of each x.

    Raises
    ------
    UnsupportedError
        For a kernel without a known form.
    """
    if isinstance(kernel, ZONAL) and isinstance(region, Cap):
        far = np.full(1, min(region.radius, np.pi))
        low = profile_range(kernel, np.zeros(1), far)[0]
        top = kernel.at_angle(np.zeros(1))
        return np.full(len(X), _root(2.0 * (top - low), top)[0])
    if isinstance(kernel, RADIAL):
        reach = np.array([euclidean_reach(region, X.shape[1])])
        return np.full(len(X), _root(2.0 * (1.0 - kernel._radial(reach)), 1.0)[0])
    if isinstance(kernel, LAYERED) and kernel.bias > 0 and kernel.depth > 2:
        return _layered_modulus(kernel, X, region)
    if isinstance(kernel, ZONAL):
        return _lifted_modulus(lift(kernel), X, region)
    raise UnsupportedError(f"no certificate for {kernel!r}: its monotone form is not known")


@kernel_modulus.register(Brownian)
@kernel_modulus.register(BrownianPlusOne)
@kernel_modulus.register(NeumannSobolev)
def _(kernel: Kernel, X: Array, region: Region) -> Array:
    # the squared distance rises with |x' - x| on both sides: the ends of the window
    ends = [region.project(X + step, X) for step in (-region.radius, region.radius)]
    roots = [_root(_square_distance(kernel, X, Z), kernel.diagonal(Z)) for Z in ends]
    return np.asarray(np.max(roots, axis=0))


@kernel_modulus.register(PeriodicSobolev)
def _(kernel: PeriodicSobolev, X: Array, region: Region) -> Array:
    ends = np.array([0.0, min(region.radius, 0.5)])
    at = kernel.green(ends)
    return np.full(len(X), _root(2.0 * (at[:1] - at[1:]), at[0])[0])


@kernel_modulus.register(Sum)
def _(kernel: Sum, X: Array, region: Region) -> Array:
    squares = [kernel_modulus(term, X, region) ** 2 for term in kernel.terms]
    return np.asarray(np.sqrt(np.sum(squares, axis=0)))


@kernel_modulus.register(Scaled)
def _(kernel: Scaled, X: Array, region: Region) -> Array:
    return float(np.sqrt(kernel.factor)) * kernel_modulus(kernel.kernel, X, region)


@kernel_modulus.register(Product)
def _(kernel: Product, X: Array, region: Region) -> Array:
    # |a (x) b - a' (x) b'| <= |a| |b - b'| + |a - a'| |b'| for the feature vectors
    apart, size = np.zeros(len(X)), np.ones(len(X))
    for factor in kernel.factors:
        own, length = kernel_modulus(factor, X, region), np.sqrt(factor.diagonal(X))
        apart = size * own + apart * (length + own)
        size = size * length
    return apart


def _square_distance(kernel: Kernel, X: Array, Z: Array) -> Array:
    mixed = np.array([kernel(X[[i]], Z[[i]])[0, 0] for i in range(len(X))])
    return kernel.diagonal(X) + kernel.diagonal(Z) - 2.0 * mixed


def _lifted_modulus(form: Lift, X: Array, region: Region) -> Array:
    """Return the bound from lengths within p +- reach and angles within `lifted_reach`.

    |K(., x') - K(., x)|^2 = phi(1) (p'^n - p^n)^2 + 2 p^n p'^n (phi(1) - phi(cos)), n the degree.
    """
    reach = euclidean_reach(region, X.shape[1])
    p = polar(with_column(X, form.offset))[0]
    turn = lifted_reach(p, reach)
    low = profile_range(form.angular, np.zeros_like(turn), turn)[0]
    top = form.angular.at_angle(np.zeros(1))
    n, short = form.degree, np.maximum(p - reach, abs(form.offset))
    stretch = np.maximum((p + reach) ** n - p**n, p**n - short**n)
    square = top * stretch**2 + 2.0 * (p * (p + reach)) ** n * (top - low)
    return _root(square, top * (p + reach) ** (2 * n))[:, 0]


def _layered_modulus(kernel: NNGP | NTK, X: Array, region: Region) -> Array:
    """Return the bound from the largest K(x', x') and the smallest K(x, x')."""
    reach = euclidean_reach(region, X.shape[1])
    size = np.linalg.norm(X, axis=1, keepdims=True)
    far = np.where(size > 0, X / np.where(size > 0, size, 1.0), np.eye(X.shape[1])[:1])
    largest = kernel.diagonal((size + reach) * far)  # a function of |x'| that rises
    low = [kernel_range(kernel, x[None], x[None], region)[0][0, 0] for x in X]
    return _root(kernel.diagonal(X) + largest - 2.0 * np.array(low), largest)


def _root(square: Array, size: float | Array) -> Array:
    """Return the root with room for the rounding of a difference of kernel values of some size."""
    return np.asarray(np.sqrt(np.maximum(square, 0.0) + 256 * _EPS * size))
