"""What a fit hands back: never a bare number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A number with its standard error and its interval.

    Attributes
    ----------
    value, standard_error, low, high : float
        The interval [low, high] has the level of the fit that it belongs to.
    """

    value: float
    standard_error: float
    low: float
    high: float

    @property
    def is_nonzero(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The sizes that a fit used, and the rule that chose them before looking.

    Attributes
    ----------
    first, last : float
        Smallest and largest size used.
    count : int
        Number of sizes used.
    rule : str
        The rule in words.
    """

    first: float
    last: float
    count: int
    rule: str

    def __str__(self) -> str:
        return f"{self.first:g}..{self.last:.7g} ({self.count} sizes, {self.rule})"


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SlopeFit:
    """Slope of log risk against log n, with the evidence around it.

    Attributes
    ----------
    estimate, low, high, standard_error : float
        The slope, its interval at ``level``, its standard error.
    level : float
        Nominal coverage of every interval here.
    intercept : float
        Fitted log risk at n = 1.
    window : Window
        Sizes used and the rule that chose them.
    local : tuple of Estimate
        Slopes between neighbouring sizes, over all sizes (not only the window), k - 1 of them.
    curvature : Estimate
        Coefficient q of (log n)^2 in the weighted quadratic fit over the window.
    early, late : Estimate
        Slopes over the first and the last half of the window (each at least two sizes; the middle
        size of an odd number belongs to both).
    inflation : float
        Factor >= 1 by which residuals beyond the Monte Carlo error widened every interval
        (Birge's ratio, applied when an F test rejects the straight line at 1 %).
    method : str
        How the intervals were made.
    sizes, means, errors : Array
        (k,) sizes, mean risks (ratios of means for a paired fit), relative standard errors.
    weights : Array
        (k,) weights of the fit; zero outside the window.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    level: float
    intercept: float
    window: Window
    local: tuple[Estimate, ...]
    curvature: Estimate
    early: Estimate
    late: Estimate
    inflation: float
    method: str
    sizes: Array
    means: Array
    errors: Array
    weights: Array

    def __str__(self) -> str:
        return f"{self.estimate:.3f} [{self.low:.3f}, {self.high:.3f}] over {self.window}"
