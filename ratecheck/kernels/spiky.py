"""Spiky-smooth kernels: a kernel whose minimum-norm interpolant is a ridge fit with spikes.

With a spike kernel so narrow that it vanishes between any two of the points X, the kernel matrix of
K + w k is K(X, X) + w I, and its interpolant of y is

    f = r + sum_i (y_i - r(x_i)) k(., x_i),

with r the ridge fit of K at lambda = w / n (K/n normalisation) (Haas, Holzmueller, von Luxburg and
Steinwart 2023, "Mind the spikes"; the formula is derived here).
"""

from __future__ import annotations

from typing import Literal

from ratecheck import check
from ratecheck.kernels.base import Kernel, Sum
from ratecheck.kernels.stationary import Gaussian, Laplace
from ratecheck.types import InputError

Spike = Literal["laplace", "gaussian"]


def spiky_smooth(smooth: Kernel, weight: float, scale: float, spike: Spike = "laplace") -> Sum:
    """Return the kernel ``smooth + weight * spike``, both found in the algebra of kernels.

    Parameters
    ----------
    smooth : Kernel
    weight : float
        Height of the spike, > 0: n times the lambda of the ridge fit that is mimicked.
    scale : float
        Width of the spike, > 0: exp(-r/scale) or exp(-r^2/(2 scale^2)).
    spike : {"laplace", "gaussian"}

    Raises
    ------
    InputError
        Anything that is no kernel, numbers that are not positive, an unknown spike.

    Examples
    --------
    >>> from ratecheck.kernels import PeriodicSobolev
    >>> spiky_smooth(PeriodicSobolev(order=1), weight=0.5, scale=1e-4)
    Sum(terms=(PeriodicSobolev(order=1), Scaled(kernel=Laplace(scale=0.0001), factor=0.5)))
    """
    if not isinstance(smooth, Kernel):
        raise InputError(f"smooth must be a kernel, got {smooth!r}")
    check.choice("spike", spike, ("laplace", "gaussian"))
    width = check.positive("scale", scale)
    narrow: Kernel = Laplace(scale=width) if spike == "laplace" else Gaussian(length=width)
    return Sum(terms=(smooth, check.positive("weight", weight) * narrow))
