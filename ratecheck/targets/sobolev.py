"""Typical members of a Sobolev class."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain, Sphere, Torus
from ratecheck.functions import FourierSeries
from ratecheck.harmonics import HarmonicSeries
from ratecheck.targets import sphere, torus
from ratecheck.targets.base import (
    FitSetting,
    Target,
    frequencies,
    random_units,
    series,
    validate_ball,
)
from ratecheck.torus_series import TorusSeries


@final
@dataclass(frozen=True, slots=True)
class Sobolev(Target):
    """A random function with ``|c_k|`` proportional to ``k^(-s - 1/2 - slack)``, mean 0.

    Scaled so that ``sum_{0 < |k| <= band} w_|k|^(2s) |c_k|^2 = radius^2`` exactly, with the
    frequencies ``w_k = 2 pi k`` on the torus, ``k`` on the circle and ``pi k / length`` on an
    interval (cosine series). Phases are random on the torus and the circle, signs on the
    interval. On a sphere degree k has the energy of frequency k, in a random direction, and
    ``w_k = (k (k + d - 1))^(1/2)``; the band is at most `targets.sphere.HIGHEST_DEGREE`. On
    Torus(d=2) and Torus(d=3) ``|c_k|`` is proportional to ``|k|^(-s - d/2 - slack)``, and the
    band, a bound on the Euclidean length of k, at most `targets.torus.HIGHEST_BAND`.

    Parameters
    ----------
    smoothness : float
        s > d/2.
    radius : float
        The H^s norm.
    slack : float
        Excess of the decay over the border of H^s, > 0. The function lies in H^(s') for every
        s' < s + slack.
    band : int
        Largest frequency, >= 1.

    Examples
    --------
    >>> from ratecheck.domains import Torus
    >>> f = Sobolev(1.5).realise(Torus(d=1), np.random.default_rng(0))
    >>> c = f.coefficients[1:]
    >>> bool(np.isclose(2 * np.sum((2 * np.pi * np.arange(1, c.size + 1)) ** 3 * abs(c) ** 2), 1))
    True
    """

    smoothness: float
    radius: float = 1.0
    _: KW_ONLY
    slack: float = 0.01
    band: int = 2**13

    def __post_init__(self) -> None:
        """Validate every parameter."""
        validate_ball(self)
        object.__setattr__(self, "slack", check.positive("slack", self.slack))
        object.__setattr__(self, "band", check.integer("band", self.band, low=1))

    def realise(
        self, domain: Domain, rng: np.random.Generator, setting: FitSetting | None = None
    ) -> FourierSeries | HarmonicSeries | TorusSeries:
        """Draw the phases; the Sobolev norm is the radius exactly, on any domain."""
        if isinstance(domain, Sphere):
            decay = self.smoothness + 0.5 + self.slack
            return sphere.random_series(domain, self.smoothness, self.radius, decay, self.band, rng)
        if isinstance(domain, Torus) and domain.d > 1:
            decay = self.smoothness + domain.d / 2 + self.slack
            return torus.random_series(domain, self.smoothness, self.radius, decay, self.band, rng)
        w = frequencies(domain, self.band, self.smoothness)
        sizes = np.arange(1, self.band + 1) ** -(self.smoothness + 0.5 + self.slack)
        sizes *= self.radius / np.sqrt(2 * np.sum((w**self.smoothness * sizes) ** 2))
        return series(domain, sizes * random_units(domain, self.band, rng))
