"""Rates of early-stopped neural tangent kernels on spheres: the home of the NTK, d = 2 and 3.

Claims A1 and A3 (arXiv 2604.25965): on S^d gradient flow with the NTK, whose space is
H^{(d+1)/2}, stopped at a time of order n^{(d+1)/(2s+d)}, attains n^{-2s/(2s+d)} over H^s, s > d/2,
clean and under a small attack.

- S^2: NTK of depth 2 with bias 1 and of depth 3, s in {3/2, 2, 5/2}, clean and adversarial
  (suprema over geodesic caps in a certified bracket);
- S^3: NTK of depth 2 with bias 1, s in {2, 5/2} (s = 3/2 is excluded: s > d/2), clean only, since
  suprema over caps exist on S^2 only.

Rules fixed from the population spectrum alone, before any slope was seen (single cells had been
run to see what they cost: that, not their risks, set sizes and replicates, and 64 degrees of
freedom on S^3 in place of 100):

- noise 0.5; on S^2, R such that the theory's best fit at n = 2^10 has 100 degrees of freedom, on
  S^3 64. Few degrees are active in two and three dimensions (100 degrees of freedom are degrees
  0 ... 9), and the NTK's eigenvalues meet their power law to 5 % from degree 10 on. The exact risk
  at the theoretical time of a target with these energies, for orthonormal features (bias and
  variance by degree, no simulation), has slopes over n >= 2^12 within 0.006 of the exponents on
  S^2, but only within 0.02 on S^3; with the 8 degrees of freedom at n = 2^8 of the flagship they
  are off by 0.04 to 0.05 on S^2 and by 0.12 on S^3;
- the flagship's small attack; random targets of H^s norm exactly R, energies k^{-2s-1-0.02};
- slopes over n >= 2^14 on S^2 and over n >= 2^13 on S^3, where the random design changes risks by
  N_2/n < 2 %;
- control: the exponent of s + 1, margin 0.45 of the distance to it (in higher dimensions the
  exponent of s + 1/2 is as near as 0.036, below what few replicates and the spectrum resolve);
- replicates: at least 4 at n = 2^20 (3 at n = 2^16 on S^3) and more at small n, 24 at every n for
  s = 5/2 on S^2, where the margin is smallest. The spread of one risk is about (2/N_2)^{1/2}: 4 %
  to 10 %;
- the exponent of the stopping time is that of the rule itself, a function of n alone: it is
  judged on its own, over n = 2^14 ... 2^26 and 2^13 ... 2^26, with margin 0.02 and the exponent of
  s + 1/2 as control.

Set after results were seen: a first run had 4 to 20 replicates for s = 5/2 too and left these
claims open. `slopes.planning.replicates_for` asked for 24 at n = 2^20 and seven times as many at
2^13 for a standard error of a twelfth of the margin; 24 everywhere is what the time allowed, fixed
before any new result was looked at (same seed: the cells of the first run are among these). Times
were judged to 2^20 and 2^16 at first, too short on S^3.

Corrections of the risks: b >= 0.1, no logarithms. Theory gives 2/(2s+d) >= 1/4 for eigenvalues and
dimensions of degree k, (2s-2)/(2s+d) >= 1/5 for E|grad f_hat|^2, and (s-1)/(2s+d) >= 1/10 for
the next order in the attack's radius. Factors are twice, in logarithms, the sum of: what separates
the exact population risk (bias and variance by degree at the theoretical time) from a power
between the window's first n and 2^26 (2.6 % on S^2, with the first order of the attack as without;
10.2 % on S^3); N_2/n for the random design (1.8 %); under attack also the bracket (0.5 %), the
second order in r (0.2 %) and what the cross term moves (0.3 %; all in
tests/system/test_population_nd.py). In the sequence model, with suprema over caps computed, the
risk is within 0.2 % of its first order in r at n = 2^14, 2^20 and 2^26. Stopping times are judged
with the default.
Set after results were seen: when verdicts came to ask for a class; its numbers come from the exact
population risk, not from these data. The factor under attack was 1.34 at first: the whole share of
the r-term, 10 %, stood for what it may add to a slope, though only its change with n does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

import ratecheck as rc
from ratecheck.cli import study_main
from ratecheck.domains import Domain
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.calibrate import ball_radius, small_attack, theory_time
from ratecheck.montecarlo.exact import Curve, ExactStudy, Number
from ratecheck.montecarlo.study import Expectation, Replicates
from ratecheck.risk import Risk
from ratecheck.slopes import Corrections, From
from ratecheck.theory import Claim
from ratecheck.types import Bound

SIGMA = 0.5
START = 2**10  # where the degrees of freedom are prescribed
PLANNED = "stopping time"
TIMES = rc.schedules.dyadic(13, 26)  # sizes at which the stopping time is judged
PAPER = 200  # replicates at the largest n, profile `paper`
FEW = Replicates(at_least=4, largest=2**20, at_most=20)
FEWER = Replicates(at_least=3, largest=2**16, at_most=8)
FACTORS = {2: (1.1, 1.12), 3: (1.28,)}  # by dimension: without and with the attack
SHALLOW, DEEP = rc.kernels.NTK(depth=2, bias=1.0), rc.kernels.NTK(depth=3)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """What differs between the spheres; replicates by smoothness."""

    d: int
    freedom: int
    sizes: tuple[int, ...]
    smoke: tuple[int, ...]
    window: int
    replicates: tuple[tuple[Fraction, int | Replicates], ...]
    kernels: tuple[tuple[str, Kernel], ...]

    @property
    def domain(self) -> Domain:
        """The sphere."""
        return rc.domains.Sphere(self.d)


HALF = Fraction(1, 2)
SPHERES = (
    Setup(
        d=2, freedom=100, sizes=rc.schedules.dyadic(13, 20), smoke=rc.schedules.dyadic(14, 16),
        window=2**14, replicates=((3 * HALF, FEW), (4 * HALF, FEW), (5 * HALF, 24)),
        kernels=(("ntk2b", SHALLOW), ("ntk3", DEEP)),
    ),
    Setup(
        d=3, freedom=64, sizes=rc.schedules.dyadic(12, 16), smoke=rc.schedules.dyadic(13, 14),
        window=2**13, replicates=((4 * HALF, FEWER), (5 * HALF, FEWER)),
        kernels=(("ntk2b", SHALLOW),),
    ),
)  # fmt: skip


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedTime(Curve):
    """The theoretical stopping time as a function of n."""

    kernel: Kernel
    domain: Domain
    smoothness: float
    radius: float

    @property
    def name(self) -> str:
        """The stopping rule."""
        return rc.stopping.TheoryTime().name

    @property
    def quantity(self) -> str:
        """Always the time."""
        return PLANNED

    def value(self, x: int) -> Number:
        """Return the time at n = x."""
        t = theory_time(self.kernel, self.domain, self.smoothness, SIGMA, self.radius, size=x)
        return Number(value=t)


def claim(s: Fraction, d: int, *, adversarial: bool) -> Claim:
    """Return the rate that the kernel's theoretical time is claimed to attain."""
    make = rc.theory.adversarial_minimax if adversarial else rc.theory.clean_minimax
    found = make(s, d)
    time = rc.theory.stopping_exponent(s, d, Fraction(d + 1, 2))
    return replace(
        found,
        name=f"NTK, {found.name}",
        regime=f"{found.regime}; t of order n^{time}",
        source="Hou, Peng, Yang 2026 (arXiv 2604.25965)",
        tag="B2 P",
        ledger="A3",
    )


