"""An interpolant that is consistent in mean square, and whose adversarial risk still diverges.

Claim A6 (arXiv 2604.25965): interpolation ruins robustness even where it is benign. Benign
interpolants exist in one dimension: the minimum-norm interpolant of a smooth kernel plus a narrow
spike is a ridge fit with a spike on every data point (Haas et al. 2023, `kernels.spiky_smooth`).
Its clean risk is that of the ridge fit, n^{-2s/(2s+1)}; its supremum over a window is at least
that of the noise in it, so that R_r/sigma^2 follows E_{2nr}, the mean of the largest of 2nr squared
standard normals (theory note D).

Kernels: periodic Sobolev of order m = 1 and 2 on the torus, equispaced design; the H^1 kernel
with Neumann boundary on [0, 1], uniform random design. All suprema are exact: spikes are turning
points of the fit (`measurements.spikes`).

Rules, stated before the run:

- Scaling. rho_n = n lambda_n, lambda_n = c n^{-2m/(2s+1)} the ridge parameter with the smallest
  worst-case bias plus variance over the Sobolev ball. For m = 2 this is rho_n = c n^{-1/3}: the
  kernel tends to its smooth part uniformly. For m = 1, rho_n = c n^{1/3}: only rho_n / n tends to
  0, and the spike shrinks by its width alone. gamma_n = n^-2 (a fortieth of the smallest gap of a
  random design where that is smaller): the spikes add n gamma_n sigma^2 to the clean risk.
- Targets: random members of H^1, norm exactly R, 1024 frequencies; sigma = 1; R such that the
  theory's best fit at n = 2^8 has 8 degrees of freedom (`calibrate.ball_radius`; on the interval
  the R of the torus, since the eigenvalues (pi j)^-2 are the same up to their multiplicity).
- Sizes 2^8 ... 2^16 (2^15 for random designs); 24 replicates at the largest, 96 at 2^8.
- Clean slope: all sizes; margin 0.45 of the distance to the exponent of s + 1/2, the control.
- Fragility: R_r/sigma^2 on E_{2nr} is a line of slope 1 +- 0.05 at r = 1/64 and at
  r_n = n^{-1/2}/4 (Poisson numbers of points for random designs); control: slope 0.
- Controls by construction: the plain interpolant of the same kernel is not consistent (clean
  risk c_m sigma^2, theory note D, +- 0.05 from n = 2^10 on; its twin: below 0.1); spikes of width
  1/(40 n) shrink too slowly (clean risk stays above sigma^2/50; its twin: the study's own spikes
  too); the ridge fit alone is not fragile (its risk falls; twin: it rises).

Set after results were seen: a pilot (one replicate) had r_n = n^{-1/2}, at n = 2^8 windows in which
the target itself moves by half a sigma; a quarter of it starts at r = 1/64. So were the corrections
to the clean slope, when verdicts came to ask for a class: b >= 0.3, no logarithms, up to a factor
1.39 on the torus and 1.6 on the interval. Spikes (sigma^2/n at most) and the constant mode fall
n^{-1/3} faster than the risk; at n = 2^8 the exact population risk is up to 14 and 22 % above a
power, N_2/n = 3 % is the design's, and the factors are twice the sum in logarithms
(tests/system/test_population_modes.py). They come from the population risk, not from these data.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import ratecheck as rc
from ratecheck.assertions import Affine, Assertion, Level, Monotone
from ratecheck.cli import study_main
from ratecheck.domains import Domain, Torus
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.calibrate import ball_radius
from ratecheck.montecarlo.measurements.spiky_risks import (
    CLEAN,
    FIXED,
    PLAIN,
    RIDGE,
    SHRINKING,
    SPIKY,
    WIDE,
    SpikyRisks,
    fixed_radius,
    shrinking_radius,
)
from ratecheck.montecarlo.study import Expectation, Replicates
from ratecheck.slopes import Corrections
from ratecheck.theory.claims import Statement

SIGMA = 1.0
SIZES = rc.schedules.dyadic(8, 16)
TORUS, INTERVAL = rc.domains.Torus(d=1), rc.domains.Interval(0.0, 1.0)
RADII = {FIXED: fixed_radius, SHRINKING: shrinking_radius}
PLATEAU = {1: Fraction(2, 3), 2: Fraction("0.8742")}  # c_m of theory note D
FACTORS = {True: 1.39, False: 1.6}  # torus, interval
SETTINGS: dict[str, tuple[Kernel, Domain, int, tuple[int, ...]]] = {
    "torus-m1": (rc.kernels.PeriodicSobolev(order=1), TORUS, 1, SIZES),
    "torus-m2": (rc.kernels.PeriodicSobolev(order=2), TORUS, 2, SIZES),
    "interval-random": (rc.kernels.NeumannSobolev(c=1.0), INTERVAL, 1, SIZES[:-1]),
}


def statement(name: str, predicted: str, tag: str = "D D", source: str = "derived") -> Statement:
    """Return a statement of this study."""
    return Statement(
        name=name, predicted=predicted, regime="d = 1, sigma = 1, s = 1", source=source, tag=tag,
        ledger="A6",
    )  # fmt: skip


def expected(n: int, radius: float, domain: Domain) -> float:
    """Return E_N, N = 2nr: between two integers the mean over both, or over Poisson numbers."""
    points = 2 * n * radius
    if not isinstance(domain, Torus):
        return rc.theory.expected_max_square(points, count="poisson")
    low = math.floor(points)
    share = points - low
    ends = [rc.theory.expected_max_square(low + k) for k in (0, 1)]
    return (1 - share) * ends[0] + share * ends[1]


def consistency(domain: Domain) -> Expectation:
    """Return the claim that the clean risk falls at the minimax rate."""
    right, wrong = rc.theory.clean_minimax(1, 1), rc.theory.clean_minimax(Fraction(3, 2), 1)
    right = replace(right, name="clean risk of the spiky interpolant falls, s=1", ledger="A6")
    wrong = replace(wrong, name="clean risk of the spiky interpolant falls, s=3/2", ledger="A6")
    gap = abs(float(right.exponent - wrong.exponent))
    return Expectation(
        claim=right, stopping=SPIKY, risk=CLEAN, margin=round(0.45 * gap, 4), wrong=wrong,
        corrections=Corrections(slowest=0.3, factor=FACTORS[domain.periodic], logs=0),
    )  # fmt: skip


def fragility(quantity: str, domain: Domain, sizes: tuple[int, ...]) -> Affine:
    """Return the claim that the adversarial risk grows like E_{2nr}."""
    radius = RADII[quantity]
    return Affine(
        statement=statement(
            f"{quantity} of the spiky interpolant grows like E_2nr", "slope 1",
            source="arXiv 2604.25965; formula derived",
        ),
        series=SPIKY, quantity=quantity,
        abscissae=tuple((n, expected(n, radius(n), domain)) for n in sizes),
        wrong=Affine(
            statement=statement(f"{quantity} of the spiky interpolant is bounded", "slope 0"),
            series=SPIKY, quantity=quantity, slope=0.0,
            abscissae=tuple((n, expected(n, radius(n), domain)) for n in sizes),
        ),
    )  # fmt: skip


def not_consistent(order: int, sizes: tuple[int, ...]) -> Level:
    """Return the claim that the plain interpolant keeps a share c_m of the noise."""
    level, late = float(PLATEAU[order]), tuple(n for n in sizes if n >= 2**10)
    return Level(
        statement=statement("plain interpolant is not consistent", f"c_m = {level:.3f}", "D V"),
        series=PLAIN, quantity=CLEAN, low=level - 0.05, high=level + 0.05, sizes=late,
        wrong=Level(
            statement=statement("plain interpolant is consistent", "below 0.1"),
            series=PLAIN, quantity=CLEAN, low=-math.inf, high=0.1, sizes=late,
        ),
    )  # fmt: skip


def too_wide() -> Level:
    """Return the claim that spikes of width 1/(40 n) leave a floor."""
    return Level(
        statement=statement("spikes of width 1/(40 n) are not consistent", "above 0.02"),
        series=WIDE, quantity=CLEAN, low=0.02, high=math.inf,
        wrong=Level(
            statement=statement("spikes of width 1/n^2 are not consistent", "above 0.02"),
            series=SPIKY, quantity=CLEAN, low=0.02, high=math.inf,
        ),
    )  # fmt: skip


def robust(quantity: str) -> Monotone:
    """Return the claim that the ridge fit's adversarial risk falls."""
    return Monotone(
        statement=statement(f"{quantity} of the ridge fit falls", "falls", "B2 D"),
        series=RIDGE, quantity=quantity, rising=False,
        wrong=Monotone(
            statement=statement(f"{quantity} of the ridge fit rises", "rises", "B2 D"),
            series=RIDGE, quantity=quantity,
        ),
    )  # fmt: skip


