"""Adv-NTK beside the plain tangent kernel: accuracy, clean and under attack, against depth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.adversarial_flow import (
    AdversarialFlow,
    Descent,
    Learnt,
    Outputs,
    Restarts,
    ball,
    learn_times,
    survivors,
)
from ratecheck.adversarial_flow.outputs import square_loss
from ratecheck.kernels import NTK
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.labelled import Labelled, Rows
from ratecheck.risk.attack import Region
from ratecheck.types import Array

PLAIN: Final = "NTK"
STOPPED: Final = "NTK, early stopped"
LEARNT: Final = "Adv-NTK"
LONGER: Final = "Adv-NTK, exponential times"
CLEAN: Final = "clean accuracy"
ROBUST: Final = "robust accuracy"
STALE: Final = "accuracy under the published attack"
TIME: Final = "stopping time"
CURVE: Final = "attacked validation loss"
CLEAN_CURVE: Final = "validation loss"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AdvNTKGain(Measurement):
    """Accuracies of four fits by tangent kernels; the abscissa is the depth.

    "NTK" interpolates training and validation rows, as in the paper's comparison. The others fit
    the training rows: gradient flow stopped at that of ``times`` (one for all points, in units of
    1 / mean Theta(x, x)) with the least attacked loss on the validation rows; Adv-NTK, whose times
    are learnt from those rows with the published rule, and with another one. Robust accuracy: no
    step of Auto-PGD on the margin, from the clean and from random points, finds another class.

    The published code's attack takes its gradient once, at the random start, and lets the ball be
    centred there: the accuracy under it (`STALE`) is kept beside.

    Parameters
    ----------
    problem : Labelled
    train : int
    bias : float
        Of the kernel.
    radius : float
        l-infinity, pixels stay in [0, 1].
    times : tuple of float
    published, longer : Descent
    search : Restarts
    window : int
        Steps of the descent averaged for one point of a learning curve.
    """

    problem: Labelled
    train: int
    bias: float
    radius: float
    times: tuple[float, ...]
    published: Descent
    longer: Descent
    search: Restarts
    window: int = 5

    def __post_init__(self) -> None:
        """Check the settings."""
        check.integer("train", self.train, low=2)
        check.nonnegative("bias", self.bias)
        check.positive("radius", self.radius)
        check.times("times", self.times)
        check.integer("window", self.window, low=1)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The rows."""
        return (self.problem.data,)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one split."""
        rows, held, test = self.problem.draw(self.train, streams)
        kernel, region = NTK(depth=size, bias=self.bias), ball(self.radius, math.inf, (0.0, 1.0))
        both = np.vstack((rows.X, held.X)), np.vstack((rows.Y, held.Y))
        learnt = {
            name: learn_times(
                kernel, (rows.X, rows.Y), (held.X, held.Y), region, streams("attack"), rule
            )
            for name, rule in ((LEARNT, self.published), (LONGER, self.longer))
        }
        time, stopped = self._stopped(kernel, rows, held, region, streams)
        fits = {PLAIN: _interpolant(kernel, *both), STOPPED: stopped}
        fits |= {name: found.function for name, found in learnt.items()}
        readings = [
            Reading(series=name, quantity=quantity, value=value)
            for name, f in fits.items()
            for quantity, value in self._accuracies(f, test, region, streams)
        ]
        readings.append(Reading(series=STOPPED, quantity=TIME, value=time))
        return [*readings, *(r for name, x in learnt.items() for r in self._curves(name, x))]

    def _stopped(
        self, kernel: NTK, rows: Rows, held: Rows, region: Region, streams: Streams
    ) -> tuple[float, Outputs]:
        """Return the best time and its fit, by the criterion of Adv-NTK on all held-out rows."""
        Theta, offset = kernel(rows.X, rows.X), rows.Y.mean(axis=0)
        found = []
        for time in self.times:
            xi = np.full(len(Theta), time / np.mean(np.diagonal(Theta)))
            weights = AdversarialFlow(Theta, xi).weights(rows.Y - offset)
            f = Outputs(kernel=kernel, centres=rows.X, weights=weights, offset=offset)
            loss = square_loss(f, held.Y)
            moved = self.published.attack(loss, held.X, region, streams("attack"))
            found.append((float(loss(moved)[0].mean()), time, f))
        _, time, f = min(found, key=lambda each: each[0])
        return time, f

    def _accuracies(
        self, f: Outputs, test: Rows, region: Region, streams: Streams
    ) -> Iterator[tuple[str, float]]:
        scores = f(test.X)
        yield CLEAN, float(np.mean(scores.argmax(axis=1) == test.labels))
        alive = survivors(f, test.X, test.labels, region, streams("probe"), self.search)
        yield ROBUST, float(alive.mean())
        moved = published_attack(f, test, self.radius, streams("attack"))
        yield STALE, float(np.mean(f(moved).argmax(axis=1) == test.labels))

    def _curves(self, name: str, found: Learnt) -> Iterator[Reading]:
        for quantity, losses in ((CURVE, found.robust), (CLEAN_CURVE, found.clean)):
            parts = losses[: losses.size - losses.size % self.window].reshape(-1, self.window)
            for index, value in enumerate(parts.mean(axis=1)):
                yield Reading(
                    series=name, quantity=quantity, value=float(value), index=index,
                    time=float((index + 0.5) * self.window),
                )  # fmt: skip


def published_attack(f: Outputs, rows: Rows, radius: float, rng: np.random.Generator) -> Array:
    """Return where the attack in the public code of arXiv 2310.06112 leads, shape (m, d).

    Its loop takes the gradient of the squared loss at the random start in every step, and its ball
    is centred at that start: ten steps of a fifth of the radius end at one step of the whole
    radius, up to twice the radius away from the clean point.
    """
    low, high = 0.0, 1.0
    start = np.clip(rows.X + radius * rng.uniform(-1, 1, rows.X.shape), low, high)
    slope = square_loss(f, rows.Y)(start)[1]
    return np.clip(start + radius * np.sign(slope), low, high)


def _interpolant(kernel: NTK, X: Array, Y: Array) -> Outputs:
    offset = Y.mean(axis=0)
    weights = sl.solve(kernel(X, X), Y - offset, assume_a="pos")
    return Outputs(kernel=kernel, centres=X, weights=weights, offset=offset)
