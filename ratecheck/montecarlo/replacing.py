"""A file is replaced whole; what a killed process left of a replacement goes at the next one.

It is written aside, to ``.<name>.<machine>-<process>.part``, and moved into place. The name tells
whose it is, so that a file that another process still writes, here or on another machine that
shares the folder, is never taken from it.
"""

from __future__ import annotations

import contextlib
import glob
import os
import platform
import re
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_OLD: Final = 86_400.0  # seconds after which a file that nobody here wrote is no work in progress
_OWNER: Final = re.compile(r"([0-9a-f]{8})-(\d{1,9})\.part", re.ASCII)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file aside and move it into place, so that nobody ever reads half of it.

    What earlier replacements of this file left behind when they were killed is removed.

    Raises
    ------
    OSError
        If it cannot be written; an earlier file stays as it is.
    """
    for left in _leftovers(path):
        with contextlib.suppress(OSError):  # that of another user, or gone meanwhile
            left.unlink()
    aside = path.with_name(f".{path.name}.{_machine()}-{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _leftovers(path: Path) -> Iterator[Path]:
    prefix = f".{path.name}."
    for found in list(path.parent.glob(f"{glob.escape(prefix)}*.part")):
        owner = _OWNER.fullmatch(found.name.removeprefix(prefix))
        if owner and (_has_ended(owner[1], int(owner[2])) or _is_old(found)):
            yield found


def _has_ended(machine: str, process: int) -> bool:
    """Whether a process of this machine is no more; nothing is known of other machines."""
    if machine != _machine() or os.name != "posix":  # elsewhere signal 0 would end the process
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it lives and is another user's; or no such number can be
        pass
    return False


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _OLD
    except OSError:
        return False


def _machine() -> str:
    """Return eight digits for the name of this machine."""
    return f"{zlib.crc32(platform.node().encode()):08x}"
