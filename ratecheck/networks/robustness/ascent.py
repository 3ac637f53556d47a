"""Projected gradient ascent against any victim: the attack of training, and Auto-PGD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.networks.ball import PGD, Ball
from ratecheck.networks.robustness.base import Attack, Search
from ratecheck.networks.robustness.criteria import CRITERIA
from ratecheck.risk.attack.ascent import ascend
from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Ascent(Attack):
    """The attack of training with restarts; all iterates count, not the last only.

    Parameters
    ----------
    pgd : PGD
        Ball, steps, their length, kind of start.
    criterion : {"cross_entropy", "margin", "dlr"}
        What is raised.
    restarts : int
        Independent starts; all but the first are random whatever ``pgd.random`` says.
    """

    pgd: PGD
    criterion: str = "cross_entropy"
    restarts: int = 1

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.choice("criterion", self.criterion, tuple(CRITERIA))
        check.integer("restarts", self.restarts, low=1)

    @property
    def name(self) -> str:
        """Such as ``PGD 20 x 2 margin``."""
        return f"PGD {self.pgd.steps} x {self.restarts} {self.criterion}"

    @property
    def ball(self) -> Ball:
        """Where it may search."""
        return self.pgd.ball

    def run(self, search: Search, X: Array, rng: np.random.Generator) -> None:
        """Climb from each start."""
        starts = self.pgd.starts(rng, X.shape)
        for restart in range(self.restarts):
            Z = self.ball.project(X, X + starts)
            for _ in range(self.pgd.steps):
                uphill = self.ball.ascent(search.slope(Z, self.criterion)[1])
                Z = self.ball.project(X, Z + self.pgd.step * uphill)
            search.ask(Z)
            starts = starts if restart == self.restarts - 1 else self.ball.starts(rng, X.shape)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AutoPGD(Attack):
    """Auto-PGD (Croce and Hein 2020): momentum, steps that halve themselves; see `ascend`.

    Parameters
    ----------
    region : Ball
        Where it may search.
    steps : int
    criterion : {"cross_entropy", "margin", "dlr"}
    restarts : int
        Independent uniform starts.
    """

    region: Ball
    steps: int = 100
    criterion: str = "cross_entropy"
    restarts: int = 1

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.integer("steps", self.steps, low=2)
        check.integer("restarts", self.restarts, low=1)
        check.choice("criterion", self.criterion, tuple(CRITERIA))

    @property
    def name(self) -> str:
        """Such as ``Auto-PGD 100 x 1 dlr``."""
        return f"Auto-PGD {self.steps} x {self.restarts} {self.criterion}"

    @property
    def ball(self) -> Ball:
        """Where it may search."""
        return self.region

    def run(self, search: Search, X: Array, rng: np.random.Generator) -> None:
        """Climb from each start."""
        ball, region = self.ball, self.ball.region
        for _ in range(self.restarts):
            start = ball.project(X, X + ball.starts(rng, X.shape))
            ascend(
                lambda Z: search.slope(Z, self.criterion), start, X, region,
                self.steps, 2 * ball.radius,
            )  # fmt: skip
