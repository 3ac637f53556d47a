"""Many polynomials on [0, 1] at once: values, and where they turn."""

from __future__ import annotations

import itertools

import numpy as np

from ratecheck.types import Array

_HALVINGS = 52


def evaluate(coefficients: Array, u: Array) -> Array:
    """Return sum_p c_p u^p for coefficients (P, ...) and u of shape (...), by Horner."""
    total = np.array(np.broadcast_to(coefficients[-1], np.shape(u)))
    for c in coefficients[-2::-1]:
        total *= u
        total += c
    return total


def critical_points(coefficients: Array) -> Array:
    """Return the zeros in (0, 1) at which the derivatives of polynomials (P, n) change sign.

    Shape (P - 2, n): increasing in each column, 0 where there are fewer. From the top derivative
    down, each is monotone between the zeros of the next one: bisection finds every zero.
    """
    derivatives = [coefficients]
    while derivatives[-1].shape[0] > 2:
        powers = np.arange(1, derivatives[-1].shape[0])[:, None]
        derivatives.append(derivatives[-1][1:] * powers)
    zeros = np.zeros((0, coefficients.shape[1]))
    for derivative in derivatives[:0:-1]:
        zeros = _sign_changes(derivative, zeros)
    return zeros


def _sign_changes(polynomial: Array, between: Array) -> Array:
    """Return the sign changes of polynomials monotone between the given points, sorted."""
    count = between.shape[1]
    ends = np.concatenate([np.zeros((1, count)), np.sort(between, axis=0), np.ones((1, count))])
    found = np.zeros((ends.shape[0] - 1, count))
    for row, (low, high) in enumerate(itertools.pairwise(ends)):
        rises = evaluate(polynomial, high)
        change = np.flatnonzero(evaluate(polynomial, low) * rises < 0)
        part, a, b = polynomial[:, change], low[change], high[change]
        up = rises[change] > 0
        for _ in range(_HALVINGS):
            middle = (a + b) / 2
            right = (evaluate(part, middle) > 0) == up
            a, b = np.where(right, a, middle), np.where(right, middle, b)
        found[row, change] = (a + b) / 2
    return np.sort(found, axis=0)
