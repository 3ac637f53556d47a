"""Hold-out validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck.stopping.base import (
    Choice,
    Context,
    OracleContext,
    Path,
    StoppingRule,
    blind,
    smallest,
)
from ratecheck.stopping.setting import Setting


@final
@dataclass(frozen=True, slots=True)
class HoldOut(StoppingRule):
    """Minimise the validation error of a fit on a random half, then use that time on all data.

    It loses a constant factor, since the half-sample fit wants an earlier time.
    """

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """No time is planned: the rule needs data."""
        return ()

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose the time of the smallest error on the held-out points."""
        return smallest(path, blind(self, context).holdout())
