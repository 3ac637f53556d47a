"""Path data of an SVG, shorter: relative commands, and as many decimals as can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_STEP: Final = re.compile(r"([MLQCZz])([^MLQCZz]*)")
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_OTHER: Final = re.compile(r"[^MLQCZz\s\d.eE+,-]")


def shorter(data: str, decimals: int = 2) -> str:
    """Return path data with relative commands and rounded points.

    Every point is rounded by itself, so errors do not add up: each coordinate lies within half a
    unit of the last decimal of its old value.

    Parameters
    ----------
    data : str
        The commands M, L, Q, C, Z with absolute points; anything else comes back as it is.
    decimals : int
        Two of a point (1/72 inch) are 4 micrometres. Below zero, points are told in units of
        ``10^-decimals``, whole ones.

    Examples
    --------
    >>> shorter("M 10.004 20 L 12.25 20.5 L 12.25 19 z")
    'm10 20 2.25.5 0-1.5z'
    """
    if _OTHER.search(data):
        return data
    parts: list[str] = []
    repeated = ""  # the letter that may be left out: a moveto is followed by linetos
    for letter, steps in _relative(data, 10.0**decimals):
        told = packed(value / 10 ** max(decimals, 0) for value in steps)
        gap = "" if told.startswith("-") else " "
        parts.append(gap + told if told and letter == repeated else letter + told)
        repeated = "l" if letter == "m" else letter
    return "".join(parts)


def _relative(data: str, scale: float) -> Iterator[tuple[str, list[int]]]:
    """Yield each command in small letters, its points as steps from the end of the last one."""
    x = y = 0
    start = (0, 0)
    for letter, numbers in _STEP.findall(data):
        values = [round(float(text) * scale) for text in _NUMBER.findall(numbers)]
        steps = [value - (y if index % 2 else x) for index, value in enumerate(values)]
        yield letter.lower(), steps
        x, y = values[-2:] if values else start
        start = (x, y) if letter == "M" else start


def packed(values: Iterable[float]) -> str:
    """Return numbers one after the other, with a blank only where it is needed.

    Examples
    --------
    >>> packed([1.0, -2.5, 0.25, 0.5])
    '1-2.5.25.5'
    """
    text, last = "", "."
    for value in values:
        word = number(value)
        joined = not text or word[0] == "-" or (word[0] == "." and "." in last)
        text, last = text + ("" if joined else " ") + word, word
    return text


def number(value: float, decimals: int = 6) -> str:
    """Return a number without the characters that can be left out.

    Examples
    --------
    >>> number(-0.50), number(3.0), number(-0.0)
    ('-.5', '3', '0')
    """
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if digits in {"", "0"}:
        return "0"
    return sign + (digits[1:] if digits.startswith("0.") else digits)
