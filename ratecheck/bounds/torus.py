"""Exact worst-case risk of a spectral filter over the Sobolev ball on the torus of any dimension.

As `worst_case_risk` in one dimension (theory notes B2 and B3), with the frequencies of Z^d in
shells of equal length: kernel eigenvalues |2 pi k|^{-2m}, semi-axes R |2 pi k|^{-s}, and the mean
(k = 0), which is unconstrained and costs sigma^2 / n.
"""

from __future__ import annotations

import math

import numpy as np

from ratecheck import check
from ratecheck.bounds.ellipsoid import TWO_PI, above_half, sample_size
from ratecheck.bounds.spectrum import HasResidual
from ratecheck.bounds.worst_case import WorstCaseRisk
from ratecheck.numerics.lattice import EXACT, shells
from ratecheck.types import Array, InputError

HIGHEST_DIMENSION = 8
_EXACT_PLANE = 2**16  # the plane's frequencies grow fastest with n
_FAR = 2.0**12  # times the frequency with t mu = 1: what lies beyond is below 1e-10 of the variance


def torus_worst_case(
    filter: HasResidual, n: float, t: Array, s: float, m: float, d: int,
    radius: float = 1.0, sigma: float = 1.0,
) -> WorstCaseRisk:  # fmt: skip
    r"""Return the supremum over the ball of the risk at times t (T,), in the sequence model.

    .. math:: R^2 \max_{k \ne 0} |2 \pi k|^{-2s} r_k^2 +
        \frac{\sigma^2}{n} \Bigl(1 + \sum_{k \ne 0} (1 - r_k)^2 \Bigr).

    Parameters
    ----------
    filter : object with ``residual(mu, t)``
    n : float
        Sample size, >= 1.
    t : ndarray, shape (T,)
        Times, > 0.
    s, m : float
        Smoothness of the class and order of the kernel, both above d/2.
    d : int
        From 1 to 8.
    radius, sigma : float

    Raises
    ------
    InputError
        If s or m <= d/2, or another value has no meaning.

    Examples
    --------
    >>> from ratecheck.filters import GradientFlowFilter
    >>> risk = torus_worst_case(GradientFlowFilter(), 10**6, np.array([100.0]), 2, 2, 2)
    >>> bool(risk.value[0] == risk.squared_bias[0] + risk.variance[0])
    True
    """
    d = check.integer("d", d, low=1, high=HIGHEST_DIMENSION)
    s, m = above_half("s", s, d), above_half("m", m, d)
    radius, sigma = check.positive("radius", radius), check.positive("sigma", sigma)
    times = check.values("t", t)
    if times.min() <= 0:
        raise InputError(f"t must be positive, got {t!r}")
    reach = max(float(times.max()) ** (1 / (2 * m)) / TWO_PI, 1.0)
    exact = _EXACT_PLANE if d == 2 else EXACT
    squared, counts = shells(d, 0.0, 2.0 ** math.ceil(math.log2(_FAR * reach)), exact)
    w = TWO_PI * np.sqrt(squared)
    residual = filter.residual(w ** (-2 * m), times)
    biases = radius**2 * w ** (-2 * s) * residual**2
    worst = np.argmax(biases, axis=1)
    variance = sigma**2 / sample_size(n) * (1 + (1 - residual) ** 2 @ counts)
    bias = biases[np.arange(times.size), worst]
    return WorstCaseRisk(
        time=times, value=bias + variance, squared_bias=bias, variance=variance,
        frequency=np.sqrt(squared[worst]), error=5e-7 * variance,
    )  # fmt: skip


def torus_best_time(
    filter: HasResidual, n: float, s: float, m: float, d: int,
    radius: float = 1.0, sigma: float = 1.0,
) -> tuple[float, float]:  # fmt: skip
    """Return the time that minimises `torus_worst_case`, and the risk there."""
    size, level = sample_size(n), check.positive("radius", radius) ** 2 / sigma**2
    centre = TWO_PI ** (2 * m) * max(size * level, 1.0) ** (2 * m / (2 * s + d))
    low, high = math.log(centre) - 16.0, math.log(centre) + 10.0
    best, value = 0.0, math.inf
    for _ in range(7):  # 65 times each: the range shrinks 32-fold, to below rounding
        times = np.exp(np.linspace(low, high, 65))
        risks = np.asarray(torus_worst_case(filter, n, times, s, m, d, radius, sigma).value)
        i = int(np.argmin(risks))
        best, value = float(times[i]), float(risks[i])
        low, high = math.log(times[max(i - 1, 0)]), math.log(times[min(i + 1, 64)])
    return best, value
