"""Worst-case bias of any linear estimator: the largest eigenvalue of its bias operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np

from ratecheck import check
from ratecheck.bounds.spectrum import HasResidual
from ratecheck.types import Array, InputError

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

    Operator: TypeAlias = Array | LinearOperator[np.float64]

_DENSE = 64  # below this size the Lanczos basis would hold the whole space


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class WorstTarget:
    """The member of an ellipsoid with the largest squared bias, and that bias."""

    coefficients: Array  # (B,), on the boundary of the ellipsoid
    squared_bias: float


def worst_target(bias: Operator, axes: Array, radius: float = 1.0) -> WorstTarget:
    r"""Return the maximiser of |bias theta|^2 over the ellipsoid sum (a_i theta_i)^2 <= R^2.

    Parameters
    ----------
    bias : array (E, B) or scipy LinearOperator with an adjoint
        The map from target coefficients to the error of the expected estimate.
    axes : array (B,)
        The a_i > 0.
    radius : float
        R.

    Returns
    -------
    WorstTarget
        R^2 lambda_max(A^{-1} bias^T bias A^{-1}) and its extremal coefficients R A^{-1} v: what
        a worst-case target for this design is made of.

    Notes
    -----
    Theory note B3. Lanczos (``eigsh``) from a fixed start vector, so that runs are repeatable;
    the sign of v is fixed by its largest entry.

    Examples
    --------
    >>> import numpy as np
    >>> worst = worst_target(np.diag([0.5, 0.9]), np.array([1.0, 2.0]))
    >>> worst.squared_bias, worst.coefficients.tolist()
    (0.25, [1.0, 0.0])
    """
    from scipy.sparse.linalg import LinearOperator, aslinearoperator, eigsh

    axes = check.values("axes", axes)
    radius = check.positive("radius", radius)
    operator = bias if isinstance(bias, LinearOperator) else aslinearoperator(np.asarray(bias))
    if axes.min() <= 0 or operator.shape[1] != axes.size:
        raise InputError(
            f"axes must be {operator.shape[1]} positive numbers, got shape {axes.shape}"
        )

    def square(v: Array) -> Array:
        return np.asarray(operator.rmatvec(operator.matvec(np.ravel(v) / axes)) / axes)

    if axes.size <= _DENSE:
        values, vectors = np.linalg.eigh(np.stack([square(e) for e in np.eye(axes.size)]))
    else:
        size = (axes.size, axes.size)
        gram = LinearOperator(size, matvec=square, dtype=np.float64)
        values, vectors = eigsh(gram, k=1, which="LA", v0=1 / axes)
    top = vectors[:, -1] * np.sign(vectors[np.argmax(np.abs(vectors[:, -1])), -1])
    return WorstTarget(coefficients=radius * top / axes, squared_bias=radius**2 * float(values[-1]))


def linear_estimator(
    features: Array,
    eigenvalues: Array,
    filter: HasResidual,
    t: float,
) -> Array:
    r"""Return the matrix (B, n) from data to coefficients of a filter estimate on any design.

    Parameters
    ----------
    features : array (n, B)
        Orthonormal functions at the design points.
    eigenvalues : array (B,)
        Kernel eigenvalues mu_b: K = features diag(mu) features^T.
    filter : object with ``residual(mu, t)``
        The spectral filter phi_t(x) = (1 - residual) / x.
    t : float
        Time, > 0.

    Returns
    -------
    array (B, n)
        H = diag(mu) features^T phi_t(K / n) / n. The bias of target coefficients theta is
        (H features - I) theta; the variance is sigma^2 ||H||_F^2.
    """
    n, time = len(features), np.array([check.positive("t", t)])
    values, vectors = np.linalg.eigh((features * eigenvalues) @ features.T / n)
    floor = n * np.finfo(np.float64).eps * values[-1]  # rank-deficient directions see no data
    weights = np.zeros_like(values)
    seen = values > floor
    weights[seen] = (1 - filter.residual(values[seen], time)[0]) / values[seen]
    smoother = (vectors * weights) @ vectors.T / n
    return np.asarray(eigenvalues[:, None] * (features.T @ smoother))
