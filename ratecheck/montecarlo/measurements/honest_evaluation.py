"""The attacks that the studies of networks use, held against stronger ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np

from ratecheck import check
from ratecheck.adversarial_flow import Restarts
from ratecheck.adversarial_flow.outputs import Scores, margin_loss
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.attacked_models import ADVERSARIAL, MASKED, models
from ratecheck.montecarlo.measurements.images import ImageProblem
from ratecheck.montecarlo.measurements.recipe import Recipe
from ratecheck.types import Array

if TYPE_CHECKING:
    from ratecheck.networks.robustness import Attack

ONE_STEP: Final = "one step"
TRAINING: Final = "as in training"
STUDIES: Final = "as in the studies of networks"
KERNELS: Final = "as in the studies of kernels"
TRANSFER: Final = "transfer from other models"
WORST: Final = "all attacks"
GROUPS: Final = (ONE_STEP, TRAINING, STUDIES, KERNELS)


def accuracy(attack: str) -> str:
    """Return the name of the accuracy under an attack."""
    return f"robust accuracy, {attack}"


def overstated(attack: str) -> str:
    """Return the name of what an attack misses: its accuracy minus that under all attacks."""
    return f"overstatement, {attack}"


def shifted(attack: str) -> str:
    """Return the name of what large scores change in an accuracy."""
    return f"change by large scores, {attack}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class HonestEvaluation(Measurement):
    """Robust accuracies of several classifiers under weak and strong attacks.

    The abscissa is the number of training images; the classifiers are those of
    `attacked_models.models`. Readings of each: the accuracy under each attack, under points that
    the attack of the studies of kernels found for the other classifiers, and under all of them
    point by point; by how much the accuracies under weaker attacks overstate the last; and how the
    accuracies change where the same network has large scores.

    Parameters
    ----------
    recipe : Recipe
    epochs, second : int
        Of the networks, and of the linearised model.
    steps : int
        Of the strong attacks.
    queries : int
        Of the gradient-free attack.
    """

    recipe: Recipe
    epochs: int = 64
    second: int = 32
    steps: int = 100
    queries: int = 400

    def __post_init__(self) -> None:
        """Check the numbers of steps."""
        for name in ("epochs", "second", "queries"):
            check.integer(name, getattr(self, name), low=1)
        check.integer("steps", self.steps, low=2)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The images."""
        return (self.recipe.images.data,)

    def require(self) -> None:
        """Raise what every cell would raise."""
        self.recipe.require()

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one draw of images and one start."""
        problem = self.recipe.images.draw(streams("split"), size)
        victims = models(self.recipe, problem, self.epochs, self.second, streams)
        rng = streams("probe")
        points = {name: self._points(v, problem, rng) for name, v in victims.items()}
        out: list[Reading] = []
        for name, victim in victims.items():
            found = dict(points[name])
            others = [points[other][KERNELS] for other in victims if other not in (name, MASKED)]
            found |= {f"{TRANSFER} {k}": (Z,) for k, Z in enumerate(z for (z,) in others)}
            out += self._readings(name, _margins(victim, found, problem))
        return [*out, *(_magnified(out, attack) for attack in (TRAINING, WORST))]

    def _attacks(self, problem: ImageProblem) -> Mapping[str, tuple[Attack, ...]]:
        """Return attacks by the name of their group; the strong ones each under its own."""
        from ratecheck.networks import PGD
        from ratecheck.networks.robustness import Ascent, AutoPGD, BlockSearch

        ball = self.recipe.ball
        once = PGD(ball=ball, steps=1, rate=ball.radius, random=False)
        strong: tuple[Attack, ...] = (
            Ascent(pgd=PGD(ball=ball, steps=self.steps), restarts=2, criterion="margin"),
            AutoPGD(region=ball, steps=self.steps),
            AutoPGD(region=ball, steps=self.steps, restarts=2, criterion="dlr"),
            AutoPGD(region=ball, steps=self.steps, criterion="margin"),
            BlockSearch(region=ball, queries=self.queries, image=problem.image),
        )
        return {
            ONE_STEP: (Ascent(pgd=once),),
            TRAINING: (Ascent(pgd=self.recipe.pgd),),
            STUDIES: self.recipe.attacks,
            **{attack.name: (attack,) for attack in strong},
        }

    def _points(
        self, victim: Scores, problem: ImageProblem, rng: np.random.Generator
    ) -> dict[str, tuple[Array, ...]]:
        """Return the points that each group of attacks finds for a classifier."""
        X, labels = problem.X_test, problem.y_test
        found = {
            name: tuple(attack(victim, X, labels, rng) for attack in group)
            for name, group in self._attacks(problem).items()
        }
        loss = margin_loss(victim, labels)
        region = self.recipe.ball.region
        return found | {KERNELS: (Restarts()(loss, X, region, rng)[0],)}

    def _readings(self, series: str, margins: dict[str, Array]) -> Iterator[Reading]:
        radius = self.recipe.radius
        worst = np.min(list(margins.values()), axis=0)
        for name, found in (*margins.items(), (WORST, worst)):
            share = float(np.mean(found > 0))
            yield Reading(series=series, quantity=accuracy(name), value=share, radius=radius)
            if name in GROUPS:
                missed = share - float(np.mean(worst > 0))
                yield Reading(series=series, quantity=overstated(name), value=missed, radius=radius)


def _magnified(readings: list[Reading], attack: str) -> Reading:
    """Return how an accuracy of the magnified network differs from that of the network."""
    found = {x.series: x.value for x in readings if x.quantity == accuracy(attack)}
    return Reading(
        series=MASKED, quantity=shifted(attack), value=found[MASKED] - found[ADVERSARIAL]
    )


def _margins(
    victim: Scores, found: Mapping[str, tuple[Array, ...]], problem: ImageProblem
) -> dict[str, Array]:
    """Return the smallest margins (m,) over the points of each group; transfer is one group."""
    from ratecheck.networks.robustness import margins

    labels = problem.y_test
    groups: dict[str, Array] = {"none": margins(victim(problem.X_test), labels)}
    for name, points in found.items():
        group = TRANSFER if name.startswith(TRANSFER) else name
        for Z in points:
            values = margins(victim(Z), labels)
            groups[group] = np.minimum(groups.get(group, values), values)
    return groups
