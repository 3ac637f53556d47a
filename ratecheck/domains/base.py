"""The contract of a domain, and the refusals that its members share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn, final

import numpy as np

from ratecheck import check
from ratecheck.charts import Chart
from ratecheck.types import Array, BoolArray, InputError, UnsupportedError

#: How far from length 1 a vector may be and still count as a point of a sphere.
_ROUNDING = 1e-9


class Domain(ABC):
    """A space of covariates with its uniform probability measure."""

    __slots__ = ()

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The intrinsic dimension d: the one in the exponents of the rates."""

    @property
    @abstractmethod
    def ambient(self) -> int:
        """How many coordinates a point has: the number of columns of ``X``."""

    @property
    @abstractmethod
    def periodic(self) -> bool:
        """Whether the domain is closed, without a boundary."""

    @property
    @abstractmethod
    def length(self) -> float:
        """Total length in the unit in which attack radii are measured (one dimension only)."""

    @property
    @abstractmethod
    def chart(self) -> Chart:
        """The map to the periodic coordinate in [0, 1) (one dimension only)."""

    @abstractmethod
    def _uniform(self, n: int, rng: np.random.Generator) -> Array:
        """Return the design of checked size."""

    @abstractmethod
    def _regular(self, n: int) -> Array:
        """Return the grid of checked size (one dimension only)."""

    @abstractmethod
    def _inside(self, X: Array) -> BoolArray:
        """Tell which of the checked points belong to the domain."""

    @final
    def design(self, n: int, rng: np.random.Generator) -> Array:
        """Return ``n`` independent uniform points, shape (n, ambient).

        In one dimension the sample is returned in increasing order of the coordinate. The order
        carries no information, since the noise is independent of the design; it makes
        transforms and difference estimators cheap.
        """
        return self._uniform(check.integer("n", n, low=1), rng)

    @final
    def grid(self, n: int) -> Array:
        """Return the ``n`` equispaced points of a one-dimensional domain, shape (n, ambient).

        Torus ``i/n``, circle angle ``2 pi i/n``, interval midpoints of ``n`` equal cells.
        """
        return self._regular(check.integer("n", n, low=1))

    @final
    def contains(self, X: Array) -> BoolArray:
        """Tell for each row of ``X`` (n, ambient) whether it is a point of the domain."""
        return self._inside(check.points("X", X, dimension=self.ambient))


def one_dimension_only(domain: Domain, what: str) -> NoReturn:
    """Refuse what only a one-dimensional domain has."""
    raise UnsupportedError(
        f"{what} exists in one dimension only, not on {domain!r}: "
        "use Torus(d=1), Circle() or Interval(low, high)"
    )


def several(name: str, d: int, instead: str) -> int:
    """Return ``d >= 2``, or raise `InputError` that names the one-dimensional domain."""
    if type(d) is int and d == 1:
        raise InputError(f"{name} needs d >= 2, got 1: use {instead}")
    return check.integer("d", d, low=2)


def unit_length(X: Array) -> BoolArray:
    """Tell which rows have length 1 up to rounding."""
    return np.asarray(np.abs(np.linalg.norm(X, axis=1) - 1.0) <= _ROUNDING)
