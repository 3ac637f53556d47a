"""What is known about a problem before any data: all that an a-priori stopping time may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from ratecheck import check
from ratecheck.filters import Filter
from ratecheck.types import InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """The declared problem: sample size, noise, smoothness class, kernel and filter.

    Parameters
    ----------
    size : int
        Sample size n.
    filter : Filter
        The spectral filter of the estimator.
    effective_dimension : callable
        Population ``N_2(t) = sum_i (1 - residual(mu_i, t))^2`` of that filter and kernel, not
        decreasing in t. Share one setting between replicates: its planned time is kept.
    largest_eigenvalue : float
        ``mu_max`` of the kernel; times below its inverse fit nothing.
    order : float
        Sobolev order m of the kernel's space: ``mu ~ scale * frequency^(-2m)``.
    dimension : int
        Intrinsic dimension d of the domain.
    sigma, smoothness, radius : float or None
        Noise standard deviation, and the ball ``sum frequency^(2s) theta^2 <= radius^2`` of the
        target; None where the study does not declare it.
    scale : float
        The constant in ``mu ~ scale * frequency^(-2m)``, 1 for `PeriodicSobolev`.
    """

    size: int
    filter: Filter
    effective_dimension: Callable[[float], float]
    largest_eigenvalue: float
    order: float
    dimension: int = 1
    sigma: float | None = None
    smoothness: float | None = None
    radius: float | None = None
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Validate every number that is given."""
        check.integer("size", self.size, low=1)
        check.integer("dimension", self.dimension, low=1)
        for name in ("largest_eigenvalue", "order", "scale"):
            check.positive(name, getattr(self, name))
        for name in ("smoothness", "radius"):
            if getattr(self, name) is not None:
                check.positive(name, getattr(self, name))
        if self.sigma is not None:
            check.nonnegative("sigma", self.sigma)

    def declared(self, name: str, rule: str) -> float:
        """Return one of sigma, smoothness and radius, or raise `InputError` if it is None."""
        value = getattr(self, name)
        if value is None:
            raise InputError(
                f"{rule} needs {name}, and the problem declares none: declare it, "
                "or use a data-driven rule such as Lepski() or GCV()"
            )
        return float(value)
