"""The kinds of studies, as one type."""

from __future__ import annotations

from typing import TypeAlias

from ratecheck.montecarlo.exact import ExactStudy
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.study import RateStudy

Study: TypeAlias = RateStudy | ExactStudy | MeasuredStudy
