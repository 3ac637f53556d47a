"""The contract of a prepared design: data of distinct points in, interpolant out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import final

from ratecheck.functions import Function
from ratecheck.types import Array, Status


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Solution:
    """The minimum-norm interpolant of one data set.

    Attributes
    ----------
    function : Function
    weights : ndarray, shape (k,)
        K^{-1} y over the distinct points.
    norm_squared : float
        y' K^{-1} y, the squared norm of the function in the kernel's space.
    status : Status
    """

    function: Function
    weights: Array
    norm_squared: float
    status: Status


class Solver(ABC):
    """A design of distinct points on which K is strictly positive definite."""

    @property
    @abstractmethod
    def condition(self) -> float:
        """Condition number of K (how it is obtained: see the subclass)."""

    @abstractmethod
    def solve(self, y: Array) -> Solution:
        """Return the interpolant of values y (k,) at the distinct points."""


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class ScaledSolver(Solver):
    """The kernel ``factor`` K by the solver of K: the same function, another norm."""

    inner: Solver
    factor: float

    @property
    def condition(self) -> float:
        """That of K."""
        return self.inner.condition

    def solve(self, y: Array) -> Solution:
        """Divide weights and squared norm by the factor."""
        found = self.inner.solve(y)
        return replace(
            found,
            weights=found.weights / self.factor,
            norm_squared=found.norm_squared / self.factor,
        )
