r"""Sensitivities of all widths, sample sizes and activations of a sweep from two passes.

Widths are nested in the neurons and sample sizes in the rows of X, and all activations share
X W. The first pass accumulates the kernels, solving whenever a width is complete; the second one
accumulates the gradients at the test points only. What is held is N x N, and one group of neurons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

import numpy as np

from ratecheck import check
from ratecheck.filters import Filter
from ratecheck.numerics.activations import Activation
from ratecheck.random_features.features import Data, Features, Neurons
from ratecheck.random_features.solving import Solution, filtered, minimum_norm
from ratecheck.random_features.weights import Weights, edges_of
from ratecheck.types import Array, InputError, Status

KEPT: Final = 2**28  # bytes of features that are kept for the second pass instead of made again


Group: TypeAlias = tuple[int, Neurons, list[Array]]  # neurons so far, the group, its features
Solutions: TypeAlias = dict[tuple[int, int, int], Solution]  # by activation, sample size, width


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Sweep:
    """What a sweep found; A activations, S sample sizes, K widths, T fits, m test points.

    Attributes
    ----------
    values : ndarray, shape (A, S, K, T, m)
        ||z|| ||grad f(z)||.
    solutions : dict
        Coefficients, condition number, rank and status by (activation, sample size, width).
    """

    values: Array
    solutions: Solutions

    @property
    def conditions(self) -> Array:
        """Condition numbers of the kernel matrices, shape (A, S, K)."""
        out = np.empty(self.values.shape[:3])
        for index, solution in self.solutions.items():
            out[index] = solution.condition
        return out

    @property
    def status(self) -> Status:
        """CONVERGED if every fit did, else the first status that is not good."""
        found = (solution.status for solution in self.solutions.values())
        return next((status for status in found if not status.is_good), Status.CONVERGED)


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """A sweep to be made; arrays are taken as checked, and kept outside the object's identity.

    Attributes
    ----------
    features : Features
    activations : tuple of Activation
    data : Data
        X (N, d) and test points z (m, d).
    Y : ndarray, shape (N,)
    weights : Weights
    widths, sizes : tuple of int
        Increasing numbers of neurons, up to ``weights.width``, and of rows of X, up to N.
    rule, times : Filter and ndarray, optional
        Regularised fits instead of the one of minimum norm, see `solving.filtered`.
    """

    features: Features
    activations: tuple[Activation, ...]
    data: Data
    Y: Array
    weights: Weights
    widths: tuple[int, ...]
    sizes: tuple[int, ...]
    rule: Filter | None = None
    times: Array | None = None

    def __post_init__(self) -> None:
        """Check that widths and sizes are increasing and within what there is."""
        for name, values, most in (
            ("widths", self.widths, self.weights.width),
            ("sizes", self.sizes, self.Y.size),
        ):
            for value in values:
                check.integer(name, value, low=1, high=most)
            if not values or list(values) != sorted(set(values)):
                raise InputError(f"{name} must be increasing and not empty, got {values!r}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of activations, sample sizes and widths."""
        return len(self.activations), len(self.sizes), len(self.widths)


def run(task: Task) -> Sweep:
    """Make both passes.

    Raises
    ------
    InputError
        When features overflow.
    """
    groups = _Groups(task=task)
    with np.errstate(over="ignore", invalid="ignore"):  # said by an error instead
        solutions = _solved(task, groups)
        gradients = _gradients(task, groups, solutions)  # (A, S, K, T, m, d)
    for phi, found in zip(task.activations, gradients, strict=True):
        finite(found, phi)
    lengths = np.linalg.norm(task.data.z, axis=1)
    return Sweep(values=np.linalg.norm(gradients, axis=-1) * lengths, solutions=solutions)


