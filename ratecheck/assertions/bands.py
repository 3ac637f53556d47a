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
_CANCELLED = 1e-14  # rounding error of the variance of a relative difference
_RESOLVED = 1e-3  # smallest error of a log ratio that a deviation is divided by


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Contrasts:
    """log(mean reference / mean curve), its limits of joint level 0.95, each (references, T)."""

    value: Array
    low: Array
    high: Array


def contrasts(references: Array, curve: Array, overlap: float = 0.0) -> Contrasts:
    """Compare reference values (q, R) with a curve (R, T), replicate by replicate.

    Parameters
    ----------
    references : ndarray, shape (q, R)
    curve : ndarray, shape (R, T)
    overlap : float
        Test over training rows where replicates are random splits of one data set; 0 where they
        are independent. Limits widen by sqrt(1 + R overlap).

    Notes
    -----
    max-t band: replicates are redrawn together, each contrast is studentised by its delta-method
    error, and the 0.95 quantile of the largest absolute deviation over all q T contrasts scales
    every interval. Errors count as at least a thousandth: near the end of training most replicates
    have stopped changing, a difference that rests on one or two of them has a resampled error of
    nearly zero now and then, and one such deviation would blow up every interval.

    Splits of one data set share most of their training rows, so that the spread over splits
    understates how far the mean is from its value in the population. Nadeau and Bengio (Machine
    Learning 52, 2003) take the correlation of two splits to be test / (test + training), which
    turns the factor 1/R of the variance into 1/R + test/training. It is an approximation.

    Raises
    ------
    InputError
        Fewer than eight replicates, or values that are not positive (there is no log).
    """
    count = enough(curve, FEWEST)
    if references.min() <= 0 or curve.min() <= 0:
        raise InputError("a curve to be compared must be positive everywhere: its log is taken")
    everything = np.concatenate([references.T, curve], axis=1)  # (R, q + T)
    moments = _Moments.of(everything / everything.mean(axis=0), references.shape[0])
    ratio, error = moments.contrast(np.ones((1, count)))
    rng = generator(0, "contrasts", role="bootstrap")
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=_RESAMPLES)
    shifts, spreads = moments.contrast(drawn.astype(np.float64))
    deviations = np.abs(shifts) / np.maximum(spreads, _RESOLVED)
    scale = np.where(error[0] > 0, np.maximum(error[0], _RESOLVED), 0.0)  # 0: against itself
    half = float(np.quantile(deviations.max(axis=(1, 2)), LEVEL)) * scale
    half *= np.sqrt(1 + count * overlap)
    means = np.log(everything.mean(axis=0))
    value = means[: ratio.shape[1], None] - means[None, ratio.shape[1] :]
    return Contrasts(value=value, low=value - half, high=value + half)


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Moments:
    """Values relative to their means, with what weighted second moments need.

    Attributes
    ----------
    references : ndarray, shape (R, q)
    curve : ndarray, shape (R, T)
    products : ndarray, shape (R, q T)
    """

    references: Array
    curve: Array
    products: Array

    @staticmethod
    def of(relative: Array, split: int) -> _Moments:
        references, curve = relative[:, :split], relative[:, split:]
        products = (references[:, :, None] * curve[:, None, :]).reshape(relative.shape[0], -1)
        return _Moments(references=references, curve=curve, products=products)

    def contrast(self, weights: Array) -> tuple[Array, Array]:
        """Return log ratios, less their value at equal weights, and errors, each (B, q, T)."""
        count = weights.shape[1]
        top, base = weights @ self.references / count, weights @ self.curve / count
        joint = (weights @ self.products / count).reshape(*top.shape, base.shape[1])
        # variances and covariances of (value / mean) in the resample
        of_top = (weights @ self.references**2 / count / top**2 - 1)[:, :, None]
        of_base = (weights @ self.curve**2 / count / base**2 - 1)[:, None, :]
        cross = joint / (top[:, :, None] * base[:, None, :]) - 1
        square = of_top + of_base - 2 * cross
        square[square < _CANCELLED] = 0.0  # a value against itself
        return np.log(top)[:, :, None] - np.log(base)[:, None, :], np.sqrt(square / (count - 1))
