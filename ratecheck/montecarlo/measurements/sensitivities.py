"""Sensitivities of random and tangent features against width, or against sample size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.feature_data import FeatureData
from ratecheck.random_features import as_activation, leading_order, parameters, universal_bound
from ratecheck.random_features.features import Data, FeatureName, features_called
from ratecheck.random_features.infinite import wide_fit
from ratecheck.random_features.solving import Solution
from ratecheck.random_features.sweep import Task, run
from ratecheck.random_features.weights import DrawnWeights
from ratecheck.types import Array, UnsupportedError

EPS: Final = float(np.finfo(np.float64).eps)

SENSITIVITY: Final = "S"
SHARE: Final = "S / sqrt(Nd/p)"
LAW: Final = "S^2 / leading order"
"""For the labels as drawn: S^2 over mean(Y^2) times the leading order for unit variance."""

ORDER: Final = "S / (1 + sqrt(N/k))"
LIMIT: Final = "S at infinite width"
EXCESS: Final = "S^2 above infinite width"
"""Of even activations: what the finite width adds, for the same data."""


def at(quantity: str, N: int) -> str:
    """Return the name of a quantity at one of several sample sizes."""
    return f"{quantity}, N = {N}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AgainstWidth(Measurement):
    """S, averaged over test points, at a width k (the abscissa) for nested sample sizes.

    All activations and sample sizes share data and neurons, from one pair of passes.

    Parameters
    ----------
    features : {"rf", "ntk"}
    activations : tuple of str
        The series.
    data : FeatureData
    samples : tuple of int
        Increasing sample sizes N, in the quantities' names.
    tests : int
        Test points a replicate.
    """

    features: FeatureName
    activations: tuple[str, ...]
    data: FeatureData
    samples: tuple[int, ...]
    tests: int = 16

    @property
    def datasets(self) -> tuple[str, ...]:
        """Of the points."""
        return self.data.datasets

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return S and its ratios to the universal bound and to the leading order."""
        X, Y, z = self.data.draw(self.samples[-1], self.tests, streams)
        problem = _Problem(data=Data(X=X, z=z), Y=Y, samples=self.samples, streams=streams)
        cases = problem.cases(self.features, self.activations, size)
        return [r for case in cases for r in case.readings(f", N = {case.N}")]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AboveLimit(Measurement):
    """As `AgainstWidth`, with S of infinite width for the same data and what is above it.

    Parameters
    ----------
    features, activations, data, samples, tests
        See `AgainstWidth`.
    """

    features: FeatureName
    activations: tuple[str, ...]
    data: FeatureData
    samples: tuple[int, ...]
    tests: int = 16

    @property
    def datasets(self) -> tuple[str, ...]:
        """Of the points."""
        return self.data.datasets

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return S, its ratios, its limit, and for even activations the excess of S^2."""
        X, Y, z = self.data.draw(self.samples[-1], self.tests, streams)
        problem = _Problem(data=Data(X=X, z=z), Y=Y, samples=self.samples, streams=streams)
        limits = {
            (case.activation, case.N): case
            for case in problem.cases(self.features, self._smooth, None)
        }
        readings: list[Reading] = []
        for case in problem.cases(self.features, self.activations, size):
            readings += case.readings(f", N = {case.N}")
            readings.append(case.against_order())
            if (limit := limits.get((case.activation, case.N))) is not None:
                readings += case.above(limit)
        return readings

    @property
    def _smooth(self) -> tuple[str, ...]:
        """Names without those whose tangent features do not converge."""
        kinked = self.features == "ntk"
        return tuple(
            a for a in self.activations if not (kinked and as_activation(a).degree is not None)
        )


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AgainstSamples(Measurement):
    """S, averaged over test points, at a sample size N (the abscissa).

    Parameters
    ----------
    features : {"rf", "ntk"}
    activations : tuple of str
    data : FeatureData
    width : int, optional
        k; None for infinite width.
    tests : int
    """

    features: FeatureName
    activations: tuple[str, ...]
    data: FeatureData
    width: int | None = None
    tests: int = 16

    @property
    def datasets(self) -> tuple[str, ...]:
        """Of the points."""
        return self.data.datasets

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return S and its ratios to the universal bound and to the leading order."""
        X, Y, z = self.data.draw(size, self.tests, streams)
        problem = _Problem(data=Data(X=X, z=z), Y=Y, samples=(size,), streams=streams)
        cases = problem.cases(self.features, self.activations, self.width)
        return [r for case in cases for r in case.readings()]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """Sensitivities (m,) of one model, activation and sample size."""

    features: FeatureName
    activation: str
    N: int
    k: float
    d: int
    power: float  # mean(Y^2)
    values: Array
    solution: Solution

    def readings(self, suffix: str = "") -> Iterator[Reading]:
        """Yield S and its ratios."""
        relative = EPS * self.solution.condition  # without refinement: an upper bound
        for quantity, value, power in self._quantities():
            yield Reading(
                series=self.activation,
                quantity=quantity + suffix,
                value=value,
                error=power * relative * value,
                status=self.solution.status,
            )

    def against_order(self) -> Reading:
        """Return S over 1 + sqrt(N/k), the recalled bound for even tangent features."""
        return Reading(
            series=self.activation,
            quantity=at(ORDER, self.N),
            value=float(np.mean(self.values)) / (1.0 + np.sqrt(self.N / self.k)),
            status=self.solution.status,
        )

    def above(self, limit: _Case) -> Iterator[Reading]:
        """Yield the limit, and the excess over it of an even activation."""
        status = limit.solution.status
        far = float(np.mean(limit.values))
        error = EPS * limit.solution.condition * far
        yield Reading(
            series=self.activation,
            quantity=at(LIMIT, self.N),
            value=far,
            error=error,
            status=status,
        )
        if as_activation(self.activation).parity == 1:
            excess = float(np.mean(self.values**2) - np.mean(limit.values**2))
            yield Reading(
                series=self.activation, quantity=at(EXCESS, self.N), value=excess, status=status
            )

    def _quantities(self) -> Iterator[tuple[str, float, int]]:
        """Yield name, value, and the power of S in it."""
        mean, square = float(np.mean(self.values)), float(np.mean(self.values**2))
        yield SENSITIVITY, mean, 1
        if np.isfinite(self.k):
            p = parameters(self.features, self.d, self.k)
            yield SHARE, mean / universal_bound(self.N, self.d, p), 1
        try:
            law = leading_order(self.features, self.activation, self.N, self.k, self.d)
        except UnsupportedError:
            return
        yield LAW, square / (self.power * law**2), 2


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Problem:
    """Data and labels of one replicate, and the sample sizes to look at."""

    data: Data
    Y: Array
    samples: tuple[int, ...]
    streams: Streams

    @property
    def d(self) -> int:
        return int(self.data.X.shape[1])

    def cases(
        self, features: FeatureName, activations: tuple[str, ...], width: int | None
    ) -> Iterator[_Case]:
        """Yield all activations and sample sizes at one width; None is infinite."""
        k = np.inf if width is None else width
        found = self._wide if width is None else self._finite
        for activation, N, values, solution in found(features, activations, width or 0):
            yield _Case(
                features=features, activation=activation, N=N, k=k, d=self.d,
                power=float(np.mean(self.Y[:N] ** 2)), values=values, solution=solution,
            )  # fmt: skip

    def _finite(
        self, features: FeatureName, activations: tuple[str, ...], width: int
    ) -> Iterator[tuple[str, int, Array, Solution]]:
        task = Task(
            features=features_called(features),
            activations=tuple(map(as_activation, activations)),
            data=self.data, Y=self.Y, widths=(width,), sizes=self.samples,
            weights=DrawnWeights(dimension=self.d, width=width, generator=self.streams("init")),
        )  # fmt: skip
        sweep = run(task)
        for (a, s, _), solution in sweep.solutions.items():
            yield activations[a], self.samples[s], sweep.values[a, s, 0, 0], solution

    def _wide(
        self, features: FeatureName, activations: tuple[str, ...], _: int
    ) -> Iterator[tuple[str, int, Array, Solution]]:
        lengths = np.linalg.norm(self.data.z, axis=1)
        for activation in activations:
            phi = as_activation(activation)
            for N in self.samples:
                fit = wide_fit(features_called(features), phi, self.data.X[:N], self.Y[:N])
                gradients = fit.gradients(self.data.z)[0]
                yield activation, N, np.linalg.norm(gradients, axis=-1) * lengths, fit.solution
