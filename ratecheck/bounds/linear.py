"""The best linear estimator: Pinsker's asymptotic risk and the exact risk at every n."""

from __future__ import annotations

import math

from ratecheck import check
from ratecheck.bounds.ellipsoid import TWO_PI, above_half, ellipsoid, sample_size
from ratecheck.numerics.special import power_sum


def pinsker_constant(s: float, d: int = 1, radius: float = 1.0, sigma: float = 1.0) -> float:
    r"""Return Pinsker's constant P: the minimax risk over the Sobolev ball is ~ P n^{-2s/(2s+d)}.

    Parameters
    ----------
    s : float
        Smoothness, > d/2.
    d : int
        Dimension of the torus [0, 1]^d.
    radius : float
        R in sum |2 pi k|^{2s} |theta_k|^2 <= R^2.
    sigma : float
        Noise standard deviation.

    Returns
    -------
    float
        For d = 1 the constant is (2s+1)^{1/(2s+1)} (s / (pi (s+1)))^{2s/(2s+1)} R^{2/(2s+1)}
        sigma^{4s/(2s+1)}.

    Raises
    ------
    InputError
        If s <= d/2, or radius or sigma is not positive.

    Notes
    -----
    Pinsker (1980); theory note B4. With V_d the volume of the unit ball and rho^{2s+d} =
    R^2 (2 pi)^d (d+s)(d+2s) / (sigma^2 V_d d s), P = sigma^2 V_d (2 pi)^{-d} s/(s+d) rho^d.

    Examples
    --------
    >>> round(pinsker_constant(1), 12)
    0.423565428819
    """
    d = check.integer("d", d, low=1)
    s = above_half("s", s, d)
    radius, sigma = check.positive("radius", radius), check.positive("sigma", sigma)
    ball = math.pi ** (d / 2) / math.gamma(d / 2 + 1)
    cells = ball / TWO_PI**d  # frequencies per unit of rho^d
    cutoff = (radius**2 * (d + s) * (d + 2 * s) / (sigma**2 * cells * d * s)) ** (1 / (2 * s + d))
    return float(sigma**2 * cells * s / (s + d) * cutoff**d)


def pinsker_risk(n: float, s: float, d: int = 1, radius: float = 1.0, sigma: float = 1.0) -> float:
    """Return P n^{-2s/(2s+d)}, the asymptotic minimax risk of `pinsker_constant`."""
    constant = pinsker_constant(s, d, radius, sigma)
    s = above_half("s", s, d)
    return float(constant * sample_size(n) ** (-2 * s / (2 * s + d)))


def exact_linear_minimax(n: float, s: float, radius: float = 1.0, sigma: float = 1.0) -> float:
    """Return the minimax risk over linear estimators on the torus, exact at every n.

    Parameters
    ----------
    n : float
        Sample size, >= 1; 10^12 and 10^30 cost the same.
    s : float
        Smoothness, > 1/2.
    radius, sigma : float
        Radius of the Sobolev ball and noise standard deviation.

    Returns
    -------
    float
        e + 2 e sum_{k>=1} (1 - a_k/c)_+ with e = sigma^2/n, a_k = (2 pi k)^s, and c solving
        2 e sum a_k (c - a_k)_+ = R^2; the first e is the unconstrained mean.

    Notes
    -----
    Theory note B4. The sums of powers of k are exact (Euler-Maclaurin), so that no n is too large.

    Examples
    --------
    >>> round(exact_linear_minimax(100, 1), 12)
    0.021275899623
    """
    body = ellipsoid(n, s, radius, sigma)
    count, level = body.pinsker_level()
    shrunk = TWO_PI**body.s * power_sum(body.s, count) / level
    return float(body.noise * (1 + 2 * (count - shrunk)))
