"""Attacks: the largest loss that a search finds near each point, a lower bound of the supremum."""

from ratecheck.risk.attack.balls import Box, EuclideanBall, MaximumBall
from ratecheck.risk.attack.budget import STANDARD, Budget
from ratecheck.risk.attack.cap import Cap
from ratecheck.risk.attack.record import Record
from ratecheck.risk.attack.region import Region
from ratecheck.risk.attack.search import attack

__all__ = [
    "STANDARD",
    "Box",
    "Budget",
    "Cap",
    "EuclideanBall",
    "MaximumBall",
    "Record",
    "Region",
    "attack",
]
