"""The Sobolev ellipsoid on the torus that every bound of this package speaks about.

In the real orthonormal Fourier basis of [0, 1], two functions per frequency k >= 1, the class is
{ sum_{k >= 1} (2 pi k)^{2s} |theta_k|^2 <= R^2 }; the mean (k = 0) is unconstrained, as in theory
note B4, and costs every estimator sigma^2 / n. Observing n values with noise sigma is, in these
coordinates, noise of variance e = sigma^2 / n per coefficient.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import numpy as np

from ratecheck import check
from ratecheck.numerics.special import power_sum
from ratecheck.types import Array, InputError

TWO_PI = 2 * np.pi


def above_half(name: str, value: Any, d: int = 1) -> float:  # noqa: ANN401  (whatever users pass)
    """Return ``value`` as a float > d/2, or raise `InputError`; text such as "3/2" is read."""
    number = check.number(name, _read(name, value))
    if number <= d / 2:
        raise InputError(
            f"{name} must exceed d/2 = {d / 2:g} (otherwise values at points have no meaning), "
            f"got {value!r}"
        )
    return number


def sample_size(n: Any) -> float:  # noqa: ANN401  (whatever users pass)
    """Return ``n`` as a float >= 1, or raise `InputError`; n need not be an integer."""
    number = check.number("n", n)
    if number < 1:
        raise InputError(f"n must be at least 1, got {n!r}")
    return number


def _read(name: str, value: Any) -> Any:  # noqa: ANN401  (whatever users pass)
    if not isinstance(value, str):
        return value
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name} must be a number such as 1.5 or '3/2', got {value!r}") from None


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Ellipsoid:
    """The class together with the noise: order s > 1/2, radius R, noise variance e = sigma^2/n."""

    s: float
    radius: float
    noise: float

    def semi_axis(self, k: Array) -> Array:
        """Return a_k = (2 pi k)^s, whose inverse is the semi-axis over R, at frequencies k."""
        return np.asarray((TWO_PI * k) ** self.s)

    def pinsker_level(self) -> tuple[float, float]:
        """Return (N, c): the count of active frequencies and the level of Pinsker's weights.

        The weights (1 - a_k / c)_+ solve 2 e sum_k a_k (c - a_k)_+ = R^2; a_N < c <= a_{N+1}.
        """
        low, high = 1.0, 2.0
        while self._budget(high) < self.radius**2:
            low, high = high, 2 * high
        while high - low > 1:  # invariant: budget(low) < R^2 <= budget(high), integers
            middle = np.floor(0.5 * (low + high))
            if middle in (low, high):
                break
            low, high = (middle, high) if self._budget(middle) < self.radius**2 else (low, middle)
        first, second = self._sums(low)
        return low, (self.radius**2 / (2 * self.noise) + second) / first

    def _budget(self, count: float) -> float:
        """Return 2 e sum_{k<=N} a_k (a_N - a_k): the left side above at c = a_N."""
        first, second = self._sums(count)
        return float(2 * self.noise * ((TWO_PI * count) ** self.s * first - second))

    def _sums(self, count: float) -> tuple[float, float]:
        """Return sum_{k<=N} a_k and sum_{k<=N} a_k^2."""
        s = self.s
        return TWO_PI**s * power_sum(s, count), TWO_PI ** (2 * s) * power_sum(2 * s, count)


def ellipsoid(n: Any, s: Any, radius: Any, sigma: Any) -> Ellipsoid:  # noqa: ANN401  (user input)
    """Return the checked ellipsoid of the arguments that every bound takes."""
    noise = check.positive("sigma", sigma) ** 2 / sample_size(n)
    return Ellipsoid(s=above_half("s", s), radius=check.positive("radius", radius), noise=noise)
