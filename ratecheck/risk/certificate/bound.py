"""The certificate of an expansion: the least of all bounds that its kernel allows."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from ratecheck.risk.attack.region import Region
from ratecheck.risk.certificate.interval import interval_rise
from ratecheck.risk.certificate.norm import kernel_modulus, squared_norms
from ratecheck.risk.certificate.rise import Rise
from ratecheck.risk.certificate.taylor import taylor_rise
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, UnsupportedError

Method = Callable[[Expansion, Array, Region], Rise]
TILE = 2**18  # kernel values held at once by one method
_EPS = float(np.finfo(float).eps)


def norm_rise(fits: Expansion, X: Array, region: Region) -> Rise:
    """Return ||f_t||_H times the modulus of the kernel, shape (m, T)."""
    bound = np.outer(kernel_modulus(fits.kernel, X, region), np.sqrt(squared_norms(fits)))
    return Rise(up=bound, down=bound)


METHODS: dict[str, Method] = {"norm": norm_rise, "interval": interval_rise, "taylor": taylor_rise}


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
        "norm" (RKHS norm times the kernel's modulus), "interval" (the range of every term),
        "taylor" (exact gradient and Hessian at x, third derivatives term by term).

    Raises
    ------
    UnsupportedError
        If no method knows the kernel on such a region.

    Notes
    -----
    Outward rounding: a computed value differs from that of the exact function by at most
    (n + 64) eps sum_j |w_jt| sup |K(., y_j)| (64 for the kernel value), four times which is added;
    radii are enlarged by 1e-12 of the size of the points, which is more than an admissible point
    can be off. An attack in floating point therefore cannot exceed the certificate.
    (tanh and softplus count as their Hermite series, which leave out less than 1e-16.)
    """
    step = max(1, TILE // len(fits.centres))
    parts = [_bounded(fits, X[i : i + step], region, methods) for i in range(0, len(X), step)]
    up, down = np.concatenate([p.up for p in parts]), np.concatenate([p.down for p in parts])
    return Rise(up=up, down=down)


def _bounded(fits: Expansion, X: Array, exact: Region, methods: tuple[str, ...]) -> Rise:
    region = exact.widened(X)
    found, reasons = [], []
    for name in methods:
        try:
            found.append(METHODS[name](fits, X, region))
        except UnsupportedError as error:
            reasons.append(str(error))
    if not found:
        raise UnsupportedError("; ".join(dict.fromkeys(reasons)))
    return reduce(Rise.least, found).widened(_rounding(fits, X, region))


def _rounding(fits: Expansion, X: Array, region: Region) -> Array:
    """Return what rounding can do to a difference of two values, shape (m, T)."""
    kernel = fits.kernel
    here = np.sqrt(kernel.diagonal(X)) + kernel_modulus(kernel, X, region)
    roots = np.sqrt(kernel.diagonal(fits.centres)) @ np.abs(fits.weights)
    return 4.0 * (len(fits.centres) + 64) * _EPS * np.outer(here, roots)
