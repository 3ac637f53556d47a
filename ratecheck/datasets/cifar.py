"""CIFAR-10 from its binary version, or from its python version without unpickling it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ratecheck.datasets import folder as files
from ratecheck.datasets.pickled import read_pickle
from ratecheck.datasets.pickled_arrays import StoredArray
from ratecheck.datasets.raw import Raw, check_labels
from ratecheck.types import InputError

CLASSES: Final = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"
)  # fmt: skip
SHAPE: Final = (3, 32, 32)
_PIXELS = 3072
_BATCHES: Final = {
    "train": tuple(f"data_batch_{i}" for i in range(1, 6)),
    "test": ("test_batch",),
}
_INSIDE: Final = ("cifar-10-batches-bin", "cifar-10-batches-py")

#: MD5 of the published python version (Krizhevsky); none is on record for the binary version.
_PUBLISHED: Final = {
    "data_batch_1": frozenset({"c99cafc152244af753f735de768cd75f"}),
    "data_batch_2": frozenset({"d4bba439e000b95fd0a9bffe97cbabec"}),
    "data_batch_3": frozenset({"54ebc095f3ab1f0389bbae665268c751"}),
    "data_batch_4": frozenset({"634d18415352ddfa80567beed471001a"}),
    "data_batch_5": frozenset({"482c414d41f54cd18b22e5b47cb7c3cb"}),
    "test_batch": frozenset({"40351d587109b95175f43aff81a1287e"}),
}

Batch = tuple[NDArray[np.uint8], NDArray[Any]]


def read_cifar10(folder: Path, part: str) -> Raw:
    """Return images (channels, height, width) and labels of a part ("train" or "test").

    The binary version is taken where both are present.

    Raises
    ------
    InputError
        Files absent (with the names expected), damaged, mislabelled, or pickles that would run
        code.
    """
    batches = _BATCHES[part]
    binary = files.find("cifar10", folder, _INSIDE, [(f"{name}.bin",) for name in batches])
    found = binary or files.find("cifar10", folder, _INSIDE, [(name,) for name in batches])
    if found is None:
        raise files.missing("cifar10", folder, (f"{name}[.bin]" for name in batches))
    stored = [files.stored(path) for path in found]
    parts = [_checked(file, *(_read_binary if binary else _read_python)(file)) for file in stored]
    return Raw(
        pixels=np.concatenate([pixels for pixels, _ in parts]),
        labels=np.concatenate([labels for _, labels in parts]),
        shape=SHAPE,
        classes=CLASSES,
        source=files.source(stored, _PUBLISHED),
    )


def _checked(file: files.Stored, pixels: NDArray[np.uint8], labels: NDArray[Any]) -> Batch:
    return pixels, check_labels(file.path, labels, len(CLASSES))


def _read_binary(file: files.Stored) -> Batch:
    """Return a batch of records of one label byte and 3072 pixel bytes."""
    data = files.content(file)
    if not data or len(data) % (_PIXELS + 1):
        raise InputError(
            f"{file.path} has {len(data)} bytes, no multiple of a record's {_PIXELS + 1}: "
            "it is truncated or no CIFAR-10 binary file"
        )
    records = np.frombuffer(data, dtype=np.uint8).reshape(-1, _PIXELS + 1)
    return records[:, 1:], records[:, 0]


def _read_python(file: files.Stored) -> Batch:
    """Return a batch of a pickled dict with "data" (n, 3072) and "labels"."""
    found = read_pickle(files.content(file), str(file.path))
    if not isinstance(found, dict):
        raise InputError(f"{file.path} is no CIFAR-10 batch: it holds no dict")
    data, labels = _entry(file, found, "data"), _labels(file, _entry(file, found, "labels"))
    pixels = data.values if isinstance(data, StoredArray) else None
    if pixels is None or pixels.dtype != np.uint8 or pixels.shape[1:] != (_PIXELS,):
        raise InputError(f"{file.path}: its data is no array (n, {_PIXELS}) of unsigned bytes")
    if labels.shape != pixels.shape[:1] or not labels.size:
        raise InputError(f"{file.path} holds {len(pixels)} images but {labels.size} labels")
    return np.asarray(pixels), labels


def _entry(file: files.Stored, found: dict[Any, Any], key: str) -> object:
    for spelling in (key, key.encode()):
        if spelling in found:
            return found[spelling]
    raise InputError(f"{file.path} is no CIFAR-10 batch: it has no entry {key!r}")


def _labels(file: files.Stored, labels: object) -> NDArray[Any]:
    if isinstance(labels, StoredArray) and labels.values is not None and labels.values.ndim == 1:
        return labels.values
    if isinstance(labels, list) and all(type(k) is int and abs(k) < 2**31 for k in labels):
        return np.array(labels, dtype=np.int64)
    raise InputError(f"{file.path}: its labels are no list of integers")
