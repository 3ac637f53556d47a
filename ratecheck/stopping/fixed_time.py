"""A stopping time given as a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck import check
from ratecheck.stopping.base import (
    Choice,
    Context,
    OracleContext,
    Path,
    StoppingRule,
    blind,
    planned_choice,
)
from ratecheck.stopping.setting import Setting


@final
@dataclass(frozen=True, slots=True)
class FixedTime(StoppingRule):
    """Stop at ``t > 0``, whatever the sample size."""

    t: float

    def __post_init__(self) -> None:
        """Validate ``t``."""
        object.__setattr__(self, "t", check.positive("t", self.t))

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """The time itself."""
        return (self.t,)

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose the time, whatever the data."""
        blind(self, context)
        return planned_choice(path, self.t)
