"""Rules that choose the sizes of a fit; a study states its rule before anybody looks at data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from ratecheck import check
from ratecheck.types import Array, BoolArray, InputError

_SLACK = 1e-9  # so that 1000 counts as three decades above 1


class WindowRule(ABC):
    """Which of the increasing sample sizes enter the fit."""

    __slots__ = ()

    @property
    @abstractmethod
    def text(self) -> str:
        """The rule in words, for the report."""

    @abstractmethod
    def select(self, sizes: Array) -> BoolArray:
        """Mark the entries of the increasing array ``sizes`` (k,) that the rule keeps."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class All(WindowRule):
    """Every size.

    Examples
    --------
    >>> All().text
    'all sizes'
    """

    @property
    def text(self) -> str:
        return "all sizes"

    def select(self, sizes: Array) -> BoolArray:
        return sizes > 0


@final
@dataclass(frozen=True, slots=True)
class From(WindowRule):
    """Sizes n >= ``size``; ``symbol`` is what a size is called in words.

    Examples
    --------
    >>> From(1024).text
    'n >= 1024'
    """

    size: float
    symbol: str = "n"

    def __post_init__(self) -> None:
        check.positive("size", self.size)

    @property
    def text(self) -> str:
        size = f"{self.size:g}" if self.size != int(self.size) else f"{int(self.size)}"
        return f"{self.symbol} >= {size}"

    def select(self, sizes: Array) -> BoolArray:
        return sizes >= self.size * (1 - _SLACK)


@final
@dataclass(frozen=True, slots=True)
class LastDecades(WindowRule):
    """Sizes n >= max(sizes) / 10^``decades``.

    Examples
    --------
    >>> import numpy as np
    >>> LastDecades(2).select(np.array([1.0, 10.0, 100.0, 1000.0])).tolist()
    [False, True, True, True]
    """

    decades: float

    def __post_init__(self) -> None:
        if check.positive("decades", self.decades) > 300:
            raise InputError(f"decades must be at most 300, got {self.decades!r}: use All()")

    @property
    def text(self) -> str:
        return f"last {self.decades:g} decades"

    def select(self, sizes: Array) -> BoolArray:
        first = float(sizes.max()) / 10.0**self.decades
        kept: BoolArray = sizes >= first * (1 - _SLACK)
        return kept
