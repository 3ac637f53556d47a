"""Sensitivity against width at the sizes of the paper, beside the universal law sqrt(Nd/p).

Claims C1 - C3 (Bombari et al. 2023; theory note G: abstract P, forms and conditions M, U): random
features (RF, p = k) are not robust at any width; tangent features (NTK, p = dk) with an even
activation meet the universal bound and are robust once p >> Nd; with others they are not.

d = 1000, N = 400, 800, 1200, Gaussian data and labels without signal, square, tanh, cos and
softplus; RF up to k = 2 10^5, NTK up to k = 300, and k = infinity by dual activations. S is the
mean over 16 test points a replicate; all activations and N of one replicate share data and neurons.

Rules:

- Slopes in k over all widths, N = 1200; margin 0.1 for "does not fall" (exponent 0), the control
  is the exponent -1/2 of the universal law (-1 for even activations). Claimed for all four
  activations of RF (claim C1 knows no exception; two of them are even) and for tanh and softplus
  of NTK.
- "Meets the universal bound": S / sqrt(Nd/p) in [1, 5/2] at every width, smallest and largest N;
  the control is the same about tanh.
- "Of order one": S in [1, 3] at N = 400, k = 300 (p = 3/4 Nd); the control is tanh again.
- Leading order of even activations (`ratecheck.random_features.leading_order`, derived): S^2 over
  it, labels as drawn, in [0.85, 1.15] where N <= p / 40, and at infinite width, N >= 100, in
  [0.8, 1.2]; the control is the interval [1.3, 2].
- Growth with N at k = infinity, N = 50 ... 800: at least N^{1/6} for RF (margin 0.05), the control
  is at least N^1; the paper's conditions on N, k and d are not at hand.

Set after results were seen: two draws at these sizes were looked at before the rules were written.
They showed that RF with even activations falls with k; the claim is kept to have that said, its
control became k^-1. The first run had 1.30 for RF square at N = 50 and infinite width, where the
constant feature adds 4/N to 4N/d (see the leading order): the claim was kept for N >= 100.
"""

from __future__ import annotations

from fractions import Fraction

import ratecheck as rc
from ratecheck.assertions import Assertion, Exceeds, Level
from ratecheck.cli import study_main
from ratecheck.montecarlo.measurements.feature_data import Synthetic
from ratecheck.montecarlo.measurements.sensitivities import (
    LAW,
    SENSITIVITY,
    SHARE,
    AgainstSamples,
    AgainstWidth,
    at,
)
from ratecheck.montecarlo.study import Expectation, Replicates
from ratecheck.random_features.features import FeatureName
from ratecheck.theory.sensitivity import RF_GROWTH, UNIVERSAL, in_samples, in_width, stated
from ratecheck.types import Bound

D = 1000
SAMPLES = (400, 800, 1200)
LARGEST = SAMPLES[-1]
EVEN, OTHER = ("square", "cos"), ("tanh", "softplus")
ACTIVATIONS = ("square", "tanh", "cos", "softplus")
RF_WIDTHS = (12_500, 25_000, 50_000, 100_000, 200_000)
NTK_WIDTHS = (15, 30, 60, 150, 300)
LIMIT_SAMPLES = (50, 100, 200, 400, 800)
REGIME = f"d = {D}, Gaussian data, labels without signal"


def flat(features: FeatureName, activation: str) -> Expectation:
    """Return the claim that S does not fall with the width, with a wrong exponent as control."""
    quantity, ledger = at(SENSITIVITY, LARGEST), "C1" if features == "rf" else "C3"
    model = f"{features.upper()} {activation}, N = {LARGEST}"
    right, wrong = (
        in_width(model, exponent, quantity=quantity, ledger=ledger, regime=REGIME)
        for exponent in (Fraction(0), Fraction(-1) if activation in EVEN else UNIVERSAL)
    )
    return Expectation(claim=right, stopping=activation, risk=quantity, margin=0.1, wrong=wrong)


def meets_bound(features: FeatureName, activation: str, N: int) -> Level:
    """Return the claim that S is the universal bound up to a factor, with tanh as control."""

    def level(series: str) -> Level:
        return Level(
            statement=stated(
                f"{features.upper()} {series}, N = {N}: S meets the universal bound",
                "S / sqrt(Nd/p) in [1, 2.5]", ledger="C2", regime=REGIME,
                tag="G P,M,U" if features == "ntk" else "D",
            ),
            series=series, quantity=at(SHARE, N), low=1.0, high=2.5,
            wrong=level("tanh") if series != "tanh" else None,
        )  # fmt: skip

    return level(activation)


def order_one(activation: str) -> Level:
    """Return the claim that an even NTK is of order one at the largest width, N = 400."""

    def level(series: str) -> Level:
        return Level(
            statement=stated(
                f"NTK {series}, N = {SAMPLES[0]}: S is of order one at k = {NTK_WIDTHS[-1]}",
                "S in [1, 3]", ledger="C2", regime=REGIME, tag="G P,M,U",
            ),
            series=series, quantity=at(SENSITIVITY, SAMPLES[0]), low=1.0, high=3.0,
            sizes=NTK_WIDTHS[-1:], wrong=level("tanh") if series != "tanh" else None,
        )  # fmt: skip

    return level(activation)


