"""Exact worst-case risk of a spectral filter over the Sobolev ball, without Monte Carlo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np

from ratecheck import check
from ratecheck.bounds.ellipsoid import TWO_PI, above_half, ellipsoid, sample_size
from ratecheck.bounds.spectrum import Design, EquispacedDesign, HasResidual, SequenceDesign
from ratecheck.numerics.quadrature import maximum_over_integers, sum_over_integers
from ratecheck.types import Array, InputError

DesignName = Literal["sequence", "equispaced"]
_UNFITTED = 1e-12  # t mu below which the variance is summed by its power law
_TOLERANCE = 1e-13
_GROWING_TOLERANCE = 1e-10  # k^growth lifts the rounding of 1 - r where t mu is tiny
_IDLE = 1e-9  # t mu below which a residual is one, so that the bias only falls with k


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class WorstCaseRisk:
    """A worst-case risk and its parts; fields are floats for one time, else arrays (T,)."""

    time: float | Array
    value: float | Array  # squared bias + variance
    squared_bias: float | Array  # supremum over the ball
    variance: float | Array
    frequency: float | Array  # the single frequency at which the supremum is attained
    error: float | Array  # estimated absolute error of the variance

    def __float__(self) -> float:
        """Return the value, if there is one."""
        return float(self.value)


def worst_case_risk(
    filter: HasResidual,
    n: float,
    t: float | Array,
    s: float,
    m: float,
    radius: float = 1.0,
    sigma: float = 1.0,
    design: DesignName = "sequence",
) -> WorstCaseRisk:
    r"""Return the supremum over the Sobolev ball of the risk of a filter at time t, exactly.

    Parameters
    ----------
    filter : object with ``residual(mu, t)``
        A spectral filter.
    n : float
        Sample size, >= 1; 10^12 costs no more than 10^4. An integer >= 3 if equispaced.
    t : float or array of shape (T,)
        Times, > 0.
    s, m : float
        Smoothness of the class and order of the kernel, both > 1/2.
    radius, sigma : float
        Radius of the ball and noise standard deviation.
    design : {"sequence", "equispaced"}
        The Gaussian sequence model, or the points i/n with the risk in the norm of the design.

    Returns
    -------
    WorstCaseRisk
        R^2 max_k A_k r_k^2 + (sigma^2/n) (1 + sum_k N_k (1 - r_k)^2), with r_k = r(mu_k, t).

    Raises
    ------
    InputError
        If s or m <= 1/2, n < 1, or a time is not positive.

    Notes
    -----
    Theory note B3. Sequence model: mu_k = (2 pi k)^{-2m}, A_k = (2 pi k)^{-2s}, N_k = 2, k >= 1.
    Equispaced: both sums are over the aliases of k <= n/2. The mean (k = 0) is unconstrained and
    fitted without shrinkage, as in Pinsker's estimator: it costs sigma^2/n and no bias, which
    for mu_0 = 1 is the gradient flow's own cost up to exp(-t).

    Examples
    --------
    >>> from ratecheck.filters import GradientFlowFilter
    >>> risk = worst_case_risk(GradientFlowFilter(), n=10**6, t=1e4, s=1, m=1)
    >>> round(float(risk) * 1e5, 6), risk.frequency
    (5.142648, 23.0)
    """
    body = ellipsoid(n, s, radius, sigma)
    m = above_half("m", m)
    times = _times(t)
    spectrum = _design(design, float(n), body.s, m)
    bias, frequency = _bias(filter, spectrum, times, m)
    spread, error = effective_degrees(filter, spectrum, times, m)
    bias, variance = body.radius**2 * bias, body.noise * (1 + spread)
    fields = {
        "time": times, "value": bias + variance, "squared_bias": bias, "variance": variance,
        "frequency": frequency, "error": body.noise * error,
    }  # fmt: skip
    return WorstCaseRisk(**(fields if np.ndim(t) else {k: float(v[0]) for k, v in fields.items()}))


def best_time(
    filter: HasResidual,
    n: float,
    s: float,
    m: float,
    radius: float = 1.0,
    sigma: float = 1.0,
    design: DesignName = "sequence",
) -> WorstCaseRisk:
    """Return the worst-case risk at the time that minimises it, with that time.

    The minimum is bracketed on a coarse grid of all times worth trying and refined five times
    by factors of 16, so that filters whose risk jumps (cut-off) are served as well.

    Examples
    --------
    >>> from ratecheck.filters import GradientFlowFilter
    >>> best = best_time(GradientFlowFilter(), n=10**6, s=1, m=1)
    >>> best.value <= worst_case_risk(GradientFlowFilter(), 10**6, 1e4, 1, 1).value
    True
    """
    body, order = ellipsoid(n, s, radius, sigma), above_half("m", m)
    reach = 10 * (1 + (body.radius**2 / body.noise) ** (1 / (2 * body.s + 1)))
    low = 1e-8 * TWO_PI ** (2 * order)
    grid = np.geomspace(low, 1e3 * (TWO_PI * reach) ** (2 * order), 129)
    for _ in range(6):
        risks = worst_case_risk(filter, n, grid, s, order, radius, sigma, design)
        place = int(np.argmin(np.asarray(risks.value)))
        best = float(grid[place])
        grid = np.geomspace(grid[max(place - 1, 0)], grid[min(place + 1, grid.size - 1)], 33)
    return worst_case_risk(filter, n, best, s, order, radius, sigma, design)


def effective_degrees(
    filter: HasResidual,
    spectrum: Design,
    times: Array,
    m: float,
    growth: float = 0.0,
) -> tuple[Array, Array]:
    """Return sum_{k>=1} N_k (2 pi k)^growth (1 - r_k)^2, shape (T,), and its estimated error.

    The sum stops where t mu is negligible; what follows is a power law with its exact exponent.
    """

    def fitted(k: Array) -> Array:
        share = 1 - filter.residual(spectrum.eigenvalue(k), times)
        return np.asarray(spectrum.multiplicity(k) * (TWO_PI * k) ** growth * share**2)

    last = min(spectrum.last, _frequency(times.max() / _UNFITTED, m))
    tolerance = _TOLERANCE if growth == 0 else _GROWING_TOLERANCE
    total = sum_over_integers(fitted, 1.0, last, tolerance=tolerance)
    if np.isinf(spectrum.last):
        tail = fitted(np.array([last]))[:, 0] * last / (4 * m - growth - 1)
        return total.value + tail, total.error + 1e-3 * tail
    return total.value, total.error


def _bias(
    filter: HasResidual,
    spectrum: Design,
    times: Array,
    m: float,
) -> tuple[Array, Array]:
    def bias(k: Array) -> Array:
        residual = filter.residual(spectrum.eigenvalue(k), times)
        return np.asarray(spectrum.semi_axis_square(k) * residual**2)

    return maximum_over_integers(bias, min(spectrum.last, _frequency(times.max() / _IDLE, m)))


def _frequency(inverse: float, m: float) -> float:
    """Return the integer k >= 1 at which (2 pi k)^{2m} reaches ``inverse``."""
    return float(max(np.ceil(inverse ** (1 / (2 * m)) / TWO_PI), 1.0))


def _design(name: DesignName, n: float, s: float, m: float) -> Design:
    check.choice("design", name, ("sequence", "equispaced"))
    if name == "sequence":
        return SequenceDesign(s=s, m=m)
    if sample_size(n) < 3 or n != np.floor(n):
        raise InputError(f"n must be an integer >= 3 for an equispaced design, got {n!r}")
    return EquispacedDesign(s=s, m=m, n=n)


def _times(t: Any) -> Array:  # noqa: ANN401  (user input)
    times = check.values("t", np.atleast_1d(np.asarray(t, dtype=np.float64)))
    if times.min() <= 0:
        raise InputError(f"t must be positive, got {t!r}")
    return times
