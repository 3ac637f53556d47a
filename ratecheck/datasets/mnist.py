"""MNIST from its four IDX files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from ratecheck.datasets import folder as files
from ratecheck.datasets.idx import read_idx
from ratecheck.datasets.raw import Raw, check_labels
from ratecheck.types import InputError

CLASSES: Final = tuple("0123456789")
_PREFIX: Final = {"train": "train", "test": "t10k"}
_INSIDE: Final = ("MNIST/raw", "MNIST", "raw")
_UNSIGNED_BYTE = 0x08

#: MD5 of the published files, compressed and plain (LeCun, Cortes, Burges).
_PUBLISHED: Final = {
    "train-images-idx3-ubyte": frozenset(
        {"f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"}
    ),
    "train-labels-idx1-ubyte": frozenset(
        {"d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"}
    ),
    "t10k-images-idx3-ubyte": frozenset(
        {"9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"}
    ),
    "t10k-labels-idx1-ubyte": frozenset(
        {"ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"}
    ),
}


def read_mnist(folder: Path, part: str) -> Raw:
    """Return images and labels of a part ("train" or "test").

    Raises
    ------
    InputError
        Files absent (with the names expected), damaged, mislabelled or not matching each other.
    """
    wanted = [_spellings(f"{_PREFIX[part]}-{what}") for what in ("images-idx3", "labels-idx1")]
    found = files.find("mnist", folder, _INSIDE, wanted)
    if found is None:
        raise files.missing("mnist", folder, (f"{names[0]}[.gz]" for names in wanted))
    both = [files.stored(path) for path in found]
    images = read_idx(both[0], kind=_UNSIGNED_BYTE, dimensions=3)
    labels = read_idx(both[1], kind=_UNSIGNED_BYTE, dimensions=1)
    if len(images) != len(labels):
        raise InputError(
            f"{found[0]} holds {len(images)} images but {found[1]} {len(labels)} labels"
        )
    return Raw(
        pixels=np.asarray(images.reshape(len(images), -1), dtype=np.uint8),
        labels=check_labels(found[1], labels, len(CLASSES)),
        shape=images.shape[1:],
        classes=CLASSES,
        source=files.source(both, _PUBLISHED),
    )


def _spellings(stem: str) -> tuple[str, ...]:
    dotted = stem.replace("-idx", ".idx")
    plain = (f"{stem}-ubyte", f"{dotted}-ubyte")
    return (*plain, *(f"{name}.gz" for name in plain))
