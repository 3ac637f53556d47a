"""The tangent kernel on general domains: eigenvalue decay and rate on cubes and balls, d = 5, 10.

On a bounded domain of R^d the NTK's eigenvalues are claimed to be of order i^{-(d+1)/d} (Li et al.
2024, arXiv 2305.02657; recalled, theory note A3), as on the sphere, and gradient flow stopped at a
time of order n^{(d+1)/(2s+d)} to attain n^{-2s/(2s+d)} (arXiv 2604.25965; recalled). Nothing is
stationary here, and no spectrum is known: Gram matrices of LiftedNTK(3), the convention of the
first paper, on [-1, 1]^d and on the unit ball.

Eigenvalues: those of K/n with index i = n/4 and i = n/16 against n. Where the population's follow
i^-a, these follow n^-a with other constants (`GramSpectrum`); controls have the exponent
(d+3)/d of the kernel of the covariance, margin 0.45 of the distance. Slopes over n >= 2^10.

Rate: the target is a sum of the kernel's own functions K(., z_j) at random points with random
signs, whose squared coefficients are of order lambda_i^2: of smoothness just s = d/2 + 1, for which
the time is of order n^{1/2} and the risk n^{-(d+2)/(2d+2)} (`KinkRate`). This choice rather than
ridge functions |<a, x> - c|^b, whose singular plane makes them smoother in all directions but one,
and whose worst frequency alone the rate of the class would describe. Noise 0.1 for targets of mean
square 1; the time at n = 2^8 minimises bias plus variance with the eigenvalues of one design of
2048 points (81, 135, 64, 196). The control is the rate of s + 2, margin 0.45 of the distance.
Slopes over n >= 2^10. "Best time" minimises the risk over a grid of two decades; it has no claim.

What is to be expected: eigenvalues come in groups, one for each polynomial degree, and the number
of polynomials of degree up to k is 252 at k = 5 in d = 5, 286 at k = 3 in d = 10. With n up to 2^13
a power law has barely begun in d = 5 and not in d = 10; INCONCLUSIVE is then the answer.

Set after a pilot: noise, control and window, after risks predicted from the eigenvalues of one
design of the cube and of the ball (no simulated data): predicted local slopes on the cube in d = 5
go from -0.64 to -0.57, through the claim of -0.583. Nothing was changed after results were seen.

Found: every claim INCONCLUSIVE. Eigenvalues with i = n/4 fall with slopes of -1.29 and -1.27 in
d = 5 (claim -1.20; the covariance's -1.60 is refuted) and are still bending. Slopes of the risk
are steeper than claimed, -0.69 to -0.73, with intervals of +-0.14 to +-0.6: the rough part of a
target that is scaled by its own mean square varies from replicate to replicate with the size of
the smooth part. A scale common to all signs would narrow them.
"""

from __future__ import annotations

from fractions import Fraction

import ratecheck as rc
from ratecheck.cli import study_main
from ratecheck.domains import Ball, Cube
from ratecheck.montecarlo.measurements.general_domains import (
    EIGENVALUE,
    RISK,
    STOPPED,
    GramSpectrum,
    KinkRate,
    fraction,
)
from ratecheck.montecarlo.study import Expectation, Replicates
from ratecheck.slopes import From
from ratecheck.theory import Claim
from ratecheck.types import Bound

KERNEL = rc.kernels.LiftedNTK(depth=3)
SIGMA = 0.1
START = 2**8
SHARE = 0.45
PARTS = (4, 16)
SPECTRUM_SIZES = (256, 512, 1024, 1440, 2048, 2880, 4096)
SIZES = rc.schedules.dyadic(8, 13)
FIRST: dict[Cube | Ball, float] = {Cube(5): 81.0, Ball(5): 135.0, Cube(10): 64.0, Ball(10): 196.0}


def word(domain: Cube | Ball) -> str:
    """Return what a domain is called in names."""
    return f"{'cube' if isinstance(domain, Cube) else 'ball'}{domain.d}"


def decay(domain: Cube | Ball, part: int) -> Expectation:
    """Return the claim about the eigenvalues with index n / part."""
    d = domain.d
    right, wrong = (
        Claim(
            name=f"{kernel}, {word(domain)}, {fraction(part)}",
            exponent=Fraction(-(d + top), d),
            kind=Bound.MATCHING,
            regime="n >= 1024",
            source="Li, Yu, Chen, Lin 2024 (arXiv 2305.02657)",
            tag="A3 M; for Gram matrices D, U",
            quantity=EIGENVALUE,
            ledger="A11",
        )
        for kernel, top in (("tangent kernel", 1), ("covariance kernel", 3))
    )
    margin = SHARE * float(right.exponent - wrong.exponent)
    return Expectation(
        claim=right, stopping=fraction(part), risk=EIGENVALUE, margin=round(margin, 4), wrong=wrong
    )


def rate(domain: Cube | Ball) -> Expectation:
    """Return the claim about the risk at the theoretical time."""
    d, s = domain.d, Fraction(domain.d, 2) + 1
    right, wrong = (
        Claim(
            name=f"NTK, {word(domain)}, clean risk, s={order}",
            exponent=rc.theory.minimax_exponent(order, d),
            kind=Bound.MATCHING,
            regime="n >= 1024; t of order n^(1/2)",
            source="Hou, Peng, Yang 2026 (arXiv 2604.25965); for this target derived",
            tag="B2 M; target D",
            quantity=RISK,
            ledger="A3",
        )
        for order in (s, s + 2)
    )
    margin = SHARE * float(right.exponent - wrong.exponent)
    return Expectation(
        claim=right, stopping=STOPPED, risk=RISK, margin=round(margin, 4), wrong=wrong
    )


def studies(domain: Cube | Ball) -> tuple[rc.MeasuredStudy, rc.MeasuredStudy]:
    """Return spectrum and rate on one domain."""
    data = (
        f"uniform on {'[-1, 1]^' if isinstance(domain, Cube) else 'the unit ball of R^'}{domain.d}"
    )
    spectrum = rc.MeasuredStudy(
        name=f"{word(domain)}-spectrum",
        measurement=GramSpectrum(kernel=KERNEL, domain=domain, parts=PARTS),
        sizes=SPECTRUM_SIZES,
        replicates=4,
        claims=tuple(decay(domain, part) for part in PARTS),
        window=From(1024),
        data=data,
        question="Do eigenvalues of the Gram matrix fall like n^(-(d+1)/d)?",
    )
    risk = rc.MeasuredStudy(
        name=f"{word(domain)}-rate",
        measurement=KinkRate(
            kernel=KERNEL, domain=domain, sigma=SIGMA, first=FIRST[domain], start=START
        ),
        sizes=SIZES,
        replicates=Replicates(at_least=6, largest=SIZES[-1], at_most=48),
        claims=(rate(domain),),
        window=From(1024),
        data=f"{data}; sums of kernel functions, mean square 1; noise {SIGMA}",
        question="Does gradient flow stopped at a time of order n^(1/2) attain the rate?",
    )
    return spectrum, risk


STUDY = rc.Suite(
    name="cube_ntk",
    title="The tangent kernel on cubes and balls",
    question="Do eigenvalue decay and rate of the tangent kernel show on general domains?",
    studies=tuple(study for domain in FIRST for study in studies(domain)),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
