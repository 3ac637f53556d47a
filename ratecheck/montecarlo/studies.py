"""The kinds of studies, as one type, and what they need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ratecheck.montecarlo.exact import ExactStudy
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.study import RateStudy

Study: TypeAlias = RateStudy | ExactStudy | MeasuredStudy


def require(studies: Iterable[Study]) -> None:
    """Raise before any work what their cells would raise: a missing extra, missing files."""
    for study in studies:
        if isinstance(study, MeasuredStudy):
            study.measurement.require()
