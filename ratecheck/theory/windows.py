r"""Expected squares of the largest noise in the window around a random point of [0, 1].

Of ``n`` uniform design points, the window ``[x - r, x + r]`` holds a binomial number with mean
``n m(x)``, where ``m`` is the length of the window's part inside ``[0, 1]``. So the square of the
largest ``|eps_i| / sigma`` in it has the mean (theory note D, its average over ``N``)

.. math:: \int_0^\infty 2t\,\bigl(1 - F(t)^e\,E_x (1 - m(x)(1 - F(t)))^n\bigr)\,dt ,

with ``e`` further noise values outside the window. ``e = 0`` bounds the adversarial risk of every
interpolant of pure noise from below, ``e = 2`` that of a first-order one from above: between two
design points it does not leave their values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from ratecheck.theory.extremes import Noise
from ratecheck.types import InputError

Ends: TypeAlias = Literal["cut", "wrapped"]

_SERIES = 1e-3  # n m (1 - F) below which 1 - (1 - m (1 - F))^n is expanded
_DEEPEST = 1e-40  # tail beyond which nothing is left


@lru_cache(maxsize=4096)
def expected_window_maximum(
    n: int, radius: float, *, noise: Noise = "gaussian", extra: int = 0, ends: Ends = "cut"
) -> float:
    """Mean square of the largest of the noise values in the window of a random point.

    Parameters
    ----------
    n : int
        Number of uniform design points on [0, 1].
    radius : float
        Half the length of the window, 0 < r <= 1/2.
    noise : {"gaussian", "laplace", "uniform", "rademacher"}
        Law of the noise, of unit variance.
    extra : int
        Further noise values, 0 or more.
    ends : {"cut", "wrapped"}
        Whether windows end with the interval or go around the torus.

    Raises
    ------
    InputError
        A number out of range, an unknown name.

    Examples
    --------
    >>> round(expected_window_maximum(10**6, 0.05), 3), round(expected_window_maximum(1, 0.5), 3)
    (20.562, 0.75)
    """
    import mpmath

    _check(n, radius, noise, extra, ends)
    tail, points = _TAILS[noise]
    top = points[-1] if math.isfinite(points[-1]) else _crossing(tail, _DEEPEST)
    knots = sorted({*(_crossing(tail, level / (n * radius)) for level in (60, 6, 0.6)), *points})
    knots = [t for t in knots if t < top] + [top]

    def survival(t: float) -> float:
        q = tail(t)
        return 2 * t * _join(_some(n, radius, q, ends), 1 - (1 - q) ** extra)

    return float(mpmath.fp.quad(survival, knots))


def interpolant_risk_bounds(
    n: int, radius: float, *, noise: Noise = "gaussian", lipschitz: float = 0.0
) -> tuple[float, float]:
    """Bounds of the adversarial risk over sigma^2 of interpolants, uniform design on [0, 1].

    The lower one holds for every interpolant, the upper one for first-order kernels (theory
    note D), whose fits stay between the values at neighbouring design points.

    Parameters
    ----------
    n, radius, noise
        As in `expected_window_maximum`.
    lipschitz : float
        Lipschitz constant of the target over sigma; 0 for a constant target.

    Returns
    -------
    float, float

    Notes
    -----
    With L the constant, ``|f(x_i) - f(x) + eps_i|`` differs from ``|eps_i|`` by at most ``L r``
    inside the window and, for the two points beyond, by ``L (r + gap)``. The gap has mean square
    at most ``2/n^2``, here taken as ``(4/n)^2``; Minkowski's inequality moves both terms through
    the mean square (derived).

    Examples
    --------
    >>> [round(b, 3) for b in interpolant_risk_bounds(100, 0.05)]
    [3.685, 4.001]
    """
    if not 0 <= lipschitz < math.inf:
        raise InputError(f"lipschitz must be a number >= 0, got {lipschitz!r}")
    low, high = (expected_window_maximum(n, radius, noise=noise, extra=e) for e in (0, 2))
    inside, beyond = lipschitz * radius, lipschitz * (radius + 4 / n)
    return max(math.sqrt(low) - inside, 0.0) ** 2, (math.sqrt(high) + beyond) ** 2


def _check(n: object, radius: float, noise: str, extra: object, ends: str) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise InputError(f"n must be a positive integer, got {n!r}")
    if not 0 < radius <= 0.5:
        raise InputError(f"radius must lie in (0, 1/2], got {radius!r}")
    if noise not in get_args(Noise):
        raise InputError(f"noise must be one of {', '.join(get_args(Noise))}; got {noise!r}")
    if isinstance(extra, bool) or not isinstance(extra, int) or extra < 0:
        raise InputError(f"extra must be an integer >= 0, got {extra!r}")
    if ends not in get_args(Ends):
        raise InputError(f"ends must be 'cut' or 'wrapped', got {ends!r}")


def _join(first: float, second: float) -> float:
    """Return 1 - (1 - first)(1 - second)."""
    return first + second - first * second


def _some(n: int, r: float, q: float, ends: Ends) -> float:
    """Return the probability that a noise value in the window exceeds t, 1 - F(t) = q."""
    inner = -math.expm1(n * _log1m(2 * r * q))
    if ends == "wrapped":
        return inner
    if n * r * q < _SERIES:
        return sum(_moment(k, r) * _signed_binomial(n, k) * q**k for k in range(1, 7))
    # E over the two ends, where m is uniform on [r, 2r], in closed form
    power = [math.exp((n + 1) * _log1m(m * q)) for m in (r, 2 * r)]
    return (1 - 2 * r) * inner + 2 * (r - (power[0] - power[1]) / ((n + 1) * q))


def _moment(k: int, r: float) -> float:
    """Return E m(x)^k."""
    return (1 - 2 * r) * (2 * r) ** k + 2 * ((2 * r) ** (k + 1) - r ** (k + 1)) / (k + 1)


def _signed_binomial(n: int, k: int) -> float:
    return float((-1) ** (k + 1) * math.comb(n, k))


def _log1m(q: float) -> float:
    return math.log1p(-q) if q < 1 else -math.inf


def _crossing(tail: Callable[[float], float], level: float) -> float:
    """Return where the decreasing tail falls below a level, by bisection."""
    low, high = 0.0, 64.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > level else (low, middle)
    return high


_ROOT_THREE = math.sqrt(3)
# tail 1 - F of |eps| / sigma, and where it is not smooth (the last point ends its support)
_TAILS: dict[str, tuple[Callable[[float], float], tuple[float, ...]]] = {
    "gaussian": (lambda t: math.erfc(t / math.sqrt(2)), (0.0, math.inf)),
    "laplace": (lambda t: math.exp(-math.sqrt(2) * t), (0.0, math.inf)),
    "uniform": (lambda t: max(1 - t / _ROOT_THREE, 0.0), (0.0, _ROOT_THREE)),
    "rademacher": (lambda t: 1.0 if t < 1 else 0.0, (0.0, 1.0)),
}
