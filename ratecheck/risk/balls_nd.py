"""The adversarial risk on the torus of several dimensions, by certified suprema over balls."""

from __future__ import annotations

from itertools import product

import numpy as np
import scipy.fft

from ratecheck.domains import Domain
from ratecheck.functions import Function
from ratecheck.risk.base import RiskValue
from ratecheck.risk.windows_nd import Balls
from ratecheck.torus_series import TorusSeries
from ratecheck.types import Array, UnsupportedError

ENOUGH = 5e-3  # relative error of the risk at which the search stops, as in one dimension
_START = {2: (96, 48), 3: (32, 300)}  # centres per axis, directions
_MOST = {2: (384, 768), 3: (64, 1200)}
_CRITICAL_SHARE = 2e-3  # of the root of the clean risk: slack at critical points


def ball_risks(
    f_hat: Function, f: Function, domain: Domain, radii: tuple[float, ...], reference: str = "x"
) -> list[RiskValue]:
    """Return R_r at several radii on T^2 or T^3: the attained value, and a bound of its error.

    The mean over x is taken over a grid, of the excess over the clean loss, whose own mean is
    exact. The error is the width of the bracket [attained, certified] plus the largest
    Nyquist coefficient of the excess on the grid. Directions and centres are doubled until it is
    below 0.5 % of the risk, or to a limit; then it is stated as it is.

    Raises
    ------
    UnsupportedError
        If a function is no series on this torus, or d > 3.
    """
    fit, target = _series(f_hat, domain), _series(f, domain)
    if reference == "x'":
        error = fit.minus(target)
        fit, target = error, TorusSeries(coefficients=0 * error.coefficients)
    return [_risk(fit, target, r) for r in radii]


def _series(g: Function, domain: Domain) -> TorusSeries:
    d = domain.dimension
    if not isinstance(g, TorusSeries) or g.dimension != d or d not in _START:
        raise UnsupportedError(
            f"adversarial risks on {domain!r} need Fourier series of its own on Torus(d=2) or "
            f"Torus(d=3), got {type(g).__name__}: fit with GradientFlow(operator='fourier')"
        )
    return g


def _risk(fit: TorusSeries, target: TorusSeries, radius: float) -> RiskValue:
    clean = fit.minus(target).mean_square()
    if radius == 0:
        return RiskValue(value=clean, error=0.0)
    d = fit.dimension
    centres, count = _START[d]
    while True:
        width, spread, value = _on_grid(fit, target, radius, clean, centres, count)
        if width + spread <= ENOUGH * value:
            break
        finer = (centres, 2 * count) if width > spread else (2 * centres, count)
        if finer[0] > _MOST[d][0] or finer[1] > _MOST[d][1]:
            break
        centres, count = finer
    return RiskValue(value=value, error=width + spread)


def _on_grid(
    fit: TorusSeries, target: TorusSeries, radius: float, clean: float, centres: int, count: int
) -> tuple[float, float, float]:
    """Return the width of the bracket, the error of the mean and the attained risk."""
    size = scipy.fft.next_fast_len(centres, real=True)
    precision = _CRITICAL_SHARE * np.sqrt(clean)
    high, low = Balls.of(fit, size).extremes(radius, count, precision)
    against = target.on_grid(size).ravel()
    plain = (fit.on_grid(size).ravel() - against) ** 2
    attained = np.maximum(high.attained - against, low.attained + against) ** 2
    bound = np.maximum(high.bound - against, low.bound + against) ** 2
    excess = (attained - plain).reshape((size,) * fit.dimension)
    spread = nyquist(excess)
    return float(np.mean(bound - attained)), spread, clean + float(excess.mean())


def nyquist(values: Array) -> float:
    """Return the largest |mean of (-1)^{v.i} values_i| over v in {0, 1}^d but 0.

    The coefficients at the grid's highest frequencies: those it cannot tell from the mean are
    higher still, and smaller.
    """
    signs = [np.where(np.arange(n) % 2, -1.0, 1.0) for n in values.shape]
    largest = 0.0
    for chosen in product((False, True), repeat=values.ndim):
        if any(chosen):
            mean = values
            for sign, alternate in zip(signs, chosen, strict=True):
                mean = np.tensordot(sign if alternate else np.ones(sign.size), mean, (0, 0))
            largest = max(largest, abs(float(mean)) / values.size)
    return largest
