"""Preconditioned conjugate gradients, for systems that the preconditioner almost solves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ratecheck.types import Array

Apply = Callable[[Array], Array]


def conjugate_gradients(
    apply: Apply, b: Array, inverse_diagonal: Array, *, tolerance: float, budget: int = 200
) -> tuple[Array, bool]:
    """Solve A x = b for symmetric positive definite A with a diagonal preconditioner.

    Hand-written since ``scipy.sparse.linalg.cg`` spends several times the arithmetic of these
    short systems on its callbacks and norm checks.

    Parameters
    ----------
    apply : callable
        v -> A v.
    b, inverse_diagonal : ndarray, shape (N,)
        Right side, and the diagonal of the preconditioner's inverse.
    tolerance : float
        Relative residual in the preconditioner's norm.
    budget : int
        Largest number of iterations.

    Returns
    -------
    x : ndarray, shape (N,)
    converged : bool
    """
    x = inverse_diagonal * b
    r = b - apply(x)
    z = inverse_diagonal * r
    target = tolerance**2 * float(b @ x)
    rz = float(r @ z)
    p = z
    for _ in range(budget):
        if rz <= target:
            return x, True
        q = apply(p)
        step = rz / float(p @ q)
        x += step * p
        r -= step * q
        z = np.multiply(inverse_diagonal, r, out=z) if z is not p else inverse_diagonal * r
        rz, old = float(r @ z), rz
        p = z + (rz / old) * p
    return x, rz <= target
