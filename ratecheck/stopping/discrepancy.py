"""The discrepancy principle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.stopping.base import (
    Choice,
    Context,
    OracleContext,
    Path,
    StoppingRule,
    blind,
    from_grid,
)
from ratecheck.stopping.setting import Setting


@final
@dataclass(frozen=True, slots=True)
class Discrepancy(StoppingRule):
    """Stop at the first time with ``||y - f_t||_n^2 <= sigma^2``, sigma the estimated level.

    Not adaptive for smooth targets: the residual's own fluctuation, of order n^(-1/2), hides a
    faster rate (theory note C; 2004.08436). The last time is chosen, as an edge, if none passes.
    """

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """No time is planned: the rule needs data."""
        return ()

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose the first time whose residual is at most ``sigma^2``, else the last."""
        reached = path.residuals <= blind(self, context).noise_level ** 2
        last = reached.size - 1
        return from_grid(path, int(np.argmax(reached)) if reached.any() else last, last=last)
