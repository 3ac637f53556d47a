"""Pickles read as data: a list of opcodes in, dicts, lists, strings, numbers and arrays out.

Python's own unpickler imports modules and calls what it finds there. This reader does neither:
it walks through the opcodes with a stack of its own, knows the few globals with which numpy writes
an array, builds the array itself from the stored bytes, and refuses every other global and every
opcode that could make an object of a class. So nothing in a file can run, whatever it holds.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, final

from ratecheck.datasets.pickled_arrays import GLOBALS, Global, StoredArray, StoredType, call
from ratecheck.types import InputError

_AS_IS: Final = frozenset(
    {
        *("INT", "LONG", "LONG1", "LONG4", "BININT", "BININT1", "BININT2", "FLOAT", "BINFLOAT"),
        *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
        *("SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    }
)
_BYTE_STRINGS: Final = frozenset({"STRING", "SHORT_BINSTRING", "BINSTRING"})  # of python 2
_NEW: Final[dict[str, Callable[[], object]]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
}
_TUPLES: Final = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_MARK: Final = object()
_FAULTS: Final = (ValueError, TypeError, IndexError, KeyError, OverflowError, RecursionError)


def read_pickle(data: bytes, name: str) -> object:
    """Return the object of a pickle that holds plain data and numpy arrays of integers.

    Parameters
    ----------
    data : bytes
        Any protocol, written by python 2 or 3.
    name : str
        Of the file, for messages.

    Returns
    -------
    object
        Strings of python 2 as bytes; arrays as `StoredArray`.

    Raises
    ------
    InputError
        The pickle is damaged, or it wants anything but plain data and arrays: the message names
        the global or the opcode that was refused. Nothing was executed.
    """
    reader = _Reader(name=name)
    try:
        for opcode, argument, _ in pickletools.genops(data):
            reader.step(opcode.name, argument)
        return reader.result()
    except InputError:
        raise
    except _FAULTS as error:
        raise InputError(f"{name} is no readable pickle: {error}") from error


@final
@dataclass(kw_only=True, slots=True)
class _Reader:
    """The stack machine; ``_MARK`` on the stack delimits, as in the format."""

    name: str
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def step(self, opcode: str, argument: Any) -> None:  # noqa: ANN401 - of the opcode's own type
        """Carry out one opcode, or refuse it."""
        if opcode in _AS_IS:
            self.stack.append(argument)
        elif opcode in _BYTE_STRINGS:
            self.stack.append(argument.encode("latin-1"))
        elif opcode in _NEW:
            self.stack.append(_NEW[opcode]())
        elif opcode in _TUPLES:
            self._tuple(_TUPLES[opcode])
        elif opcode in _STEPS:
            _STEPS[opcode](self, argument)
        else:
            raise InputError(f"{self.name} is refused: its opcode {opcode} could run code")

    def result(self) -> object:
        """Return the only object left on the stack."""
        (value,) = self.stack
        return value

    def pop(self) -> Any:  # noqa: ANN401 - whatever was pushed
        """Take the top of the stack, which must be an object."""
        if (value := self.stack.pop()) is _MARK:
            raise ValueError("an object is missing")
        return value

    def above_mark(self) -> list[Any]:
        """Take everything above the last mark, and the mark."""
        items: list[Any] = []
        while (value := self.stack.pop()) is not _MARK:
            items.append(value)
        return items[::-1]

    def top(self, kind: type) -> Any:  # noqa: ANN401 - of ``kind``
        """Return the top of the stack, which must be of a kind."""
        if type(self.stack[-1]) is not kind:
            raise ValueError(f"a {kind.__name__} is missing")
        return self.stack[-1]

    def import_(self, module: object, attribute: object) -> None:
        """Push the stand-in of a known global; refuse any other."""
        known = GLOBALS.get((module, attribute)) if isinstance(module, str) else None
        if known is None:
            raise InputError(
                f"{self.name} is refused: it asks for {module}.{attribute}, and only arrays, "
                "dicts, lists, strings and numbers may be in it. Nothing was executed"
            )
        self.stack.append(known)

    def _tuple(self, count: int) -> None:
        self.stack.append(tuple([self.pop() for _ in range(count)][::-1]))

    def reduce(self) -> None:
        """Apply a stand-in to its arguments."""
        arguments, function = self.pop(), self.pop()
        if not isinstance(function, Global) or not isinstance(arguments, tuple):
            raise ValueError("what is called is no known function")
        self.stack.append(call(function, arguments))

    def build(self) -> None:
        """Give an array or a number type its state; nothing else has one."""
        state = self.pop()
        if not isinstance(self.stack[-1], StoredArray | StoredType):
            raise InputError(f"{self.name} is refused: it sets the state of an unknown object")
        self.stack[-1].restore(state)

    def put(self, items: list[Any]) -> None:
        """Enter keys and values into the dict on top."""
        target = self.top(dict)
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, str | bytes | int):
                raise ValueError("a key is neither text nor a number")
            target[key] = value

    def remember(self, place: int) -> None:
        """Store the top of the stack."""
        value = self.pop()
        self.memo[place] = value
        self.stack.append(value)


def _pair(reader: _Reader) -> list[Any]:
    return [reader.pop(), reader.pop()][::-1]


def _append(reader: _Reader, items: list[Any]) -> None:
    reader.top(list).extend(items)


def _new_dict(reader: _Reader) -> None:
    items = reader.above_mark()
    reader.stack.append({})
    reader.put(items)


def _nothing(reader: _Reader, argument: object) -> None:
    """Skip an opcode that only frames the others."""


_STEPS: Final[dict[str, Callable[[_Reader, Any], None]]] = {
    "PROTO": _nothing,
    "FRAME": _nothing,
    "STOP": _nothing,
    "MARK": lambda r, _: r.stack.append(_MARK),
    "TUPLE": lambda r, _: r.stack.append(tuple(r.above_mark())),
    "LIST": lambda r, _: r.stack.append(r.above_mark()),
    "DICT": lambda r, _: _new_dict(r),
    "APPEND": lambda r, _: _append(r, [r.pop()]),
    "APPENDS": lambda r, _: _append(r, r.above_mark()),
    "SETITEM": lambda r, _: r.put(_pair(r)),
    "SETITEMS": lambda r, _: r.put(r.above_mark()),
    "PUT": lambda r, place: r.remember(int(place)),
    "BINPUT": lambda r, place: r.remember(place),
    "LONG_BINPUT": lambda r, place: r.remember(place),
    "MEMOIZE": lambda r, _: r.remember(len(r.memo)),
    "GET": lambda r, place: r.stack.append(r.memo[int(place)]),
    "BINGET": lambda r, place: r.stack.append(r.memo[place]),
    "LONG_BINGET": lambda r, place: r.stack.append(r.memo[place]),
    "GLOBAL": lambda r, names: r.import_(*names.split(" ", 1)),
    "STACK_GLOBAL": lambda r, _: r.import_(*_pair(r)),
    "REDUCE": lambda r, _: r.reduce(),
    "BUILD": lambda r, _: r.build(),
}
