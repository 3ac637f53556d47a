"""A study by itself is a suite of one; and what of a suite decides its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.exact import ExactStudy, Study
from ratecheck.montecarlo.study import RateStudy, Suite
from ratecheck.slopes import All
from ratecheck.types import DesignChangedError, InputError


def as_suite(study: Study | Suite) -> Suite:
    """Return the study as a suite, or raise `InputError` for anything else."""
    if isinstance(study, RateStudy | ExactStudy):
        study = Suite(name=study.name, title=study.name, question=study.question, studies=(study,))
    if not isinstance(study, Suite):
        raise InputError(f"a study is a RateStudy or a Suite, got {type(study).__name__}")
    if Path(study.name).name != study.name:
        raise InputError(f"a suite's name must serve as a folder, got {study.name!r}")
    return study


def data_only(suite: Suite) -> Suite:
    """Return the suite without what does not touch its records.

    Claims, margins and windows judge the numbers, words and other profiles surround them: a
    corrected sentence or an added claim must not throw hours of computing away.
    """
    bare = (
        replace(s, claims=(), window=All(), margin=1.0, question="", profiles=())
        for s in suite.studies
    )
    return replace(suite, title="", question="", studies=tuple(bare))


def require_same(suite: Suite, stored: Design, folder: Path) -> None:
    """Raise `DesignChangedError` unless results of the stored design are those of the suite."""
    now = replace(stored, text=repr(data_only(suite)))
    if now.fingerprint != stored.fingerprint:
        raise DesignChangedError(
            f"{folder} belongs to another design of {suite.name!r}: {now.difference(stored)}. "
            "Run the study again with --fresh or choose another folder with --results"
        )
