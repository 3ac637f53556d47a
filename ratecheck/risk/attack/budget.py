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
    polish : int
        Steps of the last ascent, from the best point seen, of every function.
    """

    centres: int = 24
    random: int = 40
    anchors: int = 4
    starts: int = 8
    steps: int = 25
    polish: int = 15

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name in ("centres", "random", "polish"):
            check.integer(name, getattr(self, name), low=0)
        for name in ("anchors", "starts", "steps"):
            check.integer(name, getattr(self, name), low=1)

    def rows(self, count: int) -> int:
        """Return the kernel rows per test point for ``count`` functions, at most."""
        anchors = min(self.anchors, count)
        screened = 1 + 2 * anchors + self.centres + self.random + anchors
        return screened + 2 * anchors * self.starts * (self.steps + 1) + self._polishing(count)

    def _polishing(self, count: int) -> int:
        return 2 * count * (self.polish + 1) if self.polish else 0


#: Enough for 99.9 % of the best known losses of kernel fits in d = 10, with 12 functions.
STANDARD = Budget()
