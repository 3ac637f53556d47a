"""What a study found: each claim, the slope it is held against, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from ratecheck.assertions import Judgement
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import Expectation
from ratecheck.reporting.samples import Key, Sample
from ratecheck.slopes import SlopeFit, fit, fit_ratio
from ratecheck.theory.claims import Claim, Statement
from ratecheck.types import InputError, Outcome
from ratecheck.verify import TableRow, Verdict, table_row, verdict

_TWO_SIDED_95 = 1.96


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Finding:
    """One claim against one measured slope, or one statement against what an assertion found.

    Attributes
    ----------
    key : Key
        Study, stopping rule and risk.
    claim : Claim or Statement
    fit : SlopeFit or None
        None where no slope could be fitted, or where the claim is none.
    verdict : Verdict
    expected : Outcome
        CONSISTENT for a claim, REFUTED for a negative control.
    relative_to : str
        Rule whose risk the slope is relative to, if any.
    judgement : Judgement or None
        What the assertion of a statement found.
    """

    key: Key
    claim: Claim | Statement
    fit: SlopeFit | None
    verdict: Verdict
    expected: Outcome
    relative_to: str = ""
    judgement: Judgement | None = None

    @property
    def exponent(self) -> Fraction:
        """The claimed exponent, or `InputError` for a statement that has none."""
        if isinstance(self.claim, Claim):
            return self.claim.exponent
        raise InputError(f"{self.claim.name!r} claims no exponent, but {self.claim.predicted}")

    @property
    def outcome(self) -> Outcome:
        """The word of the verdict."""
        return self.verdict.outcome

    @property
    def is_control(self) -> bool:
        """Whether the claim is one that the data must refute."""
        return self.expected is Outcome.REFUTED

    @property
    def label(self) -> str:
        """Study, rule and risk in one text."""
        rule = (
            f"{self.key.stopping} / {self.relative_to}" if self.relative_to else self.key.stopping
        )
        return f"{self.key.study}: {rule}, {self.key.risk}"

    @property
    def table_row(self) -> TableRow:
        """The line of the verdict table."""
        claim, found = self.claim, self.judgement
        if self.fit is not None and isinstance(claim, Claim):
            return table_row(self.label, claim, self.fit, self.verdict)
        return TableRow(
            claim=claim.ledger,
            study=self.label,
            statement=claim.name,
            predicted=str(claim.exponent) if isinstance(claim, Claim) else claim.predicted,
            measured=found.measured if found else "no slope",
            window=found.window if found else "",
            verdict=self.outcome.value,
        )

    @property
    def entry(self) -> dict[str, Any]:
        """The finding as scalars, for ``summary.json`` and ``--json``."""
        cells = self.table_row
        return {
            **{name: getattr(cells, name) for name in cells.__slots__},
            "control": self.is_control,
            "expected": self.expected.value,
            "reason": self.verdict.reason,
        }


def slopes(study: Study, found: Mapping[Key, Sample]) -> dict[Key, SlopeFit | InputError]:
    """Fit the slope of every rule and risk of a study, or say why there is none.

    Of measurements only those that a claim is about: not everything measured is a power.
    """
    claimed = {Key(study.name, e.stopping, e.risk) for e in study.expectations}
    return {
        key: _try(lambda sample=sample: fit(sample.sizes, sample.risks, window=study.window))  # type: ignore[misc]
        for key, sample in found.items()
        if key.study == study.name and (key in claimed or not isinstance(study, MeasuredStudy))
    }


def findings(
    study: Study,
    found: Mapping[Key, Sample],
    fits: Mapping[Key, SlopeFit | InputError],
) -> Iterator[Finding]:
    """Yield the findings of a study: each claim, and behind it the control that must fail."""
    for expected in study.expectations:
        key = Key(study.name, expected.stopping, expected.risk)
        if key in found:
            measured = _ratio(study, expected, found) if expected.relative_to else fits[key]
            bad = max(found[k].bad_share for k in _keys(key, expected))
        else:
            measured, bad = InputError("every cell failed: replay one to see why"), 1.0
        evidence = (measured, bad, study.abscissa)
        yield _finding(key, expected, expected.claim, evidence, Outcome.CONSISTENT)
        if expected.wrong is not None:
            yield _finding(key, expected, expected.wrong, evidence, Outcome.REFUTED)


def _finding(
    key: Key,
    held: Expectation,
    claim: Claim,
    evidence: tuple[SlopeFit | InputError, float, str],
    expected: Outcome,
) -> Finding:
    measured, bad_share, abscissa = evidence
    if isinstance(measured, InputError):
        said = Verdict(outcome=Outcome.INCONCLUSIVE, reason=str(measured))
    else:
        said = verdict(
            claim, measured, held.margin, corrections=held.corrections, bad_share=bad_share
        )
        if held.ceiling is not None and expected is Outcome.CONSISTENT:
            said = below_ceiling(said, measured, held.ceiling, abscissa)
    return Finding(
        key=key,
        claim=claim,
        fit=measured if isinstance(measured, SlopeFit) else None,
        verdict=said,
        expected=expected,
        relative_to=held.relative_to,
    )


def below_ceiling(said: Verdict, fit: SlopeFit, ceiling: float, abscissa: str = "n") -> Verdict:
    """Sharpen a verdict by a bound that the ratio must respect at every size.

    A ratio above the bound by more than its Monte Carlo error refutes; within it, nothing is
    settled.
    """
    low = fit.means * (1 - _TWO_SIDED_95 * fit.errors)
    high = fit.means * (1 + _TWO_SIDED_95 * fit.errors)
    worst = int(fit.means.argmax())
    fact = f"the ratio reaches {fit.means[worst]:.3f} at {abscissa} = {fit.sizes[worst]:.7g}"
    if (low > ceiling).any():
        return Verdict(outcome=Outcome.REFUTED, reason=f"{fact}, above {ceiling:g}; {said.reason}")
    if (high > ceiling).any() and said.outcome is Outcome.CONSISTENT:
        reason = f"{fact}, too close to {ceiling:g} for its error; {said.reason}"
        return Verdict(outcome=Outcome.INCONCLUSIVE, reason=reason)
    return Verdict(outcome=said.outcome, reason=f"{said.reason}; {fact}, {ceiling:g} is allowed")


def _keys(key: Key, expected: Expectation) -> tuple[Key, ...]:
    return (key, key._replace(stopping=expected.relative_to)) if expected.relative_to else (key,)


def _ratio(
    study: Study, expected: Expectation, found: Mapping[Key, Sample]
) -> SlopeFit | InputError:
    above, below = (
        found[Key(study.name, rule, expected.risk)]
        for rule in (expected.stopping, expected.relative_to)
    )
    return _try(lambda: fit_ratio(above.sizes, above.risks, below.risks, window=study.window))


def _try(function: Callable[[], SlopeFit]) -> SlopeFit | InputError:
    try:
        return function()
    except InputError as error:
        return error
