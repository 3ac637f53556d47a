"""Replicates that are copies: the alarm for random streams that cells share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from ratecheck.montecarlo.rows import COLUMNS, Values
from ratecheck.types import Status

Cell: TypeAlias = tuple[object, ...]
Name: TypeAlias = tuple[object, ...]
Place: TypeAlias = dict[Cell, dict[Name, float]]  # values of the cells of one study and size

_AT: Final = {name: index for index, name in enumerate(COLUMNS)}
_NAME: Final = tuple(_AT[name] for name in ("stopping", "risk", "index"))
_STATUS: Final = _AT["status"]
_RANGE = 0.01  # relative range of replicates, below which rounded values agree by chance


def marked(rows: tuple[Values, ...]) -> tuple[Values, ...]:
    """Return the rows, with the status DUPLICATE in those of copied cells.

    Replicates of a random measurement differ. Where all values of two, at one size, agree to the
    last digit, they were made with the same random numbers: their spread says nothing about the
    error. Every copy of an earlier replicate counts as bad. Values that agree by nature do not
    count: numbers of few digits, such as accuracies, and those with a range below 1 %.
    """
    copies = _copies(rows)
    if not copies:
        return rows
    status = Status.DUPLICATE.name
    return tuple(
        (*row[:_STATUS], status, *row[_STATUS + 1 :]) if _cell(row) in copies else row
        for row in rows
    )


def _cell(row: Values) -> Cell:
    return row[_AT["study"]], row[_AT["size"]], row[_AT["replicate"]]


def _copies(rows: tuple[Values, ...]) -> frozenset[Cell]:
    places: dict[Cell, Place] = {}
    for row in rows:
        if isinstance(value := row[_AT["value"]], float):
            cell, name = _cell(row), tuple(row[place] for place in _NAME)
            places.setdefault(cell[:2], {}).setdefault(cell, {})[name] = value
    return frozenset(cell for place in places.values() for cell in _copied(place))


def _copied(place: Place) -> Iterator[Cell]:
    groups: dict[frozenset[tuple[Name, float]], list[Cell]] = {}
    for cell, readings in place.items():
        groups.setdefault(frozenset(readings.items()), []).append(cell)
    for cells in groups.values():
        if len(cells) > 1 and any(_tells(place, name, v) for name, v in place[cells[0]].items()):
            yield from cells[1:]


def _tells(place: Place, name: Name, value: float) -> bool:
    """Whether two replicates that agree in this value must have the same random numbers."""
    if float(f"{value:.4g}") == value:
        return False
    known = [readings[name] for readings in place.values() if name in readings]
    low, high = min(known), max(known)
    return low == high or high - low > _RANGE * max(abs(low), abs(high))
