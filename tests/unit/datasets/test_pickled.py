from __future__ import annotations

import contextlib
import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ratecheck.datasets import load
from ratecheck.datasets.pickled import read_pickle
from ratecheck.datasets.pickled_arrays import StoredArray
from ratecheck.types import InputError
from tests.unit.datasets.writers import (
    binary_batch,
    colours,
    python2_batch,
    python_batch,
    write_cifar10,
)


def plain(value: object) -> object:
    """Replace arrays by lists, for comparisons."""
    if isinstance(value, StoredArray):
        assert value.values is not None
        return value.values.tolist()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


BATCHES = [python2_batch(4, 0), *(python_batch(4, 0, protocol) for protocol in range(6))]


@pytest.mark.parametrize("data", BATCHES)
def test_agrees_with_python_on_harmless_batches(data: bytes) -> None:
    found = read_pickle(data, "file")
    assert plain(found) == plain(pickle.loads(data, encoding="bytes"))


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("kind", ["u1", "i1", ">i2", "<i4", "<i8", ">u8"])
def test_agrees_with_python_on_values(protocol: int, kind: str) -> None:
    grid = np.arange(6, dtype=kind).reshape(2, 3)
    value = {
        "a": [None, True, False, -1, 2**40, 2**80, 1.5, "text\n\u00e9", b"bytes\xff", b"", ()],
        "b": {1: (1,), 2: (1, 2), 3: (1, 2, 3), 4: (1, 2, 3, 4), b"k": {}},
        "c": bytearray(b"xyz"),
        "d": [grid, np.asfortranarray(grid), grid[:0], grid[0]],
        "e": [grid, grid],
    }
    found = read_pickle(pickle.dumps(value, protocol), "file")
    assert plain(found) == plain(value)


def test_shared_objects_stay_shared() -> None:
    inner = [1]
    found = read_pickle(pickle.dumps([inner, inner]), "file")
    assert isinstance(found, list)
    assert found[0] is found[1]


MARK = "ran-the-payload"
CALL = f"open({MARK!r}, 'w').close()".encode()
TEXT = b"X" + struct.pack("<I", len(CALL)) + CALL  # BINUNICODE
RUN = b"(" + TEXT + b"t"


class _Reduced:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, (CALL.decode(),)


class _Nested:
    def __reduce__(self) -> tuple[object, ...]:
        return list, ([_Reduced()],)


