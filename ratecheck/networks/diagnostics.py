"""Numbers that describe a kernel matrix, or compare two (theory note H).

The definitions are recalled from arXiv 2210.12030 and the papers it cites, whose public code does
not contain them [M]; which effective rank was meant is uncertain [U], so all three are here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ratecheck import check
from ratecheck.networks.targets import one_hot
from ratecheck.types import Array, InputError

RANKS = ("entropy", "trace", "participation")
_ROUNDING = 1e-9  # of the largest eigenvalue: a more negative one is no rounding error


def kernel_distance(K: Array, L: Array) -> float:
    """Return S = 1 - <K, L>_F / (|K|_F |L|_F), in [0, 1] for positive semidefinite matrices.

    Raises
    ------
    InputError
        If the matrices have different shapes, or one of them is zero.
    """
    K, L = _matrix("K", K), _matrix("L", L)
    return 1.0 - _cosine(K, L)


def effective_rank(K: Array, definition: str = "entropy") -> float:
    """Return how many eigenvalues of a positive semidefinite K (n, n) matter, in [1, n].

    Parameters
    ----------
    K : ndarray, shape (n, n)
        Symmetric.
    definition : {"entropy", "trace", "participation"}
        exp(-sum p log p) with p = lambda / sum lambda; tr K / lambda_max; (tr K)^2 / |K|_F^2.

    Raises
    ------
    InputError
        K asymmetric, zero or indefinite beyond rounding; an unknown definition.
    """
    check.choice("definition", definition, RANKS)
    values = _spectrum(K)[0]
    if definition == "trace":
        return float(values.sum() / values.max())
    if definition == "participation":
        return float(values.sum() ** 2 / np.sum(values**2))
    p = values[values > 0] / values.sum()
    return float(np.exp(-np.sum(p * np.log(p))))


def eigenvectors(K: Array, count: int) -> tuple[Array, Array]:
    """Return the largest eigenvalues (count,), decreasing, and their eigenvectors (n, count).

    The sign of each vector makes the sum of the cubes of its entries positive.
    """
    values, vectors = _spectrum(K)
    check.integer("count", count, low=1, high=len(values))
    top = vectors[:, ::-1][:, :count]
    sign = np.where(np.sum(top**3, axis=0) < 0, -1.0, 1.0)
    return values[::-1][:count], top * sign


def alignment(K: Array, labels: Any, *, centred: bool = True) -> float:  # noqa: ANN401 - checked
    """Return the cosine of H K H and H Y Y^T H in [0, 1], Y the one-hot labels.

    ``centred`` takes H = I - 1 1^T / n (kernel alignment of Cortes, Mohri, Rostamizadeh 2012),
    otherwise H = I.
    """
    K = _square("K", K)
    targets = one_hot(labels, int(np.max(labels)) + 1)
    if len(targets) != len(K):
        raise InputError(f"labels must have {len(K)} entries, got {len(targets)}")
    L = targets @ targets.T
    return _cosine(_centred(K), _centred(L)) if centred else _cosine(K, L)


def specialisation(kernels: Array, labels: Any) -> Array:  # noqa: ANN401 - checked
    """Return how far each output's kernel is specialised to each class (Shan, Bordelon 2021).

    KSM(c, c') = A(K_c, y_c' y_c'^T) / mean over d of A(K_d, y_c' y_c'^T), A the cosine and y_c'
    the indicator of class c'.

    Parameters
    ----------
    kernels : ndarray, shape (C, n, n)
        ``empirical_ntk(..., logits="each")``.
    labels : ndarray of int, shape (n,)
        Each of 0 ... C - 1 at least once.

    Returns
    -------
    ndarray, shape (C, C)
        Every column has mean 1.
    """
    stack = np.asarray(kernels, dtype=np.float64)
    if stack.ndim != 3:
        raise InputError(f"kernels must have shape (C, n, n), got {stack.shape}")
    targets = one_hot(labels, len(stack))
    if not targets.any(axis=0).all():
        absent = np.flatnonzero(~targets.any(axis=0)).tolist()
        raise InputError(f"labels must hold every class once at least; absent: {absent}")
    A = np.array([_overlaps(_square("K", K), targets) for K in stack])
    return np.asarray(A / A.mean(axis=0))


def _overlaps(K: Array, targets: Array) -> Array:
    """Return the cosines (C,) between K and y y^T, y the columns of ``targets``."""
    if len(K) != len(targets):
        raise InputError(f"labels must have {len(K)} entries, got {len(targets)}")
    products = np.einsum("ic,ij,jc->c", targets, K, targets, optimize=True)
    return np.asarray(products / (np.linalg.norm(K) * np.sum(targets**2, axis=0)))


def _spectrum(K: Array) -> tuple[Array, Array]:
    """Return eigenvalues (n,), increasing and not negative, and eigenvectors."""
    K = _square("K", K)
    if np.abs(K - K.T).max() > _ROUNDING * np.abs(K).max():
        raise InputError("K must be symmetric: its entries differ from those of its transpose")
    values, vectors = scipy.linalg.eigh(K)
    if values[-1] <= 0 or values[0] < -_ROUNDING * values[-1]:
        span = f"{values[0]:.3g} ... {values[-1]:.3g}"
        raise InputError(f"K must be positive semidefinite and not 0; its eigenvalues: {span}")
    return np.maximum(values, 0.0), vectors


def _cosine(K: Array, L: Array) -> float:
    if K.shape != L.shape:
        raise InputError(f"the matrices must have one shape, got {K.shape} and {L.shape}")
    norms = np.linalg.norm(K), np.linalg.norm(L)
    if not all(norms):
        raise InputError("a zero matrix has no direction: the kernel, or its labels, do not vary")
    return float(np.sum((K / norms[0]) * (L / norms[1])))


def _centred(K: Array) -> Array:
    K = K - K.mean(axis=0)
    return np.asarray(K - K.mean(axis=1, keepdims=True))


def _matrix(name: str, K: Array) -> Array:
    return check.points(name, K)


def _square(name: str, K: Array) -> Array:
    K = _matrix(name, K)
    if K.shape[0] != K.shape[1]:
        raise InputError(f"{name} must be square, got shape {K.shape}")
    return K
