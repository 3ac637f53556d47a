r"""Funk-Hecke eigenvalues to many digits, straight from the kernel's own formula.

.. math:: \mu_k = \frac{\Gamma(\frac{d+1}2)}{\sqrt\pi\,\Gamma(\frac d2)}
   \int_0^\pi \kappa(\cos\theta)\, P_k(\cos\theta) \sin^{d-1}\theta\, d\theta

on S^d with the uniform probability measure, P_k the Gegenbauer polynomial with P_k(1) = 1. The
kernels of ReLU networks are analytic in theta up to both ends, so that Gauss-Legendre nodes in
theta converge geometrically; in u they would not (theory note A2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import mpmath

from ratecheck.numerics.mp import Real
from ratecheck.numerics.mpquad import Rule, gauss_legendre, tanh_sinh
from ratecheck.theory.exact import dimension
from ratecheck.theory.fields import MpmathField, Zonal
from ratecheck.types import InputError, UnsupportedError

_LOSS = 30  # digits that acos loses near the ends, squared once per layer in the worst case


def eigenvalues(
    kernel: Zonal, d: int, degrees: Iterable[int], *, digits: int = 30
) -> dict[int, Real]:
    """Return mu_k on S^d for the degrees asked for, to an absolute error of ``10^-digits``.

    Parameters
    ----------
    kernel : Zonal
        A kernel with ``exact_profile(u, field)``.
    d : int
        Dimension of the sphere in R^{d+1}.
    degrees : iterable of int
        The degrees k >= 0.
    digits : int
        Decimal places that two precisions with two numbers of nodes must share.

    Raises
    ------
    UnsupportedError
        If neither Gauss-Legendre nor tanh-sinh nodes settle to that accuracy.

    Examples
    --------
    >>> from ratecheck.kernels import NTK
    >>> mu = eigenvalues(NTK(depth=2), 2, (1, 2, 3))
    >>> [mpmath.nstr(mu[k], 15) for k in (1, 2)], abs(mu[3]) < 1e-30
    (['0.333333333333333', '0.078125'], True)
    """
    wanted = sorted(set(degrees))
    if not wanted or wanted[0] < 0:
        raise InputError(f"degrees must be integers >= 0, at least one; got {wanted}")
    dimension(d)
    base = 60 + 2 * digits + int(1.2 * wanted[-1])
    for rule, count in ((gauss_legendre, base), (tanh_sinh, 6 * base)):
        low = _moments(kernel, d, wanted, rule, count, digits + _LOSS)
        high = _moments(kernel, d, wanted, rule, count + count // 4, digits + _LOSS + 10)
        if all(abs(low[k] - high[k]) <= mpmath.mpf(10) ** -digits for k in wanted):
            return high
    raise UnsupportedError(f"{kernel!r}: quadrature does not reach {digits} digits on S^{d}")


def multiplicity(d: int, k: int) -> int:
    """Return the dimension of the spherical harmonics of degree k on S^d.

    >>> [multiplicity(2, k) for k in range(4)]
    [1, 3, 5, 7]
    """
    if k == 0:
        return 1
    return (2 * k + d - 1) * int(mpmath.binomial(k + d - 2, k - 1)) // k


def _moments(
    kernel: Zonal,
    d: int,
    degrees: list[int],
    rule: Callable[[int, int], Rule],
    count: int,
    digits: int,
) -> dict[int, Real]:
    bits = int(digits * 3.33) + 16
    nodes = rule(count, bits)
    with mpmath.workprec(bits):
        angles = [mpmath.pi * mpmath.ldexp(mpmath.mpf(x), -bits) for x in nodes.nodes]
        inner = [_to_fixed(mpmath.cos(a), bits) for a in angles]
        heights = [_height(kernel, a, d, bits) for a in angles]
        factor = _prefactor(d) * mpmath.pi
        loads = [h * w >> bits for h, w in zip(heights, nodes.weights, strict=True)]
        sums = _sums(inner, loads, d, degrees, bits)
        return {k: factor * mpmath.ldexp(mpmath.mpf(s), -bits) for k, s in sums.items()}


def _prefactor(d: int) -> Real:
    half = mpmath.mpf(d) / 2
    return mpmath.gamma(half + mpmath.mpf(1) / 2) / (mpmath.sqrt(mpmath.pi) * mpmath.gamma(half))


def _height(kernel: Zonal, angle: Any, d: int, bits: int) -> int:
    """Return kappa(cos angle) sin(angle)^{d-1}; acos may leave a tiny imaginary part."""
    profile = mpmath.re(kernel.exact_profile(mpmath.cos(angle), MpmathField()))
    return _to_fixed(profile * mpmath.sin(angle) ** (d - 1), bits)


def _to_fixed(x: Any, bits: int) -> int:
    return int(mpmath.nint(mpmath.ldexp(x, bits)))


def _sums(
    inner: list[int], loads: list[int], d: int, degrees: list[int], bits: int
) -> dict[int, int]:
    """Return sum_i load_i P_k(u_i) for the degrees, by the recurrence at each node."""
    totals = dict.fromkeys(degrees, 0)
    for u, load in zip(inner, loads, strict=True):
        before, now = 1 << bits, u
        for k in range(degrees[-1] + 1):
            if k in totals:
                totals[k] += load * before
            step = (2 * k + d + 1) * (u * now >> bits) - (k + 1) * before
            before, now = now, step // (k + d)
    return {k: total >> bits for k, total in totals.items()}
