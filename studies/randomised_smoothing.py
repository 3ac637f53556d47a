"""Randomised smoothing repairs an interpolant in low dimension, and only shrinks it in high ones.

Claim A10 (arXiv 2604.25965): smoothing f_s(x) = E f(x + s Z) mitigates the fragility of
interpolants in low dimension, less in high dimension. Theory note E: it averages the noise of the
responses within distance s sqrt(d), which helps where many design points lie there
(s >> n^{-1/d}) and costs bias s^2/2 times the Laplacian; on equispaced points of the circle of
length one it leaves the variance sigma^2/(2 sqrt(pi) n s). Where peaks do not overlap all it does
is to shrink them, by the amplitude factor E K(x + s Z, x)/K(x, x) ((1 + s^2/l^2)^{-d/2} for
Gaussian kernels), which is exponentially small in d.

Measured: the gain R_r(f)/R_r(f_s) against s, and the best gain over all s, for the minimum-norm
interpolant and for the early-stopped fit (the oracle time of least clean risk); beside the
smoothed interpolant the one that is only multiplied by the amplitude factor.

- "torus": periodic Sobolev kernel, m = 1, equispaced design; smoothing and suprema are exact.
- "sphere": Laplace kernel exp(-|x - y|), whose space on spheres is that of the ReLU tangent
  kernel, uniform design on S^d, n = 200 and d = 1 ... 20. Smoothing in closed form; risks are
  brackets [attack, certificate] over 64 points, and the values judged are the attacks.
- "sphere-noisy": the same with three times the noise.
- "sphere-1-n", "sphere-10-n": the first one for d = 1 and d = 10 against n.

Rules, stated before the run:

- sigma = 1. Torus: random members of H^2 with 64 frequencies, E f^2 = 1, r = 1/64, s from 2^-9 to
  2^-3. Sphere: (a x_1 + b x_1 x_2)/sqrt(2), both terms of variance 1; r = 0.3 and s = 0.2 ... 3.2
  for inputs of length sqrt(d+1).
- "Helps": best gain of the interpolant above 2 (d = 1, n >= 2^8), and it grows with n; twins: that
  of the early-stopped fit; it falls.
- "Fades": the best gain falls over d = 1, 2, 3, 5, 8, and is below 1.25 for d = 12 and 20; twins:
  it rises; it is below 1.25 for d = 1. Also below 1.25 for d = 10 at all n; twin: above 2.
- "Only shrinking is left": the lowest risk of the shrunk interpolant over that of the smoothed one
  falls over the same d, and is within 1 +- 0.1 for d = 12 and 20; twins: it rises; for d = 1.
- "The early-stopped fit gains little": best gain below 1.25 everywhere; twin: the interpolant.
- Exact on the torus: the variance left of noise at s = 0.05 is 0.98 ... 1.001 times
  sigma^2/(2 sqrt(pi) n s) (twin: of the unsmoothed interpolant); the adversarial risk of
  noise alone falls like 1/n after smoothing at s = 0.05 (margin 0.1; control: exponent 0), while
  without smoothing the risk rises with n (twin: falls).

Set after results were seen, in a pilot of one replicate for d = 1, 2, 5, 10, 20:

- Radius and noise were in units of the sphere's radius at first. There a target of variance one has
  slopes like sqrt(d), no fit withstands the attack for d = 20, and shrinking anything gains: best
  gain 1.7, for interpolant, early-stopped and merely shrunk fit alike.
- The range of d over which the gain is claimed to fall.
- "sphere-noisy". In "sphere" the gain fades because the harm does: for d >= 10 the interpolant is
  hardly worse than the early-stopped fit. With sigma = 3 it is: the raw gain stays, only that over
  shrinking fades. Claimed: a best gain above 1.25 for d = 12 and 20 (against the claim's summary;
  twin: of the early-stopped fit), and "only shrinking is left".

Set after three runs of the whole study: replicates (first 16 on the torus, 8 or 10 elsewhere, six
claims INCONCLUSIVE; then more, three and one INCONCLUSIVE) and, for running time, the levels 0.05
and 0.1, n = 512 and the attack's budget. No claim was ever REFUTED; none was changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

import ratecheck as rc
from ratecheck.assertions import Assertion, Level, Monotone
from ratecheck.cli import study_main
from ratecheck.montecarlo.measurements.smoothing_curves import (
    ADVERSARIAL,
    BEST_GAIN,
    INTERPOLANT,
    OVER_SHRINKING,
    STOPPED,
)
from ratecheck.montecarlo.measurements.sphere_smoothing import SphereSmoothing
from ratecheck.montecarlo.measurements.torus_smoothing import (
    NOISE_ONLY,
    NOISE_RISK,
    ROUGH_NOISE,
    VARIANCE,
    TorusSmoothing,
)
from ratecheck.montecarlo.study import Expectation, Replicates
from ratecheck.theory import Claim
from ratecheck.theory.claims import Statement
from ratecheck.types import Bound

DIMENSIONS = (1, 2, 3, 5, 8, 12, 20)
FALLING, FADED = (1, 2, 3, 5, 8), (12, 20)
TORUS_SIZES = rc.schedules.dyadic(6, 12)
SIZES = (64, 128, 256, 384)
LEVELS = (0.0, 0.2, 0.4, 0.8, 1.6, 3.2)
LITTLE, MUCH = 1.25, 2.0


def statement(name: str, predicted: str, source: str = "derived") -> Statement:
    """Return a statement of this study."""
    return Statement(
        name=name, predicted=predicted, regime="interpolation of noise", source=source,
        tag="E D", ledger="A10",
    )  # fmt: skip


def level(
    name: str,
    predicted: str,
    where: tuple[str, str, tuple[int, ...]],
    bounds: tuple[float, float],
    twin: tuple[str, tuple[str, str, tuple[int, ...]]],
    source: str = "arXiv 2604.25965",
) -> Level:
    """Return the claim that a quantity lies within bounds, and that its twin does not."""
    low, high = bounds
    series, quantity, sizes = where
    right = Level(
        statement=statement(name, predicted, source=source),
        series=series, quantity=quantity, sizes=sizes, low=low, high=high,
    )  # fmt: skip
    other, (series, quantity, sizes) = twin
    wrong = replace(
        right, statement=statement(other, predicted), series=series, quantity=quantity, sizes=sizes
    )
    return replace(right, wrong=wrong)


def trend(name: str, twin: str, quantity: str, *, rising: bool, **where: object) -> Monotone:
    """Return the claim that a quantity of the interpolant rises or falls, and its contrary."""
    right = Monotone(
        statement=statement(name, "rises" if rising else "falls", source="arXiv 2604.25965"),
        series=INTERPOLANT, quantity=quantity, rising=rising, **where,  # type: ignore[arg-type] # sizes, index
    )  # fmt: skip
    other = statement(twin, "falls" if rising else "rises")
    return replace(right, wrong=replace(right, statement=other, rising=not rising))


def stopped_gains_little(sizes: tuple[int, ...], twins: tuple[int, ...]) -> Level:
    """Return the claim about the early-stopped fit; ``twins`` are where the interpolant gains."""
    return level(
        "early-stopped fit gains little", "gain < 1.25", (STOPPED, BEST_GAIN, sizes),
        (-math.inf, LITTLE), ("interpolant gains little", (INTERPOLANT, BEST_GAIN, twins)),
    )  # fmt: skip


def helps(sizes: tuple[int, ...]) -> Level:
    """Return the claim that smoothing halves the interpolant's risk at least."""
    return level(
        "smoothing repairs the interpolant", "gain > 2", (INTERPOLANT, BEST_GAIN, sizes),
        (MUCH, math.inf), ("smoothing repairs the early-stopped fit", (STOPPED, BEST_GAIN, sizes)),
    )  # fmt: skip


