"""Robust accuracy of each classifier under every attack, and under all of them.

Draws ``evaluation_is_honest``: a row for each attack, a mark for each classifier.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ratecheck.assertions import Readings
from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.attacked_models import (
    ADVERSARIAL,
    FROZEN,
    INFINITE,
    MASKED,
    STANDARD,
)
from ratecheck.montecarlo.measurements.honest_evaluation import (
    GROUPS,
    TRANSFER,
    WORST,
    accuracy,
)
from ratecheck.plotting import GREY, Sheet, footnote, legend_above, look, new_figure, save, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VICTIMS = (STANDARD, ADVERSARIAL, FROZEN, INFINITE, MASKED)
FIRST, LAST = ("none", *GROUPS), (TRANSFER, WORST)


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figure."""
    report = stored_report(results, "evaluation_is_honest")
    (study,) = report.suite.studies
    assert isinstance(study, MeasuredStudy)
    readings, size = report.readings(study.name), study.at(report.profile).sizes[-1]
    names = attacks(readings)
    with styled():
        figure, ((axes,),) = new_figure(1, (0.33 * len(names) + 1.2,), width=7.2)
        sheet = Sheet()
        draw_rows(axes, readings, size, names, sheet)
        legend_above(figure, axes, 3)
        footnote(figure, caveat(report))
        return save(figure, output / "evaluation_is_honest", Sheet.COLUMNS, sheet)


def attacks(readings: Readings) -> list[str]:
    """Return the attacks from none to all; those of their own name in between."""
    prefix = accuracy("")
    found = {
        entry.quantity.removeprefix(prefix)
        for entry in readings.entries
        if entry.quantity.startswith(prefix)
    }
    return [*FIRST, *sorted(found - {*FIRST, *LAST}), *LAST]


def draw_rows(axes: Axes, readings: Readings, size: int, names: list[str], sheet: Sheet) -> None:
    """Draw the mean accuracy with its interval: attacks downwards, classifiers side by side."""
    for index, victim in enumerate(VICTIMS):
        found = [of_mean(readings.levels(victim, accuracy(name))[size]) for name in names]
        places = [row + 0.13 * (index - 2) for row in range(len(names))]
        reach = [[i.mean - i.low for i in found], [i.high - i.mean for i in found]]
        style = look(index) | {"linestyle": "none", "label": victim}
        axes.errorbar([i.mean for i in found], places, xerr=reach, elinewidth=0.9, **style)
        axes.axvline(found[-1].mean, color=look(index)["color"], linewidth=0.6, alpha=0.6, zorder=0)
        for name, i in zip(names, found, strict=True):
            sheet.add(name, victim, "robust accuracy", index, i.mean, i.low, i.high)
    for border in (len(FIRST) - 0.5, len(names) - 1.5):
        axes.axhline(border, color=GREY, linewidth=0.6)
    axes.set_yticks(range(len(names)), names)
    axes.set(ylim=(len(names) - 0.4, -0.6), xlabel="accuracy", xlim=(-0.02, 1.02))
