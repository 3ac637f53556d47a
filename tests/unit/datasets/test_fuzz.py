"""Any mutated file either loads as valid data or raises one clean error."""

from __future__ import annotations

import contextlib
import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.datasets import load
from ratecheck.datasets.pickled import read_pickle
from ratecheck.types import InputError
from tests.unit.datasets.writers import (
    binary_batch,
    digits,
    idx,
    python2_batch,
    python_batch,
    write_mnist,
)

IMAGES, LABELS = digits(3, 0)
FILES = {
    "images": ("mnist", "t10k-images-idx3-ubyte", idx(IMAGES)),
    "labels": ("mnist", "t10k-labels-idx1-ubyte", idx(LABELS)),
    "packed": ("mnist", "t10k-images-idx3-ubyte", gzip.compress(idx(IMAGES), mtime=0)),
    "binary": ("cifar10", "test_batch.bin", binary_batch(2, 0)),
    "python 2": ("cifar10", "test_batch", python2_batch(2, 0)),
    "protocol 0": ("cifar10", "test_batch", python_batch(2, 0, 0)),
    "protocol 5": ("cifar10", "test_batch", python_batch(2, 0, 5)),
}


def _mutated(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, removed, added in edits:
        at = place % (len(data) + 1)
        data = data[:at] + added + data[at + removed :]
    return data


# edits cluster at the start, where the headers are
PLACES = st.one_of(st.integers(0, 80), st.integers(0, 2**20))
EDITS = st.lists(
    st.tuples(PLACES, st.sampled_from([0, 1, 1, 4, 10**6]), st.binary(max_size=4)), max_size=4
)


@pytest.mark.parametrize("kind", FILES)
@given(edits=EDITS)
@settings(max_examples=60)
def test_mutated_files_load_or_are_refused(kind: str, edits: list[tuple[int, int, bytes]]) -> None:
    name, file, data = FILES[kind]
    with tempfile.TemporaryDirectory() as folder:
        if name == "mnist":
            write_mnist(Path(folder), 3)
        (Path(folder) / file).write_bytes(_mutated(data, edits))
        try:
            found = load(name, folder, part="test")
        except InputError:
            return
    assert found.X.ndim == 2
    assert found.X.min() >= 0
    assert found.X.max() <= 1
    assert found.y.shape == (found.size,)
    assert np.isin(found.y, np.arange(10)).all()


OPCODES = [
    b"(", b")", b"]", b"}", b"N", b".", b"K\x01", b"J\xff\xff\xff\xff", b"M\x00\x0c",
    b"U\x02u1", b"U\x01b", b"U\x01|", b"C\x03abc", b"X\x01\x00\x00\x00C", b"I01\n", b"L5L\n",
    b"\x85", b"\x86", b"\x87", b"t", b"l", b"d", b"a", b"e", b"s", b"u", b"R", b"b", b"q\x00",
    b"h\x00", b"\x94", b"0", b"1", b"2", b"\x88", b"\x89", b"\x80\x04", b"G" + b"\x7f" * 8,
    b"cnumpy\nndarray\n", b"cnumpy\ndtype\n", b"cnumpy.core.multiarray\n_reconstruct\n",
    b"cnumpy._core.numeric\n_frombuffer\n", b"c_codecs\nencode\n", b"cbuiltins\nbytes\n",
    b"cos\nsystem\n", b"\x8c\x05numpy\x8c\x05dtype\x93",
]  # fmt: skip


@given(codes=st.lists(st.sampled_from(OPCODES), max_size=25))
@settings(max_examples=400)
def test_any_sequence_of_opcodes_is_read_or_refused(codes: list[bytes]) -> None:
    with contextlib.suppress(InputError):
        read_pickle(b"".join(codes) + b".", "file")


@given(data=st.binary(max_size=60))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(InputError):
        read_pickle(data, "file")
