"""The page as text."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratecheck._version import __version__
from ratecheck.report.claims import by_claim
from ratecheck.report.sections import Entry, Section
from ratecheck.types import Outcome

if TYPE_CHECKING:
    from markupsafe import Markup

_TEMPLATES: Final = Path(__file__).parent / "templates"
_SHOWN: Final = 24  # claims of a study, above which their table is closed, and not printed
_MARKS: Final = {"as expected": "✓", "not as expected": "✗", "open": "?"}
_CLASSES: Final = {"as expected": "good", "not as expected": "bad", "open": "open"}


def page(
    sections: Sequence[Section], folder: Path, *, title: str = "Verdicts on convergence rates"
) -> str:
    """Return the page.

    Parameters
    ----------
    sections : sequence of Section
        In the order in which they are shown.
    folder : Path
        Where the page will lie: links to CSV files are relative to it.
    title : str

    Returns
    -------
    str
        HTML with styles and pictures inside; nothing is loaded from elsewhere.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["standing"] = standing
    environment.filters["summed"] = summed
    environment.filters["relative"] = lambda path: _relative(path, folder)
    environment.filters["quoted"] = quoted
    environment.filters["breakable"] = breakable
    return environment.get_template("page.html.j2").render(
        sections=sections, claims=by_claim(sections), title=title, version=__version__,
        marks=_MARKS, classes=_CLASSES, shown=_SHOWN,
        style=(_TEMPLATES / "style.css").read_text(encoding="utf-8"),
    )  # fmt: skip


def standing(entry: Entry) -> str:
    """Return whether a verdict is the one expected of a claim, or of a control.

    Examples
    --------
    >>> standing({"verdict": "REFUTED", "expected": "REFUTED"})
    'as expected'
    >>> standing({"verdict": "INCONCLUSIVE", "expected": "REFUTED"})
    'open'
    """
    if entry["verdict"] == entry["expected"]:
        return "as expected"
    return "open" if entry["verdict"] == Outcome.INCONCLUSIVE.value else "not as expected"


def summed(entries: Iterable[Entry], control: bool) -> str:
    """Return how often each word was said of the claims, or of the controls.

    Examples
    --------
    >>> summed([{"verdict": "REFUTED", "control": True}], True)
    '1 of 1 REFUTED'
    """
    own = [str(entry["verdict"]) for entry in entries if bool(entry["control"]) is control]
    counts = Counter(own).most_common()
    return ", ".join(f"{count} of {len(own)} {word}" for word, count in counts) or "none"


def quoted(text: str) -> Markup:
    """Return a text for between double quotes, where < and > need not be written otherwise."""
    from markupsafe import Markup

    return Markup(text.replace("&", "&amp;").replace('"', "&quot;"))


def breakable(name: str) -> Markup:
    """Return a name that may be broken behind an underscore.

    Examples
    --------
    >>> str(breakable("torus_rate"))
    'torus_<wbr>rate'
    """
    from markupsafe import Markup, escape

    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
