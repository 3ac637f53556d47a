"""Weierstrass's functions: the same roughness at every scale."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.functions import FourierSeries
from ratecheck.targets.base import (
    FitSetting,
    Target,
    frequencies,
    random_units,
    series,
    validate_ball,
)


@final
@dataclass(frozen=True, slots=True)
class Lacunary(Target):
    """The series ``sum_j a_j cos(2 pi b^j z + phase_j)`` with ``a_j = sqrt(2) radius / w_j^s``.

    ``w_j`` is the frequency of ``k = b^j <= band`` (``2 pi k`` on the torus, ``k`` on the circle,
    ``pi k / length`` on an interval). Every octave has the same seminorm
    ``w_j^s a_j / sqrt(2) = radius``, so that the full series lies in the Besov space B^s_{2,inf}
    and in H^(s') for s' < s, not in H^s: the H^s norm of the partial sum is
    ``radius sqrt(octaves)``. Its modulus of continuity follows ``h^(2 min(s, 1))`` at every
    scale down to ``1/band`` without the slowly varying factors of a single draw from `Sobolev`,
    for s other than 1 (at s = 1 a factor ``log(1/h)`` remains).

    Parameters
    ----------
    smoothness : float
        s > d/2.
    radius : float
        The seminorm of an octave.
    base : int
        b >= 2.
    band : int
        No frequency above it, >= 1.
    """

    smoothness: float
    radius: float = 1.0
    _: KW_ONLY
    base: int = 2
    band: int = 2**14

    def __post_init__(self) -> None:
        """Validate every parameter."""
        validate_ball(self)
        object.__setattr__(self, "base", check.integer("base", self.base, low=2))
        object.__setattr__(self, "band", check.integer("band", self.band, low=1))

    @property
    def octaves(self) -> int:
        """Number of terms: powers of the base up to the band.

        Examples
        --------
        >>> Lacunary(0.75, base=2, band=1024).octaves
        11
        """
        return sum(1 for j in range(self.band.bit_length()) if self.base**j <= self.band)

    def realise(
        self, domain: Domain, rng: np.random.Generator, setting: FitSetting | None = None
    ) -> FourierSeries:
        """Draw the phases of the waves at ``base^j``, ``j < octaves``."""
        w = frequencies(domain, self.band, self.smoothness)
        places = self.base ** np.arange(self.octaves) - 1
        sizes = self.radius / math.sqrt(2) * w[places] ** -self.smoothness
        coefficients = np.zeros(self.base ** (self.octaves - 1), dtype=np.complex128)
        coefficients[places] = sizes * random_units(domain, self.octaves, rng)
        return series(domain, coefficients)
