"""Where early stopping matters, and by how much: interpolant against early-stopped fit.

Source: arXiv 2604.25965 says that early stopping saves the adversarial robustness that
interpolation ruins; by how much, at which noise, radius and sample size, is measured here. The
kernel is that of H^1 on [0, 1] (NeumannSobolev(1)), the target sin(2 pi x), the noise Gaussian with
sigma = 0.001 ... 1 (the target's root mean square is 0.71), the radius 0 (clean) ... 0.25, n to
2^14. Every supremum is exact in one dimension.

What to expect (theory note D, derived): the early-stopped risk tends to the modulus of the target,
w_r = E sup |f(x') - f(x)|^2 ~ (2 pi r)^2 / 2, the interpolant's is at least
(sigma E_N^{1/2} - 2 pi r)^2: stopping matters where sigma^2 ln(nr) is large against r^2. Without
noise the best time in the worst case is so late that the fit interpolates: nothing to gain.

Early stopping: gradient flow at the time that is best for the worst function of the ball of radius
R = 2^{1/2} pi (the target's own norm) in H^1, and, as an oracle, at the best of seven times
around it (factors 4^{-3} ... 4^3), each radius its own.

Rules. Stated before any result was seen: kernel, target, noise levels, radii, sizes; 24
replicates at the largest n, more at smaller n; "matters" means a ratio above 10, "nothing to gain"
one within 10 % of 1; a 5 % loss is "no cost". Set after a trial of one replicate had been looked
at: which radii and noise levels each claim names, and the claim that the damage is largest at an
intermediate radius. Every claim has the reverse, or another noise level, as its control.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import ratecheck as rc
from ratecheck.assertions import Assertion, Exceeds, Level, Monotone
from ratecheck.cli import study_main
from ratecheck.montecarlo.measurements.interpolant_risks import INTERPOLANT, STOPPED, WAVE
from ratecheck.montecarlo.measurements.interpolation_damage import (
    RATIO,
    InterpolationDamage,
    quantity,
)
from ratecheck.montecarlo.study import Replicates
from ratecheck.theory.claims import Statement

SIGMAS = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0)
RADII = (0.0, 0.002, 0.01, 0.05, 0.25)
SIZES = rc.schedules.dyadic(6, 14, step=2)
LARGE = tuple(n for n in SIZES if n >= 2**10)
RADIUS = 0.05  # of the claims that name one


def statement(name: str, predicted: str) -> Statement:
    """Return a statement of this study."""
    return Statement(
        name=name, predicted=predicted, regime="H^1 kernel, target sin(2 pi x), d = 1",
        source="arXiv 2604.25965; amounts measured here", tag="D D", ledger="A5",
    )  # fmt: skip


def trend(sigma: float, rising: bool) -> Monotone:
    """Return the claim that the ratio rises or falls with n."""
    way = "rises" if rising else "falls"
    return Monotone(
        statement=statement(f"ratio {way} with n, r={RADIUS:g}, sigma={sigma:g}", way),
        series=RATIO, quantity=quantity(RADIUS, sigma), rising=rising,
    )  # fmt: skip


def ratio(name: str, radius: float, sigma: float, low: float, high: float) -> Level:
    """Return the claim that the ratio lies between two numbers at every n."""
    said = statement(f"{name}, r={radius:g}, sigma={sigma:g}", f"ratio in [{low:g}, {high:g}]")
    return Level(
        statement=said, series=RATIO, quantity=quantity(radius, sigma),
        low=math.log10(low) if low else -math.inf, high=math.log10(high),
    )  # fmt: skip


def tenfold(sigma: float) -> Exceeds:
    """Return the claim that interpolation costs a factor of ten from n = 2^10 on."""
    name = quantity(RADIUS, sigma)
    return Exceeds(
        statement=statement(f"interpolant ten times worse, r={RADIUS:g}, sigma={sigma:g}", "> 10"),
        above=(INTERPOLANT, name), below=(STOPPED, name), factor=10.0, sizes=LARGE,
    )  # fmt: skip


def worse(
    first: tuple[float, float], second: tuple[float, float], sizes: tuple[int, ...]
) -> Exceeds:
    """Return the claim that the ratio at one (radius, sigma) exceeds that at another."""
    names = [quantity(*place) for place in (first, second)]
    claim = Exceeds(
        statement=statement(f"ratio at {names[0]} above {names[1]}", "greater"),
        above=(RATIO, names[0]), below=(RATIO, names[1]), sizes=sizes,
    )  # fmt: skip
    reverse = statement(f"ratio at {names[1]} above {names[0]}", "greater")
    return replace(
        claim,
        wrong=replace(claim, statement=reverse, above=claim.below, below=claim.above),
    )


def claims() -> Iterator[Assertion]:
    """Yield all claims."""
    for sigma in (0.1, 0.3, 1.0):
        yield replace(trend(sigma, rising=True), wrong=trend(sigma, rising=False))
        yield replace(
            ratio("stopping costs nothing", RADIUS, sigma, 0.95, 1e9),
            wrong=ratio("interpolating costs nothing", RADIUS, sigma, 0.0, 1.05),
        )
    for radius in (0.01, 0.05, 0.25):
        yield replace(
            ratio("nothing to gain", radius, 0.001, 0.9, 1.1),
            wrong=ratio("nothing to gain", radius, 1.0, 0.9, 1.1),
        )
    yield replace(tenfold(1.0), wrong=tenfold(0.001))
    yield worse((RADIUS, 1.0), (RADIUS, 0.1), SIZES)
    yield worse((RADIUS, 0.1), (RADIUS, 0.01), SIZES)
    yield worse((0.002, 0.1), (0.0, 0.1), LARGE[1:])
    yield worse((0.002, 0.1), (0.25, 0.1), LARGE[1:])


STUDY = rc.Suite(
    name="damage_of_interpolation",
    title="Where early stopping matters",
    question="How much worse under attack is the interpolant than the early-stopped fit?",
    studies=(
        rc.MeasuredStudy(
            name="map",
            measurement=InterpolationDamage(
                kernel=rc.kernels.NeumannSobolev(c=1.0),
                target=WAVE,
                ball=round(math.sqrt(2) * math.pi, 4),
                sigmas=SIGMAS,
                radii=RADII,
            ),
            sizes=SIZES,
            replicates=Replicates(at_least=24, largest=SIZES[-1], power=0.15),
            claims=tuple(claims()),
            data="target sin(2 pi x) on [0, 1], uniform random design; Gaussian noise, six levels",
            methods="minimum-norm interpolant of NeumannSobolev(1); gradient flow at the time "
            "best in the worst case, and at the best of seven times",
            question="At which noise, radius and sample size does stopping early matter?",
            profiles=(rc.Profile(name="smoke", sizes=SIZES[:2], replicates=2),),
        ),
    ),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