#: Every way to make the unpickler act, each with whether python itself would run it.
ATTACKS: dict[str, bytes] = {
    "GLOBAL REDUCE": b"c__builtin__\nexec\n" + RUN + b"R.",
    "GLOBAL of python 3": b"\x80\x02cbuiltins\nexec\n" + RUN + b"R.",
    "STACK_GLOBAL": b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93" + RUN + b"R.",
    "INST": b"(" + TEXT + b"ibuiltins\nexec\n.",
    "OBJ": b"(cbuiltins\nexec\n" + TEXT + b"o.",
    "NEWOBJ": b"\x80\x02cfunctools\npartial\n(cbuiltins\nexec\n" + TEXT + b"t\x81)R.",
    "NEWOBJ_EX": b"\x80\x04cfunctools\npartial\n(cbuiltins\nexec\n" + TEXT + b"t}\x92)R.",
    "REDUCE of map": b"cbuiltins\nlist\n(cbuiltins\nmap\n(cbuiltins\nexec\n(" + TEXT + b"ltRtR.",
    "protocol 0": pickle.dumps(_Reduced(), 0),
    "protocol 2": pickle.dumps(_Reduced(), 2),
    "protocol 5": pickle.dumps(_Reduced(), 5),
    "nested": pickle.dumps({b"data": _Nested(), b"labels": [0]}),
    "in a label": pickle.dumps({b"data": np.zeros((1, 3072), np.uint8), b"labels": [_Reduced()]}),
    "as a key": b"}cbuiltins\nexec\n" + RUN + b"RNs.",
    "in the state of an array": (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR("
        + b"cbuiltins\nexec\n" + RUN + b"Rtb."
    ),
    "popped": b"cbuiltins\nexec\n" + RUN + b"R0N.",
    "memo": b"cbuiltins\nexec\np0\n0g0\n" + RUN + b"R.",
}  # fmt: skip

#: Refused as well, though python alone would not run anything here.
SUSPECT: dict[str, bytes] = {
    "os.system": b"cos\nsystem\n.",
    "posix.system": b"cposix\nsystem\n.",
    "subprocess": b"csubprocess\nPopen\n.",
    "getattr": b"cbuiltins\ngetattr\n.",
    "dotted name": b"\x80\x04\x8c\x05numpy\x8c\x0f__builtins__.ev\x93.",
    "numpy.load": b"cnumpy\nload\n.",
    "numpy.frombuffer": b"cnumpy\nfrombuffer\n.",
    "codecs": b"c_codecs\nlookup\n.",
    "BUILD of a dict": b"}}b.",
    "BUILD of a global": b"cnumpy\ndtype\n}b.",
    "BUILD of a function": b"cnumpy.core.multiarray\n_reconstruct\n(N}tb.",
    "EXT1": b"\x80\x02\x82\x01.",
    "EXT2": b"\x80\x02\x83\x01\x00.",
    "EXT4": b"\x80\x02\x84\x01\x00\x00\x00.",
    "PERSID": b"Pname\n.",
    "BINPERSID": b"NQ.",
    "NEXT_BUFFER": b"\x80\x05\x97.",
    "set": b"\x80\x04\x8f.",
    "object array": (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
        b"(I1\n(I1\ntcnumpy\ndtype\n(S'O8'\nI0\nI1\ntRI00\n(lp0\ntb."
    ),
    "structured type": b"cnumpy\ndtype\n((lp0\n(S'a'\nS'i4'\ntatR.",
    "other encoding": b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x03\x00\x00\x00zipt\x52.",
    "an array is called": b"cnumpy\nndarray\n((I5\nttR.",
    "huge array": (
        b"cnumpy._core.numeric\n_frombuffer\n(C\x01a"
        b"cnumpy\ndtype\n(S'u1'\nI0\nI1\ntR(I99999999999\ntS'C'\ntR."
    ),
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ATTACKS)
def test_python_would_run_it(name: str) -> None:
    """The payloads are live; otherwise the next test would show nothing."""
    after = (TypeError, pickle.UnpicklingError, IndexError, ValueError)
    with contextlib.suppress(*after):
        pickle.loads(ATTACKS[name])
    assert os.path.exists(MARK)


@pytest.mark.parametrize("name", ATTACKS | SUSPECT)
def test_malicious_pickles_run_nothing(name: str, tmp_path: Path) -> None:
    data = (ATTACKS | SUSPECT)[name]
    with pytest.raises(InputError, match=r"refused|no readable pickle"):
        read_pickle(data, "file")
    write_cifar10(tmp_path, python=True)
    (tmp_path / "data_batch_2").write_bytes(data)
    with pytest.raises(InputError, match="data_batch_2"):
        load("cifar10", tmp_path)
    assert not os.path.exists(MARK)


def test_the_refusal_names_what_was_asked_for() -> None:
    with pytest.raises(InputError, match=r"asks for builtins\.exec.*[Nn]othing was executed"):
        read_pickle(ATTACKS["STACK_GLOBAL"], "file")
    with pytest.raises(InputError, match="opcode INST"):
        read_pickle(ATTACKS["INST"], "file")


def _batch(**entries: object) -> bytes:
    pixels, labels = colours(3, 0)
    return pickle.dumps({"data": pixels, "labels": labels.tolist()} | entries)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no readable pickle"),
        (b".", "no readable pickle"),
        (python2_batch(3, 0)[:-40], "no readable pickle"),
        (pickle.dumps([1, 2]), "holds no dict"),
        (pickle.dumps({"labels": [1]}), "no entry 'data'"),
        (_batch(labels=None), "labels are no list"),
        (_batch(labels=[0, 1]), "3 images but 2 labels"),
        (_batch(labels=[0, 1, 10]), "mislabelled: entry 2 is 10"),
        (_batch(labels=[0, 1, -1]), "mislabelled"),
        (_batch(labels=[0, 1, 2.0]), "labels are no list"),
        (_batch(labels=[0, 1, 10**30]), "labels are no list"),
        (_batch(data=np.zeros((3, 3072), np.int64)), "unsigned bytes"),
        (_batch(data=np.zeros((3, 3071), np.uint8)), "unsigned bytes"),
        (_batch(data=[1, 2, 3]), "unsigned bytes"),
        (_batch(data=np.zeros((0, 3072), np.uint8), labels=[]), "0 images but 0 labels"),
        (_batch(data=np.array([None])), "no readable pickle"),
        (binary_batch(3, 0), "no readable pickle"),
    ],
)
def test_damaged_batches_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    write_cifar10(tmp_path, python=True)
    (tmp_path / "test_batch").write_bytes(data)
    with pytest.raises(InputError, match=message):
        load("cifar10", tmp_path, part="test")


def test_labels_may_be_an_array(tmp_path: Path) -> None:
    pixels, labels = colours(3, 0)
    (tmp_path / "test_batch").write_bytes(_batch(data=pixels, labels=labels.astype(np.int64)))
    np.testing.assert_array_equal(load("cifar10", tmp_path, part="test").y, labels)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 bytes"),
        (binary_batch(2, 0)[:-1], "no multiple"),
        (b"\x0a" + binary_batch(2, 0)[1:], "mislabelled: entry 0 is 10"),
    ],
)
def test_damaged_binary_batches_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    write_cifar10(tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(data)
    with pytest.raises(InputError, match=message):
        load("cifar10", tmp_path, part="test")


def test_a_compressed_batch_expands_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    from ratecheck.datasets import folder

    monkeypatch.setattr(folder, "LARGEST", 10_000)
    write_cifar10(tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(gzip.compress(b"\x00" * 3073 * 50, mtime=0))
    with pytest.raises(InputError, match="expands to more than"):
        load("cifar10", tmp_path, part="test")