def variance_left() -> Level:
    """Return the claim about the variance that smoothing leaves of noise."""
    return level(
        "variance of the smoothed interpolant of noise", "sigma^2/(2 sqrt(pi) n s)",
        (NOISE_ONLY, VARIANCE, TORUS_SIZES), (0.98, 1.001),
        ("variance of the interpolant of noise", (ROUGH_NOISE, VARIANCE, TORUS_SIZES)),
        source="derived",
    )  # fmt: skip


def noise_falls() -> Expectation:
    """Return the claim that smoothed noise has adversarial risk of order 1/n."""
    right = Claim(
        name="adversarial risk of smoothed noise", exponent=Fraction(-1), kind=Bound.MATCHING,
        regime="d = 1, s fixed", source="derived", tag="E D", quantity="adversarial", ledger="A10",
    )  # fmt: skip
    wrong = replace(right, name="adversarial risk of smoothed noise stays", exponent=Fraction(0))
    return Expectation(claim=right, stopping=NOISE_ONLY, risk=NOISE_RISK, margin=0.1, wrong=wrong)


def torus_claims() -> Iterator[Expectation | Assertion]:
    """Yield the claims of the torus."""
    late = tuple(n for n in TORUS_SIZES if n >= 2**8)
    yield helps(late)
    yield trend("best gain grows with n", "best gain falls with n", BEST_GAIN, rising=True)
    yield stopped_gains_little(TORUS_SIZES, late)
    yield variance_left()
    yield noise_falls()
    yield trend(
        "adversarial risk without smoothing grows with n", "it falls with n", ADVERSARIAL,
        rising=True, index=0,
    )  # fmt: skip


def sphere_claims() -> Iterator[Assertion]:
    """Yield the claims against the dimension."""
    yield helps((1,))
    yield trend(
        "best gain falls with d", "best gain rises with d", BEST_GAIN, rising=False, sizes=FALLING
    )
    yield level(
        "smoothing gains little in high dimension", "gain < 1.25", (INTERPOLANT, BEST_GAIN, FADED),
        (-math.inf, LITTLE), ("it gains little for d = 1", (INTERPOLANT, BEST_GAIN, (1,))),
    )  # fmt: skip
    yield from only_shrinking()
    yield stopped_gains_little(DIMENSIONS, (1,))


