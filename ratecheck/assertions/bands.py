"""Log ratios of means between some replicated values and a whole curve, with joint limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.assertions.base import LEVEL
from ratecheck.assertions.intervals import enough
from ratecheck.streams import generator
from ratecheck.types import Array, InputError

FEWEST = 8  # replicates below which no bootstrap of a maximum can be trusted
_RESAMPLES = 2000
_CANCELLED = 1e-12  # relative rounding error of a variance of a difference


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Contrasts:
    """log(mean reference / mean curve), its limits of joint level 0.95, each (references, T)."""

    value: Array
    low: Array
    high: Array


def contrasts(references: Array, curve: Array) -> Contrasts:
    """Compare reference values (q, R) with a curve (R, T), replicate by replicate.

    Notes
    -----
    max-t band: replicates are redrawn together, each contrast is studentised by its delta-method
    error, and the 0.95 quantile of the largest absolute deviation over all q T contrasts scales
    every interval.

    Raises
    ------
    InputError
        Fewer than eight replicates, or values that are not positive (there is no log).
    """
    count = enough(curve, FEWEST)
    if references.min() <= 0 or curve.min() <= 0:
        raise InputError("a curve to be compared must be positive everywhere: its log is taken")
    everything = np.concatenate([references.T, curve], axis=1)  # (R, q + T)
    split = references.shape[0]
    value, error = _contrast(everything.mean(axis=0), _covariance(everything), split, count)
    rng = generator(0, "contrasts", role="bootstrap")
    largest = np.empty(_RESAMPLES)
    for i in range(_RESAMPLES):
        drawn = everything[rng.integers(count, size=count)]
        shifted, spread = _contrast(drawn.mean(axis=0), _covariance(drawn), split, count)
        ratio = np.divide(
            np.abs(shifted - value), spread, out=np.zeros_like(value), where=spread > 0
        )
        largest[i] = ratio.max()
    half = float(np.quantile(largest, LEVEL)) * error
    return Contrasts(value=value, low=value - half, high=value + half)


def _covariance(values: Array) -> Array:
    """Return covariances of the relative deviations, shape (q + T, q + T)."""
    relative = values / values.mean(axis=0) - 1
    return np.asarray(relative.T @ relative / (values.shape[0] - 1))


def _contrast(means: Array, covariance: Array, split: int, count: int) -> tuple[Array, Array]:
    """Return the log ratios and their standard errors, shapes (q, T)."""
    logs, variances = np.log(means), np.diag(covariance)
    value = logs[:split, None] - logs[None, split:]
    sums = variances[:split, None] + variances[None, split:]
    square = sums - 2 * covariance[:split, split:]
    square[square < _CANCELLED * sums] = 0.0  # a value against itself
    return value, np.sqrt(square / count)
