"""A study by itself is a suite of one; and what of a suite decides its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import Suite
from ratecheck.slopes import All
from ratecheck.types import DesignChangedError, InputError

_KINDS = ", ".join(kind.__name__ for kind in get_args(Study))


def as_suite(study: Study | Suite) -> Suite:
    """Return the study as a suite, or raise `InputError` for anything else."""
    if isinstance(study, Study):
        study = Suite(name=study.name, title=study.name, question=study.question, studies=(study,))
    if not isinstance(study, Suite):
        raise InputError(f"a study is a Suite or one of {_KINDS}, got {type(study).__name__}")
    if Path(study.name).name != study.name:
        raise InputError(f"a suite's name must serve as a folder, got {study.name!r}")
    return study


def data_only(suite: Suite) -> Suite:
    """Return the suite without what does not touch its records.

    Claims, margins and windows judge the numbers, words and other profiles surround them: a
    corrected sentence or an added claim must not throw hours of computing away.
    """
    bare = tuple(_bare(study) for study in suite.studies)
    return replace(suite, title="", question="", studies=bare)


def _bare(study: Study) -> Study:
    if isinstance(study, MeasuredStudy):
        silent = replace(study, question="", data="", methods="")
        return replace(silent, claims=(), window=All(), profiles=())
    return replace(study, claims=(), window=All(), margin=1.0, question="", profiles=())


def require_same(suite: Suite, stored: Design, folder: Path) -> None:
    """Raise `DesignChangedError` unless results of the stored design are those of the suite."""
    now = replace(stored, text=repr(data_only(suite)))
    if now.fingerprint != stored.fingerprint:
        raise DesignChangedError(
            f"{folder} belongs to another design of {suite.name!r}: {now.difference(stored)}. "
            "Run the study again with --fresh or choose another folder with --results"
        )
