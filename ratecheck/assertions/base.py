"""The contract of an assertion: a statement that is no exponent, judged on measured values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from ratecheck.assertions.readings import Readings
from ratecheck.theory.claims import Statement
from ratecheck.types import Outcome

LEVEL = 0.95
"""Joint coverage of all intervals that one assertion looks at."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What an assertion found.

    Attributes
    ----------
    outcome : Outcome
    measured : str
        Estimate with its interval, for the table.
    window : str
        Which sizes or times it rests on.
    reason : str
        One sentence with the numbers behind the word.
    """

    outcome: Outcome
    measured: str
    window: str
    reason: str


class Assertion(ABC):
    """A statement with the rule that decides it; frozen dataclasses of scalars.

    Every assertion looks at intervals of joint level 0.95, and says CONSISTENT only where they lie
    on the claimed side, REFUTED only where they lie on the other, INCONCLUSIVE in between.
    """

    __slots__ = ()

    statement: Statement
    wrong: Assertion | None

    @property
    @abstractmethod
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The (series, quantity) pairs looked at; the first one names the row of the table."""

    @abstractmethod
    def judge(self, readings: Readings) -> Judgement:
        """Decide on the readings, or raise `InputError` where they do not suffice."""


def outcome(*, holds: bool, fails: bool) -> Outcome:
    """Return the word: REFUTED where it surely fails, CONSISTENT where it surely holds."""
    if fails:
        return Outcome.REFUTED
    return Outcome.CONSISTENT if holds else Outcome.INCONCLUSIVE


def span(sizes: Iterable[int]) -> str:
    """Return the smallest and the largest size in words."""
    known = sorted(sizes)
    return f"{known[0]}" if len(known) == 1 else f"{known[0]}..{known[-1]}"
