"""How the image studies train and attack: one recipe, so that their numbers can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ratecheck import check
from ratecheck.montecarlo.measurements.images import BOX, ImageProblem, Images
from ratecheck.types import Array

if TYPE_CHECKING:
    from ratecheck.adversarial_flow.outputs import Scores
    from ratecheck.networks import PGD, Ball, ConvNet, Trained, Training
    from ratecheck.networks.model import Model
    from ratecheck.networks.robustness import Attack, Evaluation


def require_networks() -> None:
    """Raise `MissingExtraError` unless networks can be trained."""
    import ratecheck.networks.backend  # noqa: F401 - what is asked is whether it can be imported


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Networks, training and attacks of the image studies.

    Convolutional networks in the tangent parametrisation, cross-entropy, SGD with momentum 0.9;
    adversarial training on PGD iterates from random starts; robust accuracy is the pointwise worst
    case over PGD on the cross-entropy and Auto-PGD on the DLR loss.

    Parameters
    ----------
    images : Images
    channels : int
    radius : float
        l-infinity, pixels in [0, 1].
    rate : float
        Learning rate.
    batch : int
    steps : int
        Of the attack in training; the one in evaluation takes twice as many, Auto-PGD four times.
    convolutions : int
    """

    images: Images
    channels: int
    radius: float
    rate: float = 0.1
    batch: int = 25
    steps: int = 5
    convolutions: int = 2

    def __post_init__(self) -> None:
        """Check what nothing else checks before the run."""
        check.positive("radius", self.radius)
        check.positive("rate", self.rate)
        for name in ("channels", "batch", "steps", "convolutions"):
            check.integer(name, getattr(self, name), low=1)

    def require(self) -> None:
        """Raise what training would raise: a missing extra, missing images."""
        require_networks()
        self.images.require()

    @property
    def ball(self) -> Ball:
        """Where attacks may search, in units of the problem's pixels."""
        from ratecheck.networks import Ball

        return Ball(radius=2.0 * self.radius, box=BOX)

    @property
    def pgd(self) -> PGD:
        """The attack of training."""
        from ratecheck.networks import PGD

        return PGD(ball=self.ball, steps=self.steps)

    @property
    def attacks(self) -> tuple[Attack, ...]:
        """The attacks of evaluation."""
        from ratecheck.networks import PGD
        from ratecheck.networks.robustness import Ascent, AutoPGD

        longer = PGD(ball=self.ball, steps=2 * self.steps)
        auto = AutoPGD(region=self.ball, steps=4 * self.steps, criterion="dlr")
        return Ascent(pgd=longer), auto

    def network(self, problem: ImageProblem) -> ConvNet:
        """Return the network for a problem."""
        from ratecheck.networks import ConvNet

        return ConvNet(
            image=problem.image, channels=self.channels, convolutions=self.convolutions,
            outputs=problem.classes,
        )  # fmt: skip

    def train(
        self,
        model: Model,
        start: Any,  # noqa: ANN401 - a tree of arrays
        problem: ImageProblem,
        epochs: tuple[int, ...],
        rng: np.random.Generator,
        *,
        adversarial: bool,
    ) -> Training:
        """Train with checkpoints at ``epochs``, or raise `RatecheckError` if that diverges."""
        from ratecheck.networks import SGD, train

        method = SGD(
            rate=self.rate, epochs=epochs[-1], batch=self.batch, momentum=0.9, checkpoints=epochs
        )
        return train(
            model, start, problem.X, problem.y, method=method, loss="cross_entropy",
            attack=self.pgd if adversarial else None, rng=rng,
        ).completed()  # fmt: skip

    def train_on_kernel(
        self,
        network: Model,
        params: Any,  # noqa: ANN401 - a tree of arrays
        problem: ImageProblem,
        epochs: int,
        rng: np.random.Generator,
        *,
        adversarial: bool,
    ) -> Trained:
        """Train the centred linearisation at ``params``, from there on.

        The learning rate is 1 / lambda_max(K/n): a multiple of a kernel gives the same classifier.
        """
        from ratecheck.networks import Trained, linearise
        from ratecheck.networks.step import tangent_norm

        frozen = linearise(network, params, centred=True)
        recipe = replace(self, rate=1.0 / tangent_norm(frozen, params, problem.X))
        training = recipe.train(frozen, params, problem, (epochs,), rng, adversarial=adversarial)
        return Trained(model=frozen, params=training.final)

    def evaluate(
        self,
        victim: Scores,
        problem: ImageProblem,
        rng: np.random.Generator,
        elsewhere: Mapping[str, Array] | None = None,
        queries: int = 0,
    ) -> Evaluation:
        """Attack the test points, with ``queries`` of a search without gradients at the end."""
        from ratecheck.networks.robustness import BlockSearch, evaluate

        attacks = self.attacks
        if queries:
            attacks += (BlockSearch(region=self.ball, queries=queries, image=problem.image),)
        return evaluate(victim, problem.X_test, problem.y_test, attacks, rng, elsewhere)
