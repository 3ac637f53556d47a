"""The contract of a target, and the frequencies in which its Sobolev norms are written."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.functions import FourierSeries, Function
from ratecheck.types import Array, ComplexArray, InputError, UnsupportedError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class FitSetting:
    """The linear fit against which `WorstCase` is the worst.

    Parameters
    ----------
    time : float
        The stopping time.
    residual : callable
        ``residual(mu, t) -> (T, k)``, as of a `Filter`.
    eigenvalues : callable
        ``eigenvalues(band) -> (band + 1,)``: eigenvalue of the kernel at the frequencies
        0 ... band of the domain's chart, as `spectra.fourier_coefficients` gives.
    """

    time: float
    residual: Callable[[Array, Array], Array]
    eigenvalues: Callable[[int], Array]

    def __post_init__(self) -> None:
        """Validate the time."""
        check.positive("time", self.time)


class Target(ABC):
    """A regression function, or a random member of a class of them.

    ``smoothness`` and ``radius`` are the declared ball, which the a-priori stopping time uses;
    None where none is declared.
    """

    __slots__ = ()

    smoothness: float | None
    radius: float | None

    @abstractmethod
    def realise(
        self, domain: Domain, rng: np.random.Generator, setting: FitSetting | None = None
    ) -> Function:
        """Return one function on ``domain``; equal streams give equal functions.

        Raises
        ------
        InputError
            If the class does not fit the domain, such as s <= d/2.
        UnsupportedError
            If the domain has no Fourier series here.
        """


def validate_ball(target: Target) -> None:
    """Validate ``smoothness`` > 1/2 and ``radius`` > 0, and store plain floats."""
    smoothness = check.number("smoothness", target.smoothness)
    above_half_dimension(smoothness, 1)
    object.__setattr__(target, "smoothness", smoothness)
    object.__setattr__(target, "radius", check.positive("radius", target.radius))


def frequencies(domain: Domain, band: int, smoothness: float) -> Array:
    r"""Return the frequencies ``w_1 ... w_band`` of a one-dimensional domain.

    With ``f = sum_k c_k exp(2 pi i k z)`` in the chart's coordinate,
    ``||f||_{H^s}^2 = sum_{k != 0} w_|k|^{2s} |c_k|^2`` is the integral of the squared s-th
    derivative in the domain's unit of length, against the uniform probability measure:
    ``w_k = 2 pi k`` on the torus, ``k`` on the circle, ``pi k / length`` on an interval.
    """
    if domain.dimension > 1:
        above_half_dimension(smoothness, domain.dimension)
        raise UnsupportedError(
            f"this target is a Fourier series and {domain!r} has none here: "
            "use Torus(d=1), Circle() or Interval(low, high), or pass targets.Callable(...)"
        )
    period = domain.length if domain.periodic else 2 * domain.length
    return 2 * math.pi / period * np.arange(1, band + 1, dtype=np.float64)


def random_units(domain: Domain, count: int, rng: np.random.Generator) -> ComplexArray:
    """Return random phases where the domain is periodic, random signs (cosine series) elsewhere."""
    if domain.periodic:
        return np.asarray(np.exp(2j * math.pi * rng.random(count)))
    return np.asarray(2 * rng.integers(0, 2, count) - 1, dtype=np.complex128)


def series(domain: Domain, coefficients: ComplexArray) -> FourierSeries:
    """Return the series with mean 0 and the given ``c_1 ... c_band``."""
    return FourierSeries(coefficients=np.append(0j, coefficients), chart=domain.chart)


def above_half_dimension(smoothness: float, dimension: int) -> None:
    """Raise `InputError` unless s > d/2."""
    if smoothness <= dimension / 2:
        raise InputError(
            f"smoothness must exceed d/2 = {dimension / 2:g}, got {smoothness:g}: "
            "below it H^s has functions without point values"
        )
