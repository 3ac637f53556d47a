"""The function that a runner calls for each cell, whatever the kind of study."""

from __future__ import annotations

from ratecheck.montecarlo import cell as monte_carlo
from ratecheck.montecarlo.exact import ExactStudy
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.studies import Study
from ratecheck.types import Row


def compute(study: Study, cell: Cell, seed: int) -> list[Row]:
    """Return the rows of a cell: a pure function of study, address and seed."""
    if isinstance(study, ExactStudy):
        return study.rows(cell)
    if isinstance(study, MeasuredStudy):
        return study.rows(cell, seed)
    return monte_carlo.compute(study, cell, seed)
