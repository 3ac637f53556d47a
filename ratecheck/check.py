"""Checks of user input: every message names the value and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Collection
from fractions import Fraction
from typing import Any

import numpy as np

from ratecheck.types import Array, InputError


def number(name: str, value: Any) -> float:
    """Return ``value`` as a finite float, or raise `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | np.number):
        raise InputError(f"{name} must be a number, got {value!r}")
    if not math.isfinite(result := float(value)):
        raise InputError(f"{name} must be finite, got {value!r}")
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
        raise InputError(f"{name} must be an integer, got {value!r}")
    if value < low or (high is not None and value > high):
        allowed = f"at least {low}" if high is None else f"between {low} and {high}"
        raise InputError(f"{name} must be {allowed}, got {value!r}")
    return int(value)


def choice(name: str, value: Any, allowed: Collection[Any]) -> Any:
    """Return ``value`` if it is one of ``allowed``, or raise `InputError` that lists them."""
    if value not in allowed:
        raise InputError(f"{name} must be one of {', '.join(map(str, allowed))}; got {value!r}")
    return value


def points(name: str, X: Any, *, dimension: int | None = None) -> Array:
    """Return ``X`` as a finite float64 array of shape (n, d), n >= 1, or raise `InputError`."""
    array = np.asarray(X, dtype=np.float64)
    if array.ndim != 2 or array.shape[0] < 1 or array.shape[1] < 1:
        raise InputError(f"{name} must have shape (n, d) with n, d >= 1, got shape {array.shape}")
    if dimension is not None and array.shape[1] != dimension:
        raise InputError(f"{name} must have {dimension} columns, got shape {array.shape}")
    return finite(name, array)


def values(name: str, y: Any, *, length: int | None = None) -> Array:
    """Return ``y`` as a finite float64 array of shape (n,), or raise `InputError`."""
    array = np.asarray(y, dtype=np.float64)
    if array.ndim != 1 or array.size < 1:
        raise InputError(f"{name} must have shape (n,) with n >= 1, got shape {array.shape}")
    if length is not None and array.size != length:
        raise InputError(f"{name} must have {length} entries, got {array.size}")
    return finite(name, array)


def times(name: str, t: Any) -> Array:
    """Return ``t`` as a strictly increasing positive grid of shape (T,), or raise `InputError`."""
    array = values(name, t)
    if array[0] <= 0 or np.any(np.diff(array) <= 0):
        raise InputError(f"{name} must be positive and strictly increasing, got {t!r}")
    return array


def finite(name: str, array: Array) -> Array:
    """Return ``array`` if all its entries are finite, or raise `InputError`."""
    if not np.isfinite(array).all():
        bad = int(np.flatnonzero(~np.isfinite(array))[0])
        raise InputError(f"{name} must be finite, but entry {bad} (flattened) is {array.flat[bad]}")
    return array
