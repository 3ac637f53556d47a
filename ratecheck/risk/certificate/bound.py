"""The certificate of an expansion: the least of all bounds that its kernel allows."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from ratecheck.risk.attack.region import Region
from ratecheck.risk.certificate.interval import interval_rise
from ratecheck.risk.certificate.norm import kernel_modulus, squared_norms
from ratecheck.risk.certificate.rise import Rise
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, UnsupportedError

Method = Callable[[Expansion, Array, Region], Rise]
TILE = 2**18  # kernel values held at once by one method
_EPS = float(np.finfo(float).eps)


def norm_rise(fits: Expansion, X: Array, region: Region) -> Rise:
    """Return ||f_t||_H times the modulus of the kernel, shape (m, T)."""
    bound = np.outer(kernel_modulus(fits.kernel, X, region), np.sqrt(squared_norms(fits)))
    return Rise(up=bound, down=bound)


METHODS: dict[str, Method] = {"norm": norm_rise, "interval": interval_rise}


def certificate(
    fits: Expansion, X: Array, region: Region, methods: tuple[str, ...] = tuple(METHODS)
) -> Rise:
    """Return bounds of f_t(x') - f_t(x) both ways over the region of each x, shapes (m, T).

    Parameters
    ----------
    fits : Expansion
    X : ndarray, shape (m, d)
    region : Region
    methods : tuple of str
        "norm" (RKHS norm times the kernel's modulus) and "interval" (the range of every term).

    Raises
    ------
    UnsupportedError
        If no method knows the kernel on such a region.

    Notes
    -----
    Computed values of the fits may differ from those of the exact functions by
    (n + 64) eps sum_j |w_jt| sup |K(., y_j)|, which is added: an attack in floating point cannot
    exceed the certificate.
    """
    step = max(1, TILE // len(fits.centres))
    parts = [_bounded(fits, X[i : i + step], region, methods) for i in range(0, len(X), step)]
    up, down = np.concatenate([p.up for p in parts]), np.concatenate([p.down for p in parts])
    return Rise(up=up, down=down)


def _bounded(fits: Expansion, X: Array, region: Region, methods: tuple[str, ...]) -> Rise:
    found, reasons = [], []
    for name in methods:
        try:
            found.append(METHODS[name](fits, X, region))
        except UnsupportedError as error:
            reasons.append(str(error))
    if not found:
        raise UnsupportedError("; ".join(dict.fromkeys(reasons)))
    return reduce(Rise.least, found).widened(rounding(fits, X))


def rounding(fits: Expansion, X: Array) -> Array:
    """Return what rounding can do to a difference of two values, shape (m, T)."""
    kernel = fits.kernel
    roots = np.sqrt(kernel.diagonal(fits.centres)) @ np.abs(fits.weights)
    return 4.0 * (len(fits.centres) + 64) * _EPS * np.outer(np.sqrt(kernel.diagonal(X)), roots)
