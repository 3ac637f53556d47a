"""Constants of a study fixed by rules before any data: signal strength and attack radius.

A slope over a window of sample sizes means something only if the whole window is in one regime.
The rules here put it there from theory alone, so that no constant is tuned to a result.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain, Sphere, Torus
from ratecheck.filters import GradientFlowFilter
from ratecheck.kernels import Kernel
from ratecheck.operators.population import population
from ratecheck.schedules import Power
from ratecheck.stopping.setting import Setting
from ratecheck.stopping.theory_time import TheoryTime, variance, worst_case_bias
from ratecheck.theory import critical_radius_exponent
from ratecheck.types import InputError


def ball_radius(
    kernel: Kernel, domain: Domain, smoothness: float, sigma: float, *, size: int, dimension: float
) -> float:
    """Return R such that the theory's best fit at the smallest n has a given N_2, two digits.

    With N_2(t) = ``dimension`` fixing t, the stationarity of R^2 A t^{-s/m} + sigma^2 N_2(t)/n
    in t gives R. Much below 5 degrees of freedom the lowest frequencies are all there is and no
    power law has begun; near n the random design distorts it. 8 at n = 2^8 keeps both away.

    Parameters
    ----------
    kernel, domain
        With a known population spectrum.
    smoothness, sigma : float
        The class H^s and the noise standard deviation.
    size : int
        The smallest sample size of the study.
    dimension : float
        N_2 at the best time there.
    """
    from scipy.optimize import brentq

    known, flow = population(kernel, domain), GradientFlowFilter()
    check.positive("sigma", sigma)

    def log_dimension(u: float) -> float:
        return math.log(known.effective_dimension(flow, math.exp(u)))

    low, high = math.log(1e-3 / known.largest), math.log(1e30 / known.largest)
    u = float(brentq(lambda v: log_dimension(v) - math.log(dimension), low, high, xtol=1e-10))
    growth = (log_dimension(u + 1e-4) - log_dimension(u - 1e-4)) / 2e-4
    m = known.order
    unit = float(flow.worst_case_bias(smoothness, m, np.array([math.exp(u)]))[0])
    unit *= known.scale ** (-smoothness / m)
    squared = sigma**2 * dimension * growth / (size * (smoothness / m) * unit)
    return float(f"{math.sqrt(squared):.2g}")


def theory_time(
    kernel: Kernel, domain: Domain, smoothness: float, sigma: float, radius: float, *, size: int
) -> float:
    """Return the theoretical stopping time of gradient flow for the declared class."""
    return TheoryTime().planned(_setting(kernel, domain, smoothness, sigma, radius, size))[0]


def small_attack(
    kernel: Kernel, domain: Domain, smoothness: float, sigma: float, radius: float,
    *, size: int, share: float = 0.1,
) -> Power:  # fmt: skip
    """Return r_n = c n^{-a} at the critical exponent a, its r-term a fixed share of the n-term.

    At the critical exponent both terms of the adversarial rate fall alike, so their ratio, set
    to ``share`` at the smallest n, stays there: the n-term rules at every n, and no vanishing
    remainder of the other bends the slope. The r-term is bounded over the ball by
    2 r^2 R^2 w_1^{2-2s} (s >= 1, w_1 the lowest frequency) or 8 R^2 (r/2)^{2s} (s < 1): the
    modulus of continuity of theory note B1, on both sides of x. In more than one dimension
    s > 1, and the bound is the leading order in r of the supremum over a ball.
    """
    setting = _setting(kernel, domain, smoothness, sigma, radius, size)
    t = TheoryTime().planned(setting)[0]
    budget = share * (worst_case_bias(setting, t) + variance(setting, t))
    a = float(critical_radius_exponent(str(smoothness), domain.dimension))
    return Power(
        c=float(f"{_reach(domain, smoothness, radius, budget) * size**a:.2g}"), exponent=-a
    )


def _setting(
    kernel: Kernel, domain: Domain, smoothness: float, sigma: float, radius: float, size: int
) -> Setting:
    known, flow = population(kernel, domain), GradientFlowFilter()
    return Setting(
        size=size,
        filter=flow,
        order=known.order,
        scale=known.scale,
        sigma=sigma,
        effective_dimension=partial(known.effective_dimension, flow),
        largest_eigenvalue=known.largest,
        smoothness=smoothness,
        radius=radius,
    )


def _reach(domain: Domain, s: float, radius: float, budget: float) -> float:
    """Return r at which the bound on the r-term equals the budget."""
    if s < 1 and domain.dimension == 1:
        share: float = budget / (8 * radius**2)
        return 2 * math.pow(share, 1 / (2 * s))
    return math.sqrt(budget / 2) / (radius * math.pow(_lowest(domain), 1 - s))


def _lowest(domain: Domain) -> float:
    """Return the lowest positive frequency of the norm of H^s (see `targets`)."""
    if isinstance(domain, Sphere):
        return math.sqrt(domain.d)
    if isinstance(domain, Torus):
        return 2 * math.pi
    if domain.dimension != 1:
        raise InputError(f"attack radii are calibrated on lines, tori and spheres, not {domain!r}")
    return 2 * math.pi / (domain.length if domain.periodic else 2 * domain.length)