@final
@dataclass(kw_only=True, eq=False, slots=True)
class _Groups:
    """The groups of neurons of a task; kept for the second pass if they fit into `KEPT`."""

    task: Task
    kept: list[Group] = field(default_factory=list)

    def __iter__(self) -> Iterator[Group]:
        if self.kept:
            yield from self.kept
            return
        keep = self._bytes() <= KEPT
        for group in self._made():
            if keep:
                self.kept.append(group)
            yield group

    def _made(self) -> Iterator[Group]:
        task, edges = self.task, edges_of(self.task.widths)
        for stop, weights in zip(edges[1:], task.weights.groups(edges), strict=True):
            neurons = Neurons(weights=weights, at_test=_probed(weights, task.data.z))
            at_data, order = task.data.X @ weights, task.features.order
            yield stop, neurons, [phi.derivatives[order](at_data) for phi in task.activations]

    def _bytes(self) -> int:
        rows = self.task.Y.size * len(self.task.activations) + self.task.weights.dimension
        return 8 * self.task.widths[-1] * rows

    def forward(self, c: Array, a: int, width: int) -> Array:
        """Return Phi (Phi^T c) through the features of the first neurons."""
        X, features, total = self.task.data.X[: c.size], self.task.features, np.zeros(c.size)
        for stop, _, values in self.kept:
            if stop <= width:
                part = values[a][: c.size]
                total += features.fitted(part, X, features.theta(part, X, c))
        return total


def _probed(weights: Array, z: Array) -> Array:
    """Return <w, z>; an entry of W that is not finite shows here, at no cost."""
    found = np.asarray(z @ weights)
    if not np.isfinite(found).all():
        check.finite("W", weights)
    return found


def _solved(task: Task, groups: _Groups) -> Solutions:
    """First pass: accumulate the kernels, and solve at every width and sample size."""
    moments = [np.zeros((task.Y.size, task.Y.size)) for _ in task.activations]
    found: Solutions = {}
    for stop, _, values in groups:
        for a, value in enumerate(values):
            moments[a] += value @ value.T
            if stop in task.widths:
                K = finite(task.features.kernel(moments[a], task.data), task.activations[a])
                for s, size in enumerate(task.sizes):
                    place = a, s, task.widths.index(stop)
                    found[place] = _solve(task, groups, K[:size, :size], place)
    return found


def _solve(task: Task, groups: _Groups, K: Array, place: tuple[int, int, int]) -> Solution:
    Y, width = task.Y[: len(K)], task.widths[place[2]]
    if task.rule is not None and task.times is not None:
        return filtered(K, Y, float(width), task.rule, task.times)

    def forward(c: Array) -> Array:
        return groups.forward(c, place[0], width)

    return minimum_norm(K, Y, forward if groups.kept else None)


def _gradients(task: Task, groups: _Groups, solutions: Solutions) -> Array:
    """Second pass: the gradients at the test points, shape (A, S, K, T, m, d)."""
    C = _padded(task, solutions)  # (A, N, S, K, T)
    total = np.zeros((len(C), *C.shape[2:], *task.data.z.shape))
    for stop, neurons, values in groups:
        first = sum(width < stop for width in task.widths)  # smaller widths lack this group
        for a, phi in enumerate(task.activations):
            wide = C[a][:, :, first:]
            flat = wide.reshape(len(wide), -1)
            part = task.features.gradients(phi, neurons, values[a], task.data, flat)
            total[a][:, first:] += part.reshape(*wide.shape[1:], *task.data.z.shape)
    return total


def _padded(task: Task, solutions: Solutions) -> Array:
    """Return all coefficients, zero beyond each sample size, shape (A, N, S, K, T)."""
    fits = solutions[0, 0, 0].coefficients.shape[1]
    out = np.zeros((task.shape[0], task.Y.size, *task.shape[1:], fits))
    for (a, s, k), solution in solutions.items():
        out[a, : task.sizes[s], s, k] = solution.coefficients
    return out


def finite(array: Array, phi: Activation) -> Array:
    """Return the array, or raise `InputError` if an activation overflowed in it."""
    if not np.isfinite(array).all():
        raise InputError(f"the features of {phi.name!r} overflow at these data: scale them down")
    return array