def only_shrinking() -> Iterator[Assertion]:
    """Yield the claims that shrinking does in high dimension whatever smoothing does."""
    yield level(
        "only shrinking is left in high dimension", "1 +- 0.1",
        (INTERPOLANT, OVER_SHRINKING, FADED), (0.9, 1.1),
        ("only shrinking is left for d = 1", (INTERPOLANT, OVER_SHRINKING, (1,))),
    )  # fmt: skip
    yield trend(
        "gain over shrinking falls with d", "gain over shrinking rises with d", OVER_SHRINKING,
        rising=False, sizes=FALLING,
    )  # fmt: skip


def noisy_claims() -> Iterator[Assertion]:
    """Yield the claims against the dimension where interpolation does harm in all dimensions."""
    yield helps((1,))
    yield level(
        "raw gain stays in high dimension", "gain > 1.25", (INTERPOLANT, BEST_GAIN, FADED),
        (LITTLE, math.inf), ("early-stopped fit gains too", (STOPPED, BEST_GAIN, FADED)),
        source="finding of this study",
    )  # fmt: skip
    yield from only_shrinking()


def low_claims() -> Iterator[Assertion]:
    """Yield the claims against n for d = 1."""
    yield helps(SIZES[2:])
    yield trend("best gain grows with n", "best gain falls with n", BEST_GAIN, rising=True)
    yield stopped_gains_little(SIZES, SIZES[2:])


def high_claims() -> Iterator[Assertion]:
    """Yield the claims against n for d = 10."""
    repairs = replace(helps(SIZES), wrong=None)
    little = statement("smoothing gains little for d = 10", "gain < 1.25")
    yield replace(repairs, statement=little, low=-math.inf, high=LITTLE, wrong=repairs)


def torus_study() -> rc.MeasuredStudy:
    """Return the study with exact suprema."""
    torus, phases = rc.domains.Torus(d=1), np.random.default_rng(0)
    unit = rc.targets.Sobolev(2.0, 1.0, band=64).realise(torus, phases)
    radius = float(f"{unit.mean_square() ** -0.5:.2g}")
    return rc.MeasuredStudy(
        name="torus",
        measurement=TorusSmoothing(
            order=1, target=rc.targets.Sobolev(2.0, radius, band=64), sigma=1.0, radius=1 / 64,
            levels=(0.0, *(2.0**-k for k in range(9, 2, -1))), level=0.05,
        ),
        sizes=TORUS_SIZES,
        replicates=100,
        claims=tuple(torus_claims()),
        data="random members of H^2 on the torus, E f^2 = 1; Gaussian noise 1, equispaced design",
        methods="interpolant and early-stopped gradient flow of PeriodicSobolev(1), smoothed",
        question="What does smoothing leave of the noise that an interpolant has fitted?",
        profiles=(rc.Profile(name="smoke", sizes=(64, 256, 1024), replicates=3),),
    )  # fmt: skip


def sphere_study(
    name: str, claims: Iterator[Assertion], *, n: int = 0, d: int = 0, sigma: float = 1.0
) -> rc.MeasuredStudy:
    """Return a study on spheres, against d (n given) or n (d given)."""
    sizes, replicates = DIMENSIONS if n else SIZES, 24 if sigma == 1 else 12
    return rc.MeasuredStudy(
        name=name,
        measurement=SphereSmoothing(
            kernel=rc.kernels.Laplace(scale=1.0), levels=LEVELS, sigma=sigma, radius=0.3, points=64,
            n=n, d=d,
        ),
        sizes=sizes,
        replicates=replicates if n else Replicates(at_least=16, largest=384, power=1.0),
        claims=tuple(claims),
        data=f"two harmonics on S^{d or 'd'}, E f^2 = 1; Gaussian noise {sigma:g}, uniform design",
        methods="interpolant and early-stopped gradient flow of Laplace(scale=1), smoothed",
        question="How does the gain of smoothing depend on the dimension and the sample size?",
        abscissa="n" if d else "d",
        profiles=(rc.Profile(name="smoke", sizes=sizes[:2], replicates=2),),
    )  # fmt: skip


STUDY = rc.Suite(
    name="randomised_smoothing",
    title="Randomised smoothing in low and in high dimension",
    question="Does randomised smoothing repair interpolants, and up to which dimension?",
    studies=(
        torus_study(),
        sphere_study("sphere", sphere_claims(), n=200),
        sphere_study("sphere-noisy", noisy_claims(), n=200, sigma=3.0),
        sphere_study("sphere-1-n", low_claims(), d=1),
        sphere_study("sphere-10-n", high_claims(), d=10),
    ),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
