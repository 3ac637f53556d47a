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

from ratecheck.montecarlo.cost import work
from ratecheck.montecarlo.journal import told
from ratecheck.montecarlo.json_text import parsed
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.records import replace_file, to_json
from ratecheck.types import ResultsError

COSTS: Final = "costs.json"
_FORMAT: Final = {"format": "ratecheck costs", "schema": 1}


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Measured seconds per cell of one study.

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
        top = math.sqrt(self.seconds[0][0] * self.seconds[-1][0])
        upper = [entry for entry in self.seconds if entry[0] >= top]
        used = [(n, s) for n, _, s in (upper if len(upper) > 1 else self.seconds[-2:]) if s > 0]
        if len(used) < 2:
            return None
        x, y = [math.log(n) for n, _ in used], [math.log(s) for _, s in used]
        centre = sum(x) / len(x)
        return sum((u - centre) * v for u, v in zip(x, y, strict=True)) / sum(
            (u - centre) ** 2 for u in x
        )

    def at(self, size: int) -> float:
        """Return the expected seconds at a size: measured, or scaled from the nearest size.

        By the fitted exponent or by a constant plus n log n, whichever is more: small cells may
        show no growth yet.
        """
        medians = {n: seconds for n, _, seconds in self.seconds}
        if size in medians:
            return medians[size]
        near = min(medians, key=lambda n: abs(math.log(n / size)))
        growth: float = (size / near) ** (self.exponent or 0.0)
        return medians[near] * max(growth, work(size) / work(near))


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
    return Cost(seconds=tuple(sorted(rows)))
