"""``verify --store``: stored verdicts are brought up to date, and the changes told."""

from __future__ import annotations

from typing import final

from ratecheck.cli.output import tell
from ratecheck.reporting import Report
from ratecheck.reporting.rejudging import rejudge


@final
class Store:
    """Rewrites summaries and counts them; remarks go to stderr, as stdout may hold JSON."""

    def __init__(self) -> None:
        self._seen = 0
        self._written = 0
        self._changed = 0

    def __call__(self, report: Report) -> None:
        """Rewrite the summary of one report, or raise `ResultsError`."""
        found = rejudge(report)
        self._seen += 1
        self._written += found.written
        self._changed += len(found.changes)
        for change in found.changes:
            tell(f"changed: {report.folder}: {change}")

    def tell(self) -> None:
        """Say how many there were."""
        tell(
            f"{self._written} of {self._seen} summaries rewritten, {self._changed} verdicts "
            "changed; no record was touched"
        )
