"""How fine a grid two functions need, from what is known of their spectra."""

from __future__ import annotations

import numpy as np

from ratecheck.functions import FourierSeries, Function
from ratecheck.types import Array

_SMALLEST = 3 * 2**8


def first_grid(f_hat: Function, f: Function, reference: str) -> int:
    """Return a grid size that resolves fit and target; finer grids are then seldom needed.

    What the supremum runs over (the fit, or its error where the target moves along) gets 32
    nodes per wave of most of its power, and the fit 8 per wave of most of its curvature, so that
    second differences bound what lies between nodes. The mean over the nodes must not see high
    frequencies of the target folded to low ones: they get 2 per wave, 4 where it moves along.

    The size is three times a power of two: lacunary targets have powers of two as frequencies,
    and those left out would all fold to a constant on a grid that divides them.
    """
    fit = _power(f_hat)
    moving = fit if reference == "x" else _power(f_hat, f)
    curvature = fit * np.arange(1, fit.size + 1.0) ** 4
    folding = (2 if reference == "x" else 4) * _reach(f_hat, f)
    waves = max(32 * _bulk(moving, 0.99), 8 * _bulk(curvature, 0.99), folding)
    return int(max(_SMALLEST, 3 * 2 ** np.ceil(np.log2((waves + 1) / 3))))


def _reach(f_hat: Function, f: Function) -> int:
    """Return the frequency beyond which the target hardly matters for the mean of the loss."""
    if isinstance(f_hat, FourierSeries) and isinstance(f, FourierSeries) and f_hat.chart == f.chart:
        return _bulk(_power(f_hat, f), 0.999)
    return _bulk(_power(f), 1 - 1e-6)  # of the target itself: the error is not known


def _power(*functions: Function) -> Array:
    """Return |c_k|^2, k >= 1, of a function or of the difference of two (zero if unknown)."""
    series = [g.coefficients[1:] for g in functions if isinstance(g, FourierSeries)]
    total = np.zeros(max([1, *(c.size for c in series)]), dtype=np.complex128)
    for sign, c in zip((1, -1), series, strict=False):
        total[: c.size] += sign * c
    return np.abs(total) ** 2


def _bulk(power: Array, share: float) -> int:
    """Return the frequency up to which the power sums to a share of the whole, 0 if it is zero."""
    total = np.cumsum(power)
    return 1 + int(np.searchsorted(total, share * total[-1])) if total[-1] else 0
