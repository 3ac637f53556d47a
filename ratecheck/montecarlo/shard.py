"""Parts of a plan for array jobs: which cells a part holds depends on the plan alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, final

from ratecheck import check
from ratecheck.montecarlo.plan import Plan
from ratecheck.types import InputError

PATTERN: Final = "shard-*-of-*.sqlite"
"""Names of the journals of shards, for ``Path.glob``."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """Part ``index`` of ``count``, counted from 1.

    The cells, largest first, are dealt out in turn: of every study and size each part gets the
    same number of cells, up to one, so that all parts take about the same time.

    Examples
    --------
    >>> Shard.parse("2/4").journal
    'shard-2-of-4.sqlite'
    """

    index: int
    count: int

    def __post_init__(self) -> None:
        """Validate 1 <= index <= count."""
        check.integer("number of shards", self.count, low=1)
        if not 1 <= check.integer("shard", self.index, low=0) <= self.count:
            raise InputError(f"shard {self.index}/{self.count}: the parts are 1 ... {self.count}")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that ``i/k`` names, or raise `InputError`."""
        found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
        if not found:
            raise InputError(f"a shard reads i/k, such as 1/8 for the first of eight; got {text!r}")
        return cls(index=int(found[1]), count=int(found[2]))

    @property
    def journal(self) -> str:
        """Name of the file that the shard writes to, beside the journal of the whole run."""
        return f"shard-{self.index}-of-{self.count}.sqlite"

    def part(self, plan: Plan) -> Plan:
        """Return the cells of this shard, in canonical order."""
        mine = set(plan.dispatch[self.index - 1 :: self.count])
        return Plan(cells=tuple(cell for cell in plan.cells if cell in mine))

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
