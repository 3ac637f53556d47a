"""Pictures of a page, as data inside it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final
from xml.etree.ElementTree import ParseError

from ratecheck.report.vectors import smaller
from ratecheck.types import ResultsError

LARGEST: Final = 250_000  # bytes of an SVG in the page; above, the PNG beside it if it is smaller


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that a page shows.

    Attributes
    ----------
    name : str
        Stem of its files.
    source : str
        A ``data:`` address.
    alternative : str
        What the picture shows, in words.
    table : Path or None
        The CSV file with the numbers behind it.
    """

    name: str
    source: str
    alternative: str
    table: Path | None


def picture(stem: Path, alternative: str) -> Picture:
    """Read ``<stem>.svg``, or ``<stem>.png`` where the SVG is large.

    Raises
    ------
    ResultsError
        If there is neither, or they cannot be read.
    """
    table = stem.with_name(stem.name + ".csv")
    return Picture(
        name=stem.name,
        source=_source(stem),
        alternative=alternative,
        table=table if table.is_file() else None,
    )


def _source(stem: Path) -> str:
    vector, raster = stem.with_name(stem.name + ".svg"), stem.with_name(stem.name + ".png")
    try:
        drawn = _address(vector.read_text(encoding="utf-8")) if vector.is_file() else ""
        if drawn and (len(drawn) <= LARGEST or not raster.is_file()):
            return drawn
        dots = "data:image/png;base64," + base64.b64encode(raster.read_bytes()).decode()
    except (OSError, ValueError, ParseError) as error:
        raise ResultsError(f"cannot read the picture {stem}: {error}; draw it again") from error
    return min(filter(None, (drawn, dots)), key=len)


def _address(svg: str) -> str:
    """Return a ``data:`` address; what stands for itself in one is not written otherwise."""
    text = " ".join(smaller(svg).split())
    return "data:image/svg+xml;charset=utf-8," + text.replace("%", "%25").replace("#", "%23")
