"""Finding and reading files of the data folder: expected names, bounded sizes, checksums."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, final

from ratecheck.types import InputError

VARIABLE: Final = "RATECHECK_DATA"
LARGEST: Final = 2**28
"""Bytes, on disk and decompressed: five times the largest published file."""

_GZIP = b"\x1f\x8b"
_HOW = f"give the folder with --data DIR, load(..., folder=DIR) or the environment's {VARIABLE}"


@final
@dataclass(frozen=True, kw_only=True)
class Stored:
    """The bytes of a file on disk, compressed or not."""

    path: Path
    raw: bytes

    @property
    def md5(self) -> str:
        """Checksum of the file as it is on disk; that is what publishers give."""
        return hashlib.md5(self.raw, usedforsecurity=False).hexdigest()

    def open(self) -> IO[bytes]:
        """Return a stream of the content, which decompresses as it is read."""
        stream = io.BytesIO(self.raw)
        if self.raw[:2] != _GZIP:
            return stream
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value] # it is no typing.IO

    def read(self, stream: IO[bytes], size: int) -> bytes:
        """Return up to ``size`` bytes more, or raise `InputError` for a damaged compression."""
        try:
            return stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{self.path} is damaged: {error}") from error


def folder_of(name: str, folder: str | Path | None) -> Path:
    """Return the data folder: the argument, else the environment's, or raise `InputError`."""
    given = folder if folder is not None else os.environ.get(VARIABLE)
    if not given:
        raise InputError(f"{name} is read from a local folder and none is given: {_HOW}")
    path = Path(given).expanduser()
    if not path.is_dir():
        raise InputError(f"the data folder {path} does not exist: {_HOW}")
    return path


def find(
    name: str, folder: Path, inside: Sequence[str], wanted: Sequence[Sequence[str]]
) -> list[Path] | None:
    """Return a path for each wanted file, all from one folder, or None.

    Parameters
    ----------
    name : str
        Of the data set; ``folder/name`` is searched too.
    folder : Path
    inside : sequence of str
        Sub-folders that the published archives unpack to.
    wanted : sequence of sequence of str
        For each file the names it may have.
    """
    for place in (folder, folder / name, *(folder / sub for sub in inside)):
        found = [_first(place, names) for names in wanted]
        if all(found):
            return [path for path in found if path]
    return None


def missing(name: str, folder: Path, wanted: Iterable[str]) -> InputError:
    """Return the error for files that are not there."""
    return InputError(
        f"{name} is not (completely) in {folder}: expected {', '.join(wanted)}, there or in the "
        f"sub-folder of the published archive. Nothing is downloaded: {_HOW}"
    )


def stored(path: Path) -> Stored:
    """Return the bytes of a file of reasonable size, or raise `InputError`."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if len(raw) > LARGEST:
        raise InputError(f"{path} has more than {LARGEST} bytes: it is not the published file")
    return Stored(path=path, raw=raw)


def content(file: Stored) -> bytes:
    """Return the whole content, decompressed up to the limit, or raise `InputError`."""
    with file.open() as stream:
        data = file.read(stream, LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(
            f"{file.path} expands to more than {LARGEST} bytes: it is not the published file"
        )
    return data


def source(files: Iterable[Stored], known: Mapping[str, frozenset[str]]) -> str:
    """Return in words whether files are the published ones, by their MD5 checksums.

    Parameters
    ----------
    files : iterable of Stored
    known : mapping
        Published checksums by what kind of file it is: the stem of its name up to the first dot.
    """
    files = list(files)
    names = [file.path.name for file in files]
    unknown = [n for n in names if stem(n) not in known]
    if unknown:
        return f"no published checksum is on record for {', '.join(unknown)}"
    other = [file.path.name for file in files if file.md5 not in known[stem(file.path.name)]]
    if other:
        return f"not the published file: {', '.join(other)} (checksum differs)"
    return "published files (checksums agree)"


def stem(name: str) -> str:
    """Return what a file is, whatever its spelling: ``train-images.idx3-ubyte.gz`` and the like."""
    return name.removesuffix(".gz").replace(".idx", "-idx")


def _first(place: Path, names: Sequence[str]) -> Path | None:
    return next((place / name for name in names if (place / name).is_file()), None)
