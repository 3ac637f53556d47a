"""The slope figure: risk against n beside the predicted power, local slopes below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ratecheck.plotting.saving import save
from ratecheck.plotting.sheet import band
from ratecheck.plotting.style import INK, look, new_figure, styled
from ratecheck.slopes import SlopeFit
from ratecheck.types import Array, InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = ("panel", "series", "quantity", "n", "value", "low", "high")
_GAP = 1.9  # the predicted line runs below the data by this factor


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Curve:
    """One series, such as a stopping rule, with its fit."""

    label: str
    fit: SlopeFit


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction:
    """A power of n to draw beside the data."""

    exponent: Fraction
    label: str = ""

    @property
    def text(self) -> str:
        """What stands beside the line."""
        return self.label or f"$n^{{{self.exponent}}}$"


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Panel:
    """Curves that share axes, and what theory predicts for them."""

    curves: Sequence[Curve]
    predictions: Sequence[Prediction] = ()
    title: str = ""
    xlabel: str = "n"
    ylabel: str = "risk"


def slope_figure(panels: Sequence[Panel], path: str | Path, *, title: str = "") -> list[Path]:
    """Draw mean risk (95 % band) against n with predicted powers, local slopes below.

    Parameters
    ----------
    panels : sequence of Panel
        Side by side, in this order.
    path : str or Path
        Where; PDF, SVG, PNG and CSV are written whatever its suffix.
    title : str
        Above all panels.

    Returns
    -------
    list of Path
        The four files.

    Raises
    ------
    InputError
        When there is nothing to draw.
    ResultsError
        When the folder cannot be written.
    """
    if not panels or not all(panel.curves for panel in panels):
        raise InputError("a slope figure needs at least one panel and one curve in each")
    with styled():
        figure, (upper, lower) = new_figure(len(panels), (2.9, 1.7))
        for column, panel in enumerate(panels):
            _draw_risk(upper[column], panel)
            _draw_local(lower[column], panel)
        for axes, text in ((upper[0], panels[0].ylabel), (lower[0], "local slope")):
            axes.set_ylabel(text)
        if title:
            figure.suptitle(title, fontsize=10)
        return save(figure, path, _COLUMNS, _table(panels))


def _draw_risk(axes: Axes, panel: Panel) -> None:
    axes.set(xscale="log", yscale="log", title=panel.title)
    for index, curve in enumerate(panel.curves):
        fit, style = curve.fit, look(index)
        low, high = band(fit)
        axes.fill_between(fit.sizes, low, high, color=style["color"], alpha=0.18, linewidth=0)
        axes.plot(fit.sizes, fit.means, label=_legend(curve), **style)
    for rank, prediction in enumerate(panel.predictions):
        _draw_prediction(axes, panel, prediction, rank)
    _make_room(axes, panel)


def _make_room(axes: Axes, panel: Panel) -> None:
    """Put the legend into the corner that the curves leave free, and widen it a little."""
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top * (top / bottom) ** 0.12)
    falling = panel.curves[0].fit.estimate < 0
    axes.legend(loc="upper right" if falling else "upper left", borderaxespad=0.1)


def _legend(curve: Curve) -> str:
    half = (curve.fit.high - curve.fit.low) / 2
    return f"{curve.label}: {curve.fit.estimate:.3f} ± {half:.3f}"


def _draw_prediction(axes: Axes, panel: Panel, prediction: Prediction, rank: int) -> None:
    sizes, values = _anchored(panel, prediction, rank)
    axes.plot(sizes, values, color=INK, linewidth=1.0, linestyle=(0, (6, 3)))
    middle = len(sizes) // 2
    axes.annotate(
        prediction.text,
        (sizes[middle], values[middle]),
        xytext=(-4, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        color=INK,
    )


def _anchored(panel: Panel, prediction: Prediction, rank: int) -> tuple[Array, Array]:
    """Run through the window of the first fit, below every curve, as long as it is high."""
    window = panel.curves[0].fit.window
    sizes = np.geomspace(window.first, window.last, 21)
    power = sizes ** float(prediction.exponent)
    gaps = [
        np.interp(np.log(sizes), np.log(c.fit.sizes), np.log(c.fit.means)) - np.log(power)
        for c in panel.curves
    ]
    return sizes, np.exp(np.min(gaps)) / _GAP ** (rank + 1) * power


def _draw_local(axes: Axes, panel: Panel) -> None:
    axes.set(xscale="log", xlabel=panel.xlabel)
    for index, curve in enumerate(panel.curves):
        middle, value, low, high = _local(curve.fit)
        style: dict[str, Any] = look(index) | {"linestyle": "none", "markersize": 3.5}
        spread = np.stack([value - low, high - value])
        shift = 1.06 ** (index - (len(panel.curves) - 1) / 2)  # bars side by side
        axes.errorbar(middle * shift, value, yerr=spread, elinewidth=0.8, **style)
    for prediction in panel.predictions:
        axes.axhline(float(prediction.exponent), color=INK, linewidth=1.0, linestyle=(0, (6, 3)))


def _local(fit: SlopeFit) -> tuple[Array, Array, Array, Array]:
    middle = np.sqrt(fit.sizes[1:] * fit.sizes[:-1])
    value, low, high = np.array([(e.value, e.low, e.high) for e in fit.local]).T
    return middle, value, low, high


def _table(panels: Sequence[Panel]) -> Iterator[tuple[object, ...]]:
    for panel in panels:
        for curve in panel.curves:
            risk = (curve.fit.sizes, curve.fit.means, *band(curve.fit))
            for quantity, columns in (("risk", risk), ("local slope", _local(curve.fit))):
                for numbers in np.stack(columns).T.tolist():
                    yield (panel.title, curve.label, quantity, *numbers)
        for rank, prediction in enumerate(panel.predictions):
            sizes, values = _anchored(panel, prediction, rank)
            for n, value in zip(sizes.tolist(), values.tolist(), strict=True):
                yield (panel.title, prediction.text, "prediction", n, value, "", "")
