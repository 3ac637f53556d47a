"""What every attack has in common: it returns, for each point, the worst it has seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.adversarial_flow.outputs import Scores
from ratecheck.networks.ball import Ball
from ratecheck.networks.robustness.criteria import CRITERIA, margins
from ratecheck.networks.targets import one_hot
from ratecheck.types import Array, IntArray


@final
@dataclass(kw_only=True, slots=True, eq=False)
class Search:
    """A victim under attack: asks it, and keeps the points of smallest margin; mutable."""

    victim: Scores
    labels: IntArray
    points: Array
    margins: Array = field(init=False)

    def __post_init__(self) -> None:
        """Look at the clean points."""
        self.points = self.points.copy()
        self.margins = margins(self.victim(self.points), self.labels)

    def ask(self, Z: Array) -> Array:
        """Return the scores (n, C) at Z; its rows are kept where their margin is the smallest."""
        scores = self.victim(Z)
        found = margins(scores, self.labels)
        better = found < self.margins
        self.points[better], self.margins[better] = Z[better], found[better]
        return scores

    def slope(self, Z: Array, criterion: str) -> tuple[Array, Array]:
        """Return the values (n,) of a criterion at Z and its gradients (n, d)."""
        value, weights = CRITERIA[criterion](self.ask(Z), self.labels)
        return value, self.victim.pull_back(Z, weights)


class Attack(ABC):
    """A search in the ball around each point for the smallest margin."""

    __slots__ = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """The attack in a few words, for records."""

    @property
    @abstractmethod
    def ball(self) -> Ball:
        """Where it may search."""

    @abstractmethod
    def run(self, search: Search, X: Array, rng: np.random.Generator) -> None:
        """Ask about points of the balls around the rows of X (checked)."""

    def __call__(
        self, victim: Scores, X: Array, labels: IntArray, rng: np.random.Generator
    ) -> Array:
        """Return, for each row of X, the point of smallest margin asked about, or the row itself.

        Raises
        ------
        InputError
            Points outside the box, labels that are no classes of the victim.
        """
        X = self.ball.admit(check.points("X", X))
        check.values("labels", labels, length=len(X))
        one_hot(labels, victim(X[:1]).shape[1])
        search = Search(victim=victim, labels=np.asarray(labels), points=X)
        self.run(search, X, rng)
        return search.points
