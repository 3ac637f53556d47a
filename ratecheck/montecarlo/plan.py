"""Which cells a suite consists of, and the order in which they are sent out.

The order of dispatch (largest first, so that no worker starts a long cell when the others are
done) never matters for a result: a cell's random numbers depend on its key alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, final

from ratecheck.types import InputError

MOST_CELLS: Final = 5_000_000
"""Cells of a plan; each is an object, so that more would fill the memory before the first."""


class Sized(Protocol):
    """What the plan needs to know of a study."""

    @property
    def name(self) -> str:
        """Name of the study, unique in its suite."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sample sizes, increasing."""

    def replicates_at(self, n: int) -> int:
        """Return the number of replicates at sample size n."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One (study, sample size, replicate): the unit that is computed and journalled.

    Examples
    --------
    >>> Cell(study="torus", size=256, replicate=3).key
    'torus/256/3'
    >>> Cell.parse("torus/256/3").size
    256
    """

    study: str
    size: int
    replicate: int

    @property
    def key(self) -> str:
        """The cell's address, as in ``ratecheck replay KEY``."""
        return f"{self.study}/{self.size}/{self.replicate}"

    @classmethod
    def parse(cls, key: str) -> Cell:
        """Return the cell that a key addresses, or raise `InputError`."""
        study, *numbers = key.rsplit("/", 2)
        if not study or len(numbers) != 2 or not all(map(_is_count, numbers)):
            raise InputError(f"a key reads study/size/replicate, such as torus/256/3; got {key!r}")
        return cls(study=study, size=int(numbers[0]), replicate=int(numbers[1]))


def _is_count(text: str) -> bool:
    """Whether a text is a whole number; Python reads thousands of digits slowly, or not at all."""
    return text.isdecimal() and len(text) < 20


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The cells of some studies, in canonical order: by study, then size, then replicate."""

    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, studies: Iterable[Sized]) -> Plan:
        """Return the plan of the studies.

        Raises
        ------
        InputError
            If two share a name, or there are more cells than a plan can hold.
        """
        by_name: dict[str, Sized] = {}
        for study in studies:
            if by_name.setdefault(study.name, study) is not study:
                raise InputError(f"two studies of one suite are called {study.name!r}: rename one")
        count = sum(s.replicates_at(n) for s in by_name.values() for n in set(s.sizes))
        if count > MOST_CELLS:
            raise InputError(f"{count} cells are more than {MOST_CELLS}: take fewer replicates")
        return cls(
            cells=tuple(
                Cell(study=study.name, size=size, replicate=replicate)
                for study in by_name.values()
                for size in sorted(set(study.sizes))
                for replicate in range(study.replicates_at(size))
            )
        )

    @property
    def dispatch(self) -> tuple[Cell, ...]:
        """The same cells, largest first."""
        return tuple(sorted(self.cells, key=lambda cell: -cell.size))

    def without(self, finished: Mapping[str, object]) -> tuple[Cell, ...]:
        """Return the cells still to be computed, largest first."""
        return tuple(cell for cell in self.dispatch if cell.key not in finished)
