"""How many replicates a slope needs: planned from a pilot run, before the run that counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from ratecheck import check
from ratecheck.slopes import regression
from ratecheck.slopes.samples import Replicates, of_replicates
from ratecheck.slopes.windows import All, WindowRule
from ratecheck.types import Array, InputError


def replicates_for(
    sizes: ArrayLike,
    samples: Sequence[ArrayLike],
    target_se: float,
    *,
    window: WindowRule | None = None,
    allocation: ArrayLike | None = None,
    assurance: float = 0.8,
) -> int:
    """Return the replicates that bring the standard error of a slope down to a target.

    Parameters
    ----------
    sizes : array_like
        (k,) strictly increasing sample sizes, k >= 3.
    samples : sequence of array_like
        (k,) rows of pilot risks, at least two replicates each.
    target_se : float
        Standard error of the slope that the run shall have, > 0.
    window : WindowRule, optional
        Which sizes enter the slope; every size by default.
    allocation : array_like, optional
        (k,) replicates at each size relative to the answer, such as ``Replicates(n) / at_least``;
        ones by default.
    assurance : float
        Probability, over pilots, that the answer suffices; 0.5 plans without reserve.

    Returns
    -------
    int
        R >= 2: with ceil(R * allocation) replicates at each size the target is met.

    Raises
    ------
    InputError
        For rows that do not match the sizes, for a pilot without spread, a target that is not
        positive, an assurance outside [0.5, 1).

    Notes
    -----
    With R_i = R w_i replicates the weighted slope sum a_i y_i has variance sum a_i^2 c_i / R_i,
    c_i the squared coefficient of variation of one risk (weights smooth it over sizes, as in
    `fit`): the answer is sum a_i^2 c_i / w_i / target^2. A pilot of few replicates estimates that
    sum with the error of a chi-squared variable, whose degrees of freedom are those of Welch and
    Satterthwaite, divided by 1 + kurtosis / 2: the answer is multiplied by freedom over the lower
    (1 - assurance) quantile.

    Examples
    --------
    >>> import numpy as np
    >>> rng, n = np.random.default_rng(0), 2.0 ** np.arange(8, 17)
    >>> pilot = [size**-0.75 * rng.chisquare(8, 20) for size in n]
    >>> replicates_for(n, pilot, 0.02) < replicates_for(n, pilot, 0.01)
    True
    """
    target = check.positive("target_se", target_se)
    if not 0.5 <= check.number("assurance", assurance) < 1:
        raise InputError(f"assurance must be in [0.5, 1), got {assurance!r}")
    grid = check.times("sizes", sizes)
    share = _allocation(allocation, grid.size)
    keep = (window or All()).select(grid)
    if keep.sum() < 3:
        raise InputError(f"a slope needs 3 sizes in the window, got {int(keep.sum())}")
    pilot = _pilot(grid, samples)
    x, single = np.log(grid), np.array([s.variance * s.count for s in pilot])
    counts = np.array([s.count for s in pilot])
    row = regression.functional(x, share * regression.weights(pilot, x) / counts, keep, 1)
    parts = row**2 * single / share
    # log(mean) of R risks has variance v (1 + 3 v / 2) with v = c / R, as `fit` reports it
    second = 1.5 * float(np.average(single / share, weights=row**2))
    needed = float(parts.sum()) / target**2 + second
    return max(2, ceil(needed * _reserve(pilot, parts, assurance)))


def _allocation(allocation: ArrayLike | None, count: int) -> Array:
    if allocation is None:
        return np.ones(count)
    share = check.values("allocation", allocation, length=count)
    if share.min() <= 0:
        raise InputError(f"allocation must be positive, got {share.min():g}")
    return share


def _pilot(grid: Array, samples: Sequence[ArrayLike]) -> list[Replicates]:
    pilot = [s for s in of_replicates(grid, samples) if isinstance(s, Replicates)]
    if len(pilot) < grid.size or not any(s.variance for s in pilot):
        raise InputError("the pilot needs at least 2 different replicates at each size")
    return pilot


def _reserve(pilot: Sequence[Replicates], parts: Array, assurance: float) -> float:
    """Return the factor that covers the error of the pilot's own variances."""
    from scipy.stats import chi2

    rows = [s.deviations for s, part in zip(pilot, parts, strict=True) if part]
    scaled = np.concatenate([row / (row.std() or 1.0) for row in rows])
    kurtosis = max(float(np.mean(scaled**4)) - 3, 0.0)
    below = sum(p**2 / (s.count - 1) for p, s in zip(parts, pilot, strict=True))
    freedom = float(parts.sum() ** 2 / below) / (1 + kurtosis / 2)
    return float(freedom / chi2.ppf(1 - assurance, freedom))
