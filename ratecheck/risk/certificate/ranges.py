"""The range of K(x', y) over all x' that the adversary may choose, for each centre y.

Monotone profiles take their extremes at the ends of the range of their argument (distance or
angle); a series in u with coefficients >= 0 is split in its even and its odd part, which are
monotone in |u| and in u.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from ratecheck.kernels import (
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
from ratecheck.risk.certificate.layers import layered_range
from ratecheck.risk.certificate.reach import (
    Range,
    angle_range,
    distance_range,
    euclidean_reach,
    lifted_reach,
)
from ratecheck.types import Array, UnsupportedError


@singledispatch
def kernel_range(kernel: Kernel, X: Array, Y: Array, region: Region) -> Range:
    """Return bounds (m, n) of K(x', y_j) over the region of each x_i.

    Raises
    ------
    UnsupportedError
        For a kernel or a combination of kernel and region without a known monotone form.
    """
    if isinstance(kernel, RADIAL) and not isinstance(region, Cap):
        low, high = distance_range(X, Y, region)
        return kernel._radial(high), kernel._radial(low)
    if isinstance(kernel, ZONAL):
        if isinstance(region, Cap):
            return profile_range(kernel, *angle_range(X, Y, region.radius))
        if isinstance(kernel, LAYERED) and kernel.bias > 0 and kernel.depth > 2:
            return layered_range(kernel, X, Y, euclidean_reach(region, X.shape[1]))
        return _lifted_range(lift(kernel), X, Y, region)
    raise UnsupportedError(f"no certificate for {kernel!r}: its monotone form is not known")


@kernel_range.register(Sum)
def _(kernel: Sum, X: Array, Y: Array, region: Region) -> Range:
    parts = [kernel_range(term, X, Y, region) for term in kernel.terms]
    return np.sum([p[0] for p in parts], axis=0), np.sum([p[1] for p in parts], axis=0)


@kernel_range.register(Product)
def _(kernel: Product, X: Array, Y: Array, region: Region) -> Range:
    low, high = kernel_range(kernel.factors[0], X, Y, region)
    for factor in kernel.factors[1:]:
        a, b = kernel_range(factor, X, Y, region)
        corners = np.stack([low * a, low * b, high * a, high * b])
        low, high = corners.min(axis=0), corners.max(axis=0)
    return low, high


@kernel_range.register(Scaled)
def _(kernel: Scaled, X: Array, Y: Array, region: Region) -> Range:
    low, high = kernel_range(kernel.kernel, X, Y, region)
    return kernel.factor * low, kernel.factor * high


@kernel_range.register(Brownian)
@kernel_range.register(BrownianPlusOne)
@kernel_range.register(NeumannSobolev)
def _(
    kernel: Brownian | BrownianPlusOne | NeumannSobolev, X: Array, Y: Array, region: Region
) -> Range:
    # rising up to y, falling (or constant) beyond it
    ends = [region.project(X + step, X) for step in (-region.radius, region.radius)]
    values = [kernel(end, Y) for end in ends]
    peak = np.clip(Y.T, ends[0], ends[1])
    top = np.stack([kernel(peak[:, [j]], Y[[j]])[:, 0] for j in range(len(Y))], axis=1)
    return np.minimum(*values), top


@kernel_range.register(PeriodicSobolev)
def _(kernel: PeriodicSobolev, X: Array, Y: Array, region: Region) -> Range:
    # even and falling on [0, 1/2] in the distance on the circle of length 1
    delta = np.abs(X - Y.T - np.round(X - Y.T))
    r = region.radius
    return kernel.green(np.minimum(delta + r, 0.5)), kernel.green(np.maximum(delta - r, 0.0))


def profile_range(kernel: Kernel, low: Array, high: Array) -> Range:
    """Return the range of a Schoenberg profile over angles from ``low`` to ``high``."""
    at = kernel.at_angle
    # |u| is largest at the angle nearest to 0 or pi, and smallest at the one nearest to pi/2
    near = np.minimum(low, np.pi - high)
    far = np.where(high < np.pi / 2, high, np.where(low > np.pi / 2, np.pi - low, np.pi / 2))
    odd_high, odd_low = at(low) - at(np.pi - low), at(high) - at(np.pi - high)
    even_high, even_low = at(near) + at(np.pi - near), at(far) + at(np.pi - far)
    return 0.5 * (even_low + odd_low), 0.5 * (even_high + odd_high)


def _lifted_range(form: Lift, X: Array, Y: Array, region: Region) -> Range:
    reach = euclidean_reach(region, X.shape[1])
    Z, C = (with_column(V, form.offset) for V in (X, Y))
    p, q = polar(Z)[0], polar(C)[0].T
    low, high = profile_range(form.angular, *angle_range(Z, C, lifted_reach(p, reach)))
    short = np.maximum(p - reach, abs(form.offset)) ** form.degree
    long = (p + reach) ** form.degree
    least = np.minimum(low * short, low * long)
    most = np.maximum(high * short, high * long)
    scale = q**form.degree
    return scale * least + form.constant, scale * most + form.constant
