"""The empirical tangent kernel along standard and adversarial training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from ratecheck import check
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.images import ImageProblem
from ratecheck.montecarlo.measurements.kernel_readings import (
    VIEWS,
    distance_matrix,
    pictures,
    richness,
    seen,
)
from ratecheck.montecarlo.measurements.recipe import Recipe
from ratecheck.types import Array, InputError

if TYPE_CHECKING:
    from ratecheck.networks import ConvNet

STANDARD: Final = "standard"
ADVERSARIAL: Final = "adversarial"
BOTH: Final = "one of each"
ALIKE: Final = "two of a kind"
EARLY: Final = "distance from start to middle"
LATE: Final = "distance from middle to end"
SAME_START: Final = "distance of the ends, same start"
OTHER_START: Final = "distance of the ends, other start"
CLEAN: Final = "clean accuracy"
ROBUST: Final = "robust accuracy"


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Run:
    """Checkpoints of one training, the start first, and the kernels (C, m, m) of each output."""

    epochs: tuple[int, ...]
    params: tuple[Any, ...]
    kernels: tuple[Array, ...]

    def means(self, view: str = "") -> list[Array]:
        """Return the kernels averaged over outputs, in a view of `VIEWS`."""
        return [seen(each.mean(axis=0), view) for each in self.kernels]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class KernelEvolution(Measurement):
    """Three runs of each training; the abscissa is the number of training images.

    Runs A and A' start from the same parameters and differ in the order of batches and the starts
    of attacks; run B starts elsewhere. Kernels are those on the first test images; S, the distance
    of two, is taken of their means over outputs, and once more of these centred (pixels and ReLU
    features have large means, whose common direction hides most of what changes). Readings:

    - of run A: S between all checkpoints of one training, and from each of the standard to each
      of the adversarial one; ranks, alignment, specialisation and accuracies over the epochs; the
      pictures of the top eigenvectors at the start and at the ends;
    - S from start to middle and from middle to end, averaged over the three runs;
    - S of the ends: A to A' and A to B for each training, their mean over the two trainings, and
      the mean of the same pairs with one network of each training.

    Parameters
    ----------
    recipe : Recipe
    epochs : tuple of int
        Checkpoints; the start is one more.
    middle : int
        One of the epochs.
    probes : int
        Test images that the kernels are taken on.
    pictures : int
        Eigenvectors shown.
    """

    recipe: Recipe
    epochs: tuple[int, ...]
    middle: int
    probes: int = 100
    pictures: int = 3

    def __post_init__(self) -> None:
        """Check sizes and epochs."""
        if not self.epochs or list(self.epochs) != sorted(set(self.epochs)):
            raise InputError(f"epochs must increase and not be empty, got {self.epochs!r}")
        check.choice("middle", self.middle, self.epochs[:-1])
        check.integer("probes", self.probes, low=2, high=self.recipe.images.test)
        check.integer("pictures", self.pictures, low=0, high=self.probes)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The images."""
        return (self.recipe.images.data,)

    def require(self) -> None:
        """Raise what every cell would raise."""
        self.recipe.require()

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one draw of images, two starts and two orders of batches."""
        problem = self.recipe.images.draw(streams("split"), size)
        network = self.recipe.network(problem)
        runs = {
            name: self._runs(network, problem, streams, name) for name in (STANDARD, ADVERSARIAL)
        }
        first = {name: found[0] for name, found in runs.items()}
        out = [x for view in VIEWS for x in self._distances(runs, view)]
        for name, found in runs.items():
            out += richness(name, found[0].epochs, found[0].kernels, problem.y_test[: self.probes])
            out += self._accuracies(name, found[0], network, problem, streams("probe"))
        return [*out, *self._pictures(first, problem)]

    def _runs(
        self, network: ConvNet, problem: ImageProblem, streams: Streams, name: str
    ) -> list[Run]:
        """Return runs A (all checkpoints), A' and B (middle and end)."""
        init, order = streams("init"), streams("attack")
        start, other = (network.init(init, problem.X.shape[1]) for _ in range(2))
        few = (self.middle, self.epochs[-1])
        plans = ((start, self.epochs), (start, few), (other, few))
        return [self._run(network, at, problem, epochs, order, name) for at, epochs in plans]

    def _run(
        self,
        network: ConvNet,
        start: Any,  # noqa: ANN401 - a tree of arrays
        problem: ImageProblem,
        epochs: tuple[int, ...],
        rng: np.random.Generator,
        name: str,
    ) -> Run:
        from ratecheck.networks import empirical_ntk

        training = self.recipe.train(
            network, start, problem, epochs, rng, adversarial=name == ADVERSARIAL
        )
        probes = problem.X_test[: self.probes]
        kernels = [empirical_ntk(network, at, probes, logits="each") for at in training.params]
        return Run(epochs=(0, *epochs), params=training.params, kernels=tuple(kernels))

    def _distances(self, runs: dict[str, list[Run]], view: str) -> Iterator[Reading]:
        """Yield all that is read off distances of kernels."""
        first = {name: found[0].means(view) for name, found in runs.items()}
        for name, means in first.items():
            yield from distance_matrix(name, means, means, view)
        yield from distance_matrix(BOTH, first[STANDARD], first[ADVERSARIAL], view)
        for name, found in runs.items():
            yield from self._settling(name, found, view)
        yield from self._ends(runs, view)

    def _settling(self, name: str, runs: list[Run], view: str) -> Iterator[Reading]:
        from ratecheck.networks import kernel_distance

        paths = [(run.means(view), run.epochs.index(self.middle)) for run in runs]
        for quantity, other in {EARLY: 0, LATE: -1}.items():
            values = [kernel_distance(means[other], means[middle]) for means, middle in paths]
            yield Reading(series=name, quantity=quantity + view, value=float(np.mean(values)))

    def _ends(self, runs: dict[str, list[Run]], view: str) -> Iterator[Reading]:
        from ratecheck.networks import kernel_distance

        ends = {name: [run.means(view)[-1] for run in found] for name, found in runs.items()}
        for quantity, other in {SAME_START: 1, OTHER_START: 2}.items():
            found = {name: kernel_distance(K[0], K[other]) for name, K in ends.items()}
            found[ALIKE] = float(np.mean(list(found.values())))
            found[BOTH] = 0.5 * (
                kernel_distance(ends[STANDARD][0], ends[ADVERSARIAL][other])
                + kernel_distance(ends[ADVERSARIAL][0], ends[STANDARD][other])
            )
            for name, value in found.items():
                yield Reading(series=name, quantity=quantity + view, value=value)

    def _accuracies(
        self,
        name: str,
        run: Run,
        network: ConvNet,
        problem: ImageProblem,
        rng: np.random.Generator,
    ) -> Iterator[Reading]:
        from ratecheck.networks import Trained

        for index, (epoch, params) in enumerate(zip(run.epochs, run.params, strict=True)):
            found = self.recipe.evaluate(Trained(model=network, params=params), problem, rng)
            clean = float(np.mean(found.clean > 0))
            for quantity, value in ((CLEAN, clean), (ROBUST, found.accuracy())):
                yield Reading(
                    series=name, quantity=quantity, value=value, time=epoch, index=index,
                    radius=self.recipe.radius if quantity == ROBUST else None,
                )  # fmt: skip

    def _pictures(self, first: dict[str, Run], problem: ImageProblem) -> Iterator[Reading]:
        probes = problem.X_test[: self.probes]
        yield from pictures("start", first[STANDARD].means()[0], probes, self.pictures)
        for name, run in first.items():
            yield from pictures(name, run.means()[-1], probes, self.pictures)
