"""Bounds of the adversarial risk E_x sup_{|x'-x|<=r} (fhat(x') - f(x))^2 over the Sobolev ball."""

from __future__ import annotations

import math

import numpy as np

from ratecheck import check
from ratecheck.bounds.ellipsoid import TWO_PI, above_half, ellipsoid
from ratecheck.bounds.spectrum import HasResidual, SequenceDesign
from ratecheck.bounds.worst_case import effective_degrees
from ratecheck.numerics.quadrature import maximum_over_integers
from ratecheck.types import Array, InputError

_SPLITS = np.concatenate(
    [[1.0], np.geomspace(1e-3, 1e3, 61)]
)  # c of (a+b)^2 <= (1+1/c)a^2+(1+c)b^2
_PAST_PEAK = 1e-6  # t mu below which both parts of the supremum only fall with k


def adversarial_lower_bound(r: float, s: float, radius: float = 1.0, d: int = 1) -> float:
    r"""Return a floor of the worst-case adversarial risk, also for an estimator that knows f.

    Parameters
    ----------
    r : float
        Attack radius, >= 0; the torus has length one, and the bound is constant for r >= 1/4.
    s : float
        Smoothness, > d/2.
    radius : float
        Radius R of the Sobolev ball.
    d : int
        Dimension of the torus; for d > 1 waves along one axis give the same value.

    Returns
    -------
    float
        R^2 sup_{k>=1} sin^2(2 pi k r) / (2 pi k)^{2s}, of order r^{2 min(s, 1)}.

    Notes
    -----
    Theory note B1. For |h| <= r the point x + h is reached from x and from x + 2h, so that by
    translation invariance and (u-v)^2 + (u-w)^2 >= (v-w)^2 / 2 every g has risk at least
    (1/4) E |f(x+2h) - f(x)|^2 (two terms share 2 R_r(g)). A wave of frequency k and coefficients
    theta has E |f(x+2h) - f(x)|^2 = 4 sin^2(2 pi k h) |theta|^2, and |theta| <= R / (2 pi k)^s.
    A larger radius may use every smaller |h|: beyond r = 1/4, where sin^2 would fall, h = 1/4.

    Examples
    --------
    >>> import math
    >>> math.isclose(adversarial_lower_bound(0.01, 1), math.sin(0.02 * math.pi)**2 / (4*math.pi**2))
    True
    """
    r = min(check.nonnegative("r", r), 0.25)
    s = above_half("s", s, check.integer("d", d, low=1))
    radius = check.positive("radius", radius)
    if r == 0:
        return 0.0
    peak = _peak(s) / (TWO_PI * r)  # best real frequency: integers beside it, or one
    candidates = (1.0, max(math.floor(peak), 1.0), max(math.ceil(peak), 1.0))
    waves = [math.sin(TWO_PI * k * r) ** 2 / (TWO_PI * k) ** (2 * s) for k in candidates]
    return float(radius**2 * max(waves))


def adversarial_upper_bound(
    filter: HasResidual,
    n: float,
    t: float,
    s: float,
    m: float,
    r: float,
    radius: float = 1.0,
    sigma: float = 1.0,
) -> float:
    r"""Return a ceiling of the worst-case adversarial risk of a filter in the sequence model.

    Parameters
    ----------
    filter, n, t, s, m, radius, sigma
        As in `ratecheck.bounds.worst_case_risk`; one time; m > 3/4, or ||fhat'|| is infinite.
    r : float
        Attack radius, >= 0.

    Returns
    -------
    float
        min over c > 0 of sup_f [(1 + 1/c) R_0 + 2 (1 + c) r^2 E ||fhat'||^2].

    Notes
    -----
    fhat(x') - f(x) = (fhat(x) - f(x)) + (fhat(x') - fhat(x)), and E_x sup_{|h|<=r} of the second
    part's square is at most 2 r^2 ||fhat'||^2 (Cauchy-Schwarz on each side); c = 1 is the
    bound 2 R_0 + 4 r^2 E ||fhat'||^2 of theory note B1. Both are diagonal in the Fourier basis,
    so that the supremum over the ball is a maximum over k and the variances are exact sums.
    """
    body, r, m = ellipsoid(n, s, radius, sigma), check.nonnegative("r", r), above_half("m", m)
    if m <= 0.75:
        raise InputError(f"m must exceed 3/4 for fhat' to have finite variance, got {m!r}")
    spectrum = SequenceDesign(s=body.s, m=m)
    time = np.array([check.positive("t", t)])
    clean, steep = 1 + 1 / _SPLITS, 2 * (1 + _SPLITS) * r**2

    def bias(k: Array) -> Array:
        residual = filter.residual(spectrum.eigenvalue(k), time)
        slope = (TWO_PI * k * (1 - residual)) ** 2
        parts = clean[:, None] * residual**2 + steep[:, None] * slope
        return np.asarray(parts * spectrum.semi_axis_square(k))

    last = math.ceil((time[0] / _PAST_PEAK) ** (1 / (2 * m)) / TWO_PI)
    biases, _ = maximum_over_integers(bias, float(max(last, 1)))
    degrees = 1 + effective_degrees(filter, spectrum, time, m)[0]
    slopes = effective_degrees(filter, spectrum, time, m, growth=2.0)[0]
    totals = body.radius**2 * biases + body.noise * (clean * degrees + steep * slopes)
    return float(totals.min())


def _peak(s: float) -> float:
    """Return the x in [0, pi/2) that maximises sin(x) / x^s: tan x = x / s, zero for s >= 1."""
    from scipy.optimize import brentq

    if s >= 1:
        return 0.0
    return float(brentq(lambda x: s * math.sin(x) - x * math.cos(x), 1e-9, math.pi / 2))
