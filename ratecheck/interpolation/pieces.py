"""Functions of one variable that are monotone between known points: their suprema are exact."""

from __future__ import annotations

from abc import abstractmethod

from ratecheck.functions import Function
from ratecheck.types import Array


class PiecewiseMonotone(Function):
    """A function of one coordinate, monotone between its turning points and beyond them.

    Its maximum over a window is the largest of its values at the turning points inside and at
    the two ends of the window: no grid is needed.
    """

    @property
    @abstractmethod
    def period(self) -> float | None:
        """Length after which the function repeats, or None on the line."""

    @property
    @abstractmethod
    def nodes(self) -> Array:
        """Increasing points between which the function is smooth, shape (k,)."""

    @property
    def degree(self) -> int:
        """Degree of the polynomials that the pieces are, or that resolve them to rounding."""
        return 4

    @abstractmethod
    def turning_points(self) -> tuple[Array, Array]:
        """Return increasing positions and the values there, both (N,).

        They include the nodes. For a periodic function all positions lie in one period.
        """
