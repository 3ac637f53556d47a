"""Error rates and power of verdicts: synthetic risks through the whole pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, final

from ratecheck import check
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.synthetic_risks import EXPONENT, Scenario
from ratecheck.slopes import SlopeFit, fit
from ratecheck.theory.claims import Claim
from ratecheck.types import Bound, Outcome
from ratecheck.verify import verdict

GAPS: Final = (0.05, 0.1, 0.2)
SHARE: Final = 0.45  # of the gap between right and wrong exponent that is the margin
SHORTER: Final = 0.8  # of the interval, as the control of coverage
COVERAGE: Final = "coverage"
SHORT_COVERAGE: Final = f"coverage of intervals shrunk to {SHORTER:g}"
FALSE_REFUTED: Final = "false REFUTED"
FALSE_CONSISTENT: Final = "false CONSISTENT"
POWER: Final = "power"
CONSISTENT: Final = "right CONSISTENT"
INCONCLUSIVE: Final = "right INCONCLUSIVE"


def at(quantity: str, gap: float) -> str:
    """Return the name of a rate at a gap between the right and the wrong exponent."""
    return f"{quantity}, gap {gap:g}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictRates(Measurement):
    """Shares of verdicts over a batch of runs: samples, `slopes.fit`, `verify.verdict`.

    The abscissa is the number of replicates at each size. In each run the right exponent and two
    wrong ones, a gap above and below, are claimed, with 0.45 of the gap as the margin. Rates: right
    claims REFUTED, CONSISTENT, INCONCLUSIVE; wrong claims REFUTED (power: mean over both sides) and
    CONSISTENT (runs in which either is).

    Parameters
    ----------
    scenarios : tuple of Scenario
    runs : int
        Runs of a batch.
    """

    scenarios: tuple[Scenario, ...]
    runs: int

    def __post_init__(self) -> None:
        """Validate the number of runs."""
        check.integer("runs", self.runs, low=1)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the rates of one batch with ``size`` replicates."""
        rng, found = streams("noise"), []
        for scenario in self.scenarios:
            counted: Counter[str] = Counter()
            for _ in range(self.runs):
                counted.update(events(fit(scenario.sizes, list(scenario.risks(rng, size)))))
            found += [
                Reading(series=scenario.name, quantity=name, value=counted[name] / self.runs)
                for name in quantities()
            ]
        return found


def quantities() -> tuple[str, ...]:
    """Return the names of all rates."""
    rates = (FALSE_REFUTED, CONSISTENT, INCONCLUSIVE, POWER, FALSE_CONSISTENT)
    return (COVERAGE, SHORT_COVERAGE, *(at(rate, gap) for gap in GAPS for rate in rates))


def events(found: SlopeFit) -> Counter[str]:
    """Return what happened in one run; power counts halves, one for each wrong claim."""
    counted: Counter[str] = Counter()
    counted[COVERAGE] += covers(found)
    counted[SHORT_COVERAGE] += covers(found, SHORTER)
    for gap in GAPS:
        words = [word(found, EXPONENT + shift, SHARE * gap) for shift in (0.0, gap, -gap)]
        counted.update(at(rate, gap) for rate in _rates(words))
        counted[at(POWER, gap)] += words[1:].count(Outcome.REFUTED) / 2  # type: ignore[assignment]
    return counted


def _rates(words: list[Outcome]) -> Iterator[str]:
    yield {
        Outcome.REFUTED: FALSE_REFUTED,
        Outcome.CONSISTENT: CONSISTENT,
        Outcome.INCONCLUSIVE: INCONCLUSIVE,
    }[words[0]]
    if Outcome.CONSISTENT in words[1:]:
        yield FALSE_CONSISTENT


def covers(found: SlopeFit, shrink: float = 1.0) -> bool:
    """Return whether the interval, shrunk around the estimate, holds the exponent."""
    low = found.estimate + shrink * (found.low - found.estimate)
    high = found.estimate + shrink * (found.high - found.estimate)
    return low <= EXPONENT <= high


def word(found: SlopeFit, exponent: float, margin: float) -> Outcome:
    """Return the outcome of a claim that an exponent matches."""
    claim = Claim(
        name="synthetic", exponent=Fraction(str(round(exponent, 6))), kind=Bound.MATCHING,
        regime="synthetic risks", source="derived", tag="D", quantity="clean", ledger="R3",
    )  # fmt: skip
    return verdict(claim, found, margin).outcome
