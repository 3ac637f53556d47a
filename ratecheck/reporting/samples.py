"""Rows sorted into what a slope is fitted to: replicates by size, for each rule and risk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple, final

import numpy as np

from ratecheck.montecarlo.rows import COLUMNS, Values
from ratecheck.types import Array, Status

_AT: Final = {name: index for index, name in enumerate(COLUMNS)}
_KEY: Final = itemgetter(*(_AT[name] for name in ("study", "stopping", "risk")))
_MEASURED: Final = itemgetter(*(_AT[name] for name in ("status", "size", "value")))


class Key(NamedTuple):
    """What a slope belongs to."""

    study: str
    stopping: str
    risk: str


@final
@dataclass(kw_only=True, slots=True, eq=False)
class Sample:
    """The replicates of one key, in the canonical order of the records."""

    values: dict[int, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def sizes(self) -> Array:
        """Sample sizes, increasing, shape (k,)."""
        return np.array(sorted(self.values), dtype=np.float64)

    @property
    def risks(self) -> list[Array]:
        """Replicates at each size, k arrays."""
        return [np.array(self.values[size]) for size in sorted(self.values)]

    @property
    def bad_share(self) -> float:
        """Share of the rows whose status is not good."""
        bad = sum(count for name, count in self.statuses.items() if not Status[name].is_good)
        return bad / (self.statuses.total() or 1)


def samples(rows: Iterable[Values]) -> dict[Key, Sample]:
    """Sort rows by key; the row of a failed cell counts against every key of its study."""
    found: dict[Key, Sample] = {}
    failures: Counter[str] = Counter()
    for row in rows:
        study, stopping, risk = _KEY(row)
        if stopping is None:
            failures[study] += 1
            continue
        key = Key(study, stopping, risk)
        sample = found.get(key) or found.setdefault(key, Sample())
        status, size, value = _MEASURED(row)
        sample.statuses[status] += 1
        if isinstance(value, float) and isinstance(size, int):
            sample.values.setdefault(size, []).append(value)
    for key, sample in found.items():
        if failures[key.study]:
            sample.statuses[Status.FAILED.name] += failures[key.study]
    return found
