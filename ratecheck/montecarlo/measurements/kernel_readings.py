"""Readings about kernel matrices: how far apart they are, how rich, how close to the labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from ratecheck.montecarlo.measured import Reading
from ratecheck.types import Array, IntArray

MATRIX: Final = "distance of checkpoints"
CENTRED: Final = ", kernels centred"
"""Ends the name of a distance of kernels with the means of rows and columns taken out."""

VIEWS: Final = ("", CENTRED)
PICTURE: Final = "sum of images weighted by eigenvectors"
ALIGNMENT: Final = "alignment with the labels"
SPECIALISATION: Final = "specialisation to the own class"
EXPLAINED: Final = "label variance in the top ten eigenvectors"
RANKS: Final = {name: f"effective rank ({name})" for name in ("entropy", "trace", "participation")}
_TOP = 10


def seen(kernel: Array, view: str) -> Array:
    """Return a kernel (m, m) as it is, or centred, for a view of `VIEWS`."""
    if not view:
        return kernel
    centred = kernel - kernel.mean(axis=0)
    centred -= centred.mean(axis=1, keepdims=True)
    return np.asarray(0.5 * (centred + centred.T))


def distance_matrix(
    series: str, rows: Sequence[Array], columns: Sequence[Array], view: str = ""
) -> list[Reading]:
    """Return S of every pair of kernels; the index counts pairs row by row."""
    from ratecheck.networks import kernel_distance

    first, second = ([seen(K, view) for K in some] for some in (rows, columns))
    values = [kernel_distance(K, L) for K in first for L in second]
    return [
        Reading(series=series, quantity=MATRIX + view, value=value, index=index)
        for index, value in enumerate(values)
    ]


def richness(
    series: str, times: Sequence[float], kernels: Sequence[Array], labels: IntArray
) -> Iterator[Reading]:
    """Yield ranks, alignment and specialisation of kernels (C, m, m) of each output over time."""
    from ratecheck.networks import alignment, effective_rank, specialisation

    for index, (time, each) in enumerate(zip(times, kernels, strict=True)):
        mean = each.mean(axis=0)
        found = {label: effective_rank(mean, name) for name, label in RANKS.items()}
        found[ALIGNMENT] = alignment(mean, labels)
        found[SPECIALISATION] = float(np.trace(specialisation(each, labels))) / len(each)
        found[EXPLAINED] = explained(mean, labels)
        for quantity, value in found.items():
            yield Reading(series=series, quantity=quantity, value=value, time=time, index=index)


def explained(kernel: Array, labels: IntArray) -> float:
    """Return the share of the variance of the one-hot labels in the span of top eigenvectors.

    Eigenvectors of the kernel with means of rows and columns taken out.
    """
    from ratecheck.networks import eigenvectors, one_hot

    targets = one_hot(labels, int(labels.max()) + 1)
    targets -= targets.mean(axis=0)
    top = eigenvectors(seen(kernel, CENTRED), min(_TOP, len(kernel)))[1]
    return float(np.sum((top.T @ targets) ** 2) / np.sum(targets**2))


def pictures(series: str, kernel: Array, X: Array, count: int) -> Iterator[Reading]:
    """Yield the pixels of sum_i v_i x_i for the top eigenvectors v of a kernel on the rows of X."""
    from ratecheck.networks import eigenvectors

    images = eigenvectors(kernel, count)[1].T @ X
    for index, value in enumerate(images.ravel()):
        yield Reading(series=series, quantity=PICTURE, value=float(value), index=index)
