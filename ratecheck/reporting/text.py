"""The report in words: an ADEMP header, the verdict table, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from ratecheck import tables
from ratecheck.reporting.samples import Key, Sample
from ratecheck.slopes import SlopeFit
from ratecheck.types import Outcome, Status
from ratecheck.verify import COLUMNS

if TYPE_CHECKING:
    from ratecheck.reporting.findings import Finding
    from ratecheck.reporting.report import Report

INDENT: Final = 13
"""Where the words of the header begin."""

_CONTROL: Final = {
    Outcome.REFUTED: "as a control must be",
    Outcome.CONSISTENT: "but it is a control",
    Outcome.INCONCLUSIVE: "a control",
}


def report(found: Report) -> str:
    """Return the whole report as text."""
    parts = [
        "\n".join(header(found)),
        tables.aligned(COLUMNS, [cells(finding) for finding in found.verdicts]),
        "\n".join(troubles(found)),
    ]
    return "\n\n".join(part for part in parts if part)


def header(found: Report) -> Iterator[str]:
    """Yield the lines of the header: aims, data, estimands, methods, performance measures."""
    suite, studies = found.suite, found.suite.studies
    yield f"{suite.name} ({found.profile}, seed {found.data.design.seed})"
    yield f"Aims         {suite.question or suite.title}"
    told = [study.description for study in studies]
    for label in ("Data", "Estimands", "Methods", "Performance"):
        texts = [getattr(d, label.lower()) for d in told]
        same = len(set(texts)) == 1
        for study, line in zip(studies[:1] if same else studies, texts, strict=False):
            yield f"{label:<12} {line}" if same else f"{label:<12} {study.name}: {line}"
            label = ""  # noqa: PLW2901 - told once


def cells(finding: Finding) -> tuple[str, ...]:
    """Return the cells of a finding; a control says that it is one."""
    *rest, word = finding.table_row.cells()
    return (*rest, f"{word} ({_CONTROL[finding.outcome]})" if finding.is_control else word)


def troubles(found: Report) -> Iterator[str]:
    """Yield a line for every status that is not good, and for failed cells."""
    for key, sample in found.samples.items():
        for name, count in sorted(sample.statuses.items()):
            if not Status[name].is_good and name != Status.FAILED.name:
                share = f"{count} of {sample.statuses.total()} rows"
                yield f"{key.study}, {key.stopping}, {key.risk}: {share}: {Status[name].value}"
    for cell, message in list(found.failed.items())[:5]:
        again = f"ratecheck replay {cell} --study {found.suite.name}"  # without it all are searched
        yield f"cell {cell} failed ({message}); to see it: {again}"
    if (more := len(found.failed) - 5) > 0:
        yield f"... and {more} more cells failed"


def slope_entry(key: Key, fit: SlopeFit, sample: Sample) -> dict[str, Any]:
    """Return a slope as scalars for ``summary.json``; six digits, so that diffs stay readable."""
    return {
        **key._asdict(),
        "estimate": round(fit.estimate, 6),
        "low": round(fit.low, 6),
        "high": round(fit.high, 6),
        "level": fit.level,
        "window": str(fit.window),
        "local": [round(step.value, 6) for step in fit.local],
        "statuses": dict(sorted(sample.statuses.items())),
    }
