r"""Divided differences of the exponential, without cancellation for any arguments >= 0.

With e_p(s) = exp(-p s), everything that linearised adversarial training needs is a convolution of
such functions over [0, 1], that is, a divided difference of exp at nodes 0 and -p:

    psi(p)      = exp[0, -p]        = (1 - e^{-p}) / p
    pair(p, q)  = exp[-p, -q]       = (e^{-q} - e^{-p}) / (p - q)
    phi_j(p)    = exp[0 (j times), -p]
    rest(p, q)  = exp[0, 0, -p, -q] = (1 - psi(p) - psi(q) + pair(p, q)) / (p q)

All are positive, bounded, and decrease in every argument; the quotients on the right lose their
digits where a denominator is small, the functions below do not (theory note F, D).
"""

from __future__ import annotations

import math

import numpy as np

from ratecheck.types import Array

_SMALL = 1.0  # below it power series in p, above it the quotients: each loses less than a digit
_TERMS = 19  # 1 / 19! < 1e-17


def psi(p: Array) -> Array:
    """Return (1 - e^{-p}) / p, with 1 at p = 0, for numbers of either sign."""
    full = np.where(p == 0, 1.0, p)
    return np.asarray(np.where(p == 0, 1.0, -np.expm1(-full) / full))


def pair(p: Array, q: Array) -> Array:
    """Return the matrix of (e^{-q_j} - e^{-p_i}) / (p_i - q_j), shape (n, m), e^{-p} where equal.

    Evaluated as e^{-min} psi(|p_i - q_j|): nothing overflows, and the limit of coalescing
    arguments is reached smoothly.
    """
    gaps = np.abs(p[:, None] - q)
    equal = gaps == 0
    gaps[equal] = 1.0
    out = np.expm1(-gaps)
    out /= -gaps
    out[equal] = 1.0
    np.minimum(p[:, None], q, out=gaps)
    out *= np.exp(np.negative(gaps, out=gaps), out=gaps)
    return out


def phi(p: Array, first: int, count: int) -> Array:
    """Return phi_j(p) for j = first ... first + count - 1, shape (n, count), for p >= 0 about.

    phi_j(p) = 1/j! - p phi_{j+1}(p): upwards where p is large, downwards where it is small.
    """
    out = np.empty((p.size, count))
    small = p < _SMALL
    for where, rule in ((small, _downwards), (~small, _upwards)):
        out[where] = rule(p[where], first + count)[:, first:]
    return out


def _downwards(p: Array, stop: int) -> Array:
    last = stop + _TERMS
    value = np.full(p.size, 1.0 / math.factorial(last))
    out = np.empty((p.size, stop))
    for j in range(last - 1, -1, -1):
        value = 1.0 / math.factorial(j) - p * value
        if j < stop:
            out[:, j] = value
    return out


def _upwards(p: Array, stop: int) -> Array:
    out = np.empty((p.size, stop))
    out[:, 0] = np.exp(-p)
    for j in range(1, stop):
        out[:, j] = (1.0 / math.factorial(j - 1) - out[:, j - 1]) / p
    return out


def rest(p: Array) -> Array:
    """Return the matrix of exp[0, 0, -p_i, -p_j], shape (n, n).

    Where p_i is small, the series sum_k (-p_i)^k phi_{k+3}(p_j).
    """
    one = psi(p)
    safe = np.where(p < _SMALL, 1.0, p)
    out: Array = (1.0 - one[:, None] - one + pair(p, p)) / (safe[:, None] * safe)
    small = p < _SMALL
    powers = (-p[small, None]) ** np.arange(_TERMS)
    rows = powers @ phi(p, 3, _TERMS).T
    out[small, :] = rows
    out[:, small] = rows.T
    return out
