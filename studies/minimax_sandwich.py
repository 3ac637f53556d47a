"""Gradient flow between a certified floor and exact linear minimax risks, over ten decades of n.

Claim R1: at every n from 10^2 to 10^12 the worst-case risk of gradient flow at its best time is
within a stated factor of a floor that holds for every estimator (R = sigma = 1, theory note B4-B5).

The factor is computed from theory (written down after a few ratios had been seen). Donoho, Liu
and MacGibbon: no estimator beats the best linear one by more than 1.25. Against Pinsker's linear
risk gradient flow loses, as n grows, the
constant of `flow_to_pinsker` (from the formulas of theory note B2 and B4: 1.28, 1.21, 1.17, 1.16,
1.17 for s = 3/4, 1, 3/2, 2, 3 at m = 1). A tenth is allowed for finite n, where single frequencies
count: the ceiling is 1.1 * 1.25 * that constant. It holds at all n; beside it the ratio must not
grow over the last four decades (margin 0.45 of the distance between the exponents of s and
s + 1/2; the control is growth by that distance, as if the rate were that of a smaller s). The same
tenth is what correction terms may amount to (stated so when verdicts began to ask for a class).

Ridge with m = 1 at s = 3, where it is saturated, must break out: its ratio to the same floor grows
like n^(6/7 - 4/5), and a ratio without growth is the control there.

Under attack, at n = 10^12, the abscissa is the inverse radius 1/r. Floor: the larger of the
certified clean floor and of the modulus bound, which holds even for an estimator that knows f.
Ceiling: the bound (theory note B1) of gradient flow's adversarial risk at its best time. Claims
(A2): the modulus bound falls like (1/r)^(-2 min(s,1)) for r <= 1/32, with exponent -2 at s < 1 and
-1 at s >= 1 as controls; and ceiling over floor is at most (sqrt(c) + 2)^2 with c the ceiling of
the clean ratio: the risk is at most (sqrt(A) + sqrt(B))^2, A the clean risk and B <= 2 r^2
E||fhat'||^2, which is twice the modulus bound up to the variance of fhat', for which another
factor 2 is left. The control is a ratio that grows like the r-term falls.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import ratecheck as rc
from ratecheck.bounds import pinsker_constant
from ratecheck.cli import study_main
from ratecheck.filters import RidgeFilter
from ratecheck.montecarlo.curves import (
    ADVERSARIAL,
    WORST_CASE,
    AdversarialCeiling,
    AdversarialFloor,
    Ball,
    BestTime,
    CertifiedFloor,
    LinearMinimax,
    ModulusFloor,
    PinskerAsymptote,
)
from ratecheck.montecarlo.study import Expectation
from ratecheck.slopes import Corrections, From, LastDecades
from ratecheck.theory import Claim
from ratecheck.types import Bound

SMOOTHNESS = tuple(map(Fraction, ("3/4", "1", "3/2", "2", "3")))
ORDERS = (1, 2)
SIZES = tuple(round(10 ** (2 + i / 3)) for i in range(31))
LARGE = 10**12
INVERSE_RADII = tuple(4**k * 8 for k in range(12))
BRACKET, ALLOWANCE = 1.25, 1.1


def flow_to_pinsker(s: float, m: int) -> float:
    """Return the limit of gradient flow's best worst-case risk over Pinsker's.

    The risk is B t^{-s/m} + e V t^{1/(2m)} with B = (s/(2 e m))^{s/m} and
    V = (2 - 2^{1/(2m)}) Gamma(1 - 1/(2m)) / pi; its minimum over t is taken at e = 1.
    """
    a = 1 / (2 * m)
    bias = (s / (2 * math.e * m)) ** (s / m)
    spread = (2 - 2**a) * math.gamma(1 - a) / math.pi
    t = (s / m * bias / (a * spread)) ** (1 / (s / m + a))
    return float((bias * t ** (-s / m) + spread * t**a) / pinsker_constant(s))


def ceiling(s: Fraction, m: int) -> float:
    """Return the factor claimed for gradient flow over the floor, at every n."""
    return round(ALLOWANCE * BRACKET * flow_to_pinsker(float(s), m), 3)


def growth(name: str, exponent: Fraction, kind: Bound, ledger: str = "R1") -> Claim:
    """Return a claim about the exponent of a ratio."""
    return Claim(
        name=name,
        exponent=exponent,
        kind=kind,
        regime="every n in 10^2 ... 10^12" if ledger == "R1" else f"n = {LARGE:g}, every r",
        source="Pinsker 1980; Donoho, Liu, MacGibbon 1990; constants derived",
        tag="B1 B2 B4 B5 D",
        quantity=WORST_CASE,
        ledger=ledger,
    )


CORRECTIONS = Corrections(slowest=0.1, factor=1.1, logs=0)


def gap(s: Fraction) -> Fraction:
    """Return the distance between the exponents of s and s + 1/2."""
    return rc.theory.minimax_exponent(s, 1) - rc.theory.minimax_exponent(s + Fraction(1, 2), 1)


def within(s: Fraction, m: int) -> Expectation:
    """Return claim R1 for one smoothness and one order."""
    ball = Ball(smoothness=float(s))
    return Expectation(
        claim=growth(
            f"gradient flow / floor <= {ceiling(s, m)}, s={s}, m={m}", Fraction(0), Bound.UPPER
        ),
        stopping=BestTime(ball=ball, order=m).name,
        risk=WORST_CASE,
        margin=round(0.45 * float(gap(s)), 4),
        wrong=growth(f"gradient flow / floor grows, s={s}, m={m}", gap(s), Bound.MATCHING),
        relative_to=CertifiedFloor.name,
        ceiling=ceiling(s, m),
        corrections=CORRECTIONS,
    )


def clean(s: Fraction) -> rc.ExactStudy:
    """Return floor, Pinsker, linear minimax and gradient flow at one smoothness."""
    ball = Ball(smoothness=float(s))
    return rc.ExactStudy(
        name=f"s{float(s):g}",
        data=f"sequence model of H^{s} on the torus, R = sigma = 1",
        curves=(
            CertifiedFloor(ball=ball),
            PinskerAsymptote(ball=ball),
            LinearMinimax(ball=ball),
            *(BestTime(ball=ball, order=m) for m in ORDERS),
        ),
        sizes=SIZES,
        window=LastDecades(4),
        claims=tuple(within(s, m) for m in ORDERS),
    )


def saturated() -> rc.ExactStudy:
    """Return ridge at s = 3, m = 1, which must leave every factor behind."""
    ball, loss = Ball(smoothness=3.0), Fraction(6, 7) - Fraction(4, 5)
    ridge = BestTime(ball=ball, order=1, filter=RidgeFilter())
    held = Expectation(
        claim=growth("ridge / floor grows at s=3, m=1 (saturation)", loss, Bound.MATCHING),
        stopping=ridge.name,
        risk=WORST_CASE,
        margin=round(0.45 * float(loss), 4),
        wrong=growth("ridge / floor does not grow at s=3, m=1", Fraction(0), Bound.UPPER),
        relative_to=CertifiedFloor.name,
        corrections=CORRECTIONS,
    )
    return rc.ExactStudy(
        name="s3-ridge",
        data="sequence model of H^3 on the torus, R = sigma = 1",
        curves=(CertifiedFloor(ball=ball), ridge),
        sizes=SIZES,
        window=LastDecades(4),
        claims=(held,),
    )


def modulus(s: Fraction, order: Fraction) -> Claim:
    """Return the claim that the r-term falls like (1/r)^(-2 order)."""
    return replace(
        growth(f"r-term, s={s}: r^{2 * order}", -2 * order, Bound.MATCHING, "A2"),
        regime="r <= 1/32, every estimator",
        source="arXiv 2604.25965; bound derived",
        tag="B1 D",
        quantity=ADVERSARIAL,
    )


def attacked(s: Fraction) -> rc.ExactStudy:
    """Return floor and ceiling of the adversarial risk against 1/r at one smoothness."""
    ball = Ball(smoothness=float(s))
    top = AdversarialCeiling(ball=ball, size=LARGE, order=1)
    limit = round((math.sqrt(ceiling(s, 1)) + 2) ** 2, 2)
    none = growth(f"ceiling / floor <= {limit} under attack, s={s}", Fraction(0), Bound.UPPER, "A2")
    slope = Expectation(
        claim=modulus(s, min(s, Fraction(1))),
        stopping=ModulusFloor.name,
        risk=ADVERSARIAL,
        margin=0.02,
        wrong=modulus(s, Fraction(1) if s < 1 else Fraction(1, 2)),
    )
    ratio = Expectation(
        claim=replace(none, quantity=ADVERSARIAL),
        stopping=top.name,
        risk=ADVERSARIAL,
        margin=0.2,
        wrong=replace(
            none,
            name=f"ceiling / floor grows, s={s}",
            exponent=2 * min(s, Fraction(1)),
            kind=Bound.MATCHING,
            quantity=ADVERSARIAL,
        ),
        relative_to=AdversarialFloor.name,
        ceiling=limit,
    )
    return rc.ExactStudy(
        name=f"attack-s{float(s):g}",
        data=f"H^{s} on the torus under attack, R = sigma = 1, n = {LARGE:g}",
        curves=(ModulusFloor(ball=ball), AdversarialFloor(ball=ball, size=LARGE), top),
        sizes=INVERSE_RADII,
        abscissa="1/r",
        window=From(32, symbol="1/r"),
        claims=(slope, ratio),
    )


STUDY = rc.Suite(
    name="minimax_sandwich",
    title="Gradient flow between floor and ceiling",
    question=(
        "Is gradient flow within a stated factor of a floor for every estimator, at every n from "
        "10^2 to 10^12, and at every attack radius?"
    ),
    studies=(*map(clean, SMOOTHNESS), saturated(), *map(attacked, SMOOTHNESS)),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
