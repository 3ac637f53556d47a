"""Estimators: a spectral filter applied to the kernel matrix, all stopping times at once.

``GradientFlow()``, ``Ridge()``, ``CutOff()`` and ``IteratedRidge(order)`` differ by their filter
only. With K/n the normalised Gram matrix, fitted values of gradient flow at time t are
(I - exp(-t K/n)) y; other filters use t = 1/lambda.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final, get_args

from ratecheck import check
from ratecheck.filters import (
    CutOffFilter,
    Filter,
    GradientFlowFilter,
    IteratedRidgeFilter,
    RidgeFilter,
)
from ratecheck.kernels import Kernel
from ratecheck.operators.base import GramOperator, Spectrum
from ratecheck.operators.prepare import OperatorName, gram_operator
from ratecheck.path import Path
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class State:
    """A prepared design: everything that needs no responses."""

    operator: GramOperator
    filter: Filter
    tolerance: float


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SpectralEstimator:
    """The estimator f_t = K(., X) n^{-1} phi_t(K/n) y of a filter phi (theory note B2).

    Parameters
    ----------
    filter : Filter
    operator : str
        How K/n is applied; "auto" picks the fastest, see `operators.prepare`.
    tolerance : float
        Target of the numerical error in the empirical norm, relative to that of y. The error
        reached is stated in `Path.errors`; a status tells of errors above a thousand tolerances.
        Modes beyond a band limit are not part of it: they are stated too, and have a status where
        they cost more than a hundredth of the fit's own variance.

    Examples
    --------
    >>> import numpy as np
    >>> from ratecheck.kernels import PeriodicSobolev
    >>> X = np.linspace(0, 1, 40, endpoint=False)[:, None]
    >>> estimator = GradientFlow()
    >>> state = estimator.prepare(PeriodicSobolev(order=1), X)
    >>> path = estimator.path(state, np.sin(2 * np.pi * X[:, 0]), np.array([1.0, 1e3]))
    >>> estimator.predict(path, np.array([[0.25]])).round(3)
    array([[0.025],
           [1.   ]])
    """

    filter: Filter
    operator: OperatorName = "auto"
    tolerance: float = 1e-8

    def __post_init__(self) -> None:
        """Validate the options."""
        check.choice("operator", self.operator, get_args(OperatorName))
        check.positive("tolerance", self.tolerance)

    def prepare(self, kernel: Kernel, X: Array, population: Spectrum | None = None) -> State:
        """Return the state of a design X (n, d); see `operators.prepare.gram_operator`."""
        operator = gram_operator(kernel, X, self.operator, population)
        return State(operator=operator, filter=self.filter, tolerance=self.tolerance)

    def path(self, state: State, y: Array, times: Array) -> Path:
        """Return the fits to responses y (n,) at increasing times (T,)."""
        y = check.values("y", y, length=state.operator.size)
        times = check.times("times", times)
        if not y.any():
            raise InputError("y is zero everywhere: there is nothing to fit")
        reduction = state.operator.reduce(y, times, state.tolerance)
        return Path(
            times=times, filter=state.filter, operator=state.operator, reduction=reduction,
            tolerance=state.tolerance,
        )  # fmt: skip

    def predict(self, path: Path, X_new: Array) -> Array:
        """Return the values (T, m) of all fits at the points X_new (m, d)."""
        return path.operator.predict(path.coordinates, check.points("X_new", X_new))


def GradientFlow(*, operator: OperatorName = "auto", tolerance: float = 1e-8) -> SpectralEstimator:
    """Return kernel gradient flow: residual exp(-t mu), no saturation."""
    return _estimator(GradientFlowFilter(), operator, tolerance)


def Ridge(*, operator: OperatorName = "auto", tolerance: float = 1e-8) -> SpectralEstimator:
    """Return kernel ridge regression: residual 1 / (1 + t mu), t = 1/lambda."""
    return _estimator(RidgeFilter(), operator, tolerance)


def CutOff(*, operator: OperatorName = "auto", tolerance: float = 1e-8) -> SpectralEstimator:
    """Return spectral cut-off (kernel principal components): mu >= 1/t is kept."""
    return _estimator(CutOffFilter(), operator, tolerance)


def IteratedRidge(
    order: int, *, operator: OperatorName = "auto", tolerance: float = 1e-8
) -> SpectralEstimator:
    """Return ridge regression iterated ``order`` times: residual (1 + t mu)^-order."""
    return _estimator(IteratedRidgeFilter(order=order), operator, tolerance)


def _estimator(filter_: Filter, operator: OperatorName, tolerance: float) -> SpectralEstimator:
    return SpectralEstimator(filter=filter_, operator=operator, tolerance=tolerance)
