"""What cells cost: seconds against n with a fitted exponent, kept beside the results.

``costs.json`` is a file of its own, because ``summary.json`` holds no timing: two runs of one
design give equal bytes there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final, final

from ratecheck.montecarlo.cost import SECONDS_PER_WORK, work
from ratecheck.montecarlo.journal import told
from ratecheck.montecarlo.json_text import parsed
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.records import to_json
from ratecheck.montecarlo.replacing import replace_file
from ratecheck.types import ResultsError

COSTS: Final = "costs.json"
_MOST: Final = 700.0  # the exponential of more is infinite
_SINGULAR: Final = 1e-12  # sizes too close together for a line
_FORMAT: Final = {"format": "ratecheck costs", "schema": 1}


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Measured wall-clock seconds per cell of one study.

    They swell on a machine that does other work too. CPU seconds would not do in their place: plans
    and the time that is left are about wall-clock time, and the CPU clock of a process counts the
    other threads of a Dask worker and misses a GPU.

    Attributes
    ----------
    seconds : tuple of (size, cells, median seconds)
        By increasing size. Medians, because the first cell of a process loads libraries and
        another program may hold one up.
    """

    seconds: tuple[tuple[int, int, float], ...]

    @property
    def exponent(self) -> float | None:
        """Slope of log seconds against log n over the upper half of the measured range.

        Ordinary least squares. Below, the constant cost of any cell hides the growth. None where
        fewer than two sizes were measured there.
        """
        used = self._upper
        if len(used) < 2:
            return None
        x, y = [math.log(n) for n, _ in used], [math.log(s) for _, s in used]
        centre = sum(x) / len(x)
        return sum((u - centre) * v for u, v in zip(x, y, strict=True)) / sum(
            (u - centre) ** 2 for u in x
        )

    @property
    def _upper(self) -> list[tuple[int, float]]:
        """Sizes and positive seconds of the upper half of the range, two at least."""
        top = math.sqrt(self.seconds[0][0] * self.seconds[-1][0])
        upper = [entry for entry in self.seconds if entry[0] >= top]
        return [(n, s) for n, _, s in (upper if len(upper) > 1 else self.seconds[-2:]) if s > 0]

    def at(self, size: int) -> float:
        """Return the expected seconds at a size: measured, or scaled from the nearest size.

        To larger sizes the cost grows by a multiple of n log n (`_slope`: what does not grow with
        n is not multiplied), or by the fitted exponent if that is more; to smaller ones it falls
        with a constant plus n log n.
        """
        medians = {n: seconds for n, _, seconds in self.seconds}
        if size in medians:
            return medians[size]
        near = min(medians, key=lambda n: abs(math.log(n / size)))
        if size < near:
            return medians[near] * work(size) / work(near)
        # Two sizes close together, and noise, can give any exponent.
        growth = math.exp(min((self.exponent or 0.0) * math.log(size / near), _MOST))
        added = self._slope() * (work(size) - work(near))
        return max(medians[near] * growth, medians[near] + added)

    def _slope(self) -> float:
        """Return b of seconds = a + b work(n), a >= 0, by least squares of relative errors.

        Over the upper half; at least what a transform takes: small cells may show no growth yet.
        """
        known = [(work(n) / s, 1 / s) for n, s in self._upper]
        pp, pq, qq = (sum(u[i] * u[j] for u in known) for i, j in ((0, 0), (0, 1), (1, 1)))
        p, q = (sum(u[i] for u in known) for i in (0, 1))
        determinant = pp * qq - pq**2
        if len(known) < 2 or determinant <= _SINGULAR * pp * qq:
            return max(p / pp, SECONDS_PER_WORK) if known else SECONDS_PER_WORK
        slope, constant = (p * qq - q * pq) / determinant, (q * pp - p * pq) / determinant
        return max(slope if constant >= 0 else p / pp, SECONDS_PER_WORK)


def costs(seconds: Iterable[tuple[Cell, float]]) -> dict[str, Cost]:
    """Return the costs by study from the seconds of single cells."""
    sizes: dict[str, dict[int, list[float]]] = {}
    for cell, value in seconds:
        sizes.setdefault(cell.study, {}).setdefault(cell.size, []).append(value)
    return {
        study: Cost(seconds=tuple((n, len(s), median(s)) for n, s in sorted(found.items())))
        for study, found in sizes.items()
    }


def write_costs(folder: Path, found: Mapping[str, Cost]) -> None:
    """Write ``costs.json``, or raise `ResultsError` if the folder cannot be written."""
    text = to_json({**_FORMAT, "studies": [_entry(name, cost) for name, cost in found.items()]})
    with told(folder):
        replace_file(folder / COSTS, text.encode())


def read_costs(folder: Path) -> dict[str, Cost]:
    """Return what ``costs.json`` holds; nothing where it is absent.

    Raises
    ------
    ResultsError
        If it is damaged.
    """
    path = folder / COSTS
    if not path.is_file():
        return {}
    try:
        stored = parsed(path.read_bytes())
        if {key: stored[key] for key in _FORMAT} != _FORMAT:
            raise ValueError("no costs that this ratecheck wrote")
        return {str(entry["study"]): _cost(entry) for entry in stored["studies"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ResultsError(f"{path}: damaged ({error!r}): delete it, it is only timing") from error


def _entry(name: str, cost: Cost) -> dict[str, Any]:
    exponent = cost.exponent
    seconds = [[n, count, float(f"{median:.4g}")] for n, count, median in cost.seconds]
    rounded = None if exponent is None else round(exponent, 3)
    return {"study": name, "exponent": rounded, "size_cells_seconds": seconds}


def _cost(entry: Mapping[str, Any]) -> Cost:
    rows = tuple((int(n), int(c), float(s)) for n, c, s in entry["size_cells_seconds"])
    if not rows or any(n < 1 or c < 1 or not 0 <= s < math.inf for n, c, s in rows):
        raise ValueError("sizes, cells and seconds must be positive")
    if len({n for n, _, _ in rows}) < len(rows):
        raise ValueError("a size stands there twice")
    return Cost(seconds=tuple(sorted(rows)))
