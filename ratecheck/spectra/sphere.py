"""Eigenvalues of zonal kernels on the sphere S^d (Funk-Hecke)."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from ratecheck import check
from ratecheck.kernels import Kernel
from ratecheck.numerics.quadrature import gauss_legendre
from ratecheck.spectra.closed import closed_eigenvalues
from ratecheck.types import Array, UnsupportedError

FEWEST_NODES = 96
MOST_NODES = 4096
SPARE_NODES = 64  # beyond one per degree: the integrand oscillates k/2 times, 0.8 k would fail
HIGHEST_DEGREE = MOST_NODES // 2 - SPARE_NODES  # two rules must fit
AGREEMENT = 2e-13  # two rules must agree to this, relative to K(x, x)
_UNSEEN = 0.2  # share of K(x, x) by which a kernel may vary between an end and the first node
_CHUNK = 64  # degrees per block of the recurrence

Method = Literal["auto", "quadrature"]


def multiplicity(d: int, k: int) -> int:
    """Return the number of spherical harmonics of degree k on S^d, exactly.

    N(d, 0) = 1 and N(d, k) = (2k+d-1)/k C(k+d-2, k-1) (theory note A2).

    Examples
    --------
    >>> [multiplicity(2, k) for k in range(4)], multiplicity(1, 9), multiplicity(9, 60)
    ([1, 3, 5, 7], 2, 13914371328)
    """
    check.integer("d", d, low=1)
    if check.integer("k", k, low=0) == 0:
        return 1
    return (2 * k + d - 1) * math.comb(k + d - 2, k - 1) // k


def sphere_eigenvalues(kernel: Kernel, d: int, degrees: int, *, method: Method = "auto") -> Array:
    r"""Return the eigenvalues mu_0 ... mu_degrees of a zonal kernel on S^d in R^{d+1}.

    Parameters
    ----------
    kernel : Kernel
        A zonal kernel.
    d : int
        Dimension of the sphere, >= 1.
    degrees : int
        Largest degree.
    method : {"auto", "quadrature"}
        Closed forms where they exist (`ArcCosine`, the bias-free `NTK` of depth 2, and sums and
        multiples of these), or always the quadrature.

    Returns
    -------
    array of shape (degrees + 1,)
        With respect to the uniform probability measure: kappa(<x, y>) = sum_k mu_k N(d, k)
        P_k(<x, y>), P_k(1) = 1, so that sum_k mu_k N(d, k) = K(x, x). Absolute error below
        5e-13 K(x, x); negative rounding is clipped to zero.

    Raises
    ------
    UnsupportedError
        If the kernel is not zonal, or the degree is beyond the reach of the quadrature.

    Notes
    -----
    Theory note A2: mu_k = Gamma((d+1)/2) / (sqrt(pi) Gamma(d/2)) int_0^pi kappa(cos theta)
    P_k(cos theta) sin^{d-1} theta dtheta. The kernels are analytic in theta, not in u, so that
    Gauss-Legendre in theta converges geometrically; the nodes are doubled until two rules agree
    that both resolve the kernel's peak.

    Examples
    --------
    >>> from ratecheck.kernels import ArcCosine
    >>> sphere_eigenvalues(ArcCosine(order=0), 2, 3) * 128
    array([64., 16.,  0.,  1.])
    """
    check.integer("d", d, low=1)
    check.integer("degrees", degrees, low=0)
    check.choice("method", method, ("auto", "quadrature"))
    if not kernel.is_zonal:
        raise UnsupportedError(
            f"{kernel!r} is not zonal: eigenvalues on a sphere need a function of <x, y>, "
            "such as NTK, ArcCosine, Laplace or Matern"
        )
    closed = closed_eigenvalues(kernel, d, degrees) if method == "auto" else None
    return _by_quadrature(kernel, d, degrees) if closed is None else closed


def _by_quadrature(kernel: Kernel, d: int, degrees: int) -> Array:
    if degrees > HIGHEST_DEGREE:
        raise UnsupportedError(
            f"degrees must be at most {HIGHEST_DEGREE} for {kernel!r} on S^{d}, got {degrees}: "
            "higher ones are beyond the reach of the quadrature; on the circle use "
            "circle_coefficients, elsewhere the law of theory.eigendecay"
        )
    count = max(FEWEST_NODES, degrees + SPARE_NODES)
    scale = abs(float(kernel.at_angle(np.zeros(1))[0]))
    previous = None
    while count <= MOST_NODES:
        values = _funk_hecke(kernel, d, degrees, count) if _sees(kernel, count, scale) else None
        if (
            values is not None
            and previous is not None
            and np.abs(values - previous).max() <= AGREEMENT * scale
        ):
            return np.maximum(values, 0.0)
        previous, count = values, 2 * count
    raise UnsupportedError(
        f"{kernel!r} is too rough or too narrow on S^{d} for {MOST_NODES} quadrature nodes: use a "
        "larger length scale"
    )


def _sees(kernel: Kernel, count: int, scale: float) -> bool:
    """Return whether the kernel varies little before the first node: two blind rules agree too."""
    first = gauss_legendre(count, 0.0, math.pi)[0][0]
    ends = kernel.at_angle(np.array([0.0, first, math.pi - first, math.pi]))
    return bool(np.abs(np.diff(ends))[[0, 2]].max() <= _UNSEEN * scale)


def _funk_hecke(kernel: Kernel, d: int, degrees: int, count: int) -> Array:
    theta, weights = gauss_legendre(count, 0.0, math.pi)
    density = math.exp(math.lgamma((d + 1) / 2) - math.lgamma(d / 2)) / math.sqrt(math.pi)
    mass = density * weights * np.sin(theta) ** (d - 1) * kernel.at_angle(theta)
    if d == 1:
        k = np.arange(degrees + 1)
        parts = np.array_split(k, 1 + degrees // _CHUNK)
        return np.concatenate([np.cos(np.outer(part, theta)) @ mass for part in parts])
    return _gegenbauer_sums(np.cos(theta), mass, d, degrees)


def _gegenbauer_sums(u: Array, mass: Array, d: int, degrees: int) -> Array:
    """Return sum_j mass_j P_k(u_j) by (k+d-1) P_{k+1} = (2k+d-1) u P_k - k P_{k-1}."""
    out = np.empty(degrees + 1)
    before, now = np.zeros_like(u), np.ones_like(u)
    for k in range(degrees + 1):
        out[k] = now @ mass
        before, now = now, ((2 * k + d - 1) * u * now - k * before) / (k + d - 1)
    return out
