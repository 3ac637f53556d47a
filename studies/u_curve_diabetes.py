"""On real data, Diabetes, the adversarial risk against training time has the shape of a U.

Source: arXiv 2604.25965 (abstract and figures: U-shaped adversarial risk on the Diabetes data).
442 patients, 10 features, disease progression after a year; gradient flow of the tangent kernels of
ReLU networks with bias, two and three layers, from first steps to the minimum-norm interpolant.
The risk is the mean over held-out patients of sup over x' of (f_t(x') - y)^2, with x' in an l2 or
l-infinity ball around x; no sup is exact in ten dimensions, so it is a bracket: an attack from
below, for two layers a certificate from above (none is known here for three).

Rules; radii, times and the budget of the attack were set after one split of each kernel had been
seen, whose numbers are not among those below (another random stream):

- Random splits into 398 patients for training and 44 held out, 30 of them, independent given the
  data. Features and responses standardised by the training part alone: radii are in standard
  deviations of a feature, risks in variances of the response.
- Times 10^-2 ... 10^4, two in a decade, and t = infinity.
- The claim "U": at some one time the risk is lower than at both ends by a factor of at least 1.1,
  joint bands over all times and both ends. For two layers the ends count with the attack and the
  minimum with the certificate, so that it holds for the true risk whatever it is in between.
- Each claim twice. "On this data set" is about the mean over all splits of these 442 patients; the
  splits are independent draws of that. "In the population" is about the patients behind them, where
  splits that share nine tenths of their training rows are far from independent: limits widened by
  (1 + R 44/398)^{1/2} (Nadeau and Bengio 2003), 2.1 here; coverage measured in tests/statistical.
- The same about the clean error of prediction, which needs no bracket. (Taken out once results were
  seen, to shorten the table, and put back later, on the same records.)
- Wrong twin of each: the same with responses permuted before the split, and without certificate.
  Nothing can be learnt from them, the best fit is zero, and there is no fall at the beginning.
- A question, not a claim: is the best time under attack earlier than without? Measured as log10 of
  the quotient of the two, by the attack (near the minimum the bracket is closed to some per cent).
  Found: earlier at every radius, by 0.13 to 0.66 decades, for the population too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import ratecheck as rc
from ratecheck.assertions import UShape
from ratecheck.cli import study_main
from ratecheck.montecarlo.measurements.split_curves import (
    CLEAN,
    DATA,
    SHUFFLED,
    Ball,
    SplitCurves,
)
from ratecheck.risk import Budget
from ratecheck.theory.claims import Statement

TRAIN, TEST, SPLITS = 398, 44, 30
BALLS = (
    Ball(norm=2, radius=0.1),
    Ball(norm=2, radius=0.3),
    Ball(norm=math.inf, radius=0.03),
    Ball(norm=math.inf, radius=0.1),
)
EXCESS = 0.1
CERTIFIED = (2,)  # layers
BUDGET = Budget(centres=8, random=8, anchors=3, starts=3, steps=10, polish=5)
SCOPES = {"on this data set": 0.0, "in the population": TEST / TRAIN}


def u_shape(ball: Ball | None, scope: str, series: str, upper: str) -> UShape:
    """Return the claim that a risk, clean without a ball, falls and rises again by a tenth."""
    right = series == DATA
    risk = "clean risk" if ball is None else f"risk({ball})"
    said = Statement(
        name=f"{risk} is U-shaped, {scope}" + ("" if right else ", with shuffled labels"),
        predicted=f"both ends > {1 + EXCESS:g} best",
        regime="Diabetes, 398 patients for training",
        source="arXiv 2604.25965" if right else "control",
        tag="D P" if right else "D D",
        ledger="A8",
    )
    return UShape(
        statement=said, series=series, size=TRAIN, excess=EXCESS,
        quantity=CLEAN if ball is None else ball.attack, upper=upper, overlap=SCOPES[scope],
        wrong=u_shape(ball, scope, SHUFFLED, "") if right else None,
    )  # fmt: skip


def claims(depth: int) -> Iterator[UShape]:
    """Yield the claims of one kernel."""
    for scope in SCOPES:
        yield u_shape(None, scope, DATA, "")
        for ball in BALLS:
            yield u_shape(ball, scope, DATA, ball.certificate if depth in CERTIFIED else "")


def study(depth: int) -> rc.MeasuredStudy:
    """Return the curves of one kernel."""
    kernel = rc.kernels.NTK(depth=depth, bias=1.0)
    return rc.MeasuredStudy(
        name=f"{depth} layers",
        measurement=SplitCurves(
            data="diabetes", kernel=kernel, balls=BALLS, control=BALLS, test=TEST,
            decades=(-2.0, 4.0), per_decade=2, certify=depth in CERTIFIED, budget=BUDGET,
        ),
        sizes=(TRAIN,),
        replicates=SPLITS,
        claims=tuple(claims(depth)),
        data=f"Diabetes (scikit-learn), random splits, {TEST} patients held out",
        methods=f"gradient flow of {kernel!r} at 13 times, minimum-norm interpolant",
        question="Is the adversarial risk U-shaped in training time, and when is it lowest?",
        profiles=(rc.Profile(name="smoke", sizes=(40,), replicates=2),),
    )  # fmt: skip


STUDY = rc.Suite(
    name="u_curve_diabetes",
    title="Adversarial risk against training time, Diabetes",
    question="Does training on until interpolation ruin robustness on real data?",
    studies=tuple(study(depth) for depth in (2, 3)),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
