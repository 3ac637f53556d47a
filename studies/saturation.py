"""Ridge regression stops improving at s = 2m, gradient flow does not: exact worst-case risks.

Theory note B2: the bias of ridge over the Sobolev ball is of order lambda^{s/m} only up to
s = 2m, where its filter is saturated (qualification 1); its best worst-case risk falls like
n^{-2 min(s,2m)/(2 min(s,2m)+1)}. Gradient flow has no such limit. Classical (Tikhonov's saturation,
Neubauer 1997); here measured without Monte Carlo, each filter at its own best time.

Rules, those of the simulated studies where they apply: s = 1 ... 6, m = 1 and 2, sigma = 1, R such
that the theory's best fit at n = 10^2 has 8 degrees of freedom; slopes over the last four decades
of n = 10^2 ... 10^12; controls: below saturation the exponent of s + 1/2; beyond it the other
filter's exponent, each way; margin 0.45 of the distance to the control.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import ratecheck as rc
from ratecheck.cli import study_main
from ratecheck.filters import Filter, GradientFlowFilter, RidgeFilter
from ratecheck.montecarlo.calibrate import ball_radius
from ratecheck.montecarlo.curves import WORST_CASE, Ball, BestTime, filter_name
from ratecheck.montecarlo.study import Expectation
from ratecheck.slopes import LastDecades
from ratecheck.theory import Claim

ORDERS = (1, 2)
SMOOTHNESS = (1, 2, 3, 4, 5, 6)
SIZES = tuple(round(10 ** (2 + i / 2)) for i in range(21))


def claim(filter: Filter, s: int, m: int, effective: Fraction) -> Claim:
    """Return the claim that a filter's rate is that of an effective smoothness."""
    known = rc.theory.clean_minimax(effective, 1)
    return replace(
        known,
        name=f"{filter_name(filter)} at s={s}, m={m} as at s={effective}",
        regime="worst case over the Sobolev ball, best time",
        source="saturation of Tikhonov regularisation (classical, Neubauer 1997)",
        tag="B2 T",
        quantity=WORST_CASE,
    )


def expectation(filter: Filter, s: int, m: int) -> Expectation:
    """Return the claim about one filter with its control."""
    capped = Fraction(min(s, 2 * m))
    ridge = not isinstance(filter, GradientFlowFilter)
    right = capped if ridge else Fraction(s)
    other = Fraction(s) if ridge else capped
    wrong = s + Fraction(1, 2) if capped == s else other
    made = claim(filter, s, m, right), claim(filter, s, m, Fraction(wrong))
    gap = abs(float(made[0].exponent - made[1].exponent))
    return Expectation(
        claim=made[0],
        stopping=BestTime(ball=Ball(smoothness=s), order=m, filter=filter).name,
        risk=WORST_CASE,
        margin=round(0.45 * gap, 4),
        wrong=made[1],
    )


def study(s: int, m: int) -> rc.ExactStudy:
    """Return both filters at one smoothness and one order."""
    kernel, domain = rc.kernels.PeriodicSobolev(order=m), rc.domains.Torus(d=1)
    radius = ball_radius(kernel, domain, s, 1.0, size=SIZES[0], dimension=8)
    ball, filters = Ball(smoothness=s, radius=radius), (GradientFlowFilter(), RidgeFilter())
    return rc.ExactStudy(
        name=f"m{m}-s{s}",
        data=f"sequence model of H^{s} on the torus, R = {radius:g}, sigma = 1, m = {m}",
        curves=tuple(BestTime(ball=ball, order=m, filter=f) for f in filters),
        sizes=SIZES,
        window=LastDecades(4),
        claims=tuple(expectation(f, s, m) for f in filters),
    )


STUDY = rc.Suite(
    name="saturation",
    title="Saturation of ridge, none of gradient flow",
    question="Does ridge regression stop improving at s = 2m, and gradient flow not?",
    studies=tuple(study(s, m) for m in ORDERS for s in SMOOTHNESS),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
