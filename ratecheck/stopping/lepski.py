"""Lepski's method: the first time that no later time contradicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
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
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, slots=True)
class Lepski(StoppingRule):
    """Stop at ``min{j : ||f_tj - f_tl||_n^2 <= kappa^2 sigma^2 N_2(t_l)/n for all l > j}``.

    The difference of two fits is bias, which falls with time, plus noise of variance at most
    ``sigma^2 N_2(t_l)/n``; the first time that passes is the one at which the bias has sunk into
    the noise, and neither the smoothness nor the radius of the target enters. sigma is the
    estimated noise level of the context; ``kappa_squared = 1.5`` is the value recommended by
    theory note C (2604.25965 and 2506.01267 treat the rule for adversarial risk).

    Only times with ``N_2(t) <= n/3`` take part. The trace holds, for each of them but the last,
    the largest excess of a difference over its threshold.
    """

    kappa_squared: float = 1.5

    def __post_init__(self) -> None:
        """Validate ``kappa_squared``."""
        value = check.positive("kappa_squared", self.kappa_squared)
        object.__setattr__(self, "kappa_squared", value)

    def planned(self, setting: Setting) -> tuple[float, ...]:
        return ()

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        variance = blind(self, context).noise_level ** 2
        count = _admissible(path)
        thresholds = self.kappa_squared * variance * path.square_traces[:count] / path.size
        excess = _worst_excess(path.gaps[:count, :count], thresholds)
        accepted = np.append(excess <= 0, True)
        return from_grid(path, int(np.argmax(accepted)), last=count - 1, scores=excess)


def _admissible(path: Path) -> int:
    """Return how many first times the rule may use; their neighbours must be within a factor 2."""
    count = int(np.count_nonzero(np.cumprod(path.square_traces <= path.size / 3)))
    if count < 2:
        raise InputError("Lepski needs two times with N_2(t) <= n/3: use time_grid(setting)")
    ratio = float(np.max(path.times[1:count] / path.times[: count - 1]))
    if ratio > 2 * (1 + 1e-9):
        raise InputError(
            f"Lepski needs neighbouring times within a factor 2, got {ratio:.4g}: "
            "use time_grid(setting) and merged(grid, planned)"
        )
    return count


def _worst_excess(gaps: Array, thresholds: Array) -> Array:
    later = np.triu(np.ones(gaps.shape, dtype=np.bool_), k=1)
    excess = np.where(later, gaps - thresholds, -np.inf)
    return np.asarray(excess.max(axis=1)[:-1])
