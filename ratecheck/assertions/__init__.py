"""Assertions: statements that are no exponents, each with the rule that decides it."""

from ratecheck.assertions.affine import Affine
from ratecheck.assertions.base import Assertion, Judgement
from ratecheck.assertions.compared import Exceeds, Monotone
from ratecheck.assertions.readings import Curve, Entry, Readings
from ratecheck.assertions.ushape import Rises, UShape
from ratecheck.assertions.within import Level, Within

__all__ = [
    "Affine",
    "Assertion",
    "Curve",
    "Entry",
    "Exceeds",
    "Judgement",
    "Level",
    "Monotone",
    "Readings",
    "Rises",
    "UShape",
    "Within",
]
