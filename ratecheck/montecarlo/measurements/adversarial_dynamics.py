"""The closed form of adversarial training beside simulations of it by small steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, final

import numpy as np

from ratecheck import check
from ratecheck.adversarial_flow import AdversarialFlow
from ratecheck.adversarial_flow.dynamics import Attack, Model, Shallow, sensitivities, simulate
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.types import Array

FROZEN: Final = "linearised in parameters and inputs"
SWITCHING: Final = "the same, attack moves between points"
LINEAR: Final = "linearised in parameters"
NETWORK: Final = "network"
GAP: Final = "distance to the closed form"
TO_LINEAR: Final = "distance to the linearised model"
SHARE: Final = "distance to the closed form over the effect of the attack"

Varied = Literal["steps", "width", "inverse strength"]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingGap(Measurement):
    """Distances between predictions at the end of adversarial training.

    Root mean squares over new points, in units of that of y. The abscissa is the number of steps
    (of training, and of each attack), the width, or 1/eta with eta the strength of the attack;
    the other two stay as given. Readings: of ``frozen`` training, `GAP` (only against steps, with
    the same for an attack that is twice as strong on one half of the points until half-time, then
    on the other); of ``linear`` and ``network`` training `GAP`, `SHARE` (the effect of the attack
    is the distance of that training to the closed form without attack) and `TO_LINEAR`.

    Parameters
    ----------
    vary : {"steps", "width", "inverse strength"}
    points, dimension : int
        n and d: x_i normal with E|x|^2 = 1, y_i = sin(3 x_i1) + noise N(0, 0.3^2).
    width, strength, duration : int, float, float
    steps, ascents : int
        Of the training, and of each attack.
    """

    vary: Varied
    points: int = 16
    dimension: int = 3
    width: int = 256
    strength: float = 0.1
    duration: float = 3.0
    steps: int = 200
    ascents: int = 10

    def __post_init__(self) -> None:
        """Check the settings."""
        check.choice("vary", self.vary, ("steps", "width", "inverse strength"))
        for name in ("points", "dimension", "width", "steps", "ascents"):
            check.integer(name, getattr(self, name), low=1)
        check.positive("strength", self.strength)
        check.positive("duration", self.duration)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one data set and one initial network."""
        if self.vary == "width":
            return replace(self, width=size)._moving(self._problem(streams, size))
        if self.vary == "inverse strength":
            return replace(self, strength=1 / size)._moving(self._problem(streams, self.width))
        return replace(self, steps=size, ascents=size)._frozen(self._problem(streams, self.width))

    def _problem(self, streams: Streams, width: int) -> _Problem:
        design, noise, n = streams("design"), streams("noise"), self.points
        X, new = (design.standard_normal((m, self.dimension)) for m in (n, 50))
        X, new = X / self.dimension**0.5, new / self.dimension**0.5
        y = np.sin(3 * X[:, 0]) + 0.3 * noise.standard_normal(n)
        return _Problem(
            start=Shallow.draw(width, self.dimension, streams("init")), X=X, y=y, new=new
        )

    def _frozen(self, at: _Problem) -> list[Reading]:
        k, half = sensitivities(at.start, at.X), np.arange(self.points) < self.points // 2
        even = Attack(rates=lambda _: np.full(self.points, self.strength), steps=self.ascents)
        moving = Attack(
            rates=lambda t: np.where(half == (t < self.duration / 2), 2.0, 0.0) * self.strength,
            steps=self.ascents,
        )
        mean = (1 + np.exp(2 * self.strength * k)) / 2
        cases = (FROZEN, even, np.exp(self.strength * k)), (SWITCHING, moving, mean)
        return [
            Reading(
                series=name, quantity=GAP,
                value=at.distance(self._train("frozen", at, attack), at.closed(self.duration * a)),
            )
            for name, attack, a in cases
        ]  # fmt: skip

    def _moving(self, at: _Problem) -> list[Reading]:
        attack = Attack(rates=lambda _: np.full(self.points, self.strength), steps=self.ascents)
        ends = {LINEAR: self._train("linear", at, attack),
                NETWORK: self._train("network", at, attack)}  # fmt: skip
        a = np.exp(self.strength * sensitivities(at.start, at.X))
        predicted, plain = at.closed(self.duration * a), at.closed(np.full_like(a, self.duration))
        readings = []
        for name, end in ends.items():
            gap = at.distance(end, predicted)
            share = gap / at.distance(end, plain)
            readings += [Reading(series=name, quantity=GAP, value=gap),
                         Reading(series=name, quantity=SHARE, value=share)]  # fmt: skip
        apart = at.distance(ends[NETWORK], ends[LINEAR])
        return [*readings, Reading(series=NETWORK, quantity=TO_LINEAR, value=apart)]

    def _train(self, model: Model, at: _Problem, attack: Attack) -> Array:
        data = at.X, at.y
        return simulate(model, at.start, data, at.new, attack, self.duration, self.steps)


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Problem:
    """One data set and one initial network."""

    start: Shallow
    X: Array
    y: Array
    new: Array

    def closed(self, xi: Array) -> Array:
        """Return the closed form's predictions at the new points."""
        flow = AdversarialFlow(self.start.kernel(self.X, self.X), xi)
        weights = flow.weights(self.start.values(self.X) - self.y)
        return np.asarray(
            self.start.values(self.new) - self.start.kernel(self.new, self.X) @ weights
        )

    def distance(self, first: Array, second: Array) -> float:
        return float(np.sqrt(np.mean((first - second) ** 2) / np.mean(self.y**2)))
