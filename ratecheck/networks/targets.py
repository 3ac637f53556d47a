"""Labels and values as rows of targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from ratecheck import check
from ratecheck.types import Array, InputError


def one_hot(labels: Any, classes: int, *, low: float = 0.0) -> Array:  # noqa: ANN401 - checked
    """Return the targets (n, classes) of integer labels: 1 in the label's column, else ``low``.

    Raises
    ------
    InputError
        If a label is no integer in [0, classes).
    """
    array = np.asarray(labels)
    if array.ndim != 1 or array.size < 1 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(f"labels must be integers of shape (n,), got {array.dtype} {array.shape}")
    if array.min() < 0 or array.max() >= classes:
        span = f"{array.min()} ... {array.max()}"
        raise InputError(f"labels must lie in 0 ... {classes - 1} (the outputs), got {span}")
    targets = np.full((array.size, classes), float(low))
    targets[np.arange(array.size), array] = 1.0
    return targets


def targets_of(y: Any, scores: int, points: int) -> Array:  # noqa: ANN401 - checked
    """Return the targets (points, scores) of labels (n,), values (n,) or a matrix (n, scores).

    A vector holds labels where there are at least two scores, and values where there is one.

    Raises
    ------
    InputError
        Wrong shape, labels out of range, values that are not finite.
    """
    array = np.asarray(y)
    if array.ndim == 1:
        array = one_hot(array, scores) if scores > 1 else array[:, None]
    if array.shape != (points, scores):
        raise InputError(f"y must give {points} rows of {scores} targets, got {array.shape}")
    return check.points("y", array)
