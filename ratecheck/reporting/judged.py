"""Assertions held against the rows of their study."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ratecheck.assertions import Assertion, Entry, Judgement, Readings
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.rows import COLUMNS, Values
from ratecheck.reporting.findings import Finding
from ratecheck.reporting.samples import Key
from ratecheck.types import InputError, Outcome, Status
from ratecheck.verify import ALLOWED_BAD_SHARE, Verdict

_AT: Final = {name: index for index, name in enumerate(COLUMNS)}


def judged(study: MeasuredStudy, rows: Iterable[Values]) -> Iterator[Finding]:
    """Yield the findings of a study's assertions, each with its control behind it."""
    if not study.assertions:
        return
    found = readings(study.name, rows)
    for assertion in study.assertions:
        yield _finding(study.name, assertion, found, Outcome.CONSISTENT)
        if assertion.wrong is not None:
            yield _finding(study.name, assertion.wrong, found, Outcome.REFUTED)


def readings(study: str, rows: Iterable[Values]) -> Readings:
    """Return the rows of one study as an assertion looks at them."""
    own = [row for row in rows if row[_AT["study"]] == study]
    entries = tuple(_entry(row) for row in own if isinstance(row[_AT["value"]], float))
    return Readings(entries=entries, failures=len(own) - len(entries))


def _entry(row: Values) -> Entry:
    index, time, value = (row[_AT[name]] for name in ("index", "time", "value"))
    assert isinstance(value, float)
    return Entry(
        series=str(row[_AT["stopping"]]),
        quantity=str(row[_AT["risk"]]),
        size=int(row[_AT["size"]] or 0),
        replicate=int(row[_AT["replicate"]] or 0),
        value=value,
        is_good=Status[str(row[_AT["status"]])].is_good,
        index=-1 if index is None else int(index),
        time=float("nan") if time is None else float(time),
    )


def _finding(study: str, held: Assertion, found: Readings, expected: Outcome) -> Finding:
    series, quantity = held.subjects[0]
    judgement = _judge(held, found)
    return Finding(
        key=Key(study, series, quantity),
        claim=held.statement,
        fit=None,
        verdict=Verdict(outcome=judgement.outcome, reason=judgement.reason),
        expected=expected,
        judgement=judgement,
    )


def _judge(held: Assertion, found: Readings) -> Judgement:
    """Judge, or say why nothing can be said."""
    bad = max(found.bad_share(*subject) for subject in held.subjects)
    if bad > ALLOWED_BAD_SHARE:
        reason = f"{bad:.1%} of the rows have a bad status and {ALLOWED_BAD_SHARE:.1%} are allowed"
        return _nothing(f"{reason}: read the status column of the records")
    try:
        return held.judge(found)
    except InputError as error:
        return _nothing(str(error))


def _nothing(reason: str) -> Judgement:
    return Judgement(
        outcome=Outcome.INCONCLUSIVE, measured="nothing to judge", window="", reason=reason
    )
