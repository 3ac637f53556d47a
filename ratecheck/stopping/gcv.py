"""Generalised cross-validation."""

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
from ratecheck.types import InputError


@final
@dataclass(frozen=True, slots=True)
class GCV(StoppingRule):
    """Minimise ``||y - f_t||_n^2 / (1 - N_1(t)/n)^2`` over the times with ``N_1(t) < n``.

    It needs no noise level (Craven and Wahba 1979).
    """

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """No time is planned: the rule needs data."""
        return ()

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose the time of the smallest ``residual / (1 - N_1(t)/n)^2``, where ``N_1(t) < n``."""
        blind(self, context)
        left = 1 - path.traces / path.size
        count = int(np.count_nonzero(np.cumprod(left > 0)))
        if count < 1:
            raise InputError("GCV needs a time with N_1(t) < n: start the grid earlier")
        scores = path.residuals[:count] / left[:count] ** 2
        return from_grid(path, int(np.argmin(scores)), last=count - 1, scores=scores)
