"""The oracle: the yardstick that no statistician has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck.stopping.base import (
    Choice,
    Context,
    OracleContext,
    Path,
    StoppingRule,
    smallest,
)
from ratecheck.stopping.setting import Setting
from ratecheck.types import InputError


@final
@dataclass(frozen=True, slots=True)
class Oracle(StoppingRule):
    """Minimise the true risk over the times of the path."""

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """No time is planned: the rule needs data."""
        return ()

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose the time of the smallest true risk, which no other rule sees."""
        if not isinstance(context, OracleContext):
            raise InputError("Oracle needs the true risks: pass OracleContext(context, risks)")
        return smallest(path, context.risks)
