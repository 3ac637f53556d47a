"""The contract of a risk: a mean over the domain of a squared loss, with its numerical error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from ratecheck.domains import Domain
from ratecheck.functions import Function
from ratecheck.types import Array, UnsupportedError

# Midpoints for means over an interval. Three times a power of two: the high frequencies 2^j of
# lacunary targets, folded by the grid, then still oscillate as they should.
QUADRATURE = 3 * 2**11


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class RiskValue:
    """A risk and a bound on its numerical error (quadrature and grid; not Monte Carlo)."""

    value: float
    error: float


class Risk(ABC):
    """E_x of a squared loss of an estimate against the target, x uniform on the domain."""

    __slots__ = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """Name that tells risks of one study apart."""

    @abstractmethod
    def radius_at(self, n: int) -> float:
        """Return the attack radius at sample size n; 0 for the clean risk."""

    @abstractmethod
    def evaluate(self, f_hat: Function, f: Function, domain: Domain, n: int) -> RiskValue:
        """Return the risk of f_hat for the target f at sample size n.

        Raises
        ------
        UnsupportedError
            Where no exact evaluation exists for the domain.
        """


def one_dimensional(domain: Domain) -> Domain:
    """Return the domain if it is one-dimensional, or raise `UnsupportedError`."""
    if domain.dimension != 1:
        raise UnsupportedError(
            f"exact risks exist in one dimension only, got {domain!r}: use Torus(d=1), Circle() or "
            "Interval(low, high)"
        )
    return domain


def midpoints(domain: Domain, size: int = QUADRATURE) -> Array:
    """Return the points (size, ambient) of the quadrature rule."""
    return one_dimensional(domain).grid(size)
