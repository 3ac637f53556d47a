"""The scenarios of the calibration: half of them chose the rule of verdicts, half report on it."""

from __future__ import annotations

from typing import Final

import numpy as np

from ratecheck.montecarlo.measurements.synthetic_risks import (
    ChiSquared,
    Common,
    Growing,
    InverseGamma,
    Kink,
    Logarithm,
    LogNormal,
    Nested,
    Noise,
    Scenario,
    Shape,
    Straight,
    Term,
)


def grid(first: int, last: int, count: int) -> tuple[float, ...]:
    """Return sizes 2^first ... 2^last, geometric."""
    return tuple(float(round(n)) for n in np.geomspace(2.0**first, 2.0**last, count))


LONG: Final = grid(8, 20, 13)
SHORT: Final = grid(8, 13, 6)
FEW: Final = grid(8, 20, 4)
SPARSE: Final = grid(8, 18, 5)
PLAIN: Final = ChiSquared()


def _made(
    name: str, shape: Shape, noise: Noise = PLAIN, sizes: tuple[float, ...] = LONG
) -> Scenario:
    return Scenario(name=name, shape=shape, noise=noise, sizes=sizes)


CHOOSING: Final = (
    _made("power law", Straight()),
    _made("power law, short window", Straight(), sizes=SHORT),
    _made("power law, 4 sizes", Straight(), sizes=FEW),
    _made("power law, lognormal", Straight(), LogNormal()),
    _made("power law, common random numbers", Straight(), Common()),
    _made("+5 n^-0.2", Term(amount=5, power=0.2)),
    _made("+5 n^-0.3", Term(amount=5, power=0.3)),
    _made("-5 n^-0.4", Term(amount=-5, power=0.4)),
    _made("+20 n^-0.5, short window", Term(amount=20, power=0.5), sizes=SHORT),
    _made("log n", Logarithm(power=1)),
    _made("corner at 2^10", Kink(change=0.35, size=2.0**10)),
)
"""Those on which the rule was chosen."""

REPORTING: Final = (
    _made("power law, calm noise", Straight(), ChiSquared(freedom=12)),
    _made("power law, noise falls with n", Straight(), Growing()),
    _made("power law, 5 sizes", Straight(), sizes=SPARSE),
    _made("power law, inverse gamma", Straight(), InverseGamma()),
    _made("power law, nested samples", Straight(), Nested()),
    _made("+3 n^-0.25", Term(amount=3, power=0.25)),
    _made("-2.5 n^-0.3", Term(amount=-2.5, power=0.3)),
    _made("+10 n^-0.5", Term(amount=10, power=0.5)),
    _made("-6 n^-0.4, nested samples", Term(amount=-6, power=0.4), Nested()),
    _made("1 / log n", Logarithm(power=-1)),
    _made("sqrt(log n), noise falls with n", Logarithm(power=0.5), Growing()),
    _made("corner at 2^11", Kink(change=-0.3, size=2.0**11)),
)
"""Those on which its error rates are reported."""
