"""A stopping time that is a power of the sample size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck.schedules import Power
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
class PowerTime(StoppingRule):
    """Stop at ``t = c n^exponent``, right or wrong: for studies of a mistuned exponent."""

    c: float
    exponent: float

    def __post_init__(self) -> None:
        """Validate by the schedule that computes the time."""
        schedule = Power(c=self.c, exponent=self.exponent)
        object.__setattr__(self, "c", schedule.c)
        object.__setattr__(self, "exponent", schedule.exponent)

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """``c n^exponent`` at the sample size of the setting."""
        return (Power(c=self.c, exponent=self.exponent)(setting.size),)

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose ``c n^exponent``, whatever the data."""
        setting = blind(self, context).setting
        return planned_choice(path, self.planned(setting)[0])
