"""Exact worst-case risk of a spectral filter on any design points of the torus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from ratecheck import check
from ratecheck.bounds.ellipsoid import TWO_PI, above_half, ellipsoid
from ratecheck.bounds.operator import linear_estimator, worst_target
from ratecheck.bounds.spectrum import HasResidual
from ratecheck.types import Array, ComplexArray, InputError

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

MOST_POINTS = 4000  # the eigenproblem of the Gram matrix is dense
_BAND_PER_POINT = 4


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class DesignRisk:
    """A worst-case risk on given points, its parts, and the target that attains it.

    ``coefficients`` (band + 1,) are c_0 ... c_band of f = sum_k c_k exp(2 pi i k x), with
    c_{-k} the conjugate of c_k and c_0 = 0: what `functions.FourierSeries` takes.
    """

    value: float
    squared_bias: float
    variance: float
    coefficients: ComplexArray


def worst_case_on_points(
    filter: HasResidual,
    X: Array,
    t: float,
    s: float,
    m: float,
    radius: float = 1.0,
    sigma: float = 1.0,
    band: int | None = None,
) -> DesignRisk:
    r"""Return the supremum over the Sobolev ball of the L2 risk of a filter, given the design.

    Parameters
    ----------
    filter : object with ``residual(mu, t)``
        A spectral filter.
    X : array (n, 1) or (n,)
        Design points, taken modulo one; n <= 4000.
    t : float
        Time, > 0.
    s, m : float
        Smoothness of the class and order of the kernel 1 + sum (2 pi k)^{-2m} exp(2 pi i k z).
    radius, sigma : float
        Radius of the ball and noise standard deviation.
    band : int, optional
        Where the series of class and kernel are cut; by default at 4 n.

    Returns
    -------
    DesignRisk
        R^2 lambda_max(A^{-1} B^T B A^{-1}) + sigma^2 ||H||_F^2, with H from data to coefficients,
        B = H features - I the bias operator and A = diag((2 pi k)^s); conditional on X.

    Raises
    ------
    InputError
        If s or m <= 1/2, t is not positive, or the points are too many.

    Notes
    -----
    Theory note B3; the largest eigenvalue by Lanczos on the Fourier operator. A random design
    mixes frequencies, so that the worst target is no single wave, and its bias exceeds that of
    `worst_case_risk`.

    Examples
    --------
    >>> from ratecheck.filters import GradientFlowFilter
    >>> risk = worst_case_on_points(GradientFlowFilter(), np.arange(64) / 64, 100.0, 1, 1)
    >>> int(np.abs(risk.coefficients).argmax()), risk.value == risk.squared_bias + risk.variance
    (2, True)
    """
    x = _points(X)
    body, m = ellipsoid(x.size, s, radius, sigma), above_half("m", m)
    band = _BAND_PER_POINT * x.size if band is None else check.integer("band", band, low=1)
    k = np.arange(1.0, band + 1)
    features = _features(x, k)
    eigenvalues = np.append(1.0, np.repeat((TWO_PI * k) ** (-2 * m), 2))
    fit = linear_estimator(features, eigenvalues, filter, t)
    axes = np.repeat(body.semi_axis(k), 2)
    worst = worst_target(_bias(fit, features), axes, body.radius)
    pairs = worst.coefficients.reshape(band, 2)  # sqrt(2) (a cos + b sin) has c = (a - i b)/sqrt(2)
    variance = sigma**2 * float(np.sum(fit**2))
    return DesignRisk(
        value=worst.squared_bias + variance,
        squared_bias=worst.squared_bias,
        variance=variance,
        coefficients=np.append(0j, pairs @ np.array([1.0, -1j]) / np.sqrt(2)),
    )


def _bias(fit: Array, features: Array) -> LinearOperator[np.float64]:
    """Return the map from (cos, sin) coefficients of k >= 1 to errors of all coefficients."""
    from scipy.sparse.linalg import LinearOperator

    def forward(v: Array) -> Array:
        full = np.append(0.0, np.ravel(v))
        return np.asarray(fit @ (features @ full) - full)

    def adjoint(v: Array) -> Array:
        full = np.ravel(v)
        return np.asarray(features.T @ (fit.T @ full) - full)[1:]

    size = features.shape[1]
    return LinearOperator((size, size - 1), matvec=forward, rmatvec=adjoint, dtype=np.float64)


def _features(x: Array, k: Array) -> Array:
    """Return 1, sqrt(2) cos(2 pi x), sqrt(2) sin(2 pi x), ... at the points, (n, 2 band + 1)."""
    angle = TWO_PI * np.multiply.outer(x, k)
    waves = np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], axis=2)
    return np.column_stack([np.ones_like(x), waves.reshape(x.size, -1)])


def _points(X: Array) -> Array:
    array = np.asarray(X, dtype=np.float64)
    x = check.values("X", array) if array.ndim == 1 else check.points("X", array, dimension=1)[:, 0]
    if x.size > MOST_POINTS:
        raise InputError(
            f"X must have at most {MOST_POINTS} points, got {x.size}: use worst_case_risk with "
            "design='equispaced' or 'sequence', which serve every n"
        )
    return np.asarray(x % 1.0)
