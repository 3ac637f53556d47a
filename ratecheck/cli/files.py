"""Files that a command writes for the user: whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from ratecheck.montecarlo.replacing import replace_file
from ratecheck.types import InputError


def require_writable(path: Path) -> None:
    """Raise `InputError` if a file cannot be written; an existing one is not touched."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not os.access(path, os.W_OK):  # could be replaced, but was protected
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if not _is_device(path):
            tempfile.TemporaryFile(dir=path.resolve().parent).close()
    except (OSError, ValueError) as error:  # ValueError: a null byte
        raise InputError(f"cannot write {path}: {error}") from error


def write_text(path: Path, text: str) -> None:
    """Write a text; an earlier one stays until the new one is complete, and if it fails.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    require_writable(path)
    try:
        if _is_device(path):
            path.write_text(text, encoding="utf-8")
        else:
            replace_file(path.resolve(), text.encode())
    except OSError as error:
        raise InputError(f"cannot write {path}: {error}") from error


def _is_device(path: Path) -> bool:
    """Whether it is ``/dev/stdout``, a pipe or the like, which cannot be replaced."""
    return path.exists() and not path.is_file()