def law(
    model: str, activation: str, quantity: str, sizes: tuple[int, ...], reach: float = 0.15
) -> Level:
    """Return the claim that S^2 is its leading order up to a share, with another factor refuted."""

    def level(low: float, high: float, wrong: Level | None = None) -> Level:
        return Level(
            statement=stated(
                f"{model} {activation}: {quantity} is {low:g} to {high:g}",
                f"in [{low:g}, {high:g}]",
                ledger="C2", regime=f"{REGIME}; N <= p / 40", tag="D", source="derived",
            ),
            series=activation, quantity=quantity, low=low, high=high, sizes=sizes, wrong=wrong,
        )  # fmt: skip

    return level(1 - reach, 1 + reach, level(1.3, 2.0))


def plateau(activation: str) -> Exceeds:
    """Return the claim that other activations end far above the even ones."""

    def exceeds(above: str, below: str, wrong: Assertion | None = None) -> Exceeds:
        quantity = at(SENSITIVITY, LARGEST)
        return Exceeds(
            statement=stated(
                f"NTK, N = {LARGEST}: {above} is above 3 times {below} at k = {NTK_WIDTHS[-1]}",
                "ratio above 3", ledger="C3", regime=REGIME, tag="G P,M,U",
            ),
            above=(above, quantity), below=(below, quantity), factor=3.0,
            sizes=NTK_WIDTHS[-1:], wrong=wrong,
        )  # fmt: skip

    return exceeds(activation, "square", exceeds("square", activation))


def grows(activation: str) -> Expectation:
    """Return the claim that S of infinitely wide RF grows with N."""
    right, wrong = (
        in_samples(
            f"RF {activation}, k = infinity", power, Bound.LOWER,
            quantity=SENSITIVITY, ledger="C1", regime=f"{REGIME}, N <= {LIMIT_SAMPLES[-1]}",
        )
        for power in (RF_GROWTH, Fraction(1))
    )  # fmt: skip
    return Expectation(claim=right, stopping=activation, risk=SENSITIVITY, margin=0.05, wrong=wrong)


def against_width(
    features: FeatureName,
    widths: tuple[int, ...],
    replicates: Replicates,
    smoke: tuple[int, ...],
    claims: tuple[Expectation | Assertion, ...],
) -> rc.MeasuredStudy:
    """Return the study of one model over its widths."""
    return rc.MeasuredStudy(
        name=features,
        measurement=AgainstWidth(
            features=features, activations=ACTIVATIONS, data=Synthetic(d=D), samples=SAMPLES
        ),
        sizes=widths,
        replicates=replicates,
        claims=claims,
        abscissa="k",
        data=f"{REGIME}, N = {', '.join(map(str, SAMPLES))}",
        profiles=(rc.Profile(name="smoke", sizes=smoke, replicates=2),),
    )


def at_infinite_width(
    features: FeatureName, claims: tuple[Expectation | Assertion, ...]
) -> rc.MeasuredStudy:
    """Return the study of one model of infinite width over sample sizes."""
    return rc.MeasuredStudy(
        name=f"{features}-infinite",
        measurement=AgainstSamples(features=features, activations=ACTIVATIONS, data=Synthetic(d=D)),
        sizes=LIMIT_SAMPLES,
        replicates=Replicates(at_least=12, largest=LIMIT_SAMPLES[-1]),
        claims=claims,
        abscissa="N",
        data=f"{REGIME}, k = infinity",
        profiles=(rc.Profile(name="smoke", sizes=(25, 50, 100), replicates=2),),
    )


STUDY = rc.Suite(
    name="universal_law",
    title="The universal law of robustness and beyond",
    question="Which models get robust by over-parametrisation, and along which law?",
    studies=(
        against_width(
            "rf",
            RF_WIDTHS,
            Replicates(at_least=5, largest=RF_WIDTHS[-1], power=0.25),
            (2_000, 4_000, 8_000),
            (
                *(flat("rf", activation) for activation in ACTIVATIONS),
                *(meets_bound("rf", activation, LARGEST) for activation in EVEN),
                *(law("RF", a, at(LAW, LARGEST), RF_WIDTHS[2:]) for a in EVEN),
            ),
        ),
        against_width(
            "ntk",
            NTK_WIDTHS,
            Replicates(at_least=12, largest=NTK_WIDTHS[-1], power=0.0),
            (15, 60, 300),
            (
                *(meets_bound("ntk", activation, N) for activation in EVEN for N in SAMPLES[::2]),
                *(order_one(activation) for activation in EVEN),
                *(law("NTK", a, at(LAW, N), NTK_WIDTHS[2:]) for a in EVEN for N in SAMPLES[::2]),
                *(flat("ntk", activation) for activation in OTHER),
                *(plateau(activation) for activation in OTHER),
            ),
        ),
        at_infinite_width(
            "rf",
            (
                *(grows(activation) for activation in ACTIVATIONS),
                *(law("RF, k = infinity,", a, LAW, LIMIT_SAMPLES[1:], 0.2) for a in EVEN),
            ),
        ),
        at_infinite_width(
            "ntk", tuple(law("NTK, k = infinity,", a, LAW, LIMIT_SAMPLES[1:], 0.2) for a in EVEN)
        ),
    ),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
