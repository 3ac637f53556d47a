"""Tiny files in the original formats of MNIST and CIFAR-10."""

from __future__ import annotations

import gzip
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIXELS = 3072
BATCHES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")


def idx(array: NDArray[Any], kind: int = 0x08) -> bytes:
    """Return an array as an IDX file; its dtype must be big-endian already."""
    header = bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


def digits(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return random images (count, 28, 28) and labels."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    return images, rng.integers(0, 10, count, dtype=np.uint8)


def write_mnist(
    folder: Path, count: int = 7, *, dotted: bool = False, packed: bool = False
) -> None:
    """Write the four files of MNIST in one of the two spellings, plain or compressed."""
    for seed, part in enumerate(("train", "t10k")):
        for what, array in zip(("images-idx3", "labels-idx1"), digits(count, seed), strict=True):
            name = f"{part}-{what.replace('-idx', '.idx') if dotted else what}-ubyte"
            data = idx(array)
            path = folder / (f"{name}.gz" if packed else name)
            path.write_bytes(gzip.compress(data, mtime=0) if packed else data)


def colours(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return random images (count, 3072) and labels."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (count, PIXELS), dtype=np.uint8)
    return pixels, rng.integers(0, 10, count, dtype=np.uint8)


def binary_batch(count: int, seed: int) -> bytes:
    """Return a batch of the binary version."""
    pixels, labels = colours(count, seed)
    return np.column_stack([labels, pixels]).tobytes()


def python_batch(count: int, seed: int, protocol: int = 2) -> bytes:
    """Return a batch of the python version as python 3 writes it."""
    pixels, labels = colours(count, seed)
    batch = {
        b"batch_label": b"training batch 1 of 5",
        b"labels": [int(k) for k in labels],
        b"data": pixels,
        b"filenames": [f"image_{i}.png".encode() for i in range(count)],
    }
    return pickle.dumps(batch, protocol=protocol)


def python2_batch(count: int, seed: int) -> bytes:
    """Return a batch opcode by opcode as python 2 wrote the published files."""
    pixels, labels = colours(count, seed)
    data = pixels.tobytes()
    return b"".join(
        [
            b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5q\x03U\x06labelsq\x04",
            b"]q\x05(" + b"".join(b"K" + bytes([k]) for k in labels) + b"e",
            b"U\x04dataq\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08",
            b"K\x00\x85U\x01b\x87Rq\t(K\x01M" + struct.pack("<H", count) + b"M\x00\x0c\x86",
            b"cnumpy\ndtype\nq\nU\x02u1K\x00K\x01\x87Rq\x0b",
            b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89",
            b"T" + struct.pack("<i", len(data)) + data + b"tb",
            b"U\tfilenamesq\x0c]q\r(" + b"U\x05a.png" * count + b"eu.",
        ]
    )


def write_cifar10(folder: Path, count: int = 3, *, python: bool = False) -> None:
    """Write the six batches of the binary or of the python version."""
    for seed, name in enumerate(BATCHES):
        if python:
            (folder / name).write_bytes(python2_batch(count, seed))
        else:
            (folder / f"{name}.bin").write_bytes(binary_batch(count, seed))
