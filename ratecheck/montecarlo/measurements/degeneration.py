"""Adversarial training in closed form against its duration: towards the plain interpolant."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.adversarial_flow import AdversarialFlow, Outputs, Restarts, ball, survivors
from ratecheck.adversarial_flow.outputs import square_loss
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.labelled import Labelled
from ratecheck.types import Array, InputError

EVEN: Final = "equal times"
UNEVEN: Final = "unequal times"
UNTOUCHED: Final = "a tenth of the points untrained"
CLEAN: Final = "clean"
DISTANCE: Final = "distance to the interpolant"
PATTERNS: Final = (EVEN, UNEVEN, UNTOUCHED)
ROUNDING: Final = 1e-10

Errors: TypeAlias = Iterator[tuple[str, float]]
Fits: TypeAlias = Iterator[tuple[str, list[tuple[float, Outputs]]]]


def robust(radius: float) -> str:
    """Return the name of the error, or risk, under attack."""
    return f"attacked (r={radius:g})"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Durations c and proportions Xi_0 of Xi = c Xi_0, both in units of 1 / mean Theta(x, x).

    Xi_0 has mean 1: all equal (no attack, or one that lengthens all times alike, as the closed
    form does for an infinitely wide ReLU network); log-normal with standard deviation ``spread``
    of the logarithm; or equal, with zeros for a tenth of the points, against which the limit is
    not the interpolant (the control).
    """

    decades: tuple[float, float]
    per_decade: int
    spread: float

    def __post_init__(self) -> None:
        """Check the settings."""
        check.positive("spread", self.spread)
        check.integer("per_decade", self.per_decade, low=1)
        if not self.decades[0] < self.decades[1]:
            raise InputError(f"decades must be increasing, got {self.decades!r}")

    @property
    def durations(self) -> Array:
        """c, shape (T,)."""
        low, high = self.decades
        return np.logspace(low, high, round((high - low) * self.per_decade) + 1)

    def patterns(self, n: int, rng: np.random.Generator) -> dict[str, Array]:
        """Return Xi_0 by name, each (n,)."""
        uneven, zeros = np.exp(self.spread * rng.standard_normal(n)), np.ones(n)
        zeros[rng.permutation(n)[: max(1, n // 10)]] = 0.0
        return {
            name: xi / xi.mean()
            for name, xi in zip(PATTERNS, (np.ones(n), uneven, zeros), strict=True)
        }


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Degeneration(Measurement):
    """Errors of a classifier against the duration of training; the abscissa is n.

    Readings for each pattern of `Schedule` (series) and duration, last the interpolant: clean and
    attacked test error (shares of points; not of the control) and, but for the last, the root mean
    square of f_t - f_inf over the test points in units of that of f_inf - its mean, 1e-10 at least.

    Parameters
    ----------
    kernel : Kernel
    problem : Labelled
    schedule : Schedule
    radii : tuple of float
        l-infinity, within the data's box.
    box : (float, float)
    search : Restarts
    """

    kernel: Kernel
    problem: Labelled
    schedule: Schedule
    radii: tuple[float, ...]
    box: tuple[float, float]
    search: Restarts

    def __post_init__(self) -> None:
        """Check the radii."""
        for radius in self.radii:
            check.positive("radius", radius)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The rows."""
        return (self.problem.data,)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the curves of one split."""
        train, _, test = self.problem.draw(size, streams)

        def errors(f: Outputs) -> Errors:
            wrong = np.mean(f(test.X).argmax(axis=1) != test.labels)
            yield CLEAN, float(wrong)
            for radius in self.radii:
                region, rng = ball(radius, math.inf, self.box), streams("attack")
                alive = survivors(f, test.X, test.labels, region, rng, self.search)
                yield robust(radius), 1.0 - float(alive.mean())

        fits = _fits(self.kernel, (train.X, train.Y), self.schedule, streams("design"))
        return list(_readings(fits, test.X, errors))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SyntheticDegeneration(Measurement):
    """The same for a regression: x uniform on [-1, 1]^d, y = sin(2 sum_j x_j / sqrt d) + noise.

    Errors are risks: mean of (f_t(x) - f(x))^2, and of sup (f_t(x') - f(x))^2 over an l2 ball.

    Parameters
    ----------
    kernel : Kernel
    dimension : int
    noise : float
        Its standard deviation.
    test : int
    schedule : Schedule
    radii : tuple of float
    search : Restarts
    """

    kernel: Kernel
    dimension: int
    noise: float
    test: int
    schedule: Schedule
    radii: tuple[float, ...]
    search: Restarts

    def __post_init__(self) -> None:
        """Check the settings."""
        check.integer("dimension", self.dimension, low=1)
        check.nonnegative("noise", self.noise)
        check.integer("test", self.test, low=1)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the curves of one design."""
        design = streams("design")
        X = design.uniform(-1, 1, (size + self.test, self.dimension))
        truth = np.sin(2 * X.sum(axis=1) / self.dimension**0.5)[:, None]
        Y = truth[:size] + self.noise * streams("noise").standard_normal((size, 1))
        new, right = X[size:], truth[size:]

        def errors(f: Outputs) -> Errors:
            yield CLEAN, float(np.mean((f(new) - right) ** 2))
            for radius in self.radii:
                loss, region = square_loss(f, right), ball(radius, 2, None)
                worst = self.search(loss, new, region, streams("attack"))[1]
                yield robust(radius), 2 * float(worst.mean())

        fits = _fits(self.kernel, (X[:size], Y), self.schedule, design)
        return list(_readings(fits, new, errors))


def _fits(
    kernel: Kernel, data: tuple[Array, Array], schedule: Schedule, rng: np.random.Generator
) -> Fits:
    """Yield the fits of one training set by pattern and duration, last the interpolant."""
    X, Y = data
    Theta, offset = kernel(X, X), Y.mean(axis=0)
    scale, C = float(np.mean(np.diagonal(Theta))), Y - offset

    def fit(weights: Array) -> Outputs:
        return Outputs(kernel=kernel, centres=X, weights=weights, offset=offset)

    last = fit(sl.solve(Theta, C, assume_a="pos"))
    for name, xi in schedule.patterns(len(X), rng).items():
        flows = ((c, AdversarialFlow(Theta, c * xi / scale)) for c in schedule.durations)
        yield name, [*((float(c), fit(flow.weights(C))) for c, flow in flows), (math.inf, last)]


def _readings(fits: Fits, new: Array, errors: Callable[[Outputs], Errors]) -> Iterator[Reading]:
    for series, curve in fits:
        limit = curve[-1][1](new)
        spread = float(np.sum((limit - limit.mean(axis=0)) ** 2))
        for index, (time, f) in enumerate(curve):
            for name, value in errors(f) if series != UNTOUCHED else ():
                yield Reading(series=series, quantity=name, value=value, time=time, index=index)
            if math.isfinite(time):
                apart = float(np.sqrt(np.sum((f(new) - limit) ** 2) / spread))
                yield Reading(
                    series=series, quantity=DISTANCE, value=max(apart, ROUNDING), time=time,
                    index=index,
                )  # fmt: skip
