"""Where an exact claim meets a measured slope: a verdict of three values, with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from ratecheck import check
from ratecheck.slopes import Corrections, SlopeFit, outlook
from ratecheck.theory.claims import Claim
from ratecheck.types import Bound, InputError, Outcome

ALLOWED_BAD_SHARE = 0.05  # of rows, above which no verdict is given


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One of three words, and one sentence with the numbers behind it."""

    outcome: Outcome
    reason: str

    def __str__(self) -> str:
        return f"{self.outcome.value}: {self.reason}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class _Band:
    """Slopes that agree with a claim: [low, high], infinite on the side it says nothing about."""

    low: float
    high: float

    def outcome(self, low: float, high: float) -> Outcome:
        if self.low <= low and high <= self.high:
            return Outcome.CONSISTENT
        if high < self.low or low > self.high:
            return Outcome.REFUTED
        return Outcome.INCONCLUSIVE


def verdict(
    claim: Claim,
    fit: SlopeFit,
    margin: float,
    *,
    corrections: Corrections | None = None,
    bad_share: float = 0.0,
    allowed_bad_share: float = ALLOWED_BAD_SHARE,
) -> Verdict:
    """Say whether the measured slope agrees with the claimed exponent e, up to a margin.

    Parameters
    ----------
    claim : Claim
        Exact exponent and kind of bound.
    fit : SlopeFit
        Measured slope with interval, curvature and the slopes of both halves of its window.
    margin : float
        Half-width of the zone of equivalence, stated in the study before the run.
    corrections : Corrections, optional
        Lower-order terms that the risk may have; the widest calibrated class by default. A study
        may narrow it beforehand where theory gives these terms.
    bad_share : float
        Share of rows whose status is not good.
    allowed_bad_share : float
        Above this share no verdict is given.

    Returns
    -------
    Verdict
        Of the exponents that the data leave open, MATCHING: CONSISTENT when all lie inside
        [e - margin, e + margin], REFUTED when all lie outside, INCONCLUSIVE otherwise. UPPER: only
        exponents above e + margin count against the claim (a steeper decay does not). LOWER: only
        exponents below e - margin do.

    Raises
    ------
    InputError
        For a margin that is not positive or a share outside [0, 1].

    Notes
    -----
    The slope in a window is not the exponent: a lower-order term moves it by an amount that the
    window shows as curvature only, and noise hides curvature. So the exponents left open are those
    of every law c n^e (1 + d n^-b) or c n^e (log n)^p of the class `corrections` that slope and
    curvature agree with at the level of the fit (`slopes.outlook`), together with the interval of
    the slope itself: extrapolation alone decides nothing. Where no law bends as the data do, the
    verdict is INCONCLUSIVE.

    Chosen by calibration on half of the scenarios, measured on the other half
    (`studies/verdict_calibration.py`, claim R3).

    Examples
    --------
    >>> from ratecheck.slopes import fit
    >>> from ratecheck.theory import clean_minimax
    >>> n = [2.0**k for k in range(8, 21)]
    >>> measured = fit(n, [size**-0.751 for size in n])
    >>> verdict(clean_minimax("3/2", 1), measured, 0.05).outcome.value
    'CONSISTENT'
    >>> verdict(clean_minimax(2, 1), measured, 0.03).outcome.value
    'REFUTED'
    """
    band = _band(claim, check.positive("margin", margin))
    _share("bad_share", bad_share)
    if bad_share > _share("allowed_bad_share", allowed_bad_share):
        return Verdict(outcome=Outcome.INCONCLUSIVE, reason=_too_bad(bad_share, allowed_bad_share))
    ahead = outlook(fit, corrections or Corrections())
    if ahead is None:
        return Verdict(outcome=Outcome.INCONCLUSIVE, reason=_bent(fit))
    outcome = band.outcome(*ahead)
    return Verdict(outcome=outcome, reason=_reason(fit, ahead, outcome, _target(claim, margin)))


def _band(claim: Claim, margin: float) -> _Band:
    exponent, infinity = float(claim.exponent), float("inf")
    return _Band(
        low=-infinity if claim.kind is Bound.UPPER else exponent - margin,
        high=infinity if claim.kind is Bound.LOWER else exponent + margin,
    )


def _share(name: str, value: float) -> float:
    share = check.nonnegative(name, value)
    if share > 1:
        raise InputError(f"{name} must be a share in [0, 1], got {value!r}")
    return share


def _reason(fit: SlopeFit, ahead: tuple[float, float], outcome: Outcome, target: str) -> str:
    low, high = ahead
    relation = {
        Outcome.CONSISTENT: f"all inside {target}",
        Outcome.REFUTED: f"all outside {target}",
        Outcome.INCONCLUSIVE: f"across an end of {target}: larger sizes or more replicates are "
        "needed",
    }[outcome]
    return f"slope {fit} leaves exponents [{low:.3f}, {high:.3f}] open, {relation}"


def _target(claim: Claim, margin: float) -> str:
    exponent = f"{claim.exponent} = {float(claim.exponent):.4g}"
    zone = {
        Bound.MATCHING: f"the margin {margin:g} around {exponent}",
        Bound.UPPER: f"the zone up to {exponent} plus {margin:g}",
        Bound.LOWER: f"the zone from {exponent} minus {margin:g}",
    }
    return zone[claim.kind]


def _too_bad(share: float, allowed: float) -> str:
    return (
        f"{share:.1%} of the rows have a bad status and {allowed:.1%} are allowed: "
        "read the status column of the records"
    )


def _bent(fit: SlopeFit) -> str:
    return (
        f"slope {fit} drifts from {fit.early.value:.3f} in the first half of the window to "
        f"{fit.late.value:.3f} in the last, more than a correction term explains: no power law "
        "yet, larger sizes are needed"
    )


COLUMNS = ("claim", "study", "statement", "predicted", "measured", "window", "verdict")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class TableRow:
    """One line of the verdict table; the fields are the columns, as text."""

    claim: str
    study: str
    statement: str
    predicted: str
    measured: str
    window: str
    verdict: str

    def cells(self) -> tuple[str, ...]:
        """Return the texts in the order of `COLUMNS`."""
        return tuple(getattr(self, column) for column in COLUMNS)


def table_row(study: str, claim: Claim, fit: SlopeFit, found: Verdict) -> TableRow:
    """Collect one line of the verdict table.

    Parameters
    ----------
    study : str
        Name of the study, with the stopping rule where there are several.
    claim : Claim
        What was predicted.
    fit : SlopeFit
        What was measured.
    found : Verdict
        What follows.
    """
    return TableRow(
        claim=claim.ledger,
        study=study,
        statement=claim.name,
        predicted=f"{_SIGN[claim.kind]} {claim.exponent} ({float(claim.exponent):.3f})",
        measured=f"{fit.estimate:.3f} [{fit.low:.3f}, {fit.high:.3f}]",
        window=f"{fit.window.first:g}..{fit.window.last:.7g}",
        verdict=found.outcome.value,
    )


_SIGN = {Bound.UPPER: "<=", Bound.LOWER: ">=", Bound.MATCHING: "="}


def markdown(rows: Iterable[TableRow]) -> str:
    """Return the verdict table as Markdown, as the README shows it.

    Examples
    --------
    >>> print(markdown([]))
    | claim | study | statement | predicted | measured | window | verdict |
    |---|---|---|---|---|---|---|
    """
    lines = [COLUMNS, *(row.cells() for row in rows)]
    texts = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    texts.insert(1, "|" + "---|" * len(COLUMNS))
    return "\n".join(texts)
