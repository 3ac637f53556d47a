"""``load``: a data set by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import numpy as np

from ratecheck import check
from ratecheck.datasets.base import Dataset
from ratecheck.datasets.bundled import diabetes, digits
from ratecheck.datasets.cifar import read_cifar10
from ratecheck.datasets.folder import folder_of
from ratecheck.datasets.mnist import read_mnist
from ratecheck.datasets.raw import Raw
from ratecheck.datasets.transform import rows
from ratecheck.types import InputError

_BUNDLED: Final[dict[str, Callable[[], Dataset]]] = {"diabetes": diabetes, "digits": digits}
_LOCAL: Final[dict[str, Callable[[Path, str], Raw]]] = {
    "mnist": read_mnist,
    "cifar10": read_cifar10,
}
NAMES: Final = (*_BUNDLED, *_LOCAL)
"""Every name that `load` knows."""


def load(
    name: str,
    folder: str | Path | None = None,
    *,
    part: Literal["train", "test"] = "train",
    limit: int | None = None,
) -> Dataset:
    """Return a data set.

    Parameters
    ----------
    name : {"diabetes", "digits", "mnist", "cifar10"}
        The first two come with scikit-learn, the others from files of a local folder.
    folder : str or Path, optional
        Where MNIST or CIFAR-10 files are: in it, or in the sub-folder that the published archive
        unpacks to. The environment's ``RATECHECK_DATA`` when left out (the command line's
        ``--data`` sets it, and worker processes inherit it).
    part : {"train", "test"}
        The published part of MNIST or CIFAR-10; Diabetes and digits have one part, "train".
    limit : int, optional
        Only the first rows; float64 of all CIFAR-10 training images takes 1.2 GB.

    Raises
    ------
    InputError
        Unknown name or part, no folder, missing files (with the expected names), or files that are
        damaged, mislabelled or would run code. Nothing is downloaded, nothing is executed.

    Examples
    --------
    >>> load("diabetes").X.shape
    (442, 10)
    >>> load("digits", limit=5).y
    array([0, 1, 2, 3, 4])
    """
    check.choice("data set", name, NAMES)
    check.choice("part", part, ("train", "test"))
    if limit is not None:
        check.integer("limit", limit, low=1)
    if name in _LOCAL:
        return _LOCAL[name](folder_of(name, folder), part).dataset(f"{name} {part}", limit)
    if part != "train":
        raise InputError(f"{name} has no published test part: divide it with datasets.split")
    data = _BUNDLED[name]()
    return data if limit is None else rows(data, np.arange(data.size)[:limit])


def require(name: str) -> None:
    """Raise `InputError` unless every part of a data set can be loaded: a missing folder or file.

    >>> require("digits")
    """
    for part in _parts(name):
        load(name, part=part, limit=1)


def checksums(name: str) -> dict[str, str]:
    """Return the digest of each part of a data set, by its name.

    >>> [*checksums("digits")]
    ['digits']
    """
    return {data.name: data.sha256 for data in (load(name, part=part) for part in _parts(name))}


def _parts(name: str) -> tuple[Literal["train", "test"], ...]:
    return ("train", "test") if name in _LOCAL else ("train",)
