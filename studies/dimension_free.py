"""How slowly the rate worsens with the dimension when smoothness keeps pace: s - d/2 fixed.

Claim A1 for d = 1 ... 5 at s = d/2 + 1: the exponent -2s/(2s+d) = -(d + 2)/(2d + 2) rises from
-3/4 only to -7/12, and to -1/2 as d grows: with s - d/2 fixed there is no curse in the exponent.
Every number is an exact worst case of gradient flow at its best time over the ball of H^s(1)
(sequence model on T^d: the frequencies of Z^d in shells of equal length); nothing is drawn.
Simulations at the same s are those of ``torus_rate`` (d = 1) and ``torus_rate_nd`` (d = 2, 3); the
figure shows them beside these.

Rules, from theory:

- R = sigma = 1, as in `worst_case_rate`; order m = (d + 1)/2, that of the NTK in d dimensions;
- slopes over the last four of sixteen decades of n, margin 0.003. A rate needs frequencies to
  average over in every direction, and their number per axis grows like n^{1/(2s+d)} only: at
  n = 10^6 the worst frequency has length 1 or 2 for d >= 3, and no slope means anything there.
  How large n must be is what the figure of local slopes shows;
- the control is the exponent of dimension d + 1 at the same s - d/2, which is as near as 0.012.

Local slopes of all d at R = 1, to n = 10^19, had been seen before the window was fixed at the end
of the range; margin, radius and length of the window are those of `worst_case_rate`.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import ratecheck as rc
from ratecheck.cli import study_main
from ratecheck.montecarlo.curves import WORST_CASE, Ball
from ratecheck.montecarlo.study import Expectation
from ratecheck.montecarlo.torus_curves import TorusBestTime
from ratecheck.slopes import LastDecades
from ratecheck.theory import Claim

DIMENSIONS = (1, 2, 3, 4, 5)
EXCESS = 1  # s - d/2
SIZES = tuple(round(10 ** (2 + i / 4)) for i in range(65))
MARGIN = 0.003


def claim(d: int) -> Claim:
    """Return the claim about exact worst cases in dimension d."""
    s = Fraction(d, 2) + EXCESS
    name = f"exact worst case of gradient flow, s={s}, d={d}"
    return replace(rc.theory.clean_minimax(s, d), name=name, quantity=WORST_CASE)


def study(d: int) -> rc.ExactStudy:
    """Return the study of one dimension."""
    s, order = d / 2 + EXCESS, (d + 1) / 2
    curve = TorusBestTime(ball=Ball(smoothness=s), order=order, dimension=d)
    return rc.ExactStudy(
        name=f"d{d}",
        data=f"sequence model of H^{s:g} on T^{d}, R = sigma = 1, m = {order:g}",
        curves=(curve,),
        sizes=SIZES,
        window=LastDecades(4),
        claims=(
            Expectation(
                claim=claim(d),
                stopping=curve.name,
                risk=WORST_CASE,
                margin=MARGIN,
                wrong=claim(d + 1),
            ),
        ),
    )


STUDY = rc.Suite(
    name="dimension_free",
    title="The rate against the dimension at fixed s - d/2",
    question=(
        "Does the exponent of the worst-case risk follow -2s/(2s+d) from d = 1 to 5 when s - d/2 "
        "stays fixed, and from which n on?"
    ),
    studies=tuple(study(d) for d in DIMENSIONS),
)


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
