"""Closed forms of sphere eigenvalues (theory note A2)."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ratecheck.kernels import NTK, ArcCosine, Kernel, Scaled, Sum
from ratecheck.types import Array


def closed_eigenvalues(kernel: Kernel, d: int, degrees: int) -> Array | None:
    """Return mu_0 ... mu_degrees on S^d by closed forms, or None if there are none."""
    if isinstance(kernel, ArcCosine):
        return arc_cosine_eigenvalues(kernel.order, d, degrees)
    if isinstance(kernel, NTK) and kernel.depth == 2 and kernel.bias == 0:
        step = arc_cosine_eigenvalues(0, d, degrees + 1)
        return times_cosine(step, d) + arc_cosine_eigenvalues(1, d, degrees)
    if isinstance(kernel, Scaled):
        inner = closed_eigenvalues(kernel.kernel, d, degrees)
        return None if inner is None else kernel.factor * inner
    if isinstance(kernel, Sum):
        terms = [closed_eigenvalues(term, d, degrees) for term in kernel.terms]
        known = [term for term in terms if term is not None]
        return np.sum(known, axis=0) if len(known) == len(terms) else None
    return None


def arc_cosine_eigenvalues(order: int, d: int, degrees: int) -> Array:
    """Return the eigenvalues of kappa_n: 2 E_n lambda_k^2, E_n = 1, d+1, (d+1)(d+3).

    lambda_k is the Funk-Hecke coefficient of u_+^n (form (b) of theory note A2): zero for k > n
    with k - n even, and in steps of two, from k = n + 1 on, with j = (k - n - 1)/2,
    lambda_{k+2} = -lambda_k (2j + 1) / (2k + d - 2j).
    """
    scale = (1.0, d + 1.0, (d + 1.0) * (d + 3.0))[order]
    steps = np.zeros(max(degrees, order + 1) + 3)
    for k in range(order + 2):
        steps[k] = _low_degree(order, d, k)
    j = np.arange((degrees - order) // 2 + 1)
    ratios = -(2 * j + 1) / (2 * (order + 1 + 2 * j) + d - 2 * j)
    tail = steps[order + 1] * np.cumprod(np.concatenate([[1.0], ratios]))
    places = order + 1 + 2 * np.arange(tail.size)
    steps[places[places < steps.size]] = tail[places < steps.size]
    return np.asarray(2 * scale * steps[: degrees + 1] ** 2)


def times_cosine(eigenvalues: Array, d: int) -> Array:
    """Return the eigenvalues of u kappa(u) from mu_0 ... mu_{K+1} of kappa; shape (K + 1,).

    mu_k[u kappa] = k/(2k+d-1) mu_{k-1} + (k+d-1)/(2k+d-1) mu_{k+1} (form (c) of theory note A2).
    """
    k = np.arange(1.0, len(eigenvalues) - 1)
    rest = (k * eigenvalues[:-2] + (k + d - 1) * eigenvalues[2:]) / (2 * k + d - 1)
    return np.concatenate([eigenvalues[1:2], rest])


def _low_degree(order: int, d: int, k: int) -> float:
    """Return lambda_k for k <= n + 1: A sum_i p_i B((n+i+1)/2, d/2) / 2, P_k = sum_i p_i u^i."""
    if k > order and (k - order) % 2 == 0:
        return 0.0
    amount = math.gamma((d + 1) / 2) / (math.sqrt(math.pi) * math.gamma(d / 2))
    terms = (float(p) * _beta((order + i + 1) / 2, d / 2) for i, p in enumerate(_gegenbauer(d, k)))
    return amount * math.fsum(terms) / 2


def _gegenbauer(d: int, degree: int) -> list[Fraction]:
    """Return the coefficients of P_k, normalised to P_k(1) = 1, in powers of u."""
    if degree == 0:
        return [Fraction(1)]
    before, now = [Fraction(1)], [Fraction(0), Fraction(1)]
    for k in range(1, degree):
        up = [Fraction(0), *(c * (2 * k + d - 1) for c in now)]
        down = [c * k for c in before] + [Fraction(0)] * (len(up) - len(before))
        before, now = now, [(a - b) / (k + d - 1) for a, b in zip(up, down, strict=True)]
    return now


def _beta(a: float, b: float) -> float:
    return math.exp(math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b))
