"""Interval bounds: every term w_j K(x', y_j) by its own range over the region."""

from __future__ import annotations

import numpy as np

from ratecheck.risk.attack.region import Region
from ratecheck.risk.certificate.ranges import kernel_range
from ratecheck.risk.certificate.rise import Rise
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array


def interval_rise(fits: Expansion, X: Array, region: Region) -> Rise:
    """Return bounds of f_t(x') - f_t(x) from the ranges of the kernel, each (m, T)."""
    low, high = kernel_range(fits.kernel, X, fits.centres, region)
    here = fits.kernel(X, fits.centres)
    above, below = np.maximum(high - here, 0.0), np.maximum(here - low, 0.0)
    return terms(above, below, fits.weights)


def terms(above: Array, below: Array, weights: Array) -> Rise:
    """Return the sums of w_j (K' - K) for changes between -below and above (m, n)."""
    up, down = np.maximum(weights, 0.0), np.maximum(-weights, 0.0)
    return Rise(up=above @ up + below @ down, down=below @ up + above @ down)
