"""Designs as given: points that coincide, points where every function of the space vanishes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ratecheck.charts import turns
from ratecheck.kernels import Kernel, PeriodicSobolev, Scaled
from ratecheck.types import Array, BoolArray, InputError, IntArray

_ROUNDING = 1e-12  # of the largest |y|: responses closer than this agree


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Design:
    """The distinct points of a design.

    Attributes
    ----------
    X : ndarray, shape (n, d)
        As given.
    kept : ndarray, shape (k,)
        Rows of X, increasing, that hold different points with K(x, x) > 0.
    group : ndarray, shape (n,)
        Place in ``kept`` of the point that a row coincides with; -1 where K(x, x) = 0.
    """

    X: Array
    kept: IntArray
    group: IntArray

    @staticmethod
    def of(kernel: Kernel, X: Array) -> Design:
        """Find the points that coincide (modulo 1 for periodic kernels) and those that are null."""
        base = kernel.kernel if isinstance(kernel, Scaled) else kernel
        key = turns(X) if isinstance(base, PeriodicSobolev) else X
        order = _order(key)
        new = np.ones(order.size, dtype=bool)
        new[1:] = (key[order[1:]] != key[order[:-1]]).any(axis=1)
        first = np.minimum.reduceat(order, np.flatnonzero(new))
        alive = kernel.diagonal(X[first]) > 0
        kept = np.sort(first[alive])
        place = np.full(order.size, -1)
        place[kept] = np.arange(kept.size)
        group = np.empty(order.size, dtype=np.int64)
        group[order] = place[first[np.cumsum(new) - 1]]
        return Design(X=X, kept=kept, group=group)

    def reduce(self, y: Array) -> Array:
        """Return the responses (k,) of the distinct points.

        Raises
        ------
        InputError
            If responses at one point differ, or one is not zero where every function of the
            kernel's space is: no function of the space interpolates them.
        """
        values = np.append(y[self.kept], 0.0)[self.group]
        wrong = np.abs(y - values) > _ROUNDING * np.abs(y).max()
        if wrong.any():
            raise InputError(self._refusal(y, wrong))
        return y[self.kept]

    def _refusal(self, y: Array, wrong: BoolArray) -> str:
        row = int(np.flatnonzero(wrong)[0])
        x, group = self.X[row].tolist(), int(self.group[row])
        if group < 0:
            return (
                f"y[{row}] = {y[row]:g}, but every function of the kernel's space vanishes at "
                f"x = {x}, where K(x, x) = 0: leave the point out, or add a constant to the kernel"
            )
        other = int(self.kept[group])
        return (
            f"rows {other} and {row} are the same point {x} with responses {y[other]:g} and "
            f"{y[row]:g}: no function interpolates both; average them first"
        )

    def expand(self, weights: Array) -> Array:
        """Return weights (n,): a repeated point carries its weight once, null points none."""
        out = np.zeros(self.X.shape[0])
        out[self.kept] = weights
        return out


def _order(key: Array) -> IntArray:
    """Return an order that sorts the rows."""
    return increasing(key[:, 0]) if key.shape[1] == 1 else np.asarray(np.lexsort(key.T[::-1]))


def increasing(x: Array) -> IntArray:
    """Return an order that sorts x (n,); nothing is sorted where x is in order."""
    if np.all(x[1:] >= x[:-1]):
        return np.arange(x.size)
    return np.argsort(x)
