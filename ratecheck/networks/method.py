"""What every way to train has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ratecheck.networks.backend import Params
from ratecheck.networks.model import Model
from ratecheck.networks.objective import Objective
from ratecheck.types import Array


class Visit(NamedTuple):
    """A checkpoint: its time, the parameters, and the training loss there."""

    time: float
    params: Params
    loss: float


class Method(ABC):
    """A way to move parameters downhill."""

    __slots__ = ()

    @abstractmethod
    def visits(
        self,
        objective: Objective,
        model: Model,
        params: Params,
        data: tuple[Array, Array],
        rng: np.random.Generator,
    ) -> Iterator[Visit]:
        """Yield the checkpoints after the start; ``data`` are points (n, d), targets (n, C)."""

    @property
    @abstractmethod
    def end(self) -> float:
        """Time of the last checkpoint."""

    @property
    @abstractmethod
    def is_random(self) -> bool:
        """Whether the path depends on random numbers even without an attack."""
