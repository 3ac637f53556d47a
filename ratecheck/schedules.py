"""Sample sizes and the quantities that change with them, as values with an identity."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from ratecheck import check


class Schedule(ABC):
    """A number that depends on the sample size, such as the radius of an attack."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, n: int) -> float:
        """Return the value at sample size ``n >= 1``."""


@final
@dataclass(frozen=True, slots=True)
class Power(Schedule):
    """The power law ``c * n**exponent`` with ``c > 0``.

    Examples
    --------
    >>> Power(c=0.5, exponent=-0.5)(16)
    0.125
    """

    c: float
    exponent: float

    def __post_init__(self) -> None:
        """Validate, and store plain floats so that equal schedules print alike."""
        object.__setattr__(self, "c", check.positive("c", self.c))
        object.__setattr__(self, "exponent", check.number("exponent", self.exponent))

    def __call__(self, n: int) -> float:
        """Return ``c * n**exponent``."""
        return self.c * math.pow(check.integer("n", n, low=1), self.exponent)


@final
@dataclass(frozen=True, slots=True)
class Constant(Schedule):
    """The same ``value >= 0`` at every sample size.

    Examples
    --------
    >>> Constant(value=0.1)(1024)
    0.1
    """

    value: float

    def __post_init__(self) -> None:
        """Validate, and store a plain float."""
        object.__setattr__(self, "value", check.nonnegative("value", self.value))

    def __call__(self, n: int) -> float:
        """Return ``value``."""
        check.integer("n", n, low=1)
        return self.value


def power(c: float, exponent: float) -> Power:
    """Return the schedule ``n -> c * n**exponent`` (``c > 0``)."""
    return Power(c=c, exponent=exponent)


def constant(value: float) -> Constant:
    """Return the schedule ``n -> value`` (``value >= 0``)."""
    return Constant(value=value)


def dyadic(low: int, high: int, step: int = 1) -> tuple[int, ...]:
    """Return the sample sizes ``2**low, 2**(low + step), ...``, none above ``2**high``.

    Examples
    --------
    >>> dyadic(3, 6)
    (8, 16, 32, 64)
    >>> dyadic(3, 6, step=2)
    (8, 32)
    """
    check.integer("low", low, low=0)
    check.integer("high", high, low=low, high=62)
    check.integer("step", step, low=1)
    return tuple(2**k for k in range(low, high + 1, step))
