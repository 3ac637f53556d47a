"""The kinds of studies, as one type, and what they need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ratecheck import datasets
from ratecheck.domains import Sphere
from ratecheck.montecarlo.exact import ExactStudy
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.study import RateStudy
from ratecheck.numerics import spherical
from ratecheck.targets import Sobolev

Study: TypeAlias = RateStudy | ExactStudy | MeasuredStudy


def require(studies: Iterable[Study]) -> None:
    """Raise before any work what their cells would raise: a missing extra, missing files."""
    for study in studies:
        if isinstance(study, MeasuredStudy):
            study.measurement.require()
            for name in study.measurement.datasets:
                datasets.require(name)
        if isinstance(study, RateStudy) and _is_on_s2(study):
            spherical.require()


def checksums(studies: Iterable[Study]) -> dict[str, str]:
    """Return the digests of all data sets that studies read, by name; empty if there are none."""
    measured = [study.measurement for study in studies if isinstance(study, MeasuredStudy)]
    names = sorted({name for measurement in measured for name in measurement.datasets})
    return {key: value for name in names for key, value in datasets.checksums(name).items()}


def _is_on_s2(study: RateStudy) -> bool:
    """Whether the target is a series of harmonics of S^2, whose values need the extra."""
    domain, target = study.problem.domain, study.problem.target
    return isinstance(domain, Sphere) and domain.d == 2 and isinstance(target, Sobolev)
