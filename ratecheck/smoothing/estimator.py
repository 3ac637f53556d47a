"""Smoothed(estimator, sigma): randomised smoothing of all fits of a path."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, Protocol, final

import numpy as np

from ratecheck import check
from ratecheck.functions import Function
from ratecheck.kernels import Kernel
from ratecheck.operators.expansion import KernelExpansion, expand
from ratecheck.smoothing.extension import Extension, ExtensionName
from ratecheck.smoothing.functions import Method, checked_method, smooth
from ratecheck.smoothing.numerical import NumericalMean
from ratecheck.types import Array, InputError, Status


class Fits(Protocol):
    """What smoothing needs of a path of fits."""

    @property
    def times(self) -> Array:
        """Stopping times (T,)."""

    @property
    def status(self) -> tuple[Status, ...]:
        """How each time's fit ended."""

    def function(self, index: int) -> Function:
        """Return the fit at the index-th time."""


class Estimator(Protocol):
    """An estimator: `SpectralEstimator`, `Interpolant`, or a smoothed one."""

    @property
    def prepare(self) -> Any:  # noqa: ANN401 - (kernel, X) -> its own state
        """Return the state of a design."""

    @property
    def path(self) -> Any:  # noqa: ANN401 - (state, y, times) -> Fits
        """Return the fits to responses at the times."""


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class SmoothedPath:
    """The fits of a path, smoothed.

    Attributes
    ----------
    path : Fits
        Before smoothing, with its traces and norms.
    sigma : float
    extension : Extension
    method : "auto", Quadrature or MonteCarlo
    dimension : int
        Number of columns of the points.
    """

    path: Fits
    sigma: float
    extension: Extension
    method: Method
    dimension: int

    @property
    def times(self) -> Array:
        """Stopping times (T,)."""
        return self.path.times

    @property
    def status(self) -> tuple[Status, ...]:
        """How each time's fit ended, before smoothing."""
        return self.path.status

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """All smoothed fits."""
        return tuple(self._smoothed(i) for i in range(len(self.times)))

    def _smoothed(self, index: int) -> Function:
        return smooth(
            self.path.function(index), self.sigma, extension=self.extension,
            method=self.method, dimension=self.dimension,
        )  # fmt: skip

    def function(self, index: int) -> Function:
        """Return the smoothed fit at the index-th time."""
        return self.functions[index]

    @property
    def is_exact(self) -> bool:
        """Whether all smoothed fits are closed forms."""
        return not any(isinstance(f, NumericalMean) for f in self.functions)

    def values(self, X: Array) -> Array:
        """Return the values (T, m) of all smoothed fits at X (m, d)."""
        if (found := _common(self.functions)) is not None:
            weights = np.stack([f.weights for f in found], axis=1)
            return expand(found[0].kernel, found[0].centres, weights, X)
        return np.stack([f(X) for f in self.functions])

    def errors(self, X: Array) -> Array:
        """Return the stated errors (T, m): one standard error of Monte Carlo; 0 if exact."""
        zero = np.zeros(len(X))
        rows = [f.estimate(X).errors if isinstance(f, NumericalMean) else zero
                for f in self.functions]  # fmt: skip
        return np.stack(rows)


def _common(functions: tuple[Function, ...]) -> list[KernelExpansion] | None:
    """Return the functions if all are expansions in one kernel on one array of centres."""
    found = [f for f in functions if isinstance(f, KernelExpansion)]
    if len(found) < len(functions):
        return None
    same = all(f.kernel == found[0].kernel and f.centres is found[0].centres for f in found)
    return found if same else None


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class SmoothedState:
    """The prepared design of the estimator inside, and its dimension."""

    state: Any
    dimension: int


@final
@dataclass(frozen=True, slots=True)
class Smoothed:
    """The estimator x -> E f_t(x + sigma Z), Z standard normal, f_t the fits of another one.

    Closed forms (theory note E) where there are any, for all times at once: Fourier multipliers
    on torus, circle and for `NeumannSobolev`; wider kernels for `Gaussian`, `Laplace` and `Matern`
    in any dimension; rounded kinks for `Brownian`; sums and multiples of these. Quadrature or
    Monte Carlo otherwise, whose errors ``path.errors(X)`` states.

    Parameters
    ----------
    estimator : SpectralEstimator, Interpolant or Smoothed
    sigma : float
        Standard deviation of each coordinate of the noise, >= 0. On the circle (unit vectors of
        the plane with a zonal kernel) of the angle in radians, unless the extension is "ambient".
    extension : str
        What the fits are beyond their domain; see `Extension`.
    interval : (float, float)
        Of each coordinate, for the extensions "clipped", "periodic" and "reflected".
    method : "auto", Quadrature or MonteCarlo
        An object forces numbers even where there is a formula.

    Examples
    --------
    >>> import numpy as np
    >>> from ratecheck.estimators import GradientFlow
    >>> from ratecheck.kernels import PeriodicSobolev
    >>> X = np.linspace(0, 1, 40, endpoint=False)[:, None]
    >>> estimator = Smoothed(GradientFlow(), 0.1)
    >>> state = estimator.prepare(PeriodicSobolev(order=1), X)
    >>> path = estimator.path(state, np.sin(2 * np.pi * X[:, 0]), np.array([1e6]))
    >>> estimator.predict(path, np.array([[0.25]])) / np.exp(-2 * (np.pi * 0.1) ** 2) > 0.99
    array([[ True]])
    """

    estimator: Estimator
    sigma: float
    _: KW_ONLY
    extension: ExtensionName = "natural"
    interval: tuple[float, float] = (0.0, 1.0)
    method: Method = "auto"

    def __post_init__(self) -> None:
        """Validate the options."""
        if not all(callable(getattr(self.estimator, m, None)) for m in ("prepare", "path")):
            raise InputError(
                f"estimator must have prepare and path, such as GradientFlow(): {self.estimator!r}"
            )
        check.nonnegative("sigma", self.sigma)
        checked_method(self.method)
        self._extension()

    def _extension(self) -> Extension:
        try:
            low, high = self.interval
        except (TypeError, ValueError):
            raise InputError(
                f"interval must be a pair (low, high), got {self.interval!r}"
            ) from None
        return Extension(name=self.extension, low=low, high=high)

    def prepare(self, kernel: Kernel, X: Array) -> SmoothedState:
        """Return the state of a design X (n, d)."""
        state = self.estimator.prepare(kernel, X)
        return SmoothedState(state=state, dimension=int(np.shape(X)[1]))

    def path(self, state: SmoothedState, y: Array, times: Array | None = None) -> SmoothedPath:
        """Return the smoothed fits to responses y (n,) at the times (T,)."""
        return SmoothedPath(
            path=self.estimator.path(state.state, y, times), sigma=float(self.sigma),
            extension=self._extension(), method=self.method, dimension=state.dimension,
        )  # fmt: skip

    def predict(self, path: SmoothedPath, X_new: Array) -> Array:
        """Return the values (T, m) of all smoothed fits at the points X_new (m, d)."""
        return path.values(check.points("X_new", X_new, dimension=path.dimension))
