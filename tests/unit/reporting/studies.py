"""A study and rows whose slopes are known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

import ratecheck as rc
from ratecheck.montecarlo.rows import Values
from ratecheck.theory.claims import Claim

SIZES = (64, 128, 256, 512, 1024)
RIGHT = rc.theory.clean_minimax("3/2", 1)  # exponent -3/4
NONE = rc.slopes.Corrections(factor=1, logs=0)  # the rows below are powers, and nothing else
WRONG = replace(RIGHT, name="wrong", exponent=Fraction(-1, 4))


def study(*claims: Claim | rc.Expectation, name: str = "known") -> rc.RateStudy:
    return rc.RateStudy(
        name=name,
        problem=rc.Problem(
            domain=rc.domains.Torus(d=1),
            kernel=rc.kernels.PeriodicSobolev(order=1),
            target=rc.targets.Sobolev(smoothness=1.5, radius=1.0),
            noise=rc.noise.Gaussian(sigma=0.5),
        ),
        estimator=rc.GradientFlow(),
        stopping=(rc.stopping.TheoryTime(), rc.stopping.Lepski()),
        risk=rc.risk.Clean(),
        sizes=SIZES,
        replicates=12,
        claims=claims,
        question="Is it so?",
        corrections=NONE,
    )


def rows(
    exponent: float = -0.75, ratio: float = 1.5, bad: int = 0, failed: int = 0, name: str = "known"
) -> tuple[Values, ...]:
    """Rows of both rules on common noise; Lepski's risk is ``ratio`` times the other."""
    rng = np.random.default_rng(0)
    found: list[Values] = []
    for n in SIZES:
        for replicate in range(12):
            value = n**exponent * float(np.exp(0.05 * rng.standard_normal()))
            status = "EDGE_LOW" if len(found) < 2 * bad else "CONVERGED"
            for rule, factor in (("TheoryTime", 1.0), ("Lepski", ratio)):
                head = (name, n, replicate, rule, "clean", 0.0)
                found.append((*head, factor * value, 0.0, 1.0, 3, status, 0.5))
    lost: Values = (name, 64, 99, *[None] * 7, "FAILED", None)
    return (*found, *[lost] * failed)
