"""The largest change of a fit in a ball around a test point, beside what its sensitivity says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.feature_data import FeatureData
from ratecheck.random_features import fit_of
from ratecheck.random_features.change import largest_change
from ratecheck.random_features.features import FeatureName
from ratecheck.random_features.finite import FeatureFunction
from ratecheck.types import Array, Status

CHANGE: Final = "change of f"
RATIO: Final = "change / first order"
CEILING: Final = "certified change / first order"
SENSITIVITY: Final = "S"
S_RANKS: Final = "rank correlation of S and change"
RANKS: Final = "rank correlation of |grad f| and change"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """Features, activation and width."""

    features: FeatureName
    activation: str
    width: int

    @property
    def name(self) -> str:
        """As the series is called."""
        return f"{self.features.upper()} {self.activation}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AdversarialChange(Measurement):
    """max |f(z') - f(z)| over ||z' - z|| <= r, r = sqrt(d) / size: the abscissa is 1/rho.

    Values are means over test points; a change is the attack's, its error the distance to the
    certificate (see `ratecheck.random_features.change`). First order means r ||grad f(z)||, which
    is rho S(z) up to ||z|| / sqrt(d).

    Parameters
    ----------
    models : tuple of Model
        The series; all are fitted to the same data.
    data : FeatureData
    samples : int
        N.
    tests : int
    """

    models: tuple[Model, ...]
    data: FeatureData
    samples: int
    tests: int = 16

    @property
    def datasets(self) -> tuple[str, ...]:
        """Of the points."""
        return self.data.datasets

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return changes, their ratios to the first order, sensitivities, rank correlations."""
        X, Y, z = self.data.draw(self.samples, self.tests, streams)
        d = X.shape[1]
        radius = float(np.sqrt(d) / size)
        weights, attack = streams("init"), streams("attack")
        readings: list[Reading] = []
        for model in self.models:
            W = weights.standard_normal((model.width, d)).T / np.sqrt(d)
            fit = fit_of(model.features, model.activation, X, Y, W)
            assert isinstance(fit.function, FeatureFunction)
            change = largest_change(fit.function, z, radius, attack)
            S = change.linear / radius * np.linalg.norm(z, axis=1)
            room = float(np.mean(change.certified - change.found))
            first = float(np.mean(change.linear))
            for quantity, value, error in (
                (CHANGE, float(np.mean(change.found)), room),
                (RATIO, float(np.mean(change.found)) / first, room / first),
                (CEILING, float(np.mean(change.certified)) / first, 0.0),
                (SENSITIVITY, float(np.mean(S)), 0.0),
                (S_RANKS, _rank_correlation(S, change.found), 0.0),
                (RANKS, _rank_correlation(change.linear, change.found), 0.0),
            ):
                readings.append(
                    _reading(model.name, quantity, value, error, radius, fit.solution.status)
                )
        return readings


def _reading(
    series: str, quantity: str, value: float, error: float, radius: float, status: Status
) -> Reading:
    return Reading(
        series=series, quantity=quantity, value=value, error=error, radius=radius, status=status
    )


def _rank_correlation(a: Array, b: Array) -> float:
    """Return Spearman's correlation of two samples without ties."""
    ranks = [np.argsort(np.argsort(x)) - 0.5 * (x.size - 1) for x in (a, b)]
    return float(ranks[0] @ ranks[1] / (ranks[0] @ ranks[0]))
