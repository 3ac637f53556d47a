"""The one style: safe for colour-blind readers, readable in grey, the same bytes every time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette without black and yellow, ordered so that neighbours differ in grey.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
INK = "#222222"
GREY = "#767676"  # for what surrounds the data; dark enough to be read
PANEL_WIDTH = 3.6  # inches; two panels fill a text block

RC: dict[str, Any] = {
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 9.5,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same on every machine
    "font.size": 9,
    "grid.alpha": 0.5,
    "grid.color": "#CCCCCC",
    "grid.linewidth": 0.5,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
    "lines.markersize": 4,
    "pdf.fonttype": 42,
    "savefig.dpi": 150,
    "svg.fonttype": "path",
    "svg.hashsalt": "ratecheck",
    "xtick.color": INK,
    "xtick.labelsize": 8,
    "ytick.color": INK,
    "ytick.labelsize": 8,
}


def styled() -> AbstractContextManager[None]:
    """Return a context in which matplotlib uses the style of this package."""
    import matplotlib as mpl

    settings: dict[Any, Any] = dict(mpl.rcParamsDefault)
    return mpl.rc_context(settings | RC | {"backend": "agg"})


def look(index: int) -> dict[str, Any]:
    """Return colour, marker and line style of the series with that number.

    Examples
    --------
    >>> look(0)["marker"], look(6)["marker"]
    ('o', 'o')
    """
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": LINES[index % len(LINES)],
    }


def shades(count: int) -> list[str]:
    """Return colours from dark to light for an ordered quantity, monotone in grey.

    Examples
    --------
    >>> len(shades(5)), shades(5)[0] < shades(5)[-1]
    (5, True)
    """
    import matplotlib as mpl
    from matplotlib.colors import to_hex

    steps = [0.92 * k / max(count - 1, 1) for k in range(count)]
    return [to_hex(mpl.colormaps["viridis"](step)) for step in steps]


# One look for each stopping rule, in every figure; the oracle is the line without marks.
_RULES = ("TheoryTime", "Lepski", "GCV", "HoldOut", "Discrepancy")


def rule_look(rule: str) -> dict[str, Any]:
    """Return the look of a stopping rule, the same in every figure.

    Examples
    --------
    >>> rule_look("Lepski")["marker"], rule_look("Oracle")["marker"]
    ('s', '')
    """
    name = rule.partition("(")[0]
    if name in _RULES:
        return look(_RULES.index(name))
    return {"color": INK, "marker": "", "linestyle": (0, (1, 1))}


def new_figure(
    columns: int,
    heights: tuple[float, ...] = (2.8,),
    *,
    width: float = PANEL_WIDTH,
    share: bool = True,
) -> tuple[Figure, list[list[Axes]]]:
    """Make a grid of axes; call it, and everything drawn on it, inside `styled`.

    Parameters
    ----------
    columns : int
        Panels side by side.
    heights : tuple of float
        Inches of each row.
    width : float
        Inches of each column.
    share : bool
        Whether the axes of one column share their abscissa.

    Returns
    -------
    Figure, list of list of Axes
        The axes by row and column.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * columns, sum(heights)))
    grid = figure.subplots(
        len(heights),
        columns,
        sharex="col" if share else "none",
        squeeze=False,
        gridspec_kw={"height_ratios": heights},
    )
    return figure, [list(row) for row in grid]
