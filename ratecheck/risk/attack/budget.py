"""How the kernel rows of an attack are spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck import check


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Numbers of candidates, ascents and steps per test point.

    A kernel row is the n values, or the n derivatives, of the kernel between one point and the
    centres; a step of an ascent costs two.

    Attributes
    ----------
    centres, random : int
        Candidates: nearest centres moved into the region, and random points.
    anchors : int
        For how many of the T functions ascents are run from the candidates.
    starts, steps : int
        Ascents per anchor, and their steps.
    polished, polish : int
        How many functions are climbed from the best point seen (for their own loss), in how many
        steps; the others inherit the points.
    touch : int
        Steps of a last climb for all functions, where T exceeds ``polished``.
    """

    centres: int = 24
    random: int = 40
    anchors: int = 3
    starts: int = 24
    steps: int = 8
    polished: int = 12
    polish: int = 10
    touch: int = 4

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name in ("centres", "random", "polish", "touch"):
            check.integer(name, getattr(self, name), low=0)
        for name in ("anchors", "starts", "steps", "polished"):
            check.integer(name, getattr(self, name), low=1)

    def rows(self, count: int) -> int:
        """Return the kernel rows per test point for ``count`` functions, at most."""
        anchors = min(self.anchors, count)
        # of each anchor the gradient at x, two points along it, and the best two centres
        screened = 1 + 5 * anchors + self.centres + self.random
        climbed = 2 * anchors * self.starts * (self.steps + 1)
        polished = 2 * min(self.polished, count) * (self.polish + 1) if self.polish else 0
        touched = 2 * count * (self.touch + 1) if self.touch and count > self.polished else 0
        return screened + climbed + polished + touched


#: A compromise for paths of many fits; tests/benchmarks/bench_attack.py measures what it misses.
STANDARD = Budget()
