"""What certificates know of a kernel: which function of which distance or angle it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import final

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
)
from ratecheck.types import UnsupportedError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Lift:
    """K(x, y) = (|x~| |y~|)^degree phi(cos of the angle of x~, y~) + constant, x~ = (x, offset).

    phi is the profile of the zonal kernel ``angular``, a power series in the cosine with
    coefficients >= 0 (Schoenberg: it is positive definite on the spheres of all dimensions).
    """

    angular: Kernel
    degree: int
    offset: float = 0.0
    constant: float = 0.0


@singledispatch
def lift(kernel: Kernel) -> Lift:
    """Return the homogeneous form of a kernel on R^d, or raise `UnsupportedError`."""
    raise UnsupportedError(f"{kernel!r} is no homogeneous function of (lifted) points")


@lift.register(ArcCosine)
def _(kernel: ArcCosine) -> Lift:
    return Lift(angular=kernel, degree=kernel.order)


@lift.register(LiftedNTK)
def _(kernel: LiftedNTK) -> Lift:
    return Lift(angular=NTK(depth=kernel.depth), degree=1, offset=1.0, constant=kernel.constant)


@lift.register(NNGP)
@lift.register(NTK)
def _(kernel: NNGP | NTK) -> Lift:
    b = kernel.bias
    if b > 0 and kernel.depth > 2:
        raise UnsupportedError(
            f"{kernel!r} is no function of one angle off the sphere: see `layers`"
        )
    angular = type(kernel)(depth=kernel.depth)  # with bias: Sigma_1 = <x~, y~>, then b is added
    constant = b if kernel.depth == 2 else 0.0
    return Lift(angular=angular, degree=1, offset=b**0.5, constant=constant)


@lift.register(DualActivation)
def _(kernel: DualActivation) -> Lift:
    if kernel.activation not in ("relu", "abs"):
        raise UnsupportedError(f"{kernel!r} is not homogeneous off the sphere")
    return Lift(angular=kernel, degree=1 - kernel.tangent)


Radial = Laplace | Matern | Gaussian
LAYERED = (NNGP, NTK)
RADIAL = (Laplace, Matern, Gaussian)  # completely monotone functions of |x - y|^2
ZONAL = (*RADIAL, ArcCosine, NNGP, NTK, LiftedNTK, DualActivation)  # Schoenberg's class
