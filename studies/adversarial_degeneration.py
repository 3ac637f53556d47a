"""Linearised adversarial training: what its closed form describes, and where it leads.

Fu and Wang 2023 (arXiv 2310.06112; theory note F, recalled, U): adversarial training of a wide
network follows r(t) = e^{-Theta Xi(t)} r(0), Xi(t) diagonal and increasing with the attack; if all
its entries grow without bound the fit degenerates to the minimum-norm interpolant, that is, to
training without attack, and robust accuracy is lost again ("robust overfitting").

Which dynamics that is (derived here, see `ratecheck.adversarial_flow.dynamics`). With f linearised
in the parameters *and* in the inputs at the start, an attack by gradient ascent of strength eta
multiplies residual i by e^{eta k_i}, k_i = |df_0/dx(x_i)|^2, and dr/dt = -Theta A r with
A = diag(e^{eta k_i}); the closed form with Xi = t A solves it exactly. If eta depends on time and
point, Theta A(t) does not commute and the closed form with Xi = int A is not a solution. What is
left out, the change of the kernel from Theta(x, x_i) to Theta(x, x'_i) and that of df/dx during
training, is of the same first order in eta as what is kept. (For infinitely wide ReLU networks k_i
is the same at every point, and the closed form is gradient flow at another speed.)

Part 1, D1. Networks w^{-1/2} sum_j a_j tanh(<b_j, x>) in the tangent parametrisation, n = 16
points in R^3, both attack and training by Euler steps (200, of 10 steps each), until t = 3 (a
residual of about a tenth); distances are root mean squares over 50 new points, over that of y.

- Twice linearised training tends to the closed form like 1 / steps (control: the power -1/2; an
  attack that moves between points keeps a distance above 0.005, the steady one does not).
- The network under attack tends to its linearisation under the same attack, at least as fast as
  w^{-1/2} (Lee et al. 2019 for training without attack). Control: the power -3/2.
- The claim of the paper: it tends to the closed form as well. Same rule.
- The closed form is nearer to training with moving points than the closed form without attack:
  ratio of the distances below 1, at eta = 0.1 and every width, and as eta falls at w = 256.
  Control: it leaves less than a tenth of the attack's effect, a ratio below 0.1.
- The distance to the closed form falls like eta, not like eta^2 (the control), as it would if the
  closed form were right to first order.

Part 2, D2. Closed form with Xi = c Xi_0, c from 10^-2 to 10^5 (unit: 1 / mean Theta(x, x)), Xi_0
with mean 1, all equal or log-normal with standard deviation 1.5 of the logarithm; tangent kernel of
depth 3 on digits (n = 300, l-infinity, pixels in [0, 1]) with right labels and with a fifth of
them wrong, of depth 3 on a synthetic regression (n = 150, l2, noise 0.5).

- At c = 10^5 the distance to the interpolant is below 0.01 of the interpolant's own spread. The
  control, a tenth of the points without training time, keeps more.
- Attacked error (found by Auto-PGD, 20 steps from two starts: a lower bound) against c is U-shaped
  by at least 5 %, for each radius. Controls: the distance to the interpolant is, with a tenth of
  the points untrained and with equal times; for the regression, the same by a factor of ten.
- A network (depth 3, width 128) trained adversarially on digits in the same numbers, errors against
  epochs: the same claim, by either kind of labels. Control: the loss of training is U-shaped.
- Replicates of D2: 8; on digits 20, random splits of one data set, about which the claims are.

Found, D2: every end is the interpolant. On digits the error at r = 0.1 rises again only where
labels are wrong, for the closed form as for networks; with right labels the claim is REFUTED for
both. At r = 0.2 nine tenths of the points are lost early on, and the words stay INCONCLUSIVE.

Set after results were seen: the 20 replicates on digits, on fresh numbers (the studies were
renamed, which changes their streams), after 8 had left all claims there but those about the end
INCONCLUSIVE; what a run may cost decided how many, and a second raise was ruled out beforehand. The
controls: with unequal times the distance to the interpolant spans nine decades between replicates,
and with eight replicates no distance of the regression was decided, so that they guarded nothing.
The strength eta, the share of wrong labels and the radii, after pilots with two replicates; they
also showed that the claims about the closed form in part 1 would fail, and so did one with four,
before the control of the ratio was written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import ratecheck as rc
from ratecheck.adversarial_flow import Restarts
from ratecheck.assertions import Assertion, Level, UShape
from ratecheck.cli import study_main
from ratecheck.montecarlo.measurements import adversarial_dynamics as dynamics
from ratecheck.montecarlo.measurements import degeneration, robust_network
from ratecheck.montecarlo.measurements.adversarial_dynamics import TrainingGap
from ratecheck.montecarlo.measurements.degeneration import (
    Degeneration,
    Schedule,
    SyntheticDegeneration,
)
from ratecheck.montecarlo.measurements.labelled import Labelled
from ratecheck.montecarlo.measurements.robust_network import RobustNetwork
from ratecheck.montecarlo.study import Replicates
from ratecheck.theory import Claim
from ratecheck.theory.claims import Statement
from ratecheck.types import Bound

PAPER = "arXiv 2310.06112"
STEPS = (25, 50, 100, 200)
WIDTHS = rc.schedules.dyadic(5, 11)
STRENGTHS = (2, 4, 8, 16, 32, 64)  # 1 / eta
SCHEDULE = Schedule(decades=(-2.0, 5.0), per_decade=2, spread=1.5)
WRONG = {"right labels": 0.0, "a fifth wrong": 0.2}
RADII = (0.1, 0.2)
EUCLIDEAN = (0.1, 0.3)
SEARCH = Restarts()
EXCESS = 0.05
REPLICATES, ON_DIGITS = 8, 20
N, SYNTHETIC_N, DEPTH = 300, 150, 3
EPOCHS = (2, 4, 8, 16, 32, 64, 128, 256, 512)


def statement(name: str, predicted: str, source: str, ledger: str = "D1") -> Statement:
    """Return a statement of this study that is no slope."""
    regime = "t = 3, n = 16, d = 3" if ledger == "D1" else "one radius, duration to infinity"
    return Statement(
        name=name, predicted=predicted, regime=regime, source=source,
        tag="F M,U" if source == PAPER else "F D", ledger=ledger,
    )  # fmt: skip


def slope(
    series: str, quantity: str, exponents: tuple[Fraction, Fraction], kind: Bound, source: str
) -> rc.Expectation:
    """Return the claim that a distance falls like a power, and a wrong power."""
    right, other = exponents
    claim = Claim(
        name=f"{series}: {quantity}", exponent=right, kind=kind, regime="t = 3, n = 16, d = 3",
        source=source, tag="F D" if source == "derived" else "F M,U", quantity=quantity,
        ledger="D1",
    )  # fmt: skip
    wrong = replace(claim, name=f"{claim.name}, power {other}", exponent=other, source="control")
    return rc.Expectation(claim=claim, stopping=series, risk=quantity, margin=0.15, wrong=wrong)


def commuting() -> Level:
    """Return the claim that the closed form misses an attack that moves between points."""
    low = 0.005
    said = statement("an attack that moves keeps a distance", f"above {low:g}", "derived")
    wrong = replace(said, name="a steady attack keeps a distance", source="control")
    steady = Level(
        statement=wrong, series=dynamics.FROZEN, quantity=dynamics.GAP, low=low, high=math.inf
    )
    return replace(steady, statement=said, series=dynamics.SWITCHING, wrong=steady)


def helpful(series: str, words: str) -> Level:
    """Return the claim that the closed form beats ignoring the attack."""
    said = statement(f"{words}: the closed form accounts for the attack", "share < 1", PAPER)
    wrong = replace(
        said, name=f"{words}: less than a tenth is left", predicted="share < 0.1", source="control"
    )
    claim = Level(statement=said, series=series, quantity=dynamics.SHARE, low=-math.inf, high=1.0)
    return replace(claim, wrong=replace(claim, statement=wrong, high=0.1))


def first_part() -> Iterator[rc.MeasuredStudy]:
    """Yield the studies of D1."""
    half, one = Fraction(-1, 2), Fraction(-1)
    upper = ((half, Fraction(-3, 2)), Bound.UPPER)
    yield study(
        "steps", TrainingGap(vary="steps"), STEPS, 24, "steps",
        (slope(dynamics.FROZEN, dynamics.GAP, (one, half), Bound.MATCHING, "derived"),
         commuting()),
        "Does small-step training, linearised in parameters and inputs, tend to the closed form?",
    )  # fmt: skip
    yield study(
        "width", TrainingGap(vary="width"), WIDTHS,
        Replicates(at_least=16, largest=WIDTHS[-1], power=0.25), "w",
        (slope(dynamics.NETWORK, dynamics.TO_LINEAR, *upper, PAPER),
         slope(dynamics.NETWORK, dynamics.GAP, *upper, PAPER),
         helpful(dynamics.NETWORK, "every width")),
        "Does adversarial training of wide networks follow the closed form?",
    )  # fmt: skip
    yield study(
        "strength", TrainingGap(vary="inverse strength"), STRENGTHS, 24, "1/eta",
        (slope(dynamics.LINEAR, dynamics.GAP, (one, Fraction(-2)), Bound.MATCHING, "derived"),
         helpful(dynamics.LINEAR, "every strength")),
        "Does the closed form get the effect of weak attacks right?",
    )  # fmt: skip


def study(
    name: str,
    measurement: TrainingGap,
    sizes: tuple[int, ...],
    replicates: int | Replicates,
    abscissa: str,
    claims: tuple[rc.Expectation | Assertion, ...],
    question: str,
) -> rc.MeasuredStudy:
    """Return one comparison of simulations with the closed form."""
    return rc.MeasuredStudy(
        name=name, measurement=measurement, sizes=sizes, replicates=replicates, claims=claims,
        data="16 normal points in R^3, y = sin(3 x_1) + noise 0.3",
        methods="Euler steps of attack and training against the closed form",
        question=question, abscissa=abscissa,
        profiles=(rc.Profile(name="smoke", sizes=sizes[:2], replicates=4),),
    )  # fmt: skip


def falls_and_rises(series: str, quantity: str, size: int, control: tuple[str, str]) -> UShape:
    """Return the claim that a curve is U-shaped; the control is about another one."""
    said = statement(f"{series}: {quantity} falls and rises", "both ends > 1.05 best", PAPER, "D2")
    wrong = replace(said, name=f"{': '.join(control)} falls and rises", source="control")
    other = UShape(
        statement=wrong, series=control[0], quantity=control[1], size=size, excess=EXCESS
    )
    return replace(other, statement=said, series=series, quantity=quantity, wrong=other)


def degenerates(place: int) -> Level:
    """Return the claim that the last fit of finite duration is nearly the interpolant."""
    said = statement("the end is the interpolant", "distance < 0.01", PAPER, "D2")
    wrong = replace(said, name="it is with points left untrained", source="control")
    untouched = Level(
        statement=wrong, series=degeneration.UNTOUCHED, quantity=degeneration.DISTANCE,
        low=-math.inf, high=0.01, index=place,
    )  # fmt: skip
    return replace(untouched, statement=said, series=degeneration.UNEVEN, wrong=untouched)


def tenfold(series: str, quantity: str, size: int) -> UShape:
    """Return the same claim with a factor of ten as the control."""
    found = falls_and_rises(series, quantity, size, (series, quantity))
    said = statement(
        f"{series}: {quantity} falls and rises tenfold", "both ends > 10 best", "control", "D2"
    )
    return replace(found, wrong=replace(found, statement=said, excess=9.0, wrong=None))


def curves(radii: tuple[float, ...], n: int) -> tuple[Assertion, ...]:
    """Return the claims about digits."""
    shapes = (
        falls_and_rises(
            degeneration.UNEVEN, degeneration.robust(r), n, (control, degeneration.DISTANCE)
        )
        for r, control in zip(radii, (degeneration.UNTOUCHED, degeneration.EVEN), strict=True)
    )
    return (degenerates(SCHEDULE.durations.size - 1), *shapes)


def synthetic() -> tuple[Assertion, ...]:
    """Return the claims about the regression."""
    shapes = (tenfold(degeneration.UNEVEN, degeneration.robust(r), SYNTHETIC_N) for r in EUCLIDEAN)
    return (degenerates(SCHEDULE.durations.size - 1), *shapes)


def second_part() -> Iterator[rc.MeasuredStudy]:
    """Yield the studies of D2."""
    question = "Does long adversarial training end at the plain interpolant, and lose robustness?"
    for name, share in WRONG.items():
        problem = Labelled(data="digits", held=0, test=150, wrong=share)
        yield rc.MeasuredStudy(
            name=f"digits n={N}, {name}",
            measurement=Degeneration(
                kernel=rc.kernels.NTK(depth=DEPTH, bias=0.1), problem=problem, schedule=SCHEDULE,
                radii=RADII, box=(0.0, 1.0), search=SEARCH,
            ),
            sizes=(N,), replicates=ON_DIGITS, claims=curves(RADII, N),
            data=f"digits, n = {N}, {share:.0%} of the labels replaced by random ones",
            methods="closed form at 15 durations, and the interpolant", question=question,
            profiles=(rc.Profile(name="smoke", sizes=(40,), replicates=2),),
        )  # fmt: skip
    yield rc.MeasuredStudy(
        name="synthetic",
        measurement=SyntheticDegeneration(
            kernel=rc.kernels.NTK(depth=DEPTH, bias=1.0), dimension=3, noise=0.5, test=100,
            schedule=SCHEDULE, radii=EUCLIDEAN, search=SEARCH,
        ),
        sizes=(SYNTHETIC_N,), replicates=REPLICATES, claims=synthetic(),
        data="x uniform on [-1, 1]^3, y = sin(2 sum x_j / sqrt 3) + noise 0.5",
        methods="closed form at 15 durations, and the interpolant", question=question,
        profiles=(rc.Profile(name="smoke", sizes=(40,), replicates=2),),
    )  # fmt: skip
    for name, share in WRONG.items():
        series = robust_network.ADVERSARIAL
        quantity, control = robust_network.robust(RADII[0]), (series, robust_network.TRAINING)
        yield rc.MeasuredStudy(
            name=f"network n={N}, {name}",
            measurement=RobustNetwork(
                problem=Labelled(data="digits", held=0, test=150, wrong=share), train=N, width=128,
                bias=0.1, radius=RADII[0], rate=0.1, epochs=EPOCHS, steps=7, search=SEARCH,
            ),
            sizes=(DEPTH,), replicates=ON_DIGITS, abscissa="L",
            claims=(falls_and_rises(series, quantity, DEPTH, control),),
            data=f"digits, n = {N}, {share:.0%} of the labels replaced by random ones",
            methods=f"ReLU network of depth {DEPTH}, width 128, adversarial SGD",
            question="Does a finite network overfit robustly on the same data?",
            profiles=(rc.Profile(name="smoke", sizes=(2,), replicates=2),),
        )  # fmt: skip


STUDY = rc.Suite(
    name="adversarial_degeneration",
    title="Linearised adversarial training, and its end",
    question="What does its closed form describe, and does robustness survive long training?",
    studies=(*first_part(), *second_part()),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
