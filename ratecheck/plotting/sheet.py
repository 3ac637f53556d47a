"""The numbers behind a picture, collected while it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

import numpy as np

from ratecheck.slopes import SlopeFit
from ratecheck.types import Array

_NORMAL_95: Final = 1.959963984540054

Line: TypeAlias = tuple[str, str, str, float, float, float | str, float | str]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """Rows of the CSV file beside a picture: one for each mark drawn.

    Examples
    --------
    >>> sheet = Sheet()
    >>> sheet.add("s = 1", "Lepski", "slope", 0.5, -0.66, -0.67, -0.65)
    >>> list(sheet)
    [('s = 1', 'Lepski', 'slope', 0.5, -0.66, -0.67, -0.65)]
    """

    COLUMNS = ("panel", "series", "quantity", "x", "value", "low", "high")
    rows: list[Line] = field(default_factory=list)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.rows)

    def add(
        self,
        panel: str,
        series: str,
        quantity: str,
        x: float,
        value: float,
        low: float | str = "",
        high: float | str = "",
    ) -> None:
        """Write down one mark; a line of theory has no interval."""
        self.rows.append((panel, series, quantity, x, value, low, high))

    def add_curve(self, panel: str, series: str, quantity: str, fit: SlopeFit) -> None:
        """Write down the means of a fit with their bands."""
        low, high = band(fit)
        for row in np.stack([fit.sizes, fit.means, low, high]).T.tolist():
            self.add(panel, series, quantity, *row)

    def add_slope(self, panel: str, series: str, x: float, fit: SlopeFit) -> None:
        """Write down a slope with its interval."""
        self.add(panel, series, "slope", x, fit.estimate, fit.low, fit.high)


def band(fit: SlopeFit) -> tuple[Array, Array]:
    """Return the ends (k,), (k,) of the pointwise 95 % band of the means of a fit."""
    factor = np.exp(_NORMAL_95 * fit.errors)
    return fit.means / factor, fit.means * factor