def time_claim(s: Fraction, d: int) -> Claim:
    """Return the claim that the best time grows like n^{(d+1)/(2s+d)}."""
    return Claim(
        name=f"NTK, stopping time, s={s}, d={d}",
        exponent=rc.theory.stopping_exponent(s, d, Fraction(d + 1, 2)),
        kind=Bound.MATCHING,
        regime="minimiser of the worst-case bound",
        source="Hou, Peng, Yang 2026 (arXiv 2604.25965)",
        tag="B2 P",
        quantity=PLANNED,
        ledger="A3",
    )


def expectations(s: Fraction, d: int, risks: tuple[Risk, ...]) -> tuple[Expectation, ...]:
    """Return the claims at s, each with s + 1 as the control that must be refuted."""
    gap = float(rc.theory.minimax_exponent(s, d) - rc.theory.minimax_exponent(s + 1, d))
    return tuple(
        Expectation(
            claim=claim(s, d, adversarial=i == 1),
            stopping=rc.stopping.TheoryTime().name,
            risk=risk.name,
            margin=round(0.45 * gap, 4),
            wrong=claim(s + 1, d, adversarial=i == 1),
            corrections=Corrections(slowest=0.1, factor=FACTORS[d][i], logs=0),
        )
        for i, risk in enumerate(risks)
    )


