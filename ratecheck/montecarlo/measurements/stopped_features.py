"""Sensitivity and risk of random features: minimum norm, early stopped, ridge; any width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

import numpy as np

from ratecheck.filters import Filter, GradientFlowFilter, RidgeFilter
from ratecheck.kernels.base import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.numerics.activations import Activation
from ratecheck.random_features import as_activation
from ratecheck.random_features.features import RandomFeatures
from ratecheck.random_features.finite import FeatureFunction
from ratecheck.random_features.infinite import WideFunction, wide_kernel
from ratecheck.random_features.solving import filtered, minimum_norm
from ratecheck.types import Array, Status

SENSITIVITY: Final = "S"
RISK: Final = "clean risk"
PLAIN, STOPPED, RIDGE = "minimum norm", "early stopped", "ridge"
WIDE: Final = ", k = infinity"
TRUTH: Final = "target"
"""Series of the target itself."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class StoppedFeatures(Measurement):
    """Random features of width k (the abscissa) fitted to y = f(x) + sigma e, x ~ N(0, I_d).

    f(x) = <u, x> + (<v, x>^2 - 1) / 2 with random unit vectors u, v. Stopping times (and 1/lambda)
    are chosen on a grid by the squared error at held-out points with noisy labels. S and
    clean risk E (f_hat - f)^2 are means over fresh test points.

    Parameters
    ----------
    activation : str
    d, samples, held_out, tests : int
        Dimension, N, and numbers of other points.
    sigma : float
    decades : float
        The grid of times reaches from 1 to 10^decades, four a decade.
    """

    activation: str
    d: int
    samples: int
    held_out: int
    tests: int = 200
    sigma: float = 1.0
    decades: float = 6.0

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return S and risk of all fits at this width and at infinite width, and S of f."""
        phi, problem = as_activation(self.activation), _drawn(self, streams)
        W = streams("init").standard_normal((size, self.d)).T / np.sqrt(self.d)
        narrow = Narrow(phi=phi, W=W, X=problem.X)
        return [
            *_readings(self, problem, narrow, ""),
            *_readings(self, problem, Wide(phi=phi, X=problem.X), WIDE),
            Reading(series=TRUTH, quantity=SENSITIVITY, value=problem.sensitivity(problem.slopes)),
        ]


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Problem:
    """Data, held-out data, test points; values and gradients of the target there."""

    X: Array
    Y: Array
    held: tuple[Array, Array]
    z: Array
    values: Array
    slopes: Array

    def sensitivity(self, gradients: Array) -> float:
        """Return the mean of ||z|| ||gradient||."""
        lengths = np.linalg.norm(self.z, axis=1)
        return float(np.mean(lengths * np.linalg.norm(gradients, axis=1)))


def _drawn(setting: StoppedFeatures, streams: Streams) -> _Problem:
    design, target, noise = streams("design"), streams("target"), streams("noise")
    u, v = (x / np.linalg.norm(x) for x in target.standard_normal((2, setting.d)))

    def f(points: Array) -> Array:
        return np.asarray(points @ u + 0.5 * ((points @ v) ** 2 - 1.0))

    sizes = setting.samples, setting.held_out, setting.tests
    X, V, z = (design.standard_normal((n, setting.d)) for n in sizes)
    Y, held = (f(A) + setting.sigma * noise.standard_normal(len(A)) for A in (X, V))
    slopes = u + np.multiply.outer(z @ v, v)
    return _Problem(X=X, Y=Y, held=(V, held), z=z, values=f(z), slopes=slopes)


def _readings(
    setting: StoppedFeatures, problem: _Problem, model: Narrow | Wide, suffix: str
) -> Iterator[Reading]:
    plain = minimum_norm(model.K, problem.Y, model.forward)
    yield from _of_fit(PLAIN + suffix, problem, model, plain.coefficients[:, 0], plain.status)
    times = np.geomspace(1.0, 10.0**setting.decades, round(4 * setting.decades) + 1)
    cross = model.cross(problem.held[0])
    rules: tuple[tuple[str, Filter], ...] = (
        (STOPPED, GradientFlowFilter()),
        (RIDGE, RidgeFilter()),
    )
    for name, rule in rules:
        fits = filtered(model.K, problem.Y, model.scale, rule, times).coefficients
        errors = np.mean((cross @ fits - problem.held[1][:, None]) ** 2, axis=0)
        best = int(np.argmin(errors))
        edge = {0: Status.EDGE_LOW, times.size - 1: Status.EDGE_HIGH}
        status = edge.get(best, Status.CONVERGED)
        yield from _of_fit(name + suffix, problem, model, fits[:, best], status, float(times[best]))


def _of_fit(
    series: str, problem: _Problem, model: Narrow | Wide, c: Array, status: Status,
    time: float | None = None,
) -> Iterator[Reading]:  # fmt: skip
    function = model.function(c)
    risk = float(np.mean((function(problem.z) - problem.values) ** 2))
    S = problem.sensitivity(function.gradient(problem.z))
    for quantity, value in ((SENSITIVITY, S), (RISK, risk)):
        yield Reading(series=series, quantity=quantity, value=value, time=time, status=status)


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Narrow:
    """Random features of finite width at data X: kernel matrix and functions of coefficients."""

    phi: Activation
    W: Array
    X: Array

    @cached_property
    def features(self) -> Array:
        """phi(X W), shape (N, k)."""
        return self.phi(self.X @ self.W)

    @cached_property
    def K(self) -> Array:
        """Kernel matrix (N, N)."""
        return np.asarray(self.features @ self.features.T)

    @property
    def scale(self) -> float:
        """Number of neurons k."""
        return float(self.W.shape[1])

    def forward(self, c: Array) -> Array:
        """Return K c through the features."""
        return np.asarray(self.features @ (c @ self.features))

    def cross(self, V: Array) -> Array:
        """Return the kernel between points V (n, d) and the data, (n, N)."""
        return np.asarray(self.phi(V @ self.W) @ self.features.T)

    def function(self, c: Array) -> FeatureFunction:
        """Return the function with these coefficients."""
        theta = np.asarray(c @ self.features)
        return FeatureFunction(
            features=RandomFeatures(), activation=self.phi, weights=self.W, theta=theta
        )


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Wide:
    """The same at infinite width."""

    phi: Activation
    X: Array

    @cached_property
    def kernel(self) -> Kernel:
        """At x / sqrt(d)."""
        return wide_kernel(RandomFeatures(), self.phi, self.X.shape[1])

    @cached_property
    def K(self) -> Array:
        """Kernel matrix (N, N)."""
        return self.cross(self.X)

    @property
    def scale(self) -> float:
        """One: the kernel is divided by the width already."""
        return 1.0

    forward = None  # the kernel has no features to refine with

    def cross(self, V: Array) -> Array:
        """Return the kernel between points V (n, d) and the data, (n, N)."""
        root = np.sqrt(self.X.shape[1])
        return self.kernel(V / root, self.X / root)

    def function(self, c: Array) -> WideFunction:
        """Return the function with these coefficients."""
        return WideFunction(kernel=self.kernel, X=self.X, c=c)
