"""Verdicts stored beside records, written anew under the present rule.

A changed rule, claim or margin changes verdicts but no record: what ``summary.json`` says of the
same ``records.csv`` is brought up to date, and the rest of it (identity, checksum) stays.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, final

from ratecheck.montecarlo.journal import told
from ratecheck.montecarlo.records import SUMMARY, read_summary, to_json
from ratecheck.montecarlo.replacing import replace_file
from ratecheck.reporting.report import Report
from ratecheck.types import ResultsError

Entry: TypeAlias = Mapping[str, Any]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A claim or control whose stored verdict is another one now.

    Attributes
    ----------
    study, statement : str
        As in the entries of ``summary.json``.
    control : bool
    before, after : str or None
        The verdicts; None where the claim was not, or is no longer, among them.
    """

    study: str
    statement: str
    control: bool
    before: str | None
    after: str | None

    def __str__(self) -> str:
        role = " (control)" if self.control else ""
        before, after = self.before or "not stored", self.after or "no longer claimed"
        return f"{self.study}: {self.statement}{role}: {before} -> {after}"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Rejudged:
    """What became of one summary.

    Attributes
    ----------
    written : bool
        False where it said all this already, byte for byte.
    changes : tuple of Change
        Verdicts that are others now; numbers may change without any.
    """

    written: bool
    changes: tuple[Change, ...]


def rejudge(report: Report) -> Rejudged:
    """Bring the summary of loaded results up to date; their records are not touched.

    Parameters
    ----------
    report : Report
        From `ratecheck.reporting.load`, which checks design and checksum.

    Raises
    ------
    ResultsError
        If the file cannot be written, or is another one than was loaded: a run was finished
        meanwhile, and its summary must not be replaced by one of earlier records.
    """
    old = report.data.summary
    # What JSON cannot tell apart (tuples and lists) shall not differ.
    new = json.loads(to_json({**old, **report.findings}))
    changes = tuple(_changes(old.get("verdicts", ()), new["verdicts"]))
    path = report.folder / SUMMARY
    text = to_json(new).encode()
    with told(path):
        if to_json(read_summary(report.folder)) != to_json(old):  # as text: NaN equals itself
            raise ResultsError(f"{path}: a run wrote it anew just now: give the command once more")
        written = text != path.read_bytes()
        if written:
            replace_file(path, text)
    return Rejudged(written=written, changes=changes)


def _changes(before: object, after: Iterable[Entry]) -> Iterator[Change]:
    """Yield the differences, those of the present claims first."""
    old, new = _by_claim(before), _by_claim(after)
    for key in (*new, *(key for key in old if key not in new)):
        if old.get(key) != new.get(key):
            study, statement, control, _ = key
            yield Change(
                study=study, statement=statement, control=control,
                before=old.get(key), after=new.get(key),
            )  # fmt: skip


def _by_claim(entries: object) -> dict[tuple[str, str, bool, int], str]:
    """Return verdicts by study, statement, role and, as these may recur, occurrence."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    found = {}
    # An older summary, or one edited by hand, may hold anything here; it is being replaced.
    for entry in entries if isinstance(entries, Iterable) else ():
        if isinstance(entry, Mapping):
            key = (str(entry.get("study")), str(entry.get("statement")), bool(entry.get("control")))
            found[*key, seen[key]] = str(entry.get("verdict"))
            seen[key] += 1
    return found