def claims(domain: Domain, order: int, sizes: tuple[int, ...]) -> Iterator[Expectation | Assertion]:
    """Yield the claims of one kernel."""
    yield consistency(domain)
    for quantity in RADII:
        yield fragility(quantity, domain, sizes)
        yield robust(quantity)
    yield not_consistent(order, sizes)
    if isinstance(domain, Torus):
        yield too_wide()


def study(
    name: str, kernel: Kernel, domain: Domain, order: int, sizes: tuple[int, ...]
) -> rc.MeasuredStudy:
    """Return the fits of one kernel."""
    periodic = rc.kernels.PeriodicSobolev(order=order)
    radius = ball_radius(periodic, TORUS, 1.0, SIGMA, size=SIZES[0], dimension=8)
    return rc.MeasuredStudy(
        name=name,
        measurement=SpikyRisks(
            kernel=kernel, domain=domain, order=order, smoothness=1.0, radius=radius, sigma=SIGMA,
            target=rc.targets.Sobolev(1.0, radius, band=2**10),
        ),
        sizes=sizes,
        replicates=Replicates(at_least=24, largest=SIZES[-1], power=0.25),
        claims=tuple(claims(domain, order, sizes)),
        data=f"random members of H^1 on {domain!r}, R = {radius:g}; Gaussian noise, sigma = 1; "
        + ("equispaced design" if isinstance(domain, Torus) else "uniform random design"),
        methods=f"ridge fit, interpolant and spiky-smooth interpolant of {kernel!r}",
        question="Is the spiky interpolant consistent, and does its adversarial risk diverge?",
        profiles=(rc.Profile(name="smoke", sizes=SIZES[:5], replicates=12),),
    )  # fmt: skip


STUDY = rc.Suite(
    name="consistent_but_fragile",
    title="Consistent interpolants that are fragile",
    question="Can an interpolant be consistent in mean square while its adversarial risk diverges?",
    studies=tuple(study(name, *setting) for name, setting in SETTINGS.items()),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
