"""Image classification problems of a chosen size, the same way for every data set."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from ratecheck import check
from ratecheck.datasets import NAMES, Dataset, load
from ratecheck.types import Array, InputError, IntArray

VARIABLE: Final = "RATECHECK_IMAGES"
"""Environment variable that names the data of the image studies; digits unless it is set."""

LOCAL: Final = ("mnist", "cifar10")
"""Data sets that are read from files."""

BOX: Final = (-1.0, 1.0)
"""Range of every pixel in an `ImageProblem`."""


def chosen() -> str:
    """Return the name of the data set that image studies use.

    ``RATECHECK_IMAGES=mnist ratecheck run kernel_swap --data FOLDER`` runs the study on MNIST.
    """
    return str(check.choice(VARIABLE, os.environ.get(VARIABLE, "digits"), NAMES))


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ImageProblem:
    """Training and test images as rows, pixels in [-1, 1], channels last.

    Attributes
    ----------
    X, X_test : ndarray, shapes (n, d), (m, d)
    y, y_test : ndarray of int, shapes (n,), (m,)
    classes : int
    image : (int, int, int)
        Height, width, channels.
    """

    X: Array
    y: IntArray
    X_test: Array
    y_test: IntArray
    classes: int
    image: tuple[int, int, int]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Images:
    """Random training and test images of a data set.

    Pixels are mapped from their box to [-1, 1]; radii of attacks are given in the unit of the
    former, in which pixels are in [0, 1], and are doubled with them.

    Parameters
    ----------
    data : {"digits", "mnist", "cifar10"}
    test : int
        Test images.
    """

    data: str
    test: int

    def __post_init__(self) -> None:
        """Check name and sizes; files are looked for when images are drawn."""
        check.choice("data", self.data, NAMES)
        check.integer("test", self.test, low=1)

    def require(self) -> None:
        """Raise `InputError` if files are missing."""
        parts: tuple[Literal["train", "test"], ...] = ("train", "test")
        for part in parts if self.data in LOCAL else ():
            load(self.data, part=part, limit=1)

    def draw(self, rng: np.random.Generator, train: int) -> ImageProblem:
        """Return a random problem with ``train`` training images.

        Rows are drawn without replacement, from the published parts or from digits' only one.

        Raises
        ------
        InputError
            If the data set has too few rows, or no images.
        """
        if self.data in LOCAL:
            parts: tuple[Literal["train", "test"], ...] = ("train", "test")
            first, second = (load(self.data, part=part) for part in parts)
            own = _rows(rng, first, train)
            return _problem(first, own, second, _rows(rng, second, self.test))
        whole = load(self.data)
        order = _rows(rng, whole, train + self.test)
        return _problem(whole, order[:train], whole, order[train:])


def _rows(rng: np.random.Generator, data: Dataset, count: int) -> IntArray:
    if count > data.size:
        raise InputError(f"{data.name} has {data.size} rows, but {count} are wanted: take fewer")
    return rng.permutation(data.size)[:count]


def _problem(train: Dataset, rows: IntArray, test: Dataset, others: IntArray) -> ImageProblem:
    if train.shape is None or train.classes is None:
        raise InputError(f"{train.name} are no images with classes: take digits, mnist or cifar10")
    channels, height, width = train.shape if len(train.shape) == 3 else (1, *train.shape)
    return ImageProblem(
        X=_pixels(train, rows, channels),
        y=train.y[rows],
        X_test=_pixels(test, others, channels),
        y_test=test.y[others],
        classes=len(train.classes),
        image=(height, width, channels),
    )


def _pixels(data: Dataset, rows: IntArray, channels: int) -> Array:
    """Return rows with pixels in [-1, 1], the channels of a pixel beside each other."""
    low, high = data.box
    unit = (data.X[rows] - low) / (high - low)
    apart = unit.reshape(len(rows), channels, -1).swapaxes(1, 2)
    return np.ascontiguousarray(2.0 * apart.reshape(len(rows), -1) - 1.0)
