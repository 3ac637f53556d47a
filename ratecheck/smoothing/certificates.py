"""Certificates of smoothed Matern kernels: mixtures of Gaussian kernels, term by term.

Importing this module teaches `ratecheck.risk.certificate` the kernel: on spheres by its profile,
whose derivatives are sums over the mixture; elsewhere as a sum of Gaussian kernels.
"""

from __future__ import annotations

import numpy as np

from ratecheck.kernels import Gaussian, Scaled, Sum
from ratecheck.risk.attack import Cap, Region
from ratecheck.risk.certificate.frames import Frame, frames
from ratecheck.risk.certificate.jets import ORDERS, profile_jet
from ratecheck.risk.certificate.norm import kernel_modulus
from ratecheck.risk.certificate.ranges import kernel_range, profile_range
from ratecheck.risk.certificate.reach import angle_range, distance_range
from ratecheck.smoothing.radial import SmoothedMatern, mixture
from ratecheck.types import Array


def gaussians(kernel: SmoothedMatern) -> Sum:
    """Return the kernel as the sum of the Gaussian kernels that it is computed from."""
    weights, variances = mixture(kernel)
    return Sum(
        terms=tuple(
            Scaled(kernel=Gaussian(length=float(np.sqrt(v))), factor=float(w))
            for w, v in zip(weights, variances, strict=True)
        )
    )


@profile_jet.register(SmoothedMatern)
def _(kernel: SmoothedMatern, t: Array, v: Array) -> Array:
    out = np.zeros((ORDERS, *np.shape(t)))
    for weight, variance in zip(*mixture(kernel), strict=True):  # weight exp(-(1 - u)/variance)
        term = weight * np.exp(-t / variance)
        for order in range(ORDERS):
            out[order] += term
            term /= variance
    return out


@kernel_range.register(SmoothedMatern)
def _(kernel: SmoothedMatern, X: Array, Y: Array, region: Region) -> tuple[Array, Array]:
    if isinstance(region, Cap):
        return profile_range(kernel, *angle_range(X, Y, region.radius))
    low, high = distance_range(X, Y, region)
    return kernel.at(high), kernel.at(low)


@kernel_modulus.register(SmoothedMatern)
def _(kernel: SmoothedMatern, X: Array, region: Region) -> Array:
    return kernel_modulus(gaussians(kernel), X, region)


@frames.register(SmoothedMatern)
def _(kernel: SmoothedMatern, X: Array, Y: Array, region: Region) -> list[Frame]:
    if isinstance(region, Cap):
        plain = frames.dispatch(object)
        return plain(kernel, X, Y, region)
    return frames(gaussians(kernel), X, Y, region)
