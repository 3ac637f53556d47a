"""How many replicates each size gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck import check


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Replicates:
    """More replicates at small n, where they are noisy and cheap: at_least * (largest / n)^power.

    The relative spread of one risk is about n^{-1/(4s+2)}: equal precision at all n takes
    replicates ~ n^{-1/(2s+1)}; a larger power uses that small cells cost less.
    """

    at_least: int
    largest: int
    power: float = 0.5
    at_most: int = 100_000

    def __post_init__(self) -> None:
        """Validate that every size gets a replicate."""
        check.integer("at_least", self.at_least, low=1)
        check.integer("largest", self.largest, low=1)
        check.nonnegative("power", self.power)
        check.integer("at_most", self.at_most, low=self.at_least)

    def __call__(self, n: int) -> int:
        """Return the number of replicates at sample size n."""
        growth: float = max(self.largest / n, 1.0) ** self.power
        return min(self.at_most, round(self.at_least * growth))
