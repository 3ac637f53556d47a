"""Networks of finite width beside the kernel flow of the infinitely wide one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np
import scipy.linalg

from ratecheck import check
from ratecheck.domains import Circle
from ratecheck.kernels import NTK
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.recipe import require_networks
from ratecheck.noise import Noise
from ratecheck.risk.windows import Sampled
from ratecheck.targets import Target
from ratecheck.types import Array

if TYPE_CHECKING:
    from ratecheck.networks import MLP

NETWORK: Final = "network"
KERNEL: Final = "infinite width"
ADVERSARIAL: Final = "adversarial"
RESIDUAL: Final = "training error"


def gap(time: float) -> str:
    """Return the name of the distance of the predictions at a time."""
    return f"sup distance at t={time:g}"


def curve_gap(last: float) -> str:
    """Return the name of the largest gap of the adversarial curves up to a time."""
    return f"largest relative gap of the adversarial curves, t <= {last:g}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class WidthToKernel(Measurement):
    """A ReLU network on the circle, trained by gradient flow; the abscissa is its width.

    The network minus its start is trained on n noisy values by the square loss and compared with
    K(., X) K^{-1} (I - exp(-t K / n)) y, K = NTK(depth, bias), on a grid of the circle.

    Readings: sup over the grid of the distance of the predictions at each time; the largest up to
    each time of |R_network / R_kernel - 1|, R the adversarial risk; R of both, and the network's
    training error, against time. The supremum in R is that over nodes of the grid, the same ones
    for both.

    Parameters
    ----------
    depth : int
    bias : float
        Of network and kernel, theory note A1.
    points : int
        n.
    target : Target
    noise : Noise
    times : tuple of float
        Checkpoints.
    grid : int
        Points of the circle.
    reach : int
        The attack's radius in steps of the grid.
    """

    depth: int
    bias: float
    points: int
    target: Target
    noise: Noise
    times: tuple[float, ...]
    grid: int = 768
    reach: int = 12

    def __post_init__(self) -> None:
        """Check the sizes; the rest is checked by what it is handed to."""
        check.integer("points", self.points, low=2)
        check.integer("grid", self.grid, low=8)
        check.integer("reach", self.reach, low=1, high=self.grid // 2)
        check.times("times", self.times)

    @property
    def radius(self) -> float:
        """The attack's radius, an angle."""
        return 2 * np.pi * self.reach / self.grid

    def require(self) -> None:
        """Raise what every cell would raise."""
        require_networks()

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one design, noise, target and initialisation."""
        from ratecheck.networks import MLP

        f = self.target.realise(Circle(), streams("target"))
        X, G = Circle().design(self.points, streams("design")), Circle().grid(self.grid)
        y = f(X) + self.noise.draw(self.points, streams("noise"))
        network = MLP(depth=self.depth, width=size, bias=self.bias)
        fits = {
            NETWORK: self._trained(network, streams("init"), X, y, np.vstack([G, X])),
            KERNEL: self._flow(X, y, np.vstack([G, X])),
        }
        gaps = np.abs(fits[NETWORK] - fits[KERNEL])[:, : self.grid].max(axis=1)
        risks = {name: self._risks(values, f(G)) for name, values in fits.items()}
        ratio = risks[NETWORK] / risks[KERNEL]
        residuals = np.mean((fits[NETWORK][:, self.grid :] - y) ** 2, axis=1)
        return [
            *self._distances(gaps),
            *(self._curve_gap(np.abs(ratio - 1), last) for last in self.times),
            *self._curve(NETWORK, ADVERSARIAL, risks[NETWORK], self.radius),
            *self._curve(NETWORK, RESIDUAL, residuals),
            *self._curve(KERNEL, ADVERSARIAL, risks[KERNEL], self.radius),
        ]

    def _trained(
        self, network: MLP, rng: np.random.Generator, X: Array, y: Array, Z: Array
    ) -> Array:
        """Return the network's values (T, m) at the points Z."""
        from ratecheck.networks import Flow, centre, train

        start = network.init(rng, 2)
        model = centre(network, start)
        training = train(model, start, X, y, method=Flow(times=self.times)).completed()
        return np.array([model(params, Z)[:, 0] for params in training.params[1:]])

    def _flow(self, X: Array, y: Array, Z: Array) -> Array:
        """Return the kernel flow's values (T, m) at the points Z, by the eigenvectors of K / n."""
        kernel = NTK(depth=self.depth, bias=self.bias)
        values, vectors = scipy.linalg.eigh(kernel(X, X) / self.points)
        own = vectors.T @ y
        growth = np.array([-np.expm1(-t * values) / values * own for t in self.times])
        return np.asarray(growth @ vectors.T @ kernel(X, Z) / self.points)

    def _risks(self, fits: Array, target: Array) -> Array:
        """Return the adversarial risks (T,) of values (T, grid + n)."""
        return np.array([self._adversarial(fit, target) for fit in fits[:, : self.grid]])

    def _adversarial(self, fit: Array, target: Array) -> float:
        def shifted(_: float) -> tuple[Array, Array]:
            return np.roll(fit, self.reach), np.roll(fit, -self.reach)

        sample = Sampled(values=fit, shifted=shifted, domain=Circle())
        high, low = sample.extremes(self.radius)
        return float(np.mean(np.maximum(high - target, target - low) ** 2))

    def _distances(self, gaps: Array) -> Iterator[Reading]:
        for time, value in zip(self.times, gaps, strict=True):
            yield Reading(series=NETWORK, quantity=gap(time), value=float(value), time=time)

    def _curve_gap(self, gaps: Array, last: float) -> Reading:
        worst = float(gaps[np.array(self.times) <= last].max())
        return Reading(series=NETWORK, quantity=curve_gap(last), value=worst, time=last)

    def _curve(
        self, series: str, quantity: str, values: Array, radius: float | None = None
    ) -> Iterator[Reading]:
        for index, (time, value) in enumerate(zip(self.times, values, strict=True)):
            yield Reading(
                series=series, quantity=quantity, value=float(value), radius=radius,
                time=time, index=index,
            )  # fmt: skip
