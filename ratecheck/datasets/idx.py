"""The IDX format of MNIST: a magic number, big-endian sizes, then the array."""

from __future__ import annotations

import math
import struct
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from ratecheck.datasets.folder import LARGEST, Stored
from ratecheck.types import InputError

TYPES: Final = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_DIMENSIONS = 8


def read_idx(
    file: Stored, *, kind: int | None = None, dimensions: int | None = None
) -> NDArray[Any]:
    """Return the array of an IDX file, plain or compressed.

    Parameters
    ----------
    file : Stored
    kind : int, optional
        The type byte that the file must have, such as 0x08 for unsigned bytes.
    dimensions : int, optional
        How many dimensions the array must have.

    Raises
    ------
    InputError
        Wrong magic number, type or number of dimensions; a size that is zero, or differs from the
        number of bytes there are; damaged compression. What a header announces is checked before
        it is read: no more is ever decompressed.
    """
    with file.open() as stream:
        found, shape = _header(file, stream)
        if kind is not None and found != kind:
            raise InputError(f"{file.path} has type byte 0x{found:02x}, expected 0x{kind:02x}")
        if dimensions is not None and len(shape) != dimensions:
            raise InputError(
                f"{file.path} has {len(shape)} dimensions, expected {dimensions}: "
                "are images and labels mixed up?"
            )
        dtype = np.dtype(TYPES[found])
        return _body(file, stream, shape, dtype)


def _header(file: Stored, stream: IO[bytes]) -> tuple[int, tuple[int, ...]]:
    magic = file.read(stream, 4)
    if len(magic) < 4 or magic[:2] != b"\x00\x00" or magic[2] not in TYPES:
        raise InputError(
            f"{file.path} is no IDX file: its magic number is {magic.hex() or 'absent'}"
        )
    count = magic[3]
    if not 1 <= count <= _MOST_DIMENSIONS:
        raise InputError(f"{file.path} announces {count} dimensions, allowed are 1 to 8")
    sizes = file.read(stream, 4 * count)
    if len(sizes) < 4 * count:
        raise InputError(f"{file.path} is truncated: it ends inside its header")
    shape = struct.unpack(f">{count}I", sizes)
    if 0 in shape:
        raise InputError(f"{file.path} is empty: its header says {shape}")
    return magic[2], shape


def _body(
    file: Stored, stream: IO[bytes], shape: tuple[int, ...], dtype: np.dtype[Any]
) -> NDArray[Any]:
    size = math.prod(shape) * dtype.itemsize
    if size > LARGEST:
        raise InputError(f"{file.path} announces {size} bytes, more than the {LARGEST} allowed")
    data = file.read(stream, size)
    if len(data) < size:
        raise InputError(
            f"{file.path} is truncated: its header {shape} needs {size} bytes, it has {len(data)}"
        )
    if file.read(stream, 1):  # also checks the checksum at the end of a compressed file
        raise InputError(f"{file.path} is longer than its header {shape} says")
    return np.frombuffer(data, dtype=dtype).reshape(shape)
