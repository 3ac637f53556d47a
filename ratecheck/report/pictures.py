"""Pictures of a page, as data inside it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final
from urllib.parse import quote

from ratecheck.types import ResultsError

LARGEST: Final = 250_000  # bytes of an SVG in the page; above, the PNG beside it if it is smaller
_SAFE: Final = " =:/;,()+-.'!*@$&?|[]{}~^_"
_DROPPED: Final = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")


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
    except (OSError, ValueError) as error:
        raise ResultsError(f"cannot read the picture {stem}: {error}; draw it again") from error
    return min(filter(None, (drawn, dots)), key=len)


def _address(svg: str) -> str:
    return "data:image/svg+xml," + quote(smaller(svg), safe=_SAFE)


def smaller(svg: str) -> str:
    """Return an SVG without comments and metadata, with fewer digits.

    Two decimals of a point are 4 micrometres; numbers below one may be scales of letters, which
    need their digits.

    Examples
    --------
    >>> smaller('<?xml version="1.0"?><svg><!-- x --><path d="M 1.23456 -2.5"/></svg>')
    "<svg><path d='M 1.23 -2.5'/></svg>"
    """
    bare = _DROPPED.sub("", svg)
    rounded = _LONG_NUMBER.sub(_rounded, bare)
    return " ".join(rounded.replace('"', "'").split())


def _rounded(found: re.Match[str]) -> str:
    value = float(found[0])
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.6f}".rstrip("0").rstrip(".")
