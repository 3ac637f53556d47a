"""The fit: data in, slope with interval, local slopes, curvature and window out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from ratecheck import check
from ratecheck.slopes import intervals, regression, samples
from ratecheck.slopes.results import SlopeFit, Window
from ratecheck.slopes.samples import Sample
from ratecheck.slopes.windows import All, WindowRule
from ratecheck.types import Array, BoolArray, InputError


def fit(
    sizes: ArrayLike,
    risks: ArrayLike | Sequence[ArrayLike],
    errors: ArrayLike | None = None,
    *,
    window: WindowRule | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> SlopeFit:
    """Fit log E[risk] = a + b log n by weighted least squares, with an interval for b.

    Parameters
    ----------
    sizes : array_like
        (k,) strictly increasing sample sizes, k >= 3.
    risks : sequence of array_like, or array_like
        Replicates: k rows, of any lengths >= 2. Or (k,) mean risks.
    errors : array_like, optional
        (k,) standard errors of mean risks; without them the means count as exact numbers, and
        the interval comes from the residuals.
    window : WindowRule, optional
        Which sizes enter; every size by default.
    level : float
        Coverage of the intervals.
    resamples : int
        Bootstrap resamples.
    seed : int
        Root of the bootstrap's random stream: the same data and seed give the same interval.

    Raises
    ------
    InputError
        For a risk that is not positive and finite, for fewer than 3 sizes in the window, for
        rows and sizes that do not match.

    Notes
    -----
    The variance of log(mean) is s^2 / (R mean^2) (delta method); weights are its inverse,
    smoothed over sizes. The interval is the wider of Student's t and, from 8 replicates on, the
    symmetric studentised bootstrap over replicates within each size, widened by Birge's ratio
    when the residuals exceed the Monte Carlo error (F test at 1 %).

    Examples
    --------
    >>> import numpy as np
    >>> n = 2.0 ** np.arange(8, 14)
    >>> round(fit(n, 3 * n**-0.75).estimate, 12)
    -0.75
    """
    grid = _sizes(sizes)
    rows = list(cast("Sequence[ArrayLike]", risks))
    if all(np.ndim(row) == 0 for row in rows):
        data = samples.of_means(grid, rows, errors)
    elif errors is not None:
        raise InputError("errors belong to mean risks: replicates bring their own, leave them out")
    else:
        data = samples.of_replicates(grid, rows)
    return _fit(grid, data, window or All(), level, resamples, seed)


def fit_ratio(
    sizes: ArrayLike,
    numerators: Sequence[ArrayLike],
    denominators: Sequence[ArrayLike],
    *,
    window: WindowRule | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> SlopeFit:
    """Fit the slope of log(E[a] / E[b]) in log n, for two rules on common random numbers.

    Parameters
    ----------
    sizes : array_like
        (k,) strictly increasing sample sizes, k >= 3.
    numerators, denominators : sequence of array_like
        k rows each; entry r of a row pair comes from the same replicate, and pairs stay together
        in the bootstrap, so what the two rules share cancels.
    window, level, resamples, seed
        As in `fit`.

    Examples
    --------
    >>> import numpy as np
    >>> n, rng = 2.0 ** np.arange(8, 14), np.random.default_rng(0)
    >>> shared = [rng.chisquare(4, 20) for _ in n]
    >>> round(fit_ratio(n, [2 * s for s in shared], shared).estimate, 12) + 0.0
    0.0
    """
    grid = _sizes(sizes)
    data = samples.of_pairs(grid, numerators, denominators)
    return _fit(grid, data, window or All(), level, resamples, seed)


def _sizes(sizes: ArrayLike) -> Array:
    grid = check.times("sizes", sizes)
    if grid.size < 3:
        raise InputError(f"a slope needs at least 3 sizes, got {grid.size}")
    return grid


def _keep(grid: Array, window: WindowRule) -> BoolArray:
    keep = window.select(grid)
    if (count := int(keep.sum())) < 3:
        raise InputError(
            f"the window '{window.text}' keeps {count} of {grid.size} sizes, a slope needs 3: "
            "widen it"
        )
    return keep


def _fit(
    grid: Array,
    data: tuple[Sample, ...],
    window: WindowRule,
    level: float,
    resamples: int,
    seed: int,
) -> SlopeFit:
    check.integer("resamples", resamples, low=100)
    if not 0.5 <= check.number("level", level) < 1:
        raise InputError(f"level must be in [0.5, 1), got {level!r}")
    keep, x = _keep(grid, window), np.log(grid)
    y, variance = (np.array([getattr(s, f) for s in data]) for f in ("level", "variance"))
    freedom = regression.freedom(data)
    weight = regression.weights(data, x)
    straight = regression.line(x[keep], y[keep], weight[keep], freedom=freedom)
    rows = _functionals(x, weight, keep)
    if freedom == 0:
        quantiles = intervals.residual(x, y, keep, rows, level)
    else:
        quantiles = intervals.sampled(data, rows, level=level, resamples=resamples, seed=seed)
    found = quantiles.estimates(rows @ y, straight.inflation)
    return SlopeFit(
        estimate=found[0].value,
        low=found[0].low,
        high=found[0].high,
        standard_error=found[0].standard_error,
        level=level,
        intercept=straight.intercept,
        window=_describe(grid[keep], window),
        curvature=found[1],
        early=found[2],
        late=found[3],
        local=found[4:],
        inflation=straight.inflation,
        method=quantiles.method,
        sizes=grid,
        means=np.exp(y),
        errors=np.sqrt(variance),
        weights=np.where(keep, weight, 0.0),
    )


def _functionals(x: Array, weight: Array, keep: BoolArray) -> Array:
    early, late = regression.halves(keep)
    fitted = [
        regression.functional(x, weight, keep, 1),
        regression.functional(x, weight, keep, 2),
        regression.functional(x, weight, early, 1),
        regression.functional(x, weight, late, 1),
    ]
    steps = np.diff(np.eye(x.size), axis=0) / np.diff(x)[:, None]
    return np.concatenate([np.stack(fitted), steps])


def _describe(used: Array, window: WindowRule) -> Window:
    return Window(
        first=float(used[0]), last=float(used[-1]), count=int(used.size), rule=window.text
    )
