"""The member of a Sobolev ball that a given linear estimator fits worst."""

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
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, slots=True)
class WorstCase(Target):
    """The function of H^s norm ``radius`` with the largest bias at the time of the fit.

    Over the ball ``sum w_k^(2s) |c_k|^2 <= radius^2`` the squared bias
    ``sum residual(mu_k, t)^2 |c_k|^2`` is largest at a single frequency, the one that attains
    ``sup_k w_k^(-2s) residual(mu_k, t)^2``; the variance does not depend on the function, so
    that the risk is largest there too (theory note B2, B3). The phase (on an interval: the sign)
    is random. The Fourier basis of the domain must be the eigenbasis of the kernel.

    Parameters
    ----------
    smoothness : float
        s > d/2.
    radius : float
        The H^s norm, in the convention of `Sobolev`.
    band : int
        Largest frequency searched, >= 1.
    """

    smoothness: float
    radius: float = 1.0
    _: KW_ONLY
    band: int = 2**13

    def __post_init__(self) -> None:
        """Validate every parameter."""
        validate_ball(self)
        object.__setattr__(self, "band", check.integer("band", self.band, low=1))

    def realise(
        self, domain: Domain, rng: np.random.Generator, setting: FitSetting | None = None
    ) -> FourierSeries:
        """Put all of the norm on the frequency of the largest bias of ``setting``, phase drawn.

        Raises
        ------
        InputError
            Without a setting: the target depends on the fit.
        """
        if setting is None:
            raise InputError(
                "WorstCase depends on the fit: pass setting=FitSetting(time, residual, eigenvalues)"
            )
        w = frequencies(domain, self.band, self.smoothness)
        k = int(np.argmax(self._bias(w, setting))) + 1
        size = self.radius / math.sqrt(2) * w[k - 1] ** -self.smoothness
        coefficients = np.zeros(k, dtype=np.complex128)
        coefficients[-1] = size * random_units(domain, 1, rng)[0]
        return series(domain, coefficients)

    def _bias(self, w: Array, setting: FitSetting) -> Array:
        """Return the squared bias of each frequency at unit norm, shape (band,)."""
        mu = check.values("eigenvalues", setting.eigenvalues(self.band), length=self.band + 1)
        left = setting.residual(mu[1:], np.array([setting.time]))[0]
        return np.asarray((w**-self.smoothness * left) ** 2)
