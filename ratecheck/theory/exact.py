"""Reading exact numbers from what users write: ints, fractions, short floats, text."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from numbers import Integral
from typing import TypeAlias

from ratecheck.types import InputError

Exact: TypeAlias = int | float | Fraction | str

LONGEST = 1000  # largest denominator that a float may stand for
_FORMS = "an integer, a Fraction, text such as '3/2', or a float such as 1.5"


def fraction(name: str, value: object) -> Fraction:
    """Return ``value`` as a Fraction, or raise `InputError` that says what may be written.

    A float stands for the fraction with denominator <= 1000 that rounds to it; one that is
    nearest to no such fraction (0.333, say, is 333/1000, but 1/3 + 1e-9 is refused) is an error.

    Examples
    --------
    >>> fraction("s", "3/2"), fraction("s", 0.75), fraction("s", 2)
    (Fraction(3, 2), Fraction(3, 4), Fraction(2, 1))
    """
    if isinstance(value, bool) or not isinstance(value, Integral | float | Fraction | str):
        raise InputError(f"{name} must be {_FORMS}; got {value!r}")
    if isinstance(value, float):
        return _of_float(name, value)
    try:
        return Fraction(value if isinstance(value, str | Fraction) else int(value))
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name} must be {_FORMS}; got {value!r}") from None


def dimension(value: object, name: str = "d") -> int:
    """Return ``value`` if it is an integer >= 1, or raise `InputError`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise InputError(f"{name} must be an integer >= 1, got {value!r}")
    return int(value)


def above_half_dimension(name: str, value: object, d: object) -> Fraction:
    """Return ``value`` as a Fraction > d/2, or raise `InputError`.

    Below d/2 functions of the Sobolev class need not be continuous, so that a value at a point
    (a sample, an attack) has no meaning.
    """
    result, half = fraction(name, value), Fraction(dimension(d), 2)
    if result <= half:
        raise InputError(
            f"{name} must exceed d/2 = {half} (continuous functions), got {value!r}: "
            f"raise {name} or lower d"
        )
    return result


def _of_float(name: str, value: float) -> Fraction:
    if not isfinite(value):
        raise InputError(f"{name} must be finite, got {value!r}")
    short = Fraction(value).limit_denominator(LONGEST)
    if float(short) != value:
        raise InputError(
            f"{name} = {value!r} is not a fraction with denominator <= {LONGEST}: "
            f"write it exactly, such as '{short}'"
        )
    return short
