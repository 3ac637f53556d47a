"""The operator and its gradient by routes that share nothing with the package."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import scipy.linalg as sl

from ratecheck.types import Array


def gram(rng: np.random.Generator, n: int, rank: int) -> Array:
    """Draw a kernel matrix of the given rank."""
    A = rng.standard_normal((n, rank))
    return np.asarray(A @ A.T / n)


def block(Theta: Array, xi: Array) -> Array:
    """Return the matrix whose exponential has P = int_0^1 e^{-s Xi Theta} Xi ds as a block."""
    zero = np.zeros_like(Theta)
    return np.block([[-xi[:, None] * Theta, np.diag(xi)], [zero, zero]])


def operator(Theta: Array, xi: Array) -> Array:
    """Return P, for singular Theta too."""
    n = len(xi)
    return np.asarray(sl.expm(block(Theta, xi))[:n, n:])


def differences(Theta: Array, xi: Array, a: Array, y: Array, step: float) -> Array:
    """Return central differences of a^T P y in xi; P has a meaning for slightly negative xi."""
    out = np.empty(xi.size)
    for i in range(xi.size):
        h = np.zeros(xi.size)
        h[i] = step * max(1.0, xi[i])
        up, down = (a @ operator(Theta, xi + s * h) @ y for s in (1, -1))
        out[i] = (up - down) / (2 * h[i])
    return out


def precise(Theta: Array, xi: Array, a: Array, y: Array, digits: int) -> Array:
    """Return the gradient from eigenpairs with so many digits that no form loses any."""
    rows = np.flatnonzero(xi > 0)
    with mp.workdps(digits):
        T, u, v, times = (_many_digits(x) for x in (Theta, a, y, xi))
        root = np.array([mp.sqrt(x) for x in times[rows]])
        M = root[:, None] * T[np.ix_(rows, rows)] * root
        values, vectors = mp.eigsy(mp.matrix(M.tolist()))
        z, U = np.array(list(values)), np.array(vectors.tolist())
        alpha, eta = U.T @ (root * u[rows]), U.T @ (root * v[rows])
        psi = np.array([(1 - mp.exp(-x)) / x for x in z])
        B, first = (T[:, rows] * root) @ U, (1 - psi) / z
        inner = np.outer(alpha, eta) * (1 - psi[:, None] - psi + _pair(z)) / np.outer(z, z)
        out = u * v - v * (B @ (alpha * first)) - u * (B @ (eta * first))
        return np.asarray(out + ((B @ inner) * B).sum(axis=1), dtype=np.float64)


def _many_digits(x: Array) -> Any:
    return np.vectorize(mp.mpf, otypes=[object])(x)


def _pair(z: Any) -> Any:
    exps = [mp.exp(-x) for x in z]
    rows = [
        [exps[i] if p == q else (exps[j] - exps[i]) / (p - q) for j, q in enumerate(z)]
        for i, p in enumerate(z)
    ]
    return np.array(rows)
