"""``new``: a study file to start from."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template
from typing import Final

from ratecheck.types import InputError

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_TEMPLATE: Final = Path(__file__).with_name("study.py.txt")


def write_study(name: str, folder: Path) -> None:
    """Write ``<folder>/<name>.py`` and say what to do with it.

    Raises
    ------
    InputError
        For a name that no module can have, a file that exists, a folder that cannot be written.
    """
    if keyword.iskeyword(name):
        raise InputError(f"{name!r} is a word of Python: choose another name")
    if not _NAME.fullmatch(name):
        raise InputError(
            f"a study's name is made of small letters, digits and _, such as my_rate; got {name!r}"
        )
    path = folder / f"{name}.py"
    text = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(name=name)
    if path.exists():
        raise InputError(f"{path} exists and is left as it is: choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as stream:  # never over a file made meanwhile
            stream.write(text)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error}") from error
    run = name if folder == Path("studies") else str(path)
    print(f"{path}\nto see it work: ratecheck run {run} --profile smoke")
