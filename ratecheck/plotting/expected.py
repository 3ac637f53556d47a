"""Slopes beside what was expected of them: the exponent, its margin, the claim to be refuted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from ratecheck.plotting.marks import THEORY, WRONG
from ratecheck.plotting.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMES = ("predicted", "margin", "wrong claim: smoothness s + 1/2")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """An exponent, the margin of its zone of equivalence, and a wrong exponent."""

    exponent: float
    margin: float
    wrong: float


def draw_expected(
    axes: Axes,
    place: tuple[float, float],
    expected: Expected,
    sheet: Sheet,
    panel: str,
    *,
    named: bool = False,
) -> None:
    """Draw an expectation behind the slopes between two abscissae.

    Parameters
    ----------
    axes : Axes
    place : (float, float)
        Left and right end.
    expected : Expected
    sheet : Sheet
        Gets the numbers.
    panel : str
        Their name in the sheet.
    named : bool
        Whether the lines enter the legend.
    """
    right, margin = expected.exponent, expected.margin
    names = _NAMES if named else (None,) * 3
    axes.plot(place, [right] * 2, **(THEORY | {"linestyle": "-", "label": names[0], "zorder": 1}))
    axes.fill_between(
        place, right - margin, right + margin,
        color="#E4E4E4", linewidth=0, label=names[1], zorder=0,
    )  # fmt: skip
    axes.plot(place, [expected.wrong] * 2, **(WRONG | {"label": names[2], "zorder": 1}))
    middle = (place[0] + place[1]) / 2
    sheet.add(panel, "theory", "slope", middle, right, right - margin, right + margin)
    sheet.add(panel, "wrong claim", "slope", middle, expected.wrong)
