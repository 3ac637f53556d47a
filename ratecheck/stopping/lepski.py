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
from ratecheck.stopping.grid import allowed_ratio
from ratecheck.stopping.setting import Setting
from ratecheck.types import Array, InputError, IntArray


@final
@dataclass(frozen=True, slots=True)
class Lepski(StoppingRule):
    """Stop at ``min{j : ||f_tj - f_tl||_n^2 <= kappa^2 sigma^2 N_2(t_l)/n for all l > j}``.

    The difference of two fits is bias, which falls with time, plus noise of variance at most
    ``sigma^2 N_2(t_l)/n``; the first time that passes is the one at which the bias has sunk into
    the noise, and neither the smoothness nor the radius of the target enters. sigma is the
    estimated noise level of the context (2604.25965 and 2506.01267 treat the rule for
    adversarial risk).

    The times compared are the coarsest part of the path with neighbours within ``ratio`` and
    ``N_2(t) <= n/3``, so that the choice does not depend on what else was merged into the path.
    ``kappa_squared = 1.5`` goes with ``ratio = 2`` (theory note C): on a finer grid the first
    time that passes is earlier, and the risk larger. The trace holds, for each time compared but
    the last, the largest excess of a difference over its threshold.
    """

    kappa_squared: float = 1.5
    ratio: float = 2.0

    def __post_init__(self) -> None:
        """Validate both constants."""
        value = check.positive("kappa_squared", self.kappa_squared)
        object.__setattr__(self, "kappa_squared", value)
        object.__setattr__(self, "ratio", allowed_ratio(self.ratio))

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """No time is planned: the rule needs data."""
        return ()

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose the first time that no later one contradicts."""
        variance = blind(self, context).noise_level ** 2
        kept = _compared(path, self.ratio)
        thresholds = self.kappa_squared * variance * path.square_traces[kept] / path.size
        excess = _worst_excess(path.gaps[np.ix_(kept, kept)], thresholds)
        accepted = np.append(excess <= 0, True)
        index = int(kept[np.argmax(accepted)])
        return from_grid(path, index, last=int(kept[-1]), scores=excess)


def _compared(path: Path, ratio: float) -> IntArray:
    """Return the indices of the coarsest admissible subgrid, starting at the first time."""
    count = int(np.count_nonzero(np.cumprod(path.square_traces <= path.size / 3)))
    if count < 2:
        raise InputError("Lepski needs two times with N_2(t) <= n/3: use time_grid(setting)")
    times = path.times[:count]
    kept = [0]
    while kept[-1] < count - 1:
        reach = int(np.searchsorted(times, times[kept[-1]] * ratio * (1 + 1e-9), side="right")) - 1
        if reach == kept[-1]:
            quotient = times[reach + 1] / times[reach]
            raise InputError(
                f"Lepski needs neighbouring times within a factor {ratio:g}, got {quotient:.4g}: "
                "use time_grid(setting) and merged(grid, planned)"
            )
        kept.append(reach)
    return np.array(kept)


def _worst_excess(gaps: Array, thresholds: Array) -> Array:
    later = np.triu(np.ones(gaps.shape, dtype=np.bool_), k=1)
    excess = np.where(later, gaps - thresholds, -np.inf)
    return np.asarray(excess.max(axis=1)[:-1])
