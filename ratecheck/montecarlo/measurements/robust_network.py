"""Adversarial training of finite networks on labelled images, by epochs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, final

from ratecheck import check
from ratecheck.adversarial_flow import Restarts, ball, margins
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.labelled import Labelled
from ratecheck.montecarlo.measurements.recipe import require_networks
from ratecheck.types import InputError

ADVERSARIAL: Final = "network, adversarial training"
STANDARD: Final = "network, standard training"
CLEAN: Final = "clean"
TRAINING: Final = "training loss"


def robust(radius: float) -> str:
    """Return the name of the error under attack."""
    return f"attacked (r={radius:g})"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class RobustNetwork(Measurement):
    """Errors of fully connected ReLU networks over epochs; the abscissa is the depth.

    Cross-entropy, SGD with momentum 0.9, batches of 50; adversarial training on PGD iterates from
    random starts (l-infinity, within the data's box). Readings for each training (series) and
    checkpoint: clean and attacked test error, the latter by Auto-PGD on the margin, the attack of
    the kernel studies; and the training loss, attacked where training is.

    Parameters
    ----------
    problem : Labelled
    train : int
        Training rows.
    width : int
    bias : float
    radius : float
    rate : float
    epochs : tuple of int
        Checkpoints.
    steps : int
        Of PGD in training.
    search : Restarts
    trainings : tuple of str
    """

    problem: Labelled
    train: int
    width: int
    bias: float
    radius: float
    rate: float
    epochs: tuple[int, ...]
    steps: int
    search: Restarts
    trainings: tuple[str, ...] = (ADVERSARIAL,)

    def __post_init__(self) -> None:
        """Check what nothing else checks before the run."""
        for name in ("train", "width", "steps"):
            check.integer(name, getattr(self, name), low=1)
        check.positive("radius", self.radius)
        for name in self.trainings:
            check.choice("training", name, (ADVERSARIAL, STANDARD))
        if not self.epochs or list(self.epochs) != sorted(set(self.epochs)):
            raise InputError(f"epochs must increase and not be empty, got {self.epochs!r}")

    @property
    def datasets(self) -> tuple[str, ...]:
        """The rows."""
        return (self.problem.data,)

    def require(self) -> None:
        """Raise what every cell would raise."""
        require_networks()

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the curves of one split and one start."""
        return [r for name in self.trainings for r in self._curve(name, size, streams)]

    def _curve(self, name: str, depth: int, streams: Streams) -> list[Reading]:
        from ratecheck.networks import MLP, PGD, SGD, Ball, Trained, train

        rows, _, test = self.problem.draw(self.train, streams)
        network = MLP(depth=depth, width=self.width, bias=self.bias, outputs=rows.Y.shape[1])
        start = network.init(streams("init"), rows.X.shape[1])
        method = SGD(rate=self.rate, epochs=self.epochs[-1], batch=50, momentum=0.9,
                     checkpoints=self.epochs)  # fmt: skip
        attack = PGD(ball=Ball(radius=self.radius), steps=self.steps)
        run = train(
            network, start, rows.X, rows.labels, method=method, loss="cross_entropy",
            attack=attack if name == ADVERSARIAL else None, rng=streams("probe"),
        ).completed()  # fmt: skip
        readings = []
        for index, params in enumerate(run.params[1:]):
            f, region = Trained(model=network, params=params), ball(self.radius, math.inf, (0, 1))
            worst = margins(f, test.X, test.labels, region, streams("attack"), self.search)
            found = {
                CLEAN: float((f(test.X).argmax(axis=1) != test.labels).mean()),
                robust(self.radius): float((worst > 0).mean()),
                TRAINING: float(run.losses[index]),
            }
            readings += [
                Reading(series=name, quantity=quantity, value=value, index=index,
                        time=float(self.epochs[index]))
                for quantity, value in found.items()
            ]  # fmt: skip
        return readings
