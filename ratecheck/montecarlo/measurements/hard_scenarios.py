"""Scenarios made to mislead a verdict, inside and outside of the class of corrections."""

from __future__ import annotations

from typing import Final

from ratecheck.montecarlo.measurements.hard_risks import (
    Contaminated,
    Floor,
    InverseLogarithm,
    IteratedLogarithm,
    Outlier,
    Pareto,
    Periodic,
    Terms,
)
from ratecheck.montecarlo.measurements.scenarios import LONG, grid
from ratecheck.montecarlo.measurements.synthetic_risks import (
    ChiSquared,
    Noise,
    Scenario,
    Shape,
    Straight,
    Term,
)

CLOSE: Final = grid(10, 12, 5)


def _made(
    name: str, shape: Shape, noise: Noise | None = None, sizes: tuple[float, ...] = LONG
) -> Scenario:
    return Scenario(name=name, shape=shape, noise=noise or ChiSquared(), sizes=sizes)


INSIDE: Final = (
    _made("two powers cross at 2^12", Term(amount=8, power=0.25)),
    _made("sizes within a factor 4", Straight(), sizes=CLOSE),
    _made("2 % of replicates 30 times larger", Straight(), Contaminated()),
    _made("periodic in one octave of a dyadic grid", Periodic(amount=0.5, octaves=1)),
    _made("1 + 2 / log n", InverseLogarithm(amount=2)),
)
"""Those of which the verdict's class has a member, exactly or within 2 %."""

OUTSIDE: Final = (
    _made("two powers cross at 2^16", Term(amount=16, power=0.25)),
    _made("terms that cancel", Terms(amounts=(6, -20), powers=(0.25, 0.5))),
    _made("periodic in 4 octaves, 10 %", Periodic(amount=0.1, octaves=4)),
    _made("periodic in 24 octaves, 20 %", Periodic(amount=0.2, octaves=24, phase=-1.57)),
    _made("(log log n)^2", IteratedLogarithm(power=2)),
    _made("plateau reached at 2^20", Floor(size=2.0**20)),
    _made("plateau reached at 2^24", Floor(size=2.0**24)),
    _made("one size 1.5 times too large", Outlier(place=11, by=1.5)),
    _made("infinite variance", Straight(), Pareto()),
)
"""Those outside: what they do to verdicts is measured and told, not promised."""
