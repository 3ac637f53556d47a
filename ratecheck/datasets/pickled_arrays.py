"""How numpy writes arrays into pickles, and how they are read without calling numpy's loaders."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal, final

import numpy as np
from numpy.typing import NDArray

_INTEGER: Final = re.compile(r"[<>|=]?[iu][1248]")


class Global(Enum):
    """Stand-ins for the globals that a pickled array names; none is the real object."""

    RECONSTRUCT = "an empty array, to be given its state"
    FROM_BUFFER = "an array from bytes, type and shape"
    NDARRAY = "the class of arrays"
    DTYPE = "a number type"
    ENCODE = "bytes, written as text by old protocols"
    BYTES = "empty bytes, or a copy of bytes"


GLOBALS: Final[dict[tuple[object, object], Global]] = {
    ("numpy.core.multiarray", "_reconstruct"): Global.RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): Global.RECONSTRUCT,
    ("numpy.core.numeric", "_frombuffer"): Global.FROM_BUFFER,
    ("numpy._core.numeric", "_frombuffer"): Global.FROM_BUFFER,
    ("numpy", "ndarray"): Global.NDARRAY,
    ("numpy", "dtype"): Global.DTYPE,
    ("_codecs", "encode"): Global.ENCODE,
    ("builtins", "bytes"): Global.BYTES,
    ("__builtin__", "bytes"): Global.BYTES,
    ("builtins", "bytearray"): Global.BYTES,
    ("__builtin__", "bytearray"): Global.BYTES,
}


@final
@dataclass(kw_only=True, slots=True)
class StoredType:
    """An integer type such as ``u1``; its state may change the byte order."""

    text: str

    def restore(self, state: Any) -> None:  # noqa: ANN401 - from a file, checked here
        """Take the byte order from numpy's state (version, order, ...)."""
        if not isinstance(state, tuple) or len(state) < 2 or _text(state[1]) not in "<>|=":
            raise ValueError("the state of a number type is unknown")
        self.text = _integer_type(_text(state[1]) + self.text.lstrip("<>|="))


@final
@dataclass(kw_only=True, slots=True, eq=False)
class StoredArray:
    """An array of integers; ``values`` is None until its state arrives."""

    values: NDArray[Any] | None = None

    def restore(self, state: Any) -> None:  # noqa: ANN401 - from a file, checked here
        """Take numpy's state (version, shape, type, column order, bytes)."""
        _, shape, kind, columns, data = state
        self.values = _array(data, kind, shape, "F" if columns else "C")


def call(function: Global, arguments: tuple[Any, ...]) -> object:
    """Return what a stand-in gives for arguments from a file, or raise `ValueError`."""
    if function not in _CALLS:
        raise ValueError(f"{function.value} cannot be called")
    return _CALLS[function](*arguments)


def _from_buffer(data: Any, kind: Any, shape: Any, order: Any = "C") -> StoredArray:  # noqa: ANN401
    return StoredArray(values=_array(data, kind, shape, "F" if _text(order) == "F" else "C"))


def _array(data: Any, kind: Any, shape: Any, order: Literal["C", "F"]) -> NDArray[Any]:  # noqa: ANN401
    if not isinstance(kind, StoredType) or not isinstance(data, bytes | bytearray):
        raise ValueError("an array of objects, or without bytes")
    if not isinstance(shape, tuple) or not all(type(k) is int and k >= 0 for k in shape):
        raise ValueError(f"an array of shape {shape!r}")
    dtype = np.dtype(kind.text)
    if math.prod(shape) * dtype.itemsize != len(data):  # before numpy may allocate anything
        raise ValueError(f"an array of shape {shape} with {len(data)} bytes")
    return np.frombuffer(bytes(data), dtype=dtype).reshape(shape, order=order)


def _number_type(name: Any, *_: object) -> StoredType:  # noqa: ANN401
    return StoredType(text=_integer_type(_text(name)))


def _integer_type(text: str) -> str:
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"an array of type {text!r}: integers only")
    return text


def _encoded(text: Any, encoding: Any) -> bytes:  # noqa: ANN401
    if not isinstance(text, str) or _text(encoding) not in {"latin1", "latin-1"}:
        raise ValueError("bytes in an unknown encoding")
    return text.encode("latin-1")


def _bytes(data: Any = b"", *_: object) -> bytes:  # noqa: ANN401
    if not isinstance(data, bytes | bytearray):
        raise ValueError("bytes of something else than bytes")
    return bytes(data)


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} instead of text")
    return value


_CALLS: Final[dict[Global, Callable[..., object]]] = {
    Global.RECONSTRUCT: lambda *_: StoredArray(),
    Global.FROM_BUFFER: _from_buffer,
    Global.DTYPE: _number_type,
    Global.ENCODE: _encoded,
    Global.BYTES: _bytes,
}
