"""The classifiers on which attacks are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
import scipy.linalg

from ratecheck.adversarial_flow import Outputs
from ratecheck.adversarial_flow.outputs import Scores
from ratecheck.kernels import NTK
from ratecheck.montecarlo.measured import Streams
from ratecheck.montecarlo.measurements.images import ImageProblem
from ratecheck.montecarlo.measurements.recipe import Recipe
from ratecheck.types import Array

STANDARD: Final = "network, standard"
ADVERSARIAL: Final = "network, adversarial"
FROZEN: Final = "adversarial kernel, benign data"
INFINITE: Final = "infinite width, interpolant"
MASKED: Final = "network, adversarial, scores x 1e6"
_FACTOR: Final = 1e6


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Magnified:
    """A classifier with all scores multiplied: the same answers, other gradients of losses."""

    victim: Scores
    factor: float

    def __call__(self, X: Array) -> Array:
        """Return the scores (n, C)."""
        return self.factor * self.victim(X)

    def pull_back(self, X: Array, R: Array) -> Array:
        """Return the gradients (n, d)."""
        return self.factor * self.victim.pull_back(X, R)


def models(
    recipe: Recipe, problem: ImageProblem, epochs: int, second: int, streams: Streams
) -> dict[str, Scores]:
    """Return classifiers of every kind that the studies of networks attack.

    Networks of standard and of adversarial training (``epochs``); the linearisation of the latter,
    trained on benign images (``second``); the interpolant of the tangent kernel of infinitely wide
    networks; and the adversarial network with scores so large that the softmax saturates in
    float64, where the gradient of the cross-entropy is exactly zero.
    """
    from ratecheck.networks import Trained

    network = recipe.network(problem)
    start = network.init(streams("init"), problem.X.shape[1])

    def ended(adversarial: bool) -> Any:  # noqa: ANN401 - a tree of arrays
        path = recipe.train(
            network, start, problem, (epochs,), streams("attack"), adversarial=adversarial
        )
        return path.final

    robust = ended(True)
    trained = Trained(model=network, params=robust)
    return {
        STANDARD: Trained(model=network, params=ended(False)),
        ADVERSARIAL: trained,
        FROZEN: recipe.train_on_kernel(
            network, robust, problem, second, streams("attack"), adversarial=False
        ),
        INFINITE: interpolant(problem, 1 + recipe.convolutions),
        MASKED: Magnified(victim=trained, factor=_FACTOR),
    }


def interpolant(problem: ImageProblem, depth: int) -> Outputs:
    """Return the minimum-norm interpolant of the one-hot labels in the space of NTK(depth)."""
    kernel, targets = NTK(depth=depth), np.eye(problem.classes)[problem.y]
    weights = scipy.linalg.solve(kernel(problem.X, problem.X), targets, assume_a="pos")
    offset = np.zeros(problem.classes)
    return Outputs(kernel=kernel, centres=problem.X, weights=weights, offset=offset)
