"""From data sets to problems: scaling by the training part, pairs of classes, splits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np
from numpy.typing import NDArray

from ratecheck import check
from ratecheck.datasets.base import UNBOXED, Dataset, digest
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Scaling:
    """An affine map of each feature, learnt from one data set and applied to others.

    Attributes
    ----------
    mean, scale : ndarray, shape (d,)
        The map is (x - mean) / scale; features without spread keep their scale.
    """

    mean: Array
    scale: Array

    def __call__(self, X: Array) -> Array:
        """Return the scaled points, shape (n, d)."""
        X = check.points("X", X, dimension=self.mean.size)
        return np.asarray((X - self.mean) / self.scale)

    def inverse(self, Z: Array) -> Array:
        """Return the points in their own units, shape (n, d)."""
        Z = check.points("Z", Z, dimension=self.mean.size)
        return np.asarray(Z * self.scale + self.mean)


def scaling(X: Array) -> Scaling:
    """Return the map under which the rows of X have mean 0 and variance 1 in every feature."""
    X = check.points("X", X)
    spread = X.std(axis=0)
    # a constant column has a spread of rounding size, not always of zero
    flat = spread <= 1e-12 * np.maximum(np.abs(X).max(axis=0), 1e-300)
    return Scaling(mean=X.mean(axis=0), scale=np.where(flat, 1.0, spread))


def standardise(train: Dataset, *others: Dataset, responses: bool = False) -> tuple[Dataset, ...]:
    """Return data sets with features standardised by the mean and spread of the first one.

    The others (test parts) are never looked at. Features of one image box have different boxes
    afterwards, so the box becomes infinite.

    Parameters
    ----------
    train : Dataset
    *others : Dataset
    responses : bool
        Whether responses are standardised too, by those of ``train`` (regression only).
    """
    map_, parts = scaling(train.X), (train, *others)
    scaled = (_with(data, X=map_(data.X), box=UNBOXED) for data in parts)
    if not responses:
        return tuple(scaled)
    if train.classes is not None:
        raise InputError(f"{train.name} is a classification: its labels are not standardised")
    own = scaling(train.y[:, None])
    return tuple(_with(data, y=own(data.y[:, None])[:, 0]) for data in scaled)


def shuffled(data: Dataset, rng: np.random.Generator) -> Dataset:
    """Return the data with responses permuted: the same marginals, and nothing to learn."""
    return _with(data, y=data.y[rng.permutation(data.size)], name=f"{data.name} shuffled")


def pair(data: Dataset, a: int | str, b: int | str) -> Dataset:
    """Return the rows of two classes, labelled -1 (class ``a``) and +1 (class ``b``).

    Raises
    ------
    InputError
        The data are no classification, a class is unknown or absent, or both are the same.
    """
    first, second = _class(data, a), _class(data, b)
    if first == second:
        raise InputError(f"a pair needs two different classes, got {a!r} twice")
    rows = np.flatnonzero((data.y == first) | (data.y == second))
    y = np.where(data.y[rows] == second, 1.0, -1.0)
    if np.ptp(y) == 0 if rows.size else True:
        raise InputError(f"{data.name} holds no rows of class {a!r} or of class {b!r}")
    names = _names(data)
    return _with(
        data, X=data.X[rows], y=y, name=f"{data.name} {names[first]}/{names[second]}",
        classes=(names[first], names[second]),
    )  # fmt: skip


def one_hot(data: Dataset) -> Array:
    """Return indicators of the classes, shape (n, k), one 1 in each row."""
    if not np.issubdtype(data.y.dtype, np.integer):
        raise InputError(f"{data.name} has no labels 0 ... k-1: one_hot needs a classification")
    return np.asarray(np.eye(len(_names(data)))[data.y])


def split(data: Dataset, test: int | float, rng: np.random.Generator) -> tuple[Dataset, Dataset]:
    """Return a training and a test part drawn at random without replacement.

    Parameters
    ----------
    data : Dataset
    test : int or float
        Rows of the test part, or their share in (0, 1).
    rng : Generator
        Such as ``streams("split")``.
    """
    count = test if isinstance(test, int | np.integer) else round(_share(test) * data.size)
    count = check.integer("test rows", count, low=1, high=data.size - 1)
    order = rng.permutation(data.size)
    return rows(data, order[count:], "train"), rows(data, order[:count], "test")


def rows(data: Dataset, chosen: NDArray[np.integer], label: str = "") -> Dataset:
    """Return some rows of a data set."""
    name = f"{data.name} {label}".strip()
    return _with(data, X=data.X[chosen], y=data.y[chosen], name=name)


def _with(data: Dataset, **changes: object) -> Dataset:
    changed = replace(data, **changes)  # type: ignore[arg-type] # fields by name
    return replace(changed, sha256=digest(changed.X, changed.y))


def _share(value: float) -> float:
    if not 0 < check.number("test share", value) < 1:
        raise InputError(f"the test share must lie between 0 and 1, got {value!r}")
    return float(value)


def _names(data: Dataset) -> tuple[str, ...]:
    if data.classes is None:
        raise InputError(f"{data.name} is a regression: it has no classes")
    return data.classes


def _class(data: Dataset, which: int | str) -> int:
    names = _names(data)
    if isinstance(which, str):
        return names.index(check.choice("class", which, names))
    return check.integer("class", which, low=0, high=len(names) - 1)
