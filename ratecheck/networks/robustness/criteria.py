"""What attacks raise: functions of scores (n, C) and labels (n,), with gradients in the scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from ratecheck.types import Array, InputError, IntArray

Criterion = Callable[[Array, IntArray], tuple[Array, Array]]


def margins(scores: Array, labels: IntArray) -> Array:
    """Return f_y - max over c != y of f_c, shape (n,): a point is wrong where it is <= 0."""
    own, rival = _own_and_rival(scores, labels)
    rows = np.arange(len(scores))
    return np.asarray(scores[rows, own] - scores[rows, rival])


def margin(scores: Array, labels: IntArray) -> tuple[Array, Array]:
    """Return minus the margin, and its gradient."""
    own, rival = _own_and_rival(scores, labels)
    rows, slope = np.arange(len(scores)), np.zeros_like(scores)
    slope[rows, own], slope[rows, rival] = -1.0, 1.0
    return scores[rows, rival] - scores[rows, own], slope


def cross_entropy(scores: Array, labels: IntArray) -> tuple[Array, Array]:
    """Return -log softmax(f)_y, and its gradient."""
    rows = np.arange(len(scores))
    shifted = scores - scores.max(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    slope = np.exp(shifted) / total
    slope[rows, labels] -= 1.0
    return np.log(total[:, 0]) - shifted[rows, labels], slope


def difference_of_logits(scores: Array, labels: IntArray) -> tuple[Array, Array]:
    """Return -(f_y - max_{c != y} f_c) / (f_1 - f_3), f_1 >= f_2 >= ... sorted, and its gradient.

    The DLR loss of Croce and Hein 2020: it does not change under a f + b, where cross-entropy has
    vanishing gradients for large a. Needs three classes.
    """
    if scores.shape[1] < 3:
        raise InputError("criterion 'dlr' needs at least 3 classes: take 'margin'")
    order, rows = np.argsort(scores, axis=1), np.arange(len(scores))
    first, third = order[:, -1], order[:, -3]
    width = np.maximum(scores[rows, first] - scores[rows, third], 1e-12)
    top, slope = margin(scores, labels)
    spread = np.zeros_like(scores)
    spread[rows, first], spread[rows, third] = 1.0, -1.0
    return top / width, (slope - (top / width)[:, None] * spread) / width[:, None]


CRITERIA: Final[dict[str, Criterion]] = {
    "cross_entropy": cross_entropy,
    "margin": margin,
    "dlr": difference_of_logits,
}


def _own_and_rival(scores: Array, labels: IntArray) -> tuple[IntArray, IntArray]:
    others = scores.copy()
    others[np.arange(len(scores)), labels] = -np.inf
    return labels, np.argmax(others, axis=1)
