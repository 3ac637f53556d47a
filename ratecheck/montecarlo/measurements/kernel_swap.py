"""Training on top of frozen tangent kernels: which kernel, and which data, make robust."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from ratecheck import check
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.images import ImageProblem
from ratecheck.montecarlo.measurements.recipe import Recipe
from ratecheck.types import InputError

if TYPE_CHECKING:
    from ratecheck.networks import ConvNet, Trained
    from ratecheck.networks.robustness import Evaluation

KERNELS: Final = ("standard", "adversarial")
DATA: Final = ("benign", "adversarial")
CLEAN: Final = "clean accuracy"
ROBUST: Final = "robust accuracy"


def cell(kernel: str, data: str) -> str:
    """Return the name of a cell of the table."""
    return f"{kernel} kernel, {data} data"


def network(training: str) -> str:
    """Return the name of a network that a kernel was taken from."""
    return f"network, {training} training"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class KernelSwap(Measurement):
    """Kernels of standard or adversarial training at T epochs, then training on a fixed kernel.

    The abscissa is the number of training images. The linearised model is centred (it starts at
    zero), starts from the parameters of its checkpoint and is trained by the same SGD, on benign
    images or on attacks against itself, with learning rate 1 / lambda_max(K/n): a multiple of a
    kernel gives the same classifier. Readings: clean and robust accuracy of every cell of the
    table and of the networks themselves, as curves over T; both kernels at T = 0 are the initial
    one. Robust accuracy is the pointwise worst case over the recipe's attacks and a search without
    gradients, which finds more than they do on linearised networks.

    Parameters
    ----------
    recipe : Recipe
    epochs : tuple of int
        T; 0 is one more.
    second : int
        Epochs on the fixed kernel.
    queries : int
        Of the search without gradients, per test image.
    """

    recipe: Recipe
    epochs: tuple[int, ...]
    second: int
    queries: int = 400

    def __post_init__(self) -> None:
        """Check the epochs."""
        if not self.epochs or list(self.epochs) != sorted(set(self.epochs)):
            raise InputError(f"epochs must increase and not be empty, got {self.epochs!r}")
        check.integer("second", self.second, low=1)
        check.integer("queries", self.queries, low=1)

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
        net = self.recipe.network(problem)
        start = net.init(streams("init"), problem.X.shape[1])
        out = list(self._row(net, start, problem, streams, 0, KERNELS))
        for kernel in KERNELS:
            path = self.recipe.train(
                net, start, problem, self.epochs, streams("attack"),
                adversarial=kernel == "adversarial",
            )  # fmt: skip
            for index, params in enumerate(path.params[1:], start=1):
                out += self._row(net, params, problem, streams, index, (kernel,))
        return out

    def _row(
        self,
        net: ConvNet,
        params: Any,  # noqa: ANN401 - a tree of arrays
        problem: ImageProblem,
        streams: Streams,
        index: int,
        kernels: tuple[str, ...],
    ) -> Iterator[Reading]:
        """Yield the accuracies of a checkpoint and of both trainings on its kernel."""
        from ratecheck.networks import Trained

        victims: dict[Callable[[str], str], Trained] = {network: Trained(model=net, params=params)}
        for data in DATA:
            victims[partial(cell, data=data)] = self.recipe.train_on_kernel(
                net, params, problem, self.second, streams("attack"),
                adversarial=data == "adversarial",
            )  # fmt: skip
        for name_of, victim in victims.items():
            found = self.recipe.evaluate(victim, problem, streams("probe"), queries=self.queries)
            for kernel in kernels:
                yield from self._accuracies(name_of(kernel), found, index)

    def _accuracies(self, name: str, found: Evaluation, index: int) -> Iterator[Reading]:
        time = float((0, *self.epochs)[index])
        clean, robust = float(np.mean(found.clean > 0)), found.accuracy()
        yield Reading(series=name, quantity=CLEAN, value=clean, time=time, index=index)
        yield Reading(
            series=name, quantity=ROBUST, value=robust, time=time, index=index,
            radius=self.recipe.radius,
        )  # fmt: skip