def study(
    setup: Setup, name: str, kernel: Kernel, s: Fraction, count: int | Replicates
) -> rc.RateStudy:
    """Return the simulation of one kernel and one smoothness."""
    domain, smoothness = setup.domain, float(s)
    radius = ball_radius(kernel, domain, smoothness, SIGMA, size=START, dimension=setup.freedom)
    risks: tuple[Risk, ...] = (rc.risk.Clean(),)
    if setup.d == 2:
        attack = small_attack(kernel, domain, smoothness, SIGMA, radius, size=START)
        risks = (*risks, rc.risk.Adversarial(radius=attack))
    return rc.RateStudy(
        name=f"S{setup.d}-{name}-s{smoothness:g}",
        problem=rc.Problem(
            domain=domain,
            kernel=kernel,
            target=rc.targets.Sobolev(smoothness, radius),
            noise=rc.noise.Gaussian(SIGMA),
        ),
        estimator=rc.GradientFlow(operator="sphere", tolerance=1e-4),
        stopping=(rc.stopping.TheoryTime(), rc.stopping.Lepski(), rc.stopping.Oracle()),
        risk=risks,
        sizes=setup.sizes,
        replicates=count,
        claims=expectations(s, setup.d, risks),
        window=From(setup.window),
        profiles=(
            rc.Profile(name="smoke", sizes=setup.smoke, replicates=2),
            rc.Profile(
                name="paper",
                sizes=setup.sizes,
                replicates=Replicates(at_least=PAPER, largest=setup.sizes[-1]),
            ),
        ),
    )


def times(setup: Setup, name: str, kernel: Kernel, s: Fraction) -> ExactStudy:
    """Return the study of the stopping time itself."""
    domain, smoothness = setup.domain, float(s)
    radius = ball_radius(kernel, domain, smoothness, SIGMA, size=START, dimension=setup.freedom)
    curve = PlannedTime(kernel=kernel, domain=domain, smoothness=smoothness, radius=radius)
    expected = Expectation(
        claim=time_claim(s, setup.d),
        stopping=curve.name,
        risk=PLANNED,
        margin=0.02,
        wrong=time_claim(s + HALF, setup.d),
    )
    return ExactStudy(
        name=f"S{setup.d}-{name}-s{smoothness:g}-time",
        curves=(curve,),
        sizes=TIMES,
        claims=(expected,),
        window=From(setup.window),
        profiles=(rc.Profile(name="paper", sizes=TIMES, replicates=1),),
        data=f"{domain!r}, {kernel!r}, H^{s} with R = {radius:g}, noise {SIGMA}",
    )


STUDY = rc.Suite(
    name="sphere_rate",
    title="Rates of early-stopped neural tangent kernels on spheres",
    question=(
        "Does gradient flow with the NTK on S^2 and S^3, stopped at n^((d+1)/(2s+d)), attain "
        "n^(-2s/(2s+d)), clean and under attacks in geodesic caps?"
    ),
    studies=tuple(
        made
        for setup in SPHERES
        for name, kernel in setup.kernels
        for s, count in setup.replicates
        for made in (study(setup, name, kernel, s, count), times(setup, name, kernel, s))
    ),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
