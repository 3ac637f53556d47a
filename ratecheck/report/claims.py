"""What a page says of one claim of the ledger, gathered from all studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from ratecheck.montecarlo.study import SMOKE
from ratecheck.report.sections import Entry, Section
from ratecheck.theory.ledger import LEDGER, Row, natural


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Checked:
    """A claim with the verdicts on it.

    Attributes
    ----------
    name : str
        Its id, such as ``"A1"``.
    source, statement : str
        From the ledger; empty for a claim that is not there.
    entries : tuple of mapping
        The verdicts, of all studies.
    sections : tuple of Section
        Where they are.
    """

    name: str
    source: str
    statement: str
    entries: tuple[Entry, ...]
    sections: tuple[Section, ...]


def by_claim(sections: Sequence[Section]) -> list[Checked]:
    """Return every claim that the sections judge, in the order of the ledger, others behind.

    The smoke profile is left out: its verdicts do not count.
    """
    judged = [s for s in sections if s.profile != SMOKE]
    found = {str(e["claim"]) for s in judged for e in s.entries}
    order = [
        *(name for name in LEDGER if name in found),
        *sorted(found - LEDGER.keys(), key=natural),
    ]
    return [_checked(name, judged) for name in order]


def _checked(name: str, sections: Sequence[Section]) -> Checked:
    row = LEDGER.get(name, Row(source="", statement=""))
    held = [s for s in sections if any(e["claim"] == name for e in s.entries)]
    return Checked(
        name=name,
        source=row.source,
        statement=row.statement,
        entries=tuple(e for s in held for e in s.entries if e["claim"] == name),
        sections=tuple(held),
    )
