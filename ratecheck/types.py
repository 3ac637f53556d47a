"""Aliases, enumerations and errors shared by every layer; imports no numerical library."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
ComplexArray: TypeAlias = "NDArray[np.complex128]"
IntArray: TypeAlias = "NDArray[np.int64]"
BoolArray: TypeAlias = "NDArray[np.bool_]"
Row: TypeAlias = dict[str, Any]


class RatecheckError(Exception):
    """Base of every error a user can cause; the command line prints it as one sentence."""


class InputError(RatecheckError, ValueError):
    """A value that no computation can start from: names the value and the remedy."""


class UnsupportedError(RatecheckError, NotImplementedError):
    """A combination of objects for which no method exists: says what is supported."""


class ResultsError(RatecheckError):
    """A results folder or journal that is corrupt, foreign or unwritable."""


class NoResultsError(ResultsError):
    """Nothing was computed yet: names the command that does."""


class DesignChangedError(ResultsError):
    """A resumed run whose study differs from the one that the journal was made with."""


class MissingExtraError(RatecheckError, ImportError):
    """An optional dependency is absent: names the extra to install."""


class Bound(Enum):
    """What a claim about an exponent asserts."""

    UPPER = "upper"
    LOWER = "lower"
    MATCHING = "matching"


class Outcome(Enum):
    """The three values of a verdict."""

    CONSISTENT = "CONSISTENT"
    REFUTED = "REFUTED"
    INCONCLUSIVE = "INCONCLUSIVE"


class Status(Enum):
    """How a computation ended; the value is the sentence shown to the user."""

    CONVERGED = "finished within its stated error"
    EDGE_LOW = "the chosen time is the first of the grid: start the grid earlier"
    EDGE_HIGH = "the chosen time is the last of the grid: let the grid reach further"
    TRUNCATED = "the band limit or rank costs more than the stated tolerance: raise it"
    CLIPPED = "negative eigenvalues of the Gram matrix were set to zero"
    UNCERTIFIED = "no upper bound is known for this kernel and region: the value is an attack"
    GRID = "the grid of the supremum costs more than the stated error: the fit is too rough"
    BUDGET = "the iteration budget ended before the tolerance was met: raise the budget"
    RANK_DEFICIENT = "the kernel matrix is singular to rounding: least squares of minimum norm"
    ILL_CONDITIONED = "the linear system lost the digits of the stated accuracy: add a ridge"
    DIVERGED = "training left the finite numbers: take a smaller step"
    DUPLICATE = "equal to another replicate, digit for digit: they share their random numbers"
    FAILED = "the cell raised an error: replay its key to see it"

    @property
    def is_good(self) -> bool:
        """Whether a row with this status may count towards a verdict."""
        return self is Status.CONVERGED
