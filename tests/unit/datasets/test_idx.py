from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from ratecheck.datasets import load
from ratecheck.datasets.folder import Stored, stored
from ratecheck.datasets.idx import TYPES, read_idx
from ratecheck.types import InputError
from tests.unit.datasets.writers import digits, idx, write_mnist


def file(data: bytes) -> Stored:
    return Stored(path=Path("some-file"), raw=data)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (1, 2, 1, 3)])
def test_every_type_and_dimension(kind: int, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(TYPES[kind])
    for data in (idx(array, kind), gzip.compress(idx(array, kind), mtime=0)):
        found = read_idx(file(data))
        np.testing.assert_array_equal(found, array)
        assert found.dtype == array.dtype


GOOD = idx(np.zeros((2, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no IDX file"),
        (b"\x00\x00", "no IDX file"),
        (b"\x01" + GOOD[1:], "magic number is 01000802"),
        (b"\x00\x00\x07\x02" + GOOD[4:], "magic number"),
        (b"\x00\x00\x08\x00" + GOOD[4:], "announces 0 dimensions"),
        (b"\x00\x00\x08\x09" + GOOD[4:], "announces 9 dimensions"),
        (GOOD[:9], "ends inside its header"),
        (GOOD[:-1], "truncated"),
        (GOOD + b"\x00", "longer than its header"),
        (idx(np.zeros((0, 3), dtype=np.uint8)), "empty"),
        (b"\x00\x00\x08\x03" + b"\xff" * 12, "announces"),
        (gzip.compress(GOOD, mtime=0)[:-9], "damaged"),
        (gzip.compress(GOOD, mtime=0)[:12], "damaged|no IDX file"),
        (gzip.compress(GOOD, mtime=0)[:-8] + b"\x00" * 8, "damaged"),
        (b"\x1f\x8b" + b"\x00" * 30, "damaged"),
    ],
)
def test_damaged_files_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_idx(file(data))


def test_wrong_kind_and_dimension_are_refused() -> None:
    with pytest.raises(InputError, match="0x09, expected 0x08"):
        read_idx(file(idx(np.zeros(3, dtype=np.int8), 0x09)), kind=0x08)
    with pytest.raises(InputError, match="images and labels mixed up"):
        read_idx(file(GOOD), dimensions=1)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(GOOD + b"\x00" * 2**26, mtime=0)
    tracemalloc.start()
    with pytest.raises(InputError, match="longer than its header"):
        read_idx(file(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**21


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as stream:
        stream.truncate(2**40)  # sparse: no block on disk
    with pytest.raises(InputError, match="not the published file"):
        stored(path)


def _replace(folder: Path, name: str, data: bytes) -> None:
    write_mnist(folder)
    (folder / name).write_bytes(data)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.array([0, 1, 2, 3, 4, 5, 10], dtype=np.uint8), "mislabelled: entry 6 is 10"),
        (np.arange(6, dtype=np.uint8), "7 images but .* 6 labels"),
        (np.zeros((7, 1), dtype=np.uint8), "expected 1"),
    ],
)
def test_mislabelled_mnist_is_refused(
    tmp_path: Path, labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], message: str
) -> None:
    _replace(tmp_path, "train-labels-idx1-ubyte", idx(labels))
    with pytest.raises(InputError, match=message):
        load("mnist", tmp_path)


def test_images_for_labels_are_refused(tmp_path: Path) -> None:
    _replace(tmp_path, "train-labels-idx1-ubyte", idx(digits(7, 0)[0]))
    with pytest.raises(InputError, match="mixed up"):
        load("mnist", tmp_path)


def test_floats_for_images_are_refused(tmp_path: Path) -> None:
    _replace(tmp_path, "train-images-idx3-ubyte", idx(np.zeros((7, 28, 28), dtype=">f4"), 0x0D))
    with pytest.raises(InputError, match="type byte 0x0d"):
        load("mnist", tmp_path)
