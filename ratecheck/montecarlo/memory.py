"""How much memory a cell needs: a stated model for each operator, compared with what there is.

The models were fitted to the largest resident set of single cells, less that of the bare process;
`tests/unit/montecarlo/test_memory.py` measures again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck.montecarlo.cell import settings
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import RateStudy
from ratecheck.operators.nystrom import default_rank
from ratecheck.operators.points import KEPT
from ratecheck.operators.prepare import fastest, gram_operator
from ratecheck.operators.room import told
from ratecheck.types import Array, InputError, UnsupportedError

PROCESS: Final = 200 * 2**20
"""Bytes of a process that has loaded the libraries."""

_VECTORS: Final = 300  # of length n: the Krylov basis and what goes with it
_BANDED: Final = ("fourier", "sphere")  # operators whose memory depends on the last time
_SAMPLE: Final = 64  # points that show which operator a kernel gets
_UNITS: Final = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}

Model = Callable[[int], float]

MODELS: Final[dict[str, tuple[str, Model]]] = {
    "eigh": ("matrix, eigenvectors, work: 5 n^2 doubles", lambda n: 40.0 * n**2),
    "dense": ("matrix and Lanczos: n^2 + 300 n doubles", lambda n: 8.0 * n * (n + _VECTORS)),
    "blocked": (
        "tiles kept up to a limit, and Lanczos: 300 n doubles",
        lambda n: min(4.0 * n**2, KEPT) + 8.0 * n * _VECTORS,
    ),
    "nystrom": (
        "2 factors of n x rank doubles, 100 n doubles, 64 MB of tiles",
        lambda n: 16.0 * n * default_rank(n) + 800.0 * n + 2**26,
    ),
    "fourier": ("transforms: 16 n doubles, 64 MB of coefficients", lambda n: 128.0 * n + 2**26),
    "markov": ("prefix sums and Lanczos: 160 n doubles", lambda n: 1280.0 * n),
    "sphere": ("transforms: 10 n doubles, 56 MB of harmonics", lambda n: 80.0 * n + 7 * 2**23),
    "harmonics": ("points: 10 n doubles, 160 MB of harmonics", lambda n: 80.0 * n + 5 * 2**25),
}
"""Words and bytes against n, by operator; `harmonics` is `sphere` beyond S^2, in tiles."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """Bytes that one cell needs beside the bare process, and the model that says so.

    Attributes
    ----------
    study : str
    size : int
    operator : str
    cell : float
        Bytes.
    late : float
        Those of them that the coefficients take, by the last time of the cell.
    """

    study: str
    size: int
    operator: str
    cell: float
    late: float = 0.0

    @property
    def total(self) -> float:
        """Bytes of a worker that computes the cell."""
        return PROCESS + self.cell

    @property
    def model(self) -> str:
        """The model in words."""
        late = f", {told(self.late)} of coefficients by the last time" if self.late else ""
        return f"{self.operator}: {MODELS[self.operator][0]}{late}"


def need(study: Study, size: int) -> Need | None:
    """Return what a cell of a study needs at a size; None where there is no model.

    Only simulations have one: what a measurement or an exact curve computes is its own affair.
    """
    if not isinstance(study, RateStudy):
        return None
    name: str = study.estimator.operator
    problem = study.problem
    X = problem.domain.design(min(size, _SAMPLE), np.random.default_rng(0))
    if name == "auto":
        name = fastest(problem.kernel, X, size)
    late = _late(study, size, X) if name in _BANDED else 0.0
    if name == "sphere" and study.problem.domain.dimension > 2:
        name = "harmonics"
    if name not in MODELS:
        return None
    cell = MODELS[name][1](size) + late
    return Need(study=study.name, size=size, operator=name, cell=cell, late=late)


def _late(study: RateStudy, size: int, X: Array) -> float:
    """Return the bytes that the coefficients take at the last time of a cell."""
    try:
        last = float(settings(study, size)[1][-1])
        points = np.broadcast_to(X[:1], (size, X.shape[1]))  # only their number counts
        operator = gram_operator(study.problem.kernel, points, study.estimator.operator)
    except (UnsupportedError, InputError):  # the cell will say so itself
        return 0.0
    return operator.coefficient_bytes(last)


def require_room(studies: Iterable[Study], room: float, where: str) -> None:
    """Raise `InputError` if a cell cannot fit into ``room`` bytes, before anything is computed."""
    require_needs((need(study, max(study.sizes)) for study in studies), room, where)


def require_needs(needs: Iterable[Need | None], room: float, where: str) -> None:
    """Raise `InputError` if the largest of some needs exceeds ``room`` bytes."""
    found = max(filter(None, needs), key=lambda known: known.cell, default=None)
    if found is not None and found.total > room:
        raise InputError(
            f"a cell of {found.study} at n = {found.size} needs about {told(found.total)} "
            f"({found.model}), but {where} has {told(room)}: use fewer --workers, a machine with "
            "more memory, or smaller sizes"
        )


def parse(text: str) -> int:
    """Return the bytes that a text such as ``4G`` or ``500M`` stands for.

    Examples
    --------
    >>> parse("1.5G") == 3 * 2**29
    True
    """
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)\s*([KMGT]?)(?:i?B)?", text, re.IGNORECASE)
    if not found or float(found[1]) == 0:
        raise InputError(f"memory reads 4G or 500M, got {text!r}")
    return int(float(found[1]) * _UNITS[found[2].upper()])
