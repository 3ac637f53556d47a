"""Checks of user input: every message names the value and what is allowed."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection
from fractions import Fraction
from typing import Any, Final

import numpy as np

from ratecheck.types import Array, InputError

_LONGEST: Final = 200  # characters of a value that an error quotes in full
_SHORT: Final = 32


def number(name: str, value: Any) -> float:
    """Return ``value`` as a finite float, or raise `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | np.number):
        raise InputError(f"{name} must be a number, got {shown(value)}")
    try:
        result = float(value)
    except (OverflowError, TypeError):  # an int above 1.8e308; a complex number of numpy
        raise InputError(
            f"{name} must be a real number in double precision, got {shown(value)}"
        ) from None
    if not math.isfinite(result):
        raise InputError(f"{name} must be finite, got {shown(value)}")
    return result


def positive(name: str, value: Any) -> float:
    """Return ``value`` as a float > 0, or raise `InputError`."""
    if (result := number(name, value)) <= 0:
        raise InputError(f"{name} must be positive, got {value!r}")
    return result


def nonnegative(name: str, value: Any) -> float:
    """Return ``value`` as a float >= 0, or raise `InputError`."""
    if (result := number(name, value)) < 0:
        raise InputError(f"{name} must not be negative, got {value!r}")
    return result


def integer(name: str, value: Any, *, low: int, high: int | None = None) -> int:
    """Return ``value`` as an int in [low, high], or raise `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(f"{name} must be an integer, got {shown(value)}")
    if value < low or (high is not None and value > high):
        allowed = f"at least {low}" if high is None else f"between {low} and {high}"
        raise InputError(f"{name} must be {allowed}, got {shown(value)}")
    return int(value)


def choice(name: str, value: Any, allowed: Collection[Any]) -> Any:
    """Return ``value`` if it is one of ``allowed``, or raise `InputError` that lists them."""
    if not any(value is known for known in allowed) and not _among(value, allowed):
        near = difflib.get_close_matches(value, map(str, allowed), 1) if _is_text(value) else []
        meant = f", did you mean {near[0]}?" if near else ""
        known = ", ".join(map(str, allowed))
        raise InputError(f"{name} must be one of {known}; got {shown(value)}{meant}")
    return value


def shown(value: Any) -> str:
    """Return a value as an error quotes it: briefly.

    Examples
    --------
    >>> shown("x" * 1000), shown(10**5000)
    ("'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...", 'an integer of 16610 bits')
    """
    if isinstance(value, np.ndarray) and value.size > 4:
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"  # python refuses to print longer ones
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_SHORT]}..."


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _among(value: Any, allowed: Collection[Any]) -> bool:
    """Whether a value equals an allowed one; what has no plain equality, as an array, does not."""
    try:
        return value in allowed
    except (TypeError, ValueError):
        return False


def points(name: str, X: Any, *, dimension: int | None = None) -> Array:
    """Return ``X`` as a finite float64 array of shape (n, d), n >= 1, or raise `InputError`."""
    array = _real(name, X)
    if array.ndim != 2 or array.shape[0] < 1 or array.shape[1] < 1:
        raise InputError(f"{name} must have shape (n, d) with n, d >= 1, got shape {array.shape}")
    if dimension is not None and array.shape[1] != dimension:
        raise InputError(f"{name} must have {dimension} columns, got shape {array.shape}")
    return finite(name, array)


def values(name: str, y: Any, *, length: int | None = None) -> Array:
    """Return ``y`` as a finite float64 array of shape (n,), or raise `InputError`."""
    array = _real(name, y)
    if array.ndim != 1 or array.size < 1:
        raise InputError(f"{name} must have shape (n,) with n >= 1, got shape {array.shape}")
    if length is not None and array.size != length:
        raise InputError(f"{name} must have {length} entries, got {array.size}")
    return finite(name, array)


def _real(name: str, values: Any) -> Array:
    """Return numbers as a float64 array; texts, dates, complex numbers, ragged lists are refused.

    Objects that know how to become an array (data frames, memory views) are welcome.
    """
    if hasattr(values, "toarray"):
        raise InputError(f"{name} must be a dense array: pass {name}.toarray() if it fits memory")
    try:
        array = np.asarray(values)
        if array.dtype.kind in "biuf" or array.size == 0:
            return np.asarray(array, dtype=np.float64)
        if array.dtype.kind == "O":  # numbers of mixed kinds, as fractions; None would become nan
            return np.array([number(name, v) for v in array.flat]).reshape(array.shape)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"{name} must be an array of real numbers: {error}") from error
    raise InputError(f"{name} must be an array of real numbers, got type {array.dtype}")


def times(name: str, t: Any) -> Array:
    """Return ``t`` as a strictly increasing positive grid of shape (T,), or raise `InputError`."""
    array = values(name, t)
    if array[0] <= 0 or np.any(np.diff(array) <= 0):
        raise InputError(f"{name} must be positive and strictly increasing, got {shown(t)}")
    return array


def finite(name: str, array: Array) -> Array:
    """Return ``array`` if all its entries are finite, or raise `InputError`."""
    if not np.isfinite(array).all():
        bad = int(np.flatnonzero(~np.isfinite(array))[0])
        raise InputError(f"{name} must be finite, but entry {bad} (flattened) is {array.flat[bad]}")
    return array
