"""Early-stopped kernel gradient flow with the face of scikit-learn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, final

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ratecheck import check
from ratecheck.domains import Cube, Interval
from ratecheck.estimators import GradientFlow
from ratecheck.functions import Function
from ratecheck.kernels import Kernel
from ratecheck.operators.points import EIGH_UP_TO
from ratecheck.path import Path
from ratecheck.regressors.settings import kernel_of, rule_of
from ratecheck.stopping.base import Choice, Context, StoppingRule
from ratecheck.stopping.fixed_time import FixedTime
from ratecheck.stopping.gcv import GCV
from ratecheck.stopping.noise_level import from_residuals
from ratecheck.stopping.setting import Setting
from ratecheck.types import Array, InputError, Status

_FEWEST: Final = 4  # samples: fewer leave no fit with a quarter of them as degrees of freedom
_RATIO: Final = 2**0.5
_REACH: Final = 1e12  # the last time in units of the mean diagonal: rounding of K/n lies below
_TOLERANCE: Final = 1e-8  # of the fit, relative to y
_LEFT: Final = 0.1  # share of the degrees of freedom that GCV must leave to the residual


@final
class KernelGradientFlowRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc] # untyped
    r"""Kernel gradient flow, stopped early.

    .. math:: f_t(x) = \bar y + K(x, X) K^{-1} (I - e^{-t K/n}) (y - \bar y).

    Parameters
    ----------
    kernel : str or Kernel
        ``"ntk"`` (the neural tangent kernel of 3 layers with bias), ``"nngp"``, ``"laplace"``,
        ``"matern"``, ``"gaussian"`` (length 1, so standardise X), or any kernel of
        `ratecheck.kernels`.
    stopping : {"lepski", "gcv"}, float or stopping rule
        Lepski's method, generalised cross-validation, or a time t > 0; also ``Lepski(...)``,
        ``GCV()``, ``Discrepancy()`` or ``FixedTime(t)`` of `ratecheck.stopping`.
    noise_level : float, optional
        Standard deviation of the noise, for Lepski's method and the discrepancy principle;
        estimated from the residuals of an undersmoothed fit unless given.

    Attributes
    ----------
    time_ : float
        The stopping time t; infinite if y is constant.
    status_ : Status
        ``CONVERGED``; ``EDGE_LOW`` or ``EDGE_HIGH`` if the rule chose the first or the last of the
        candidate times; another one if the linear algebra fell short.
    noise_level_ : float or None
        Standard deviation given or estimated; None where the rule needs none.
    function_ : Function or None
        :math:`f_t - \bar y`, for `ratecheck.risk`; None if y is constant.
    offset_ : float
        :math:`\bar y`.
    n_features_in_ : int

    Raises
    ------
    InputError
        Unknown kernel or rule, points outside the kernel's domain, fewer than 4 samples.

    Notes
    -----
    Candidate times are geometric, a factor :math:`\sqrt 2` apart, from the inverse mean diagonal
    of K to 10^12 times it. Up to n = 1500 the kernel matrix is diagonalised once; beyond,
    all times come from one Krylov space, which grows with the last time: it is n^2 there.
    GCV sees only times that leave a tenth of the degrees of freedom to the residual: near
    interpolation its score is a quotient of two vanishing numbers, n times the square of one
    coefficient of the noise, which is small by chance in one of about ten samples of n = 50.
    Set after results were seen: on pure noise GCV alone had interpolated such samples. In studies
    `ratecheck.stopping.GCV` goes without it.

    Examples
    --------
    >>> X = np.linspace(-1, 1, 80)[:, None]
    >>> model = KernelGradientFlowRegressor().fit(X, np.sin(3 * X[:, 0]))
    >>> model.score(X, np.sin(3 * X[:, 0])) > 0.99
    True
    """

    def __init__(
        self,
        kernel: str | Kernel = "ntk",
        *,
        stopping: str | float | StoppingRule = "lepski",
        noise_level: float | None = None,
    ) -> None:
        self.kernel = kernel
        self.stopping = stopping
        self.noise_level = noise_level

    def fit(self, X: Any, y: Any) -> KernelGradientFlowRegressor:  # noqa: ANN401 - user's
        """Fit to X (n, d) and y (n,), and return self."""
        kernel, rule = kernel_of(self.kernel), rule_of(self.stopping)
        if self.noise_level is not None:
            check.nonnegative("noise_level", self.noise_level)
        points, targets = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        check.values("y", targets)  # texts pass scikit-learn
        if (n := len(points)) < _FEWEST:
            raise InputError(f"at least {_FEWEST} samples are needed, got n_samples = {n}")
        self.offset_ = float(np.mean(targets))
        centred = np.asarray(targets, dtype=np.float64) - self.offset_
        self.noise_level_ = self.noise_level
        self.function_: Function | None = None
        if np.ptp(targets) == 0:
            self.time_, self.status_ = float("inf"), Status.CONVERGED
            return self
        path = _path(kernel, points, centred, rule)
        self._stop(rule, path, points, centred)
        return self

    def _stop(self, rule: StoppingRule, path: Path, X: Array, y: Array) -> None:
        choice = self._choice(rule, path, X, y)
        own = path.status[choice.index]
        self.time_ = choice.time
        self.status_ = choice.status if own is Status.CONVERGED else own
        self.function_ = path.function(choice.index)

    def _choice(self, rule: StoppingRule, path: Path, X: Array, y: Array) -> Choice:
        if isinstance(rule, FixedTime):
            return Choice(index=0, time=rule.t)
        if isinstance(rule, GCV):
            count = int(np.count_nonzero(path.traces <= (1 - _LEFT) * path.size))
            path = replace(path, times=path.times[: max(count, 1)])
        elif self.noise_level is None:
            self.noise_level_ = from_residuals(path)
        return rule.choose(path, _context(path, X, y, self.noise_level_ or 0.0))

    def predict(self, X: Any) -> Array:  # noqa: ANN401
        """Return predictions (m,) at X (m, d)."""
        check_is_fitted(self)
        points: Array = validate_data(self, X, reset=False, dtype=np.float64)
        if self.function_ is None:
            return np.full(len(points), self.offset_)
        return self.offset_ + self.function_(points)


def _path(kernel: Kernel, X: Array, y: Array, rule: StoppingRule) -> Path:
    estimator = GradientFlow(tolerance=_TOLERANCE)
    state = estimator.prepare(kernel, X)
    times = np.array([rule.t]) if isinstance(rule, FixedTime) else _times(kernel, X)
    return estimator.path(state, y, times)


def _times(kernel: Kernel, X: Array) -> Array:
    """Return candidate times: mu_max is at most the mean diagonal, so the first fits nothing."""
    reach = _REACH if len(X) <= EIGH_UP_TO else float(len(X)) ** 2
    count = int(np.ceil(np.log(reach) / np.log(_RATIO))) + 1
    return np.asarray(_RATIO ** np.arange(count) / float(np.mean(kernel.diagonal(X))))


def _context(path: Path, X: Array, y: Array, noise_level: float) -> Context:
    """Return what the rules admitted here may see: they read the path and the noise level only."""
    setting = Setting(
        size=path.size, filter=path.filter, effective_dimension=_unknown, order=1.0,
        largest_eigenvalue=float(path.reduction.ritz.values.max()), dimension=X.shape[1],
    )  # fmt: skip
    domain = Cube(d=X.shape[1]) if X.shape[1] > 1 else Interval()
    return Context(
        setting=setting, X=X, y=y, domain=domain, noise_level=noise_level, holdout=_no_holdout
    )


def _unknown(t: float) -> float:
    raise InputError(f"the population's spectrum is unknown, so there is no N_2({t:g})")


def _no_holdout() -> Array:
    raise InputError("hold out data with scikit-learn's GridSearchCV instead")
