"""What lies beyond the window: exponents that lower-order terms leave open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.slopes.regression import functional
from ratecheck.slopes.results import SlopeFit
from ratecheck.types import Array, InputError

_FASTEST = 3.0  # power of a term: a faster one is gone after the first size
_RATIO = 1.055  # of neighbouring powers
_EDGE = 1.1  # a term at the edge of the class needs a neighbour on the grid of powers
_EARLIEST = 3.0  # below e the iterated logarithm is no slowly varying function
_ROUNDING = 1e-9  # curvature below which exact numbers are straight
_STEPS = 41  # sizes of one correction term
_LEVELS = 5  # curvatures looked at between two neighbouring sizes of a term


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Corrections:
    """The lower-order terms that a risk may have: c n^e (1 + d n^-b) or c n^e (log n)^p.

    Parameters
    ----------
    slowest : float
        Smallest power b of a correction term, > 0.
    factor : float
        At the first size of the window the risk is within this factor (>= 1) of its leading
        term: 1 / factor <= 1 + d n^-b <= factor. 1 excludes correction terms.
    logs : float
        Largest power |p| of the logarithm, >= 0.

    Raises
    ------
    InputError
        For numbers out of these ranges.

    Examples
    --------
    >>> str(Corrections())
    'terms n^-b with b >= 0.2 up to a factor 3, logarithms up to power 1'
    """

    slowest: float = 0.2
    factor: float = 3.0
    logs: float = 1.0

    def __post_init__(self) -> None:
        """Validate the ranges."""
        check.positive("slowest", self.slowest)
        check.nonnegative("logs", self.logs)
        if check.number("factor", self.factor) < 1:
            raise InputError(f"factor must be at least 1, got {self.factor!r}")

    def __str__(self) -> str:
        terms = f"terms n^-b with b >= {self.slowest:g} up to a factor {self.factor:g}"
        return f"{terms}, logarithms up to power {self.logs:g}"

    @property
    def _powers(self) -> Array:
        last = max(_FASTEST, self.slowest)
        count = 1 + int(np.ceil(np.log(last / self.slowest) / np.log(_RATIO)))
        return np.geomspace(self.slowest, last, count)

    def shapes(self, sizes: Array) -> Array:
        """Return logs of the corrections, (families, steps, k), along growing size of the term.

        Parameters
        ----------
        sizes : Array
            (k,) increasing sizes of the window.
        """
        return _shapes(self, tuple(sizes.tolist()))

    def _made(self, sizes: Array) -> Array:
        largest = _EDGE * np.log(self.factor)
        reach = np.linspace(-largest, largest, _STEPS)
        falling = (sizes / sizes[0]) ** -self._powers[:, None, None]
        terms = np.log1p(np.expm1(reach)[:, None] * falling)
        powers = np.linspace(-self.logs, self.logs, _STEPS)[:, None]
        slow = powers * np.log(np.log(np.maximum(sizes, _EARLIEST)))
        return np.concatenate([terms, slow[None]])


@lru_cache(maxsize=16)  # many fits have the same sizes
def _shapes(corrections: Corrections, sizes: tuple[float, ...]) -> Array:
    made = corrections._made(np.array(sizes))
    made.flags.writeable = False
    return made


@lru_cache(maxsize=64)  # a claim and its control look at the same fit
def outlook(fit: SlopeFit, corrections: Corrections) -> tuple[float, float] | None:
    """Return the hull of the slope's interval and of the exponents that corrections leave open.

    Parameters
    ----------
    fit : SlopeFit
    corrections : Corrections
        What the risk may contain beside its leading power.

    Returns
    -------
    (float, float) or None
        None where no correction bends as much as the data do.

    Notes
    -----
    A correction g(n) moves the fitted slope by a @ g and the fitted curvature by c @ g, a and c
    the functionals of weighted least squares. An exponent e is left open if for some g

        ((slope - e - a @ g) / half_slope)^2 + ((curvature - c @ g) / half_curvature)^2 <= 1,

    with the half-widths of the two intervals on the side in question: for a given family the
    profile likelihood of e, since slope and curvature of weighted least squares are uncorrelated.
    A straight line is the member g = 0 of every family. The union over the families holds the
    true exponent at least as often as the interval of the family that is true does. The interval
    of the slope itself belongs to the hull, so that no verdict rests on extrapolation alone.
    """
    used = fit.weights > 0
    x, weight, keep = np.log(fit.sizes[used]), fit.weights[used], np.ones(used.sum(), dtype=bool)
    shapes = corrections.shapes(fit.sizes[used])
    moved, bent = (shapes @ functional(x, weight, keep, degree) for degree in (1, 2))
    moved, bent = _between(moved, bent, fit)
    room = _room(fit.curvature.value - bent, fit)
    if not (room >= 0).any():
        return None
    left = np.sqrt(room[room >= 0])
    middle = fit.estimate - moved[room >= 0]
    low = middle - left * (fit.estimate - fit.low)
    high = middle + left * (fit.high - fit.estimate)
    return min(float(low.min()), fit.low), max(float(high.max()), fit.high)


def _room(gap: Array, fit: SlopeFit) -> Array:
    """Return what the misfit of the curvature leaves of the joint interval, negative: nothing."""
    bend = fit.curvature
    half = np.where(gap >= 0, bend.value - bend.low, bend.high - bend.value)
    return np.asarray(1 - (gap / np.maximum(half, _ROUNDING)) ** 2)


def _between(moved: Array, bent: Array, fit: SlopeFit) -> tuple[Array, Array]:
    """Add, to the corrections on the grid, those between that meet the measured curvature.

    Precise data leave a range of curvatures open that may fall between two points of the grid.
    """
    first, last = bent[:, :-1].ravel(), bent[:, 1:].ravel()
    ends = np.clip([fit.curvature.low, fit.curvature.high], bent.min(), bent.max())
    levels = np.linspace(ends[0], ends[1], _LEVELS)
    target = np.append(levels, fit.curvature.value)[:, None]
    step = last - first
    share = np.divide(
        target - first, step, out=np.full((target.size, step.size), -1.0), where=step != 0
    )
    inside = (share >= 0) & (share <= 1)
    start, stop = moved[:, :-1].ravel(), moved[:, 1:].ravel()
    along = (start + share * (stop - start))[inside]
    level = np.broadcast_to(target, share.shape)[inside]
    return np.append(moved.ravel(), along), np.append(bent.ravel(), level)
