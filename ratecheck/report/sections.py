"""What a page says of one suite, as plain values for the template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from ratecheck.montecarlo.records import RECORDS, SUMMARY
from ratecheck.report.pictures import Picture
from ratecheck.reporting import Report, error_rates
from ratecheck.reporting.findings import Finding
from ratecheck.types import Status

Entry = Mapping[str, Any]
_HEADER: Final = (
    ("data", "Data-generating mechanism"),
    ("estimands", "Estimands"),
    ("methods", "Methods"),
    ("performance", "Performance measures"),
)


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Section:
    """One suite of studies at one profile.

    Attributes
    ----------
    name, profile, title : str
    aims : str
        The question asked.
    design : tuple of (str, tuple of str)
        Heading and lines of the rest of the ADEMP header.
    entries : tuple of mapping
        The verdicts, as ``ratecheck verify --json`` prints them.
    slopes, statuses : tuple of mapping
        Slopes with local ones; shares of bad statuses by study, method and quantity.
    rates : tuple of tuple of str
        Error rates and power of verdicts, heads first, where the suite measures them.
    rows : int
        Lines of the records.
    failed : mapping
        Message of each failed cell.
    identity : tuple of (str, str)
        Environment and identity of the run.
    files : tuple of Path
        Records and summary.
    pictures : tuple of Picture
    trouble : str
        Why the results could not be read; empty if they could.
    """

    name: str
    profile: str
    title: str
    aims: str = ""
    design: tuple[tuple[str, tuple[str, ...]], ...] = ()
    entries: tuple[Entry, ...] = ()
    slopes: tuple[Entry, ...] = ()
    statuses: tuple[Entry, ...] = ()
    rates: tuple[tuple[str, ...], ...] = ()
    rows: int = 0
    failed: Mapping[str, str]
    identity: tuple[tuple[str, str], ...] = ()
    files: tuple[Path, ...] = ()
    pictures: tuple[Picture, ...] = ()
    trouble: str = ""

    @property
    def anchor(self) -> str:
        """Name of the section inside the page."""
        return f"{self.name}-{self.profile}"


def section(report: Report, pictures: Sequence[Picture] = ()) -> Section:
    """Return the section of a report: its verdicts are judged anew, as ``verify`` does."""
    suite, summary = report.suite, report.data.summary
    return Section(
        name=suite.name,
        profile=report.profile,
        title=suite.title,
        aims=suite.question or suite.title,
        design=tuple(_design(report)),
        entries=tuple(finding.entry for finding in report.verdicts),
        slopes=tuple(_slopes(report.verdicts)),
        statuses=tuple(_statuses(report)),
        rates=tuple(_rates(report)),
        rows=len(report.data.rows),
        failed=report.failed,
        identity=tuple(_identity(summary)),
        files=(report.folder / RECORDS, report.folder / SUMMARY),
        pictures=tuple(pictures),
    )


def stored_section(name: str, folder: Path, summary: Entry, title: str = "") -> Section:
    """Return the section of results whose study is not here: the stored verdicts, no more."""
    return Section(
        name=name,
        profile=str(summary["profile"]),
        title=title or name,
        entries=tuple(summary.get("verdicts", ())),
        failed=dict(summary.get("failed", {})),
        identity=tuple(_identity(summary)),
        files=(folder / RECORDS, folder / SUMMARY),
        trouble="The study itself was not found: the verdicts are the stored ones.",
    )


def broken_section(name: str, profile: str, trouble: str) -> Section:
    """Return a section that says why there is nothing to show."""
    return Section(name=name, profile=profile, title=name, trouble=trouble, failed={})


def _design(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    studies = report.suite.studies
    told = [study.description for study in studies]
    for field, heading in _HEADER:
        texts = [str(getattr(description, field)) for description in told]
        if len(set(texts)) == 1:
            yield heading, (texts[0],)
        else:
            pairs = zip(studies, texts, strict=True)
            yield heading, tuple(f"{study.name}: {text}" for study, text in pairs)


def _slopes(findings: Iterable[Finding]) -> Iterator[Entry]:
    """Yield each slope that a claim, not a control, is held against."""
    for finding in findings:
        if (fit := finding.fit) is not None and not finding.is_control:
            yield {
                "label": finding.label,
                "slope": f"{fit.estimate:.3f} [{fit.low:.3f}, {fit.high:.3f}]",
                "window": str(fit.window),
                "halves": f"{fit.early.value:.3f}, {fit.late.value:.3f}",
                "local": ", ".join(f"{step.value:.3f}" for step in fit.local),
            }


def _statuses(report: Report) -> Iterator[Entry]:
    for key, sample in report.samples.items():
        bad = {n: c for n, c in sample.statuses.items() if not Status[n].is_good}
        if bad:
            yield {
                "label": f"{key.study}: {key.stopping}, {key.risk}",
                "share": f"{sum(bad.values())} of {sample.statuses.total()} "
                f"({100 * sample.bad_share:.1f} %)",
                "what": "; ".join(f"{Status[n].value} ({c})" for n, c in sorted(bad.items())),
            }


def _rates(report: Report) -> Iterator[tuple[str, ...]]:
    if rows := error_rates.rows(report):
        yield error_rates.columns(report)
        yield from rows


def _identity(summary: Entry) -> Iterator[tuple[str, str]]:
    yield "profile", str(summary["profile"])
    yield "seed", str(summary["seed"])
    yield "cells", str(summary.get("cells", "not stated"))
    versions = summary["versions"].items()
    yield "versions", ", ".join(f"{name} {version}" for name, version in versions)
    for name in ("python", "platform", "commit", "fingerprint", "records_sha256"):
        yield name.replace("_", " "), str(summary.get(name) or "not stated")
