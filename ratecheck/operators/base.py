"""The operator contract: how K/n is applied is hidden; what a fit needs is answered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ratecheck.filters import Filter
from ratecheck.functions import Function
from ratecheck.numerics.ritz import Ritz
from ratecheck.types import Array, Status


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Spectrum:
    """Eigenvalues of K/n with multiplicities (possibly fractional), for traces of filters.

    Attributes
    ----------
    values, counts : ndarray, shape (k,)
    banded : bool
        Whether eigenvalues beyond the band limit of the fit are missing.
    exact : bool
        False where the population spectrum stands in for that of the design (relative error of
        traces of the order N_2/n) or where the trace was sampled.
    """

    values: Array
    counts: Array
    exact: bool
    banded: bool = False


class Replacement(Protocol):
    """What it costs that another matrix stands in for K."""

    def errors(self, filter_: Filter, times: Array) -> Array:
        """Return stated errors (T,) of the fits in the empirical norm."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Reduction:
    """What an operator makes of data y: decomposition, spectrum, and what they leave out.

    Attributes
    ----------
    ritz : Ritz
    spectrum : callable
        () -> Spectrum, since not every rule needs it and it can cost more than the fit.
    tail_values, tail_counts : ndarray
        Eigenvalues beyond the band limit; empty if nothing was truncated.
    tail_scale : float
        Mean squared empirical coefficient of a discarded mode of a residual with mean square 1.
    status : Status
        CONVERGED, CLIPPED or BUDGET: how the linear algebra ended.
    replaced : Replacement or None
        Set where an approximation of K was used.
    """

    ritz: Ritz
    spectrum: Callable[[], Spectrum]
    tail_values: Array
    tail_counts: Array
    tail_scale: float
    status: Status
    replaced: Replacement | None = None


class GramOperator(ABC):
    """K/n of one design, applied by whatever is fastest for the kernel and the domain."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of design points n."""

    @abstractmethod
    def reduce(self, y: Array, times: Array, tolerance: float) -> Reduction:
        """Return the reduction of data y (n,) that serves all filters on the times (T,)."""

    def coefficient_bytes(self, t: float) -> float:
        """Return the bytes that coefficients take up to time t; none where there is no band."""
        del t
        return 0.0

    @abstractmethod
    def function(self, coordinates: Array) -> Function:
        """Return the function with the given coordinates (N,)."""

    @abstractmethod
    def predict(self, coordinates: Array, X: Array) -> Array:
        """Return values (T, m) at the points X (m, d) of functions with coordinates (N, T)."""

    @abstractmethod
    def prediction_errors(self, coordinates: Array, X: Array, y: Array) -> Array:
        """Return the mean squared errors (T,) of functions (N, T) on other data (X, y)."""
