"""Kernels that stay kernels under Gaussian smoothing of one argument (theory note E).

E K(x + s Z, y) of a stationary kernel on R^d has the Fourier transform of K times a Gaussian:
again positive semi-definite, again stationary. Smoothing is linear in the kernel.
"""

from __future__ import annotations

import numpy as np

from ratecheck.kernels import Gaussian, Kernel, Laplace, Matern, Scaled, Sum
from ratecheck.smoothing.radial import SmoothedMatern


def smoothed_kernel(kernel: Kernel, sigma: float, dimension: int) -> Kernel | None:
    """Return (x, y) -> E K(x + sigma Z, y) on R^dimension, or None where no formula is known.

    Examples
    --------
    >>> from ratecheck.kernels import Gaussian
    >>> smoothed_kernel(Gaussian(length=3.0), 4.0, dimension=1)
    Scaled(kernel=Gaussian(length=5.0), factor=0.6)
    """
    match kernel:
        case Scaled(kernel=inner, factor=factor):
            found = smoothed_kernel(inner, sigma, dimension)
            return None if found is None else factor * found
        case Sum(terms=terms):
            parts = [smoothed_kernel(term, sigma, dimension) for term in terms]
            known = tuple(part for part in parts if part is not None)
            return Sum(terms=known) if len(known) == len(terms) else None
    return _stationary(kernel, sigma, dimension)


def _stationary(kernel: Kernel, sigma: float, dimension: int) -> Kernel | None:
    match kernel:
        case Gaussian(length=length):
            wider = float(np.hypot(length, sigma))
            return (length / wider) ** dimension * Gaussian(length=wider)
        case Laplace(scale=scale):
            return SmoothedMatern(nu=0.5, length=scale, sigma=sigma, dimension=dimension)
        case Matern(nu=nu, length=length):
            return SmoothedMatern(nu=nu, length=length, sigma=sigma, dimension=dimension)
        case SmoothedMatern():
            return kernel.smoothed(sigma)
    return None


def amplitude(kernel: Kernel, sigma: float, dimension: int) -> float | None:
    """Return E K(x + sigma Z, x) / K(x, x): what smoothing leaves of a lone peak of a fit.

    For a Gaussian kernel of length l it is (1 + sigma^2/l^2)^{-d/2}: exponentially small in d.
    None where `smoothed_kernel` knows no formula.
    """
    smoothed = smoothed_kernel(kernel, sigma, dimension)
    if smoothed is None:
        return None
    origin = np.zeros((1, dimension))
    return float(smoothed.diagonal(origin)[0] / kernel.diagonal(origin)[0])
